// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What stands in memory: in fields of structures, behind out parameters, in variables.
//
// All answers are "may": what nobody was seen to store is not there, and what an unknown function may have stored is an
// Out of its call.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "flow/code.h"
#include "flow/file_symbols.h"

namespace crossheap::flow {

class CallTargets;

/// A value, and the function in which it was seen.
using Held = std::pair<const CodeFunction *, Atom>;

class Memory {
public:
  /// Notes who calls whom directly, who is given which address, and what is stored behind pointers in variables. All
  /// must outlive this; `targets` is asked when a question comes, not here.
  Memory(const Code &code, const FileSymbols &symbols, CallTargets &targets);

  /// Adds to `held` what stands where `atom`, as `function` has it, was loaded from.
  void add_contents(const CodeFunction &function, const Atom &atom, int depth, std::vector<Held> &held);

  /// What code stores behind the pointer in the variable at `address`, with the functions that do.
  using Stored = std::vector<std::pair<const CodeFunction *, const Word *>>;
  const Stored *stored_behind(std::uint64_t address) const;

  bool is_called_directly(const CodeFunction &function) const { return callers_.contains(function.start); }
  /// Whether there were more questions than are answered for one file.
  bool exhausted() const noexcept { return looks_ > kLooksAtMost; }

private:
  static constexpr std::uint64_t kLooksAtMost = 2'000'000;       // of one file
  static constexpr std::uint64_t kLooksOfQuestionAtMost = 1000;  // more lead everywhere, and nearly all to nothing

  // A pointer that a function gives to one that it calls, `atom.offset` behind where it got it from.
  struct PointerGiven {
    Atom atom;
    const CallSite *site;
    std::int8_t argument;
  };
  struct SamePointer;
  // Where a word stands: `offset` behind a pointer, or `second` behind the pointer that stands there.
  struct Place {
    std::int64_t offset = 0;
    bool deeper = false;
    std::int64_t second = 0;
    bool is_followed = false;  // the pointers that are seen to stand at `offset` have been asked already
  };
  // The address of data that a call is given.
  struct Given {
    const CodeFunction *function;
    const CallSite *site;
    std::int8_t argument;
  };

  void add_loaded(const CodeFunction &function, const Atom &atom, int depth, std::vector<Held> &held);
  bool may_look_on(int depth, const std::vector<Held> &held);
  static void add_words(const CodeFunction &function, const Atom &base, const Place &place, std::vector<Held> &held);
  void add_behind(const CodeFunction &function, const Atom &pointer, const Place &place, int depth,
                  std::vector<Held> &held);
  void add_field(const CodeFunction &function, Atom base, Place place, int depth, std::vector<Held> &held);
  void add_given(const CodeFunction &function, const Atom &base, const Place &place, int depth,
                 std::vector<Held> &held);
  void add_stored_by(const CodeFunction &caller, const CallSite &site, std::int8_t parameter, const Place &place,
                     int depth, std::vector<Held> &held);
  void add_stored_in_frame(const CodeFunction &function, const Atom &base, const Place &place, int depth,
                           std::vector<Held> &held);
  void add_stored_by_callees(const CodeFunction &function, const Atom &base, const Place &place, int depth,
                             std::vector<Held> &held);
  void add_linked(const CodeFunction &function, const Atom &out, int depth, std::vector<Held> &held);
  void add_word(std::uint64_t address, int depth, std::vector<Held> &held);
  const std::vector<PointerGiven> &pointers_given_by(const CodeFunction &function);
  bool may_fill(const CodeFunction &function, const CallSite &site, int depth);

  const Code &code_;
  const FileSymbols &symbols_;
  CallTargets &targets_;
  std::unordered_map<std::uint64_t, std::vector<std::pair<const CodeFunction *, const CallSite *>>> callers_;
  std::map<std::uint64_t, std::vector<Given>> given_away_;
  std::unordered_map<std::uint64_t, Stored> stored_behind_;
  std::unordered_map<const CodeFunction *, std::vector<PointerGiven>> pointers_given_;
  std::uint64_t looks_ = 0;
  std::uint64_t looks_of_question_ = 0;
  bool is_asked_ = false;
};

}  // namespace crossheap::flow
