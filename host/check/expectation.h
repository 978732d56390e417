// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An --expect file of a check: what somebody's continuous integration relies on, a cell a line, made to be read and
// reviewed as a diff:
//
//   # a comment
//   php/global+deepbind-lazy/as-installed  safe
//   php/global+deepbind-lazy/jemalloc      unsafe XH101 XH201
//
// A cell is PROFILE/MODE/ALLOCATOR. Behind the verdict stand the hazards of its findings, without notes: a plugin that
// was unsafe for one reason and now is for another has changed.
#pragma once

#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "check/check.h"

namespace crossheap::check {

/// Cells by name, and what each holds: "unsafe XH101".
using Expectations = std::map<std::string, std::string, std::less<>>;

/// Throws Error (Blame::Usage) about `object`, naming the line, where the text is not of that form.
Expectations read_expectations(std::istream &in, std::string_view object);

Expectations expectations_of(const Check &check);
void write_expectations(std::ostream &out, const Check &check);

struct Change {
  std::string cell;
  std::string expected;  ///< "" where the file does not have the cell
  std::string got;       ///< "" where the cell was not looked at
};

/// Every cell that is not as expected, in either direction.
std::vector<Change> compare(const Check &check, const Expectations &expectations);

}  // namespace crossheap::check
