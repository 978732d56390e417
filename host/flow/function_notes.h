// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What is written down of one function while it is run: what it stores where others may find it.
//
// Stores into the frame are nobody else's and belong to the state (machine_state.h). What is noted here outlives the
// function: words behind pointers, variables, and functions whose address gets out of sight. Each list is bounded.
#pragma once

#include <cstdint>
#include <vector>

#include "flow/code.h"
#include "flow/values.h"

namespace crossheap::flow {

/// Whether what stands behind a pointer from there can be told by the pointer.
bool is_followed(Atom::Kind kind);

class FunctionNotes {
public:
  FunctionNotes(Values &values, FileNotes &file) : values_(values), file_(file) {}

  /// What follows is of `function`.
  void begin(CodeFunction &function) { function_ = &function; }

  /// Code takes `atom` to somewhere: where it is a function's address, that function is handed out.
  void take_function(const Atom &atom);
  /// Word `distance` behind what the call is given as `argument`.
  void note_word(CallSite &site, std::int8_t argument, std::int64_t distance, Value value);
  /// Whatever the function may store behind its parameters, those in `pointer` are not only given null.
  void may_give(Value pointer);
  /// What a value's results that are stored through some pointer are: kept.
  void keep_results(Value value);
  void store_globally(std::uint64_t address, Value value);
  /// `distance` behind what `pointer` points to.
  void store_through(const Atom &pointer, std::int64_t distance, Value value);
  /// Fields of structures, where what stands in them may be a block, a function or a pointer that leads to such.
  void store_word(Atom base, std::int64_t distance, Value value);

private:
  void store_behind(std::int8_t parameter, Value value);
  void note_in(std::vector<Word> &words, const Atom &base, std::int16_t offset, Value value);

  Values &values_;
  FileNotes &file_;
  CodeFunction *function_ = nullptr;
};

}  // namespace crossheap::flow
