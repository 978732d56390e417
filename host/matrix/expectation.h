// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An --expect file: the outcomes that somebody's continuous integration relies on, pinned case by case. Text, one case
// a line, made to be read and reviewed as a diff:
//
//   # a comment
//   jemalloc/system/deepbind/malloc/to-plugin  aborted
//   system/system/namespace/malloc/to-host     survived | crashed SIGSEGV
//
// Several outcomes stand where a case ended differently from run to run; any of them is as expected.
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

/// A line for each case and for each load that was refused by default ("HOST/PLUGIN/MODE/load/default").
void write_expectations(std::ostream &out, const Results &results);

struct Disagreement {
  Case of;
  std::string expected;  ///< "" where the file does not have the case
  std::string got;       ///< "" where the case was expected and not run
};

/// Every case whose outcome is not among those expected, that the file lacks, or that the file has and `results`, which
/// ran all that was selected, has not.
std::vector<Disagreement> compare(const Results &results, const Expectations &expectations);

}  // namespace crossheap::matrix
