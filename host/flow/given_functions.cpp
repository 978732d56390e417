// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Three ways in which the address of a function leaves the file:
//
//     list = list_new(&free); list_add(list, strdup("x"));
//                           a container releases what is put into it (read_containers)
//     xmlMemSetup(&free, &malloc, &realloc, &strdup);
//                           a library is told which functions are its malloc and free (read_given_memory)
//     static const struct table t = {&make, &drop}; return &t;
//                           others get to know functions by a table (note_passed)
//
// What the other side does with such a function is not seen in this file. These answers say what was given to whom, so
// that the two files can be compared (binding/crossings.h).
//
// A container is known by the call that returned it: list_new at 0x40. Whatever is given to a call together with that
// result, or with the function itself, is put in, and so goes to free. This is what makes a flow of strdup's block
// above.
#include "flow/given_functions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <utility>

#include "allocator/names.h"
#include "flow/end_kinds.h"

namespace crossheap::flow {

void GivenFunctions::add_call(const CodeFunction &function, const CallSite &site, const Target &target) {
  const auto is_function = [&](const Value &value) {
    return std::any_of(value.begin(), value.end(), [&](const Atom &atom) {
      return !atom.inside && !atom.interior &&
             (atom.kind == Atom::Kind::Function || atom.kind == Atom::Kind::Slot || looked_up(function, atom));
    });
  };
  const bool has_functions = std::any_of(site.arguments.begin(), site.arguments.end(), is_function);
  const bool has_table =
      std::any_of(site.words.begin(), site.words.end(), [&](const Word &word) { return is_function(word.value); });
  const bool has_data = std::any_of(site.arguments.begin(), site.arguments.end(), [&](const Value &value) {
    return std::any_of(value.begin(), value.end(), [&](const Atom &atom) {
      return atom.kind == Atom::Kind::GlobalAddress && !atom.inside && code_.function_stored_by_loader(atom.value) != 0;
    });
  });
  if (has_functions || has_table || has_data)
    calls_with_functions_.push_back({&function, &site, std::string(target.name), has_functions});
}

// The function that dlsym answered; nullopt where it did not, or its name is not known.
std::optional<Target> GivenFunctions::looked_up(const CodeFunction &function, const Atom &atom) {
  if (atom.kind != Atom::Kind::Result || atom.index != 0 || atom.inside || atom.interior ||
      !symbols_.of_libc.contains("dlsym"))
    return std::nullopt;
  const auto name = targets_.looked_up_by(function, atom.value, nullptr, 0);
  if (!name || name->name.empty()) return std::nullopt;
  Target target;
  target.kind = FlowEnd::Kind::Named;
  target.name = name->name;
  target.looked_up_in = name->in;
  return target;
}

// The ends of the release functions that a call is given beside a block.
std::set<FlowEnd> GivenFunctions::destructors_of(const CallSite &site) {
  std::set<FlowEnd> ends;
  for (const Value &argument : site.arguments) {
    ends.merge(sinks_.releases_of(argument, 0));
    // One of another library: it takes back what it gave.
    for (const Atom &atom : argument)
      if (atom.kind == Atom::Kind::Slot && !atom.inside && !atom.interior)
        if (const Target target = targets_.of_slot(atom.value);
            target.kind == FlowEnd::Kind::Slot && !target.of_libc && family_function(target.name) == nullptr) {
          FlowEnd end = target.end();
          end.index = 0;
          ends.insert(std::move(end));
        }
  }
  return ends;
}

// The functions of plugins that a call is given: what else it is given goes there, and nothing that others are.
std::set<FlowEnd> GivenFunctions::plugins_functions_in(const CodeFunction &function, const CallSite &site) {
  std::set<FlowEnd> ends;
  for (const Value &argument : site.arguments)
    for (const Atom &atom : argument)
      if (const auto target = looked_up(function, atom)) {
        FlowEnd end = target->end();
        end.index = 0;
        ends.insert(std::move(end));
      }
  return ends;
}

// By what a container is known: the calls that returned it.
std::set<std::uint64_t> GivenFunctions::containers_in(const CodeFunction &function, const Value &value) {
  std::set<std::uint64_t> calls;
  std::vector<Held> held;
  for (const Atom &atom : value) {
    if (atom.interior) continue;
    if (atom.kind == Atom::Kind::Result && !atom.inside)
      calls.insert(atom.value);
    else if (atom.kind != Atom::Kind::Argument)
      targets_.memory().add_contents(function, atom, 0, held);
  }
  for (const auto &[where, atom] : held)
    if (atom.kind == Atom::Kind::Result && !atom.inside && !atom.interior) calls.insert(atom.value);
  return calls;
}

void GivenFunctions::read_containers() {
  std::map<std::uint64_t, std::set<FlowEnd>> of_container;
  for (const GivesFunctions &given : calls_with_functions_) {
    if (!given.has_releases) continue;
    put_into(*given.function, *given.site, {}, plugins_functions_in(*given.function, *given.site));
    const std::set<FlowEnd> ends = destructors_of(*given.site);
    if (ends.empty()) continue;
    for (const FlowEnd &end : ends)
      if (!given.name.empty() && is_release(end)) result_.given_releases.insert({given.name, end});
    of_container[given.site->address].insert(ends.begin(), ends.end());
    put_into(*given.function, *given.site, {}, ends);
    for (const Value &argument : given.site->arguments)
      for (const std::uint64_t container : containers_in(*given.function, argument))
        of_container[container].insert(ends.begin(), ends.end());
  }
  if (of_container.empty()) return;
  for (const auto &[start, function] : code_.functions())
    for (const CallSite &site : function.calls) {
      const Target target = targets_.of(function, site);
      if (target.kind == FlowEnd::Kind::Function || target.kind == FlowEnd::Kind::Own || target.of_libc ||
          family_function(target.name) != nullptr)
        continue;
      if (const auto made = of_container.find(site.address); made != of_container.end())
        put_into(function, site, of_container, made->second);
      for (const Value &argument : site.arguments)
        for (const std::uint64_t container : containers_in(function, argument))
          if (const auto known = of_container.find(container); known != of_container.end())
            put_into(function, site, of_container, known->second);
    }
}

// The blocks that a call is given, but for the container itself.
void GivenFunctions::put_into(const CodeFunction &function, const CallSite &site,
                              const std::map<std::uint64_t, std::set<FlowEnd>> &containers,
                              const std::set<FlowEnd> &ends) {
  for (const Value &argument : site.arguments) {
    const std::set<std::uint64_t> its = containers_in(function, argument);
    if (std::any_of(its.begin(), its.end(), [&](std::uint64_t call) { return containers.contains(call); })) continue;
    for (const FlowEnd &from : ends_.of(function, argument, std::nullopt, Following::Fresh)) {
      if (!is_fresh(from) || from.header != 0) continue;
      for (const FlowEnd &to : ends) flows_.add(from, to, site.address);
    }
    // What another library handed out, as its copy of a text.
    for (const Atom &atom : argument) {
      if (atom.kind != Atom::Kind::Result || atom.inside || atom.interior) continue;
      const CallSite *const maker = function.call_at(atom.value);
      if (maker == nullptr) continue;
      const Target target = targets_.of(function, *maker);
      const bool is_plugins = target.kind == FlowEnd::Kind::Named && !target.name.empty();
      if ((target.kind != FlowEnd::Kind::Slot && !is_plugins) || target.of_libc ||
          family_function(target.name) != nullptr)
        continue;
      for (const FlowEnd &to : ends)
        if (is_release(to)) flows_.add(target.end(), to, site.address);
    }
  }
}

void GivenFunctions::read_given_memory() {
  std::unordered_map<std::uint64_t, const FlowEnd *> allocators;  // by the functions that return what they gave
  for (const Flow &flow : flows_.all())
    if (flow.to.kind == FlowEnd::Kind::Function && flow.to.is_result() && family_function(flow.from.name) != nullptr)
      allocators.try_emplace(flow.to.address, &flow.from);
  for (const GivesFunctions &given : calls_with_functions_) {
    if (given.name.empty()) continue;
    std::optional<FlowEnd> allocate;
    std::set<FlowEnd> release;
    const auto look_at = [&](const Atom &atom) {
      if (atom.inside || atom.interior) return;
      if (!allocate && atom.kind == Atom::Kind::Slot) {
        const FlowEnd end = targets_.of_slot(atom.value).end();
        if (is_fresh(end.name, FlowEnd::kResult) && family_function(end.name) != nullptr) allocate = end;
      }
      if (!allocate && atom.kind == Atom::Kind::Function)
        if (const auto found = allocators.find(atom.value); found != allocators.end()) allocate = *found->second;
      release.merge(sinks_.releases_of(std::array{atom}, 0));
    };
    for (const Value &argument : given.site->arguments)
      for (const Atom &atom : argument) {
        look_at(atom);
        if (atom.kind != Atom::Kind::GlobalAddress || atom.inside) continue;
        constexpr std::uint64_t kTableAtMost = 12;
        for (std::uint64_t i = 0; i < kTableAtMost; ++i)
          if (const std::uint64_t held = code_.function_stored_by_loader(atom.value + i * sizeof(void *)); held != 0)
            look_at({.kind = Atom::Kind::Function, .value = held});
          else if (!code_.slot_symbol(atom.value + i * sizeof(void *)).empty())
            look_at({.kind = Atom::Kind::Slot, .value = atom.value + i * sizeof(void *)});
      }
    for (const Word &word : given.site->words)
      for (const Atom &atom : word.value) look_at(atom);
    if (allocate || !release.empty())
      result_.given_memory.insert(
          {given.name, allocate.value_or(FlowEnd()), release.empty() ? FlowEnd() : *release.begin()});
  }
}

void GivenFunctions::note_keepers() {
  for (const auto &[address, names] : symbols_.exported) {
    const CodeFunction *const function = code_.function_at(address);
    if (function != nullptr && function->keeps_arguments) result_.keeps_functions.insert(names.begin(), names.end());
  }
}

void GivenFunctions::note_handed_out() {
  for (const std::uint64_t slot : code_.slots_handed_out())
    if (const std::string_view name = code_.slot_symbol(slot); family_function(name) != nullptr)
      result_.handed_out.push_back({.kind = FlowEnd::Kind::Slot, .address = slot, .name = std::string(name)});
  for (const auto &[address, name] : symbols_.own)
    if (code_.address_taken().contains(address))
      result_.handed_out.push_back({.kind = FlowEnd::Kind::Own, .address = address, .name = name});
  for (const auto &[start, function] : code_.functions()) note_passed(function);
}

// By which names others get to know functions of this file.
void GivenFunctions::note_passed(const CodeFunction &function) {
  constexpr std::uint64_t kTableAtMost = 32;  // functions in a table
  const auto note = [&](const Value &value, const std::string &name) {
    for (const Atom &atom : value) {
      if (atom.inside || atom.interior) continue;
      if (atom.kind == Atom::Kind::Function) result_.passed_by.emplace(name, atom.value);
      if (atom.kind != Atom::Kind::GlobalAddress) continue;
      for (std::uint64_t i = 0; i < kTableAtMost; ++i)
        if (const std::uint64_t held = code_.function_stored_by_loader(atom.value + i * sizeof(void *)); held != 0)
          result_.passed_by.emplace(name, held);
    }
  };
  for (const CallSite &site : function.calls) {
    const Target target = targets_.of(function, site);
    if (target.kind != FlowEnd::Kind::Slot || target.of_libc) continue;
    for (const Value &argument : site.arguments) note(argument, std::string(target.name));
    for (const Word &word : site.words) note(word.value, std::string(target.name));
  }
  const auto exported = symbols_.exported.find(function.start);
  if (exported == symbols_.exported.end()) return;
  note(function.returns, exported->second.front());
  for (const Word &word : function.words)
    if (word.base.kind == Atom::Kind::Argument) note(word.value, exported->second.front());
}

}  // namespace crossheap::flow
