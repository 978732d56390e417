// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An --expect file: what somebody's continuous integration relies on, pinned case by case. Text, one case a line, made
// to be read and reviewed as a diff:
//
//   # a comment
//   jemalloc/system/deepbind/malloc/to-plugin  crosses
//   jemalloc/system/local/malloc/to-plugin     safe
//   system/system/namespace/exception/to-host  fails: aborted
//
// How a block that crosses ends is luck: the same case survives, aborts and crashes from one run to the next. What is
// decided is whether it crosses, which the observed bindings say, and whether a case without a crossing is safe. So
// that is what a line holds:
//
//   safe            no block crosses, and it survived
//   crosses         a block reaches a function of another heap than its owner's, however that ended
//   unknown         the bindings do not show whether it crosses
//   fails: CAUSE    no block crosses, and it failed all the same; CAUSE is the kind of ending
//   opens, refused  of a load ("HOST/PLUGIN/MODE/load/default")
//
// A line may hold an exact ending instead ("aborted", "crashed SIGSEGV"), for those who want to pin luck as well.
// Several stand with " | " between them where a case ended differently from run to run; any of them is as expected.
#pragma once

#include <iosfwd>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "matrix/run.h"

namespace crossheap::matrix {

using Expectations = std::map<Case, std::set<std::string>>;

/// Throws Error (Blame::Usage) about `object`, naming the line, where the text is not of that form.
Expectations read_expectations(std::istream &in, std::string_view object);

/// What is written for a case or a load: what is decided, or how exactly it ended.
enum class Pinned : std::uint8_t { Decided, Exact };

/// A line for each case and for each load.
void write_expectations(std::ostream &out, const Results &results, Pinned what);

/// Whether the case must be played more often before it is pinned: no block crosses, and yet it failed.
bool may_be_luck(const CaseResult &result);

/// Whether `result` is not as expected. A case that the expectations lack is.
bool disagrees(const CaseResult &result, const Expectations &expectations);

struct Disagreement {
  Case of;
  std::string expected;  ///< "" where the file does not have the case
  std::string got;       ///< "" where the case was expected and not run
};

/// Every case whose outcome is not among those expected, that the file lacks, or that the file has and `results`, which
/// ran all that was selected, has not.
std::vector<Disagreement> compare(const Results &results, const Expectations &expectations);

}  // namespace crossheap::matrix
