// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The experiment's results, rendered: text for a person, JSON for programs (docs/experiment.md documents the schema
// crossheap.matrix/1). JSON carries everything text is made from, so that results of several machines can be merged.
#pragma once

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "matrix/run.h"
#include "matrix/summary.h"
#include "report/document.h"

namespace crossheap::report {

void write_matrix_text(std::ostream &out, const matrix::Results &results, const matrix::Summary &summary);

void write_matrix_json(std::ostream &out, const matrix::Results &results, const matrix::Summary &summary);

/// The findings, for the forms that are made of them; neither text nor facts. A subject is a host, a plugin and a load
/// mode; its findings are the cases that are not safe, by contract, and what the agent reported.
Document document_of(const matrix::Results &results);

/// The cases in columns, for the HTML page (page/views.js).
std::string matrix_page_json(const matrix::Results &results, const matrix::Summary &summary);

/// Reads what write_matrix_json wrote. Throws Error (Blame::Usage) about `object` where `in` is not of that schema.
matrix::Results read_matrix_json(std::istream &in, std::string_view object);
matrix::Results matrix_results_from(const nlohmann::ordered_json &json, std::string_view object);

}  // namespace crossheap::report
