// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A worked example:
//
//     table = dlsym(handle, "plugin_table");    the call at 0x40
//     table->release(block);                    the call at 0x60: `call [rax + 8]`
//
// The target of the call at 0x60 is what stands 8 behind the result of the call at 0x40. Memory (memory.h) is asked
// what any code of the file stored there; here nothing is found. So the call is Indirect, and its root is
// "plugin_table": by this name the two sides came to share the table, and by this name the other side's functions are
// compared with the call.
//
// What stands in memory depends on who was called with its address, and who is called depends on what stands in memory.
// CallTargets and Memory therefore ask each other, with a depth that ends it. Each call's target is found once as the
// first question of its own, and kept. One that is asked for on the way to another has fewer calls left to be followed
// through: the answer, and the report, would depend on who asked first.
#include "flow/call_targets.h"

#include <algorithm>
#include <filesystem>

#include "allocator/families.h"
#include "allocator/names.h"
#include "flow/end_kinds.h"
#include "flow/limits.h"

namespace crossheap::flow {

namespace {

constexpr std::size_t kCandidatesAtMost = 16;  // for the target of one call

bool may_be_looked_up(const CallSite &site) {
  return std::any_of(site.target.begin(), site.target.end(),
                     [](const Atom &atom) { return atom.kind == Atom::Kind::Result && !atom.inside; });
}

}  // namespace

CallTargets::CallTargets(const Code &code, const FileSymbols &symbols)
    : code_(code), symbols_(symbols), memory_(code, symbols, *this), known_(code.call_count()) {
  for (const auto &[start, function] : code_.functions())
    for (const CallSite &site : function.calls) of(function, site);
}

Target CallTargets::of(const CodeFunction &caller, const CallSite &site, const Entered *context, int depth) {
  // Only a name given to dlsym by a caller makes a difference.
  if (const std::optional<Target> &known = known_[site.number];
      known && (context == nullptr || known->is_known() || !may_be_looked_up(site)))
    return *known;
  return find(caller, site, context, depth);
}

Target CallTargets::find(const CodeFunction &caller, const CallSite &site, const Entered *context, int depth) {
  std::optional<Target> &known = known_[site.number];
  if (context == nullptr) {
    // Where fewer calls are left to be followed, no more is found.
    if (const auto before = not_found_.find(site.number); before != not_found_.end() && before->second.depth <= depth)
      return before->second.target;
    known.emplace();  // what leads to itself is not known
  }
  Target target;
  bool is_told = false;
  bool is_ambiguous = false;
  std::vector<Held> candidates;
  for (const Atom &atom : site.target) candidates.emplace_back(&caller, atom);
  const std::size_t direct = candidates.size();
  for (std::size_t i = 0; i < candidates.size() && i < kCandidatesAtMost; ++i) {
    const Held candidate = candidates[i];
    const Atom &atom = candidate.second;
    if (atom.is_behind_header()) continue;
    if (!atom.inside)
      if (const auto found = known_target(candidate, candidate.first == &caller ? context : nullptr, depth)) {
        // A structure with a block and the function that releases it: which goes with which is not known.
        is_ambiguous =
            is_ambiguous || (is_told && (found->kind == FlowEnd::Kind::Named) != (target.kind == FlowEnd::Kind::Named));
        if (!is_told) target = *found;
        is_told = true;
        continue;
      }
    const bool leads_to_memory = atom.inside || atom.kind == Atom::Kind::Out || atom.kind == Atom::Kind::Global ||
                                 atom.kind == Atom::Kind::Argument;
    if (!is_told && leads_to_memory) memory_.add_contents(*candidate.first, atom, depth, candidates);
  }
  if (is_ambiguous) target = {};
  if (is_told && !is_ambiguous) target.set_by = setter_of(candidates, direct);
  if (!is_told)
    for (const auto &[where, atom] : candidates)
      if (target.name.empty()) target.name = root_of(*where, atom, depth);
  // What was asked for on the way to something else was not followed as far as it can be.
  if (context == nullptr) {
    if (depth == 0 || target.is_known()) {
      known = target;
    } else {
      known.reset();
      not_found_.insert_or_assign(site.number, NotFound{target, depth});
    }
  }
  return target;
}

// What the value of a pointer tells of the function that it leads to, without a look at memory.
std::optional<Target> CallTargets::known_target(const Held &held, const Entered *context, int depth) {
  const auto &[function, atom] = held;
  if (atom.kind == Atom::Kind::Slot) return of_slot(atom.value);
  if (atom.kind == Atom::Kind::Function) return of_address(atom.value);
  if (atom.kind != Atom::Kind::Result) return std::nullopt;
  const auto looked_up = looked_up_by(*function, atom.value, context, depth);
  if (!looked_up) return std::nullopt;
  Target target;
  target.kind = FlowEnd::Kind::Named;
  target.name = looked_up->name;
  target.looked_up_in = looked_up->in;
  return target;
}

// The exported function that puts what it is given where one of `candidates` stands, or came from memory as one.
std::string_view CallTargets::setter_of(const std::vector<Held> &candidates, std::size_t direct) const {
  const auto name_of = [&](const CodeFunction &function) {
    const auto exported = symbols_.exported.find(function.start);
    return exported == symbols_.exported.end() ? std::string_view() : std::string_view(exported->second.front());
  };
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto &[where, atom] = candidates[i];
    if (i >= direct && atom.kind == Atom::Kind::Argument)
      if (const std::string_view name = name_of(*where); !name.empty()) return name;
    if (atom.inside || (atom.kind != Atom::Kind::Global && atom.kind != Atom::Kind::Slot)) continue;
    for (const auto &[writer, value] : code_.stored_at(atom.value))
      if (std::any_of(value.begin(), value.end(),
                      [](const Atom &held) { return held.kind == Atom::Kind::Argument && !held.interior; }))
        if (const std::string_view name = name_of(*writer); !name.empty()) return name;
  }
  return {};
}

