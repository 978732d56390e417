// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Text and JSON come straight from the results: as a document in memory, 200,000 cases would take a gigabyte.
#include "cli/matrix_output.h"

#include "report/matrix_report.h"

namespace crossheap::cli {

void write_matrix(Reports &reports, const matrix::Results &results, const matrix::Summary &summary) {
  for (std::ostream *stream : reports.streams(report::text_format()))
    report::write_matrix_text(*stream, results, summary);
  for (std::ostream *stream : reports.streams(report::json_format()))
    report::write_matrix_json(*stream, results, summary);
  if (reports.any_left()) {
    report::Document document = report::document_of(results);
    if (reports.any_in(report::html_format())) document.page_facts = report::matrix_page_json(results, summary);
    reports.write(document);
  }
  reports.finish();
}

}  // namespace crossheap::cli
