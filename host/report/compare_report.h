// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The results of `crossheap compare` as reports: the sentence first, then the table.
#pragma once

#include <istream>
#include <optional>
#include <ostream>
#include <string>

#include "compare/analysis.h"
#include "compare/result.h"
#include "report/document.h"

namespace crossheap::report {

/// Schema crossheap.compare/1 (docs/compare.md), with a newline at its end.
void write_compare_json(std::ostream &to, const compare::Result &result,
                        const std::optional<compare::Against> &against);
/// What write_compare_json wrote. Throws Error (Blame::Usage) about `file` where it is something else.
compare::Result read_compare_json(std::istream &from, const std::string &file);

void write_compare_text(std::ostream &to, const compare::Result &result,
                        const std::optional<compare::Against> &against);
void write_compare_markdown(std::ostream &to, const compare::Result &result,
                            const std::optional<compare::Against> &against);

Document document_of(const compare::Result &result, const std::optional<compare::Against> &against);

// What text and markdown share.

/// The quantities that a table shows, in order: what the answer is about, and what costs memory.
std::vector<compare::Quantity> quantities_shown(const compare::Result &result);
/// "-7.1 %", "2.30x".
std::string change_cell(double ratio);
/// "Linux 6.1 on Intel Xeon, 2 processors, load 0.4".
std::string machine_words(const measure::Machine &machine);
/// What is to be said of a variant beside its figures; "" for nothing.
std::string remark_on(const compare::Variant &variant);

}  // namespace crossheap::report