std::string_view CallTargets::root_of(const CodeFunction &function, const Atom &atom, int depth) {
  if (depth > kCallsDeep) return {};
  switch (atom.kind) {
    case Atom::Kind::Argument: {
      const auto exported = symbols_.exported.find(function.start);
      return exported == symbols_.exported.end() ? std::string_view() : std::string_view(exported->second.front());
    }
    case Atom::Kind::Result:
    case Atom::Kind::Out: {
      if (const auto looked_up = looked_up_by(function, atom.value, nullptr, depth); looked_up) return looked_up->name;
      const CallSite *const found = function.call_at(atom.value);
      if (found == nullptr) return {};
      const Target target = of(function, *found, nullptr, depth + 1);
      return target.kind == FlowEnd::Kind::Function || target.kind == FlowEnd::Kind::Own || target.of_libc
                 ? std::string_view()
                 : target.name;
    }
    case Atom::Kind::Slot:
      // A pointer to a function that is a library's variable: xmlFree.
      return atom.inside && !atom.deeper && atom.offset == 0 ? code_.slot_symbol(atom.value) : std::string_view();
    case Atom::Kind::Global:
      for (const auto &[writer, value] : code_.stored_at(atom.value))
        for (const Atom &held : value)
          if (held.kind != Atom::Kind::Global)
            if (const std::string_view name = root_of(*writer, held, depth + 1); !name.empty()) return name;
      return {};
    default:
      return {};
  }
}

Target CallTargets::of_slot(std::uint64_t slot) const {
  Target target;
  target.kind = FlowEnd::Kind::Slot;
  target.address = slot;
  target.name = code_.slot_symbol(slot);
  target.of_libc = symbols_.of_libc.contains(target.name);
  // A function of the file's own behind a slot is followed, but for the malloc family, whose binding is the question.
  if (family_function(target.name) == nullptr)
    if (const auto own = symbols_.by_name.find(std::string(target.name)); own != symbols_.by_name.end())
      return of_address(own->second);
  return target;
}

Target CallTargets::of_address(std::uint64_t address) const {
  Target target;
  target.address = address;
  if (const auto own = symbols_.own.find(address); own != symbols_.own.end()) {
    target.kind = FlowEnd::Kind::Own;
    target.name = own->second;
    return target;
  }
  target.kind = FlowEnd::Kind::Function;
  target.local = code_.function_at(address);
  return target;
}

const CodeFunction *CallTargets::callee_at(const CodeFunction &function, std::uint64_t address, int depth) {
  const CallSite *const found = function.call_at(address);
  return found == nullptr ? nullptr : of(function, *found, nullptr, depth + 1).local;
}

std::optional<LookedUp> CallTargets::looked_up_by(const CodeFunction &caller, std::uint64_t address,
                                                  const Entered *context, int depth) {
  const CallSite *const found = caller.call_at(address);
  if (found == nullptr || depth > kCallsDeep) return std::nullopt;
  const Target target = of(caller, *found, nullptr, depth + 1);
  if (target.kind == FlowEnd::Kind::Slot && (target.name == "dlsym" || target.name == "dlvsym"))
    return LookedUp{text_of(found->arguments[1], context), place_of_handle(caller, found->arguments[0], depth)};
  if (target.local == nullptr) return std::nullopt;
  const Entered entered{&caller, found, context};
  for (const Atom &atom : target.local->returns)
    if (atom.kind == Atom::Kind::Result && !atom.inside)
      if (const auto looked_up = looked_up_by(*target.local, atom.value, &entered, depth + 1)) return looked_up;
  return std::nullopt;
}

LookedUpIn CallTargets::place_of_handle(const CodeFunction &function, const Value &handle, int depth) {
  LookedUpIn place = LookedUpIn::Unknown;
  for (const Atom &atom : handle) {
    LookedUpIn its = LookedUpIn::Unknown;
    if (atom.kind == Atom::Kind::Constant)
      its = atom.value == 0 ? LookedUpIn::Default : ~atom.value == 0 ? LookedUpIn::Next : LookedUpIn::Unknown;
    if (atom.kind == Atom::Kind::Result && !atom.inside)
      if (const CallSite *const opened = function.call_at(atom.value); opened != nullptr)
        if (const Target by = of(function, *opened, nullptr, depth + 1);
            by.kind == FlowEnd::Kind::Slot && by.name == "dlopen" &&
            libc_called(std::filesystem::path(text_in(opened->arguments[0])).filename().string()) != Family::Unknown)
          its = LookedUpIn::Libc;
    if (its == LookedUpIn::Unknown || (place != LookedUpIn::Unknown && place != its)) return LookedUpIn::Unknown;
    place = its;
  }
  return handle.partly_unknown() ? LookedUpIn::Unknown : place;
}

std::string CallTargets::text_in(const Value &value) const {
  for (const Atom &atom : value)
    if (atom.kind == Atom::Kind::GlobalAddress) return code_.text_at(atom.value);
  return {};
}

std::string_view CallTargets::text_of(const Value &value, const Entered *context) {
  for (const Atom &atom : value) {
    if (atom.kind == Atom::Kind::GlobalAddress) {
      std::string text = code_.text_at(atom.value);
      if (!text.empty()) {
        return *looked_up_.insert(std::move(text)).first;
      }
    }
    if (atom.kind == Atom::Kind::Argument && !atom.inside && context != nullptr)
      return text_of(context->site->arguments[as_index(atom.index)], context->before);
  }
  return {};
}

}  // namespace crossheap::flow
