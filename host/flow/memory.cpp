// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A file's code stores a pointer in one function and loads it in another:
//
//     context *make() { c = calloc(...); c->release = &my_free; return c; }     stores 8 behind the result of calloc
//     void end(context *c, void *p) { c->release(p); }                          loads 8 behind its parameter 0
//     void run() { c = make(); end(c, strdup(...)); }                           gives end what make returned
//
// Asked what `end` calls, Memory goes from the parameter to what the callers give: the result of `make`. From there it
// goes into `make`, to what it returns: the result of calloc. There it finds the word that was stored 8 behind it.
// Fields are told apart by who made the structure and by their offset; elements of an array are one.
//
// Three indexes make this quick, and are made once: who calls whom directly, which calls are given which address of
// data, and what is stored behind which variable. Each question goes a few calls deep and a file has a bound, since a
// structure that everybody passes on leads everywhere.
#include "flow/memory.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>
#include <utility>

#include "allocator/names.h"
#include "flow/call_targets.h"
#include "flow/end_kinds.h"
#include "flow/function_notes.h"
#include "flow/limits.h"

namespace crossheap::flow {

namespace {

constexpr std::size_t kHeldAtMost = 16;     // values in one place
constexpr std::size_t kCallersAtMost = 16;  // of one function that are asked what they give to it

// Functions of the C++ runtime and of libc that put an element into a container: they store one of their arguments
// behind others. All elements of a container count as one.
struct LinkingFunction {
  std::string_view name;
  std::int8_t element;
  std::array<std::int8_t, 2> behind;
};
constexpr LinkingFunction kLinkingFunctions[] = {
    {"_ZSt29_Rb_tree_insert_and_rebalancebPSt18_Rb_tree_node_baseS0_RS_", 1, {2, 3}},  // std::map, std::set
    {"_ZNSt8__detail15_List_node_base7_M_hookEPS0_", 0, {1, 1}},                       // std::list
    {"insque", 0, {1, 1}},
};

void hold(const CodeFunction &function, std::span<const Atom> value, std::vector<Held> &held) {
  if (held.capacity() == 0 && !value.empty()) held.reserve(kHeldAtMost / 2);
  for (const Atom &atom : value)
    if ((!atom.interior || atom.is_behind_header()) && atom.kind != Atom::Kind::Constant &&
        atom.kind != Atom::Kind::Stack && atom.kind != Atom::Kind::GlobalAddress &&
        std::find(held.begin(), held.end(), Held(&function, atom)) == held.end())
      held.emplace_back(&function, atom);
}

}  // namespace

// Orders pointers by where they are from.
struct Memory::SamePointer {
  static auto key(const Atom &atom) { return std::tuple(atom.kind, atom.value, atom.index); }
  static auto key(const PointerGiven &given) { return key(given.atom); }
  template <typename One, typename Other>
  bool operator()(const One &one, const Other &other) const {
    return key(one) < key(other);
  }
};

Memory::Memory(const Code &code, const FileSymbols &symbols, CallTargets &targets)
    : code_(code), symbols_(symbols), targets_(targets) {
  for (const auto &[start, function] : code_.functions()) {
    for (const CallSite &site : function.calls) {
      for (const Atom &atom : site.target)
        if (atom.kind == Atom::Kind::Function && !atom.inside)
          if (auto &callers = callers_[atom.value]; callers.size() < kCallersAtMost)
            callers.emplace_back(&function, &site);
      for (std::size_t i = 0; i < kArguments; ++i)
        for (const Atom &given : site.arguments[i])
          if (given.kind == Atom::Kind::GlobalAddress && !given.inside)
            if (auto &places = given_away_[given.value]; places.size() < kCallersAtMost)
              places.push_back({&function, &site, static_cast<std::int8_t>(i)});
    }
    for (const Word &word : function.words)
      if (word.base.kind == Atom::Kind::Global) stored_behind_[word.base.value].emplace_back(&function, &word);
  }
}

const Memory::Stored *Memory::stored_behind(std::uint64_t address) const {
  const auto stored = stored_behind_.find(address);
  return stored == stored_behind_.end() ? nullptr : &stored->second;
}

void Memory::add_contents(const CodeFunction &function, const Atom &atom, int depth, std::vector<Held> &held) {
  const bool is_first = !std::exchange(is_asked_, true);
  if (is_first) looks_of_question_ = 0;
  add_loaded(function, atom, depth, held);
  if (is_first) is_asked_ = false;
}

void Memory::add_loaded(const CodeFunction &function, const Atom &atom, int depth, std::vector<Held> &held) {
  if (atom.inside) {
    if (atom.offset == Atom::kAnywhere || atom.second() == Atom::kAnywhere || atom.interior) return;
    Atom base = atom;
    base.inside = false;
    base.deeper = false;
    base.shared = false;
    base.offset = 0;
    base.set_second(0);
    add_field(function, base, {.offset = atom.offset, .deeper = atom.deeper, .second = atom.second()}, depth, held);
  } else if (atom.kind == Atom::Kind::Out) {
    const CallSite *const site = function.call_at(atom.value);
    if (site == nullptr) return;
    if (targets_.of(function, *site, nullptr, depth + 1).local != nullptr)
      add_stored_by(function, *site, atom.index, {.offset = atom.at}, depth, held);
    else
      add_linked(function, atom, depth, held);
  } else if (atom.kind == Atom::Kind::Global) {
    add_word(atom.value, depth, held);
  } else if (atom.kind == Atom::Kind::Argument) {
    const auto callers = callers_.find(function.start);
    if (callers == callers_.end() || symbols_.exported.contains(function.start) || !may_look_on(depth, held)) return;
    for (const auto &[caller, site] : callers->second) hold(*caller, site->arguments[as_index(atom.index)], held);
  }
}

void Memory::add_linked(const CodeFunction &function, const Atom &out, int depth, std::vector<Held> &held) {
  const CallSite *const site = function.call_at(out.value);
  if (site == nullptr) return;
  const std::string_view name = targets_.of(function, *site, nullptr, depth + 1).name;
  for (const LinkingFunction &linking : kLinkingFunctions)
    if (linking.name == name &&
        std::find(linking.behind.begin(), linking.behind.end(), out.index) != linking.behind.end())
      hold(function, site->arguments[as_index(linking.element)], held);
}

bool Memory::may_look_on(int depth, const std::vector<Held> &held) {
  return depth <= kCallsDeep && held.size() < kHeldAtMost && ++looks_ <= kLooksAtMost &&
         ++looks_of_question_ <= kLooksOfQuestionAtMost;
}

// What `words` says of what was stored at `place` behind `base`.
void Memory::add_words(const CodeFunction &function, const Atom &base, const Place &place, std::vector<Held> &held) {
  if (function.words.empty()) return;
  const Atom pointer = place.deeper ? base.loaded(place.offset) : base;
  const std::int64_t offset = place.deeper ? place.second : place.offset;
  for (const Word &word : function.words)
    if (word.offset == offset && word.base == pointer) hold(function, word.value, held);
}

// What stands at `place` behind a pointer that was seen in memory.
void Memory::add_behind(const CodeFunction &function, const Atom &pointer, const Place &place, int depth,
                        std::vector<Held> &held) {
  if (pointer.kind != Atom::Kind::Slot && pointer.kind != Atom::Kind::Function)
    add_field(function, pointer, place, depth, held);
}

// What stands at `place` behind the pointer `base`, as `function` has it.
void Memory::add_field(const CodeFunction &function, Atom base, Place place, int depth, std::vector<Held> &held) {
  if (!may_look_on(depth, held)) return;
  base.shared = false;
  if (base.interior) {
    if (base.distance() == Atom::kAnywhere || base.deeper) return;
    place.offset += base.distance();
    base.interior = false;
    base.indexed = false;
    base.set_distance(0);
  }
  if (base.inside || base.kind == Atom::Kind::Out || base.kind == Atom::Kind::Global) {
    // The pointer stands in memory itself.
    std::vector<Held> pointers;
    add_loaded(function, base, depth + 1, pointers);
    for (const auto &[where, pointer] : pointers)
      if (!(pointer == base)) add_behind(*where, pointer, place, depth + 1, held);
  }
  if (base.inside) {
    if (base.deeper || place.deeper || base.offset == Atom::kAnywhere) return;
    place = {.offset = base.offset, .deeper = true, .second = place.offset, .is_followed = true};
    base.inside = false;
    base.offset = 0;
  } else if (place.deeper && !place.is_followed) {
    std::vector<Held> pointers;
    add_field(function, base, {.offset = place.offset}, depth + 1, pointers);
    for (const auto &[where, pointer] : pointers)
      if (!(pointer == base)) add_behind(*where, pointer, {.offset = place.second}, depth + 1, held);
    place.is_followed = true;
  }
  add_words(function, base, place, held);
  add_given(function, base, place, depth, held);
}

// What others store there: the callers that give the pointer, or the functions that it is given to.
void Memory::add_given(const CodeFunction &function, const Atom &base, const Place &place, int depth,
                       std::vector<Held> &held) {
  switch (base.kind) {
    case Atom::Kind::Argument: {
      const auto callers = callers_.find(function.start);
      if (callers == callers_.end()) return;
      for (const auto &[caller, site] : callers->second) {
        for (const Word &word : site->words)
          if (!place.deeper && word.base.index == base.index && word.offset == place.offset)
            hold(*caller, word.value, held);
        for (const Atom &given : site->arguments[as_index(base.index)])
          add_field(*caller, given, place, depth + 1, held);
      }
      return;
    }
    case Atom::Kind::Stack:
      add_stored_in_frame(function, base, place, depth, held);
      return;
    case Atom::Kind::Result: {
      if (const CodeFunction *const callee = targets_.callee_at(function, base.value, depth))
        for (const Atom &returned : callee->returns) add_field(*callee, returned, place, depth + 1, held);
      add_stored_by_callees(function, base, place, depth, held);
      return;
    }
    case Atom::Kind::Global:
      if (const auto stored = stored_behind_.find(base.value); stored != stored_behind_.end()) {
        const Atom pointer = place.deeper ? base.loaded(place.offset) : base;
        for (const auto &[writer, word] : stored->second)
          if (word->offset == (place.deeper ? place.second : place.offset) && word->base == pointer)
            hold(*writer, word->value, held);
      }
      return;
    case Atom::Kind::GlobalAddress: {
      const std::uint64_t address = base.value + static_cast<std::uint64_t>(place.offset);
      if (!place.deeper)
        add_word(address, depth + 1, held);
      else
        add_field(function, {.kind = Atom::Kind::Global, .value = address}, {.offset = place.second}, depth + 1, held);
      return;
    }
    default:
      return;
  }
}

// What the functions that `function` gives an address in its frame to store at `place` behind `base`, another one.
void Memory::add_stored_in_frame(const CodeFunction &function, const Atom &base, const Place &place, int depth,
                                 std::vector<Held> &held) {
  const auto is_below = [](const PointerGiven &given, Atom::Kind kind) { return given.atom.kind < kind; };
  const auto &pointers = pointers_given_by(function);
  for (auto given = std::lower_bound(pointers.begin(), pointers.end(), Atom::Kind::Stack, is_below);
       given != pointers.end() && given->atom.kind == Atom::Kind::Stack; ++given) {
    Place behind = place;
    behind.offset += static_cast<std::int64_t>(base.value - given->atom.value);
    if (behind.offset < 0 || behind.offset > kStructureAtMost) continue;
    if (targets_.of(function, *given->site, nullptr, depth + 1).local != nullptr)
      add_stored_by(function, *given->site, given->argument, behind, depth + 1, held);
    else if (!behind.deeper && may_fill(function, *given->site, depth))
      hold(function,
           std::array{Atom{.kind = Atom::Kind::Out,
                           .index = given->argument,
                           .at = static_cast<std::int16_t>(behind.offset),
                           .value = given->site->address}},
           held);
  }
}

// What the functions that `function` gives the pointer `base` to store behind it.
void Memory::add_stored_by_callees(const CodeFunction &function, const Atom &base, const Place &place, int depth,
                                   std::vector<Held> &held) {
  looks_ += function.calls.size() / 8;
  const auto &pointers = pointers_given_by(function);
  const auto range = std::equal_range(pointers.begin(), pointers.end(), base, SamePointer{});
  for (auto given = range.first; given != range.second; ++given) {
    Place behind = place;
    if (given->atom.inside) {
      // The pointer that stands in the structure is given.
      if (!place.deeper || given->atom.offset != place.offset) continue;
      behind = {.offset = place.second - given->atom.second()};
    } else {
      behind.offset -= given->atom.offset;
    }
    if (targets_.of(function, *given->site, nullptr, depth + 1).local != nullptr)
      add_stored_by(function, *given->site, given->argument, behind, depth + 1, held);
    else if (behind.offset >= 0 && behind.offset < kStructureAtMost && may_fill(function, *given->site, depth))
      hold(function,
           std::array{Atom{.kind = Atom::Kind::Out,
                           .inside = behind.deeper,
                           .shared = true,
                           .index = given->argument,
                           .offset = static_cast<std::int16_t>(behind.second),
                           .at = static_cast<std::int16_t>(behind.offset),
                           .value = given->site->address}},
           held);
  }
}

// All of them, those from one place together and in the order of the calls.
const std::vector<Memory::PointerGiven> &Memory::pointers_given_by(const CodeFunction &function) {
  const auto [entry, is_new] = pointers_given_.try_emplace(&function);
  if (!is_new) return entry->second;
  for (const CallSite &site : function.calls)
    for (std::size_t i = 0; i < kArguments; ++i)
      for (const Atom &given : site.arguments[i])
        if (!given.deeper && given.offset != Atom::kAnywhere && given.second() != Atom::kAnywhere)
          entry->second.push_back({given, &site, static_cast<std::int8_t>(i)});
  std::stable_sort(entry->second.begin(), entry->second.end(), SamePointer{});
  return entry->second;
}

// Whether the call leads out of the file to somebody who may have blocks to give.
bool Memory::may_fill(const CodeFunction &function, const CallSite &site, int depth) {
  const Target target = targets_.of(function, site, nullptr, depth + 1);
  return target.kind == FlowEnd::Kind::Named || target.kind == FlowEnd::Kind::Indirect ||
         (target.kind == FlowEnd::Kind::Slot && !target.of_libc && family_function(target.name) == nullptr);
}

// What the function that is called stores at `place` behind one of its parameters. What it stores of its other
// parameters is what this call gives it, and nothing that other calls do.
void Memory::add_stored_by(const CodeFunction &caller, const CallSite &site, std::int8_t parameter, const Place &place,
                           int depth, std::vector<Held> &held) {
  if (!may_look_on(depth, held)) return;
  const CodeFunction *const callee = targets_.of(caller, site, nullptr, depth + 1).local;
  if (callee == nullptr) return;
  const Atom base{.kind = Atom::Kind::Argument, .index = parameter};
  std::vector<Held> stored;
  add_words(*callee, base, place, stored);
  add_stored_by_callees(*callee, base, place, depth + 1, stored);
  for (const auto &[where, atom] : stored) {
    if (where != callee || atom.kind != Atom::Kind::Argument) {
      hold(*where, std::array{atom}, held);
      continue;
    }
    for (const Atom &given : site.arguments[as_index(atom.index)]) {
      if (atom.inside && !is_followed(given.kind)) continue;
      Atom seen = atom.inside ? given.loaded(atom.offset) : given;
      if (atom.deeper) seen = seen.loaded(atom.second());
      hold(caller, std::array{seen}, held);
    }
    if (!atom.inside || atom.deeper || as_index(atom.index) >= kArguments) continue;
    for (const Word &word : site.words)
      if (word.base.index == atom.index && word.offset == atom.offset) hold(caller, word.value, held);
  }
}

// What stands at an address of the file's data.
void Memory::add_word(std::uint64_t address, int depth, std::vector<Held> &held) {
  if (!may_look_on(depth, held)) return;
  const CodeFunction &any = code_.functions().begin()->second;
  if (const std::uint64_t own = code_.function_stored_by_loader(address); own != 0)
    hold(any, std::array{Atom{.kind = Atom::Kind::Function, .value = own}}, held);
  else if (code_.is_slot(address))
    hold(any, std::array{Atom{.kind = Atom::Kind::Slot, .value = address}}, held);
  for (const auto &[writer, value] : code_.stored_at(address)) hold(*writer, value, held);
  // Whoever is given the address of a structure there may have filled it.
  for (auto at = given_away_.upper_bound(address); at != given_away_.begin();) {
    at = std::prev(at);
    const auto distance = static_cast<std::int64_t>(address - at->first);
    if (distance > kStructureAtMost) return;
    for (const Given &given : at->second)
      add_stored_by(*given.function, *given.site, given.argument, {.offset = distance}, depth + 1, held);
  }
}

}  // namespace crossheap::flow
