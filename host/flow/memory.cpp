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

#include "allocator/names.h"
#include "flow/call_targets.h"
#include "flow/end_kinds.h"
#include "flow/limits.h"

namespace crossheap::flow {

namespace {

constexpr std::size_t kHeldAtMost = 16;     // values in one place
constexpr std::size_t kCallersAtMost = 16;  // of one function that are asked what they give to it

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
              places.push_back({&function, site.address, static_cast<std::int8_t>(i)});
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
  if (atom.inside) {
    if (atom.offset == Atom::kAnywhere || atom.interior) return;
    Atom base = atom;
    base.inside = false;
    base.offset = 0;
    add_field(function, base, atom.offset, depth, held);
  } else if (atom.kind == Atom::Kind::Out) {
    if (const CodeFunction *const callee = targets_.callee_at(function, atom.value, depth))
      add_stored_by(*callee, atom.index, atom.at, depth, held);
  } else if (atom.kind == Atom::Kind::Global) {
    add_word(atom.value, depth, held);
  } else if (atom.kind == Atom::Kind::Argument) {
    const auto callers = callers_.find(function.start);
    if (callers == callers_.end() || symbols_.exported.contains(function.start) || !may_look_on(depth, held)) return;
    for (const auto &[caller, site] : callers->second) hold(*caller, site->arguments[as_index(atom.index)], held);
  }
}

bool Memory::may_look_on(int depth, const std::vector<Held> &held) {
  return depth <= kCallsDeep && held.size() < kHeldAtMost && ++looks_ <= kLooksAtMost;
}

// What stands `offset` behind the pointer `base`, as `function` has it.
void Memory::add_field(const CodeFunction &function, Atom base, std::int64_t offset, int depth,
                       std::vector<Held> &held) {
  if (!may_look_on(depth, held)) return;
  if (base.inside || base.kind == Atom::Kind::Out || base.kind == Atom::Kind::Global) {
    // The pointer stands in memory itself.
    std::vector<Held> pointers;
    add_contents(function, base, depth + 1, pointers);
    for (const auto &[where, pointer] : pointers)
      if (pointer.kind != Atom::Kind::Slot && pointer.kind != Atom::Kind::Function && !(pointer == base))
        add_field(*where, pointer, offset, depth + 1, held);
    if (base.inside) return;
  }
  if (base.interior) {
    if (base.offset == Atom::kAnywhere) return;
    offset += base.offset;
    base.interior = false;
    base.offset = 0;
  }
  for (const Word &word : function.words)
    if (word.base == base && word.offset == offset) hold(function, word.value, held);
  switch (base.kind) {
    case Atom::Kind::Argument: {
      const auto callers = callers_.find(function.start);
      if (callers == callers_.end()) return;
      for (const auto &[caller, site] : callers->second) {
        for (const Word &word : site->words)
          if (word.base.index == base.index && word.offset == offset) hold(*caller, word.value, held);
        for (const Atom &given : site->arguments[as_index(base.index)])
          add_field(*caller, given, offset, depth + 1, held);
      }
      return;
    }
    case Atom::Kind::Stack:
      for (const CallSite &site : function.calls)
        for (std::size_t i = 0; i < kArguments; ++i)
          for (const Atom &given : site.arguments[i]) {
            if (given.kind != Atom::Kind::Stack) continue;
            const auto distance = static_cast<std::int64_t>(base.value - given.value) + offset;
            if (distance < 0 || distance > kStructureAtMost) continue;
            if (const CodeFunction *const callee = targets_.of(function, site, nullptr, depth + 1).local)
              add_stored_by(*callee, static_cast<std::int8_t>(i), distance, depth + 1, held);
          }
      return;
    case Atom::Kind::Result: {
      if (const CodeFunction *const callee = targets_.callee_at(function, base.value, depth))
        for (const Atom &returned : callee->returns) add_field(*callee, returned, offset, depth + 1, held);
      add_stored_by_callees(function, base, offset, depth, held);
      return;
    }
    case Atom::Kind::Global:
      if (const auto stored = stored_behind_.find(base.value); stored != stored_behind_.end())
        for (const auto &[writer, word] : stored->second)
          if (word->offset == offset) hold(*writer, word->value, held);
      return;
    case Atom::Kind::GlobalAddress:
      add_word(base.value + static_cast<std::uint64_t>(offset), depth + 1, held);
      return;
    default:
      return;
  }
}

// What the functions that `function` gives the pointer `base` to store behind it.
void Memory::add_stored_by_callees(const CodeFunction &function, const Atom &base, std::int64_t offset, int depth,
                                   std::vector<Held> &held) {
  looks_ += function.calls.size() / 8;
  const auto &pointers = pointers_given_by(function);
  const auto range = std::equal_range(pointers.begin(), pointers.end(), base, SamePointer{});
  for (auto given = range.first; given != range.second; ++given) {
    const std::int64_t behind = offset - given->atom.offset;
    if (const CodeFunction *const callee = targets_.of(function, *given->site, nullptr, depth + 1).local)
      add_stored_by(*callee, given->argument, behind, depth + 1, held);
    else if (behind >= 0 && behind < kStructureAtMost && may_fill(function, *given->site, depth))
      hold(function,
           std::array{Atom{.kind = Atom::Kind::Out,
                           .index = given->argument,
                           .at = static_cast<std::int16_t>(behind),
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
        if (!given.inside && given.offset != Atom::kAnywhere)
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

// What `function` stores `offset` behind its parameter.
void Memory::add_stored_by(const CodeFunction &function, std::int8_t parameter, std::int64_t offset, int depth,
                           std::vector<Held> &held) {
  if (!may_look_on(depth, held)) return;
  const Atom base{.kind = Atom::Kind::Argument, .index = parameter};
  for (const Word &word : function.words)
    if (word.base == base && word.offset == offset) hold(function, word.value, held);
  add_stored_by_callees(function, base, offset, depth + 1, held);
}

// What stands at an address of the file's data.
void Memory::add_word(std::uint64_t address, int depth, std::vector<Held> &held) {
  if (!may_look_on(depth, held)) return;
  for (const auto &[writer, value] : code_.stored_at(address)) hold(*writer, value, held);
  // Whoever is given the address of a structure there may have filled it.
  for (auto at = given_away_.upper_bound(address); at != given_away_.begin();) {
    at = std::prev(at);
    const auto distance = static_cast<std::int64_t>(address - at->first);
    if (distance > kStructureAtMost) return;
    for (const Given &given : at->second)
      if (const CodeFunction *const callee = targets_.callee_at(*given.function, given.site, depth))
        add_stored_by(*callee, given.argument, distance, depth + 1, held);
  }
}

}  // namespace crossheap::flow
