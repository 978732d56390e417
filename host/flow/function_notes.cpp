// SPDX-License-Identifier: MIT OR Apache-2.0
#include "flow/function_notes.h"

#include <algorithm>

#include "flow/end_kinds.h"

namespace crossheap::flow {

namespace {

constexpr std::size_t kWordsAtMost = 48;  // of one function, and of one call

}  // namespace

bool is_followed(Atom::Kind kind) {
  return kind == Atom::Kind::Argument || kind == Atom::Kind::Result || kind == Atom::Kind::Out ||
         kind == Atom::Kind::Global || kind == Atom::Kind::Slot;
}

void FunctionNotes::take_function(const Atom &atom) {
  if (atom.kind == Atom::Kind::Function) {
    file_.address_taken.insert(atom.value);
    file_.taken_by_code.insert(atom.value);
  }
  if (atom.kind == Atom::Kind::Slot && !atom.inside) file_.slots_handed_out.insert(atom.value);
}

void FunctionNotes::keep_results(Value value) {
  for (const Atom &atom : value)
    if (atom.kind == Atom::Kind::Result && atom.index == 0 && !atom.inside) function_->kept_results.insert(atom.value);
}

// Notes that `value` stands in one of a few words that are kept.
void FunctionNotes::note_in(std::vector<Word> &words, const Atom &base, std::int16_t offset, Value value) {
  for (Word &word : words)
    if (word.base == base && word.offset == offset) {
      word.value = values_.with(word.value, value);
      return;
    }
  if (words.size() < kWordsAtMost) words.push_back({base, offset, value});
}

void FunctionNotes::note_word(CallSite &site, std::int8_t argument, std::int64_t distance, Value value) {
  if (std::all_of(value.begin(), value.end(),
                  [](const Atom &atom) { return atom.kind == Atom::Kind::Constant || atom.kind == Atom::Kind::Stack; }))
    return;
  note_in(site.words, {.kind = Atom::Kind::Argument, .index = argument}, static_cast<std::int16_t>(distance), value);
}

void FunctionNotes::may_give(Value pointer) {
  for (const Atom &atom : pointer)
    if (atom.kind == Atom::Kind::Argument && as_index(atom.index) < kArguments)
      function_->may_give[as_index(atom.index)] = true;
}

void FunctionNotes::store_globally(std::uint64_t address, Value value) {
  if (value.empty()) return;
  for (const Atom &atom : value) function_->keeps_arguments |= atom.kind == Atom::Kind::Argument && !atom.interior;
  auto &stored = file_.stored[address];
  for (auto &[function, held] : stored)
    if (function == function_) {
      held = values_.joined(held, value);
      return;
    }
  if (stored.size() < 16) stored.emplace_back(function_, value);
}

void FunctionNotes::store_through(const Atom &pointer, std::int64_t distance, Value value) {
  if (pointer.kind == Atom::Kind::Argument) store_behind(pointer.index, value);
  store_word(pointer, distance, value);
}

void FunctionNotes::store_behind(std::int8_t parameter, Value value) {
  const bool may_be_block = std::any_of(value.begin(), value.end(), [](const Atom &atom) {
    return atom.kind == Atom::Kind::Result || atom.kind == Atom::Kind::Out;
  });
  if (!may_be_block) return;
  for (auto &[index, held] : function_->stores)
    if (index == parameter) {
      held = values_.with(held, value);
      if (!held.partly_unknown()) return;
    }
  if (function_->stores.size() < 8) function_->stores.emplace_back(parameter, value);
}

void FunctionNotes::store_word(Atom base, std::int64_t distance, Value value) {
  if (base.deeper || !is_followed(base.kind) || (base.inside && base.offset == Atom::kAnywhere)) return;
  const bool may_matter = std::any_of(value.begin(), value.end(), [](const Atom &atom) {
    return atom.kind != Atom::Kind::Constant && atom.kind != Atom::Kind::Stack &&
           atom.kind != Atom::Kind::GlobalAddress && (!atom.interior || atom.is_behind_header());
  });
  const std::int16_t offset = moved(base.distance(), distance);
  if (!may_matter || offset == Atom::kAnywhere) return;
  base.interior = false;
  base.indexed = false;
  base.set_distance(0);
  note_in(function_->words, base, offset, value);
}

}  // namespace crossheap::flow
