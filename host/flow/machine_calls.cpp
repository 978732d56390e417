// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a call does: what it is given is written down, what it may change is forgotten, and its result is a new value.
#include <algorithm>
#include <array>
#include <iterator>

#include "allocator/libc_blocks.h"
#include "flow/machine.h"

namespace crossheap::flow {

namespace {

bool copies_memory(std::string_view name) {
  return name == "memcpy" || name == "memmove" || name == "__memcpy_chk" || name == "__memmove_chk";
}

bool leads_to_next(std::string_view name) {
  return name.starts_with("_ZSt18_Rb_tree_incrementP") || name.starts_with("_ZSt18_Rb_tree_decrementP");
}

Origins origins_of(Value value) {
  Origins origins;
  for (const Atom &atom : value) origins.add(atom);
  if (value.partly_unknown()) origins.set_partly_unknown();
  return origins;
}

}  // namespace

void Machine::call(const Step &step) {
  const Value target = step.has_target ? values_.of(code_.resolved(step.target)) : read(step, step.operands[0]);
  record(step, target);
  const Value result = result_of(step.address, target);
  for (const Atom &atom : target)
    if (atom.kind == Atom::Kind::Slot && !atom.inside && copies_memory(code_.slot_symbol(atom.value)))
      copy_words(1, kRdx);
  outgoing_.clear();
  for (const int number : kCallerSaved) reg(number) = {};
  state_.forget_vectors();
  reg(kRax) = result;
  reg(kRdx) = values_.of({.kind = Atom::Kind::Result, .index = 1, .value = step.address});
}

void Machine::return_to_caller() {
  join(function_->returns, reg(kRax));
  join(function_->returns_second, reg(kRdx));
}

void Machine::tail_call(const Step &step, Value target) {
  if (step.category == ZYDIS_CATEGORY_COND_BR) {
    const State kept = state_;
    record(step, target);
    return_as(step.address, target);
    state_ = kept;
    return;
  }
  record(step, target);
  return_as(step.address, target);
}

void Machine::return_as(std::uint64_t site, Value target) {
  join(function_->returns, result_of(site, target));
  join(function_->returns_second, values_.of({.kind = Atom::Kind::Result, .index = 1, .value = site}));
}

// strcpy and its like return what they are given first; and all nodes of a std::map count as one.
Value Machine::result_of(std::uint64_t site, Value target) {
  for (const Atom &atom : target)
    if (atom.kind == Atom::Kind::Slot && !atom.inside &&
        (returns_its_first_argument(code_.slot_symbol(atom.value)) || leads_to_next(code_.slot_symbol(atom.value))))
      return reg(kArgumentRegisters[0]);
  return values_.of({.kind = Atom::Kind::Result, .value = site});
}

// What one of the registers gives to the call, and what stands in the frame where it points.
void Machine::record_register_argument(CallSite &site, std::size_t i, bool is_new) {
  const auto merge = [&](Value &into, Value value) { into = is_new ? value : values_.joined(into, value); };
  const Value argument = reg(kArgumentRegisters[i]);
  merge(site.arguments[i], argument);
  Origins inside;
  Value word;
  bool first = true;
  for (const Atom &atom : argument) {
    notes_.take_function(atom);
    if (atom.kind != Atom::Kind::Stack) continue;
    const auto offset = static_cast<std::int64_t>(atom.value);
    for (auto at = state_.frame.lower_bound(offset); at != state_.frame.end() && at->first < offset + kObjectAtMost / 2;
         at = std::next(at)) {
      // Only the first word is surely the object's; of others only what may be a block.
      if (first && at->first == offset) {
        word = at->second;
        inside = origins_of(word);
      } else {
        for (const Atom &held : at->second)
          if (held.kind == Atom::Kind::Result || held.kind == Atom::Kind::Out) inside.add(held);
      }
      first = false;
      notes_.note_word(site, static_cast<std::int8_t>(i), at->first - offset, at->second);
    }
  }
  merge(site.inside[i], values_.of(inside));
  merge(site.first[i], word);
}

void Machine::record(const Step &step, Value target) {
  std::uint32_t &number = call_of_[instructions_->number_of(step)];
  const bool is_new = number == 0;
  if (is_new) {
    function_->calls.emplace_back().address = step.address;
    number = static_cast<std::uint32_t>(function_->calls.size());
  }
  CallSite &site = function_->calls[number - 1];
  const auto merge = [&](Value &into, Value value) { into = is_new ? value : values_.joined(into, value); };
  merge(site.target, target);
  for (std::size_t i = 0; i < kArguments; ++i) record_register_argument(site, i, is_new);
  std::array<Value, kAllArguments> arguments;
  for (std::size_t i = 0; i < kArguments; ++i) arguments[i] = reg(kArgumentRegisters[i]);
  // What was put at the end of the frame since the last call may be further arguments.
  if (step.category == ZYDIS_CATEGORY_CALL)
    for (std::size_t i = kArguments; i < kAllArguments; ++i) {
      const auto offset = state_.stack_offset() + static_cast<std::int64_t>(sizeof(void *) * (i - kArguments));
      if (std::find(outgoing_.begin(), outgoing_.end(), offset) != outgoing_.end()) arguments[i] = state_.frame[offset];
      merge(site.arguments[i], arguments[i]);
      for (const Atom &atom : arguments[i]) notes_.take_function(atom);
    }
  for (std::size_t i = 0; i < arguments.size(); ++i)
    for (const Atom &atom : arguments[i])
      if (atom.kind == Atom::Kind::Stack) escape(static_cast<std::int64_t>(atom.value), step.address, i);
}

// A structure of the frame that is copied behind a pointer: word by word, as if the code stored them.
void Machine::copy_words(std::int64_t unit, int count) {
  constexpr std::int64_t kCopiedAtMost = 1024;
  std::int64_t size = kObjectAtMost;
  for (const Atom &atom : reg(count))
    if (atom.kind == Atom::Kind::Constant && atom.value <= static_cast<std::uint64_t>(kCopiedAtMost))
      size = static_cast<std::int64_t>(atom.value) * unit;
  const Value to = reg(kArgumentRegisters[0]);
  notes_.may_give(to);
  for (const Atom &from : reg(kArgumentRegisters[1])) {
    if (from.kind != Atom::Kind::Stack) continue;
    const auto start = static_cast<std::int64_t>(from.value);
    for (auto at = state_.frame.lower_bound(start);
         at != state_.frame.end() && at->first < start + std::min(size, kCopiedAtMost); at = std::next(at))
      for (const Atom &pointer : to) notes_.store_through(pointer, at->first - start, at->second);
  }
}

// The callee may store what it likes from `offset` of the frame on.
void Machine::escape(std::int64_t offset, std::uint64_t site, std::size_t argument) {
  Atom out{.kind = Atom::Kind::Out, .index = static_cast<std::int8_t>(argument), .value = site};
  state_.add_escape({offset, site, out.index});
  Value &first = state_.frame[offset];
  first = values_.with(first, values_.of(out));
  for (auto at = state_.frame.lower_bound(offset + 1);
       at != state_.frame.end() && at->first < offset + kObjectAtMost / 2; at = std::next(at)) {
    if (!std::all_of(at->second.begin(), at->second.end(),
                     [](const Atom &atom) { return atom.kind == Atom::Kind::Constant; }))
      continue;
    out.at = static_cast<std::int16_t>(at->first - offset);
    at->second = values_.with(at->second, values_.of(out));
  }
}

}  // namespace crossheap::flow
