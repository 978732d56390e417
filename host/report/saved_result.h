// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A result that `--format json` wrote, read back for every other format.
#pragma once

#include <iosfwd>
#include <string_view>
#include <variant>

#include "matrix/run.h"
#include "report/document.h"

namespace crossheap::report {

/// The results of an experiment can be summarised anew; of every other verb there are the findings, the problems and
/// the facts, and a text that is made from them.
using SavedResult = std::variant<matrix::Results, Document>;

/// Reads a result of check, matrix, merge, trace, bind, inspect, compare or bench. Throws Error (Blame::Usage) about
/// `object` where it is none, or larger than a result can be.
SavedResult read_saved_result(std::istream &in, std::string_view object);

/// Headline, findings and problems for a person.
std::string text_of(const Document &document);

}  // namespace crossheap::report
