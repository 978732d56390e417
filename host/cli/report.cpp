// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap report: a result that was saved, in any format. Nothing is run and nothing is examined again.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "base/error.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/matrix_output.h"
#include "matrix/summary.h"
#include "report/saved_result.h"

namespace crossheap::cli {

namespace {

struct ReportOptions {
  std::string file;
  FormatOptions reports;
};

report::SavedResult saved_result(const std::string &file) {
  if (file == "-") return report::read_saved_result(std::cin, "standard input");
  std::ifstream stream = opened(file, kMadeByJson);
  return report::read_saved_result(stream, file);
}

// The status says whether the result has findings, as it did when it was made.
bool has_findings(const report::Document &document) {
  return std::any_of(document.findings.begin(), document.findings.end(),
                     [](const Finding &finding) { return finding.level != Level::Note; });
}

int write_report(const ReportOptions &options) {
  const report::SavedResult result = saved_result(options.file);
  Reports reports(options.reports, std::cout);
  if (const auto *const results = std::get_if<matrix::Results>(&result)) {
    write_matrix(reports, *results, matrix::summarise(*results));
    return matrix::exit_status(*results);
  }
  const auto &document = std::get<report::Document>(result);
  reports.write(document);
  reports.finish();
  return has_findings(document) ? kFindings : kClean;
}

}  // namespace

void add_report(CLI::App &app, Work &chosen) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App *const command = app.add_subcommand(
      "report", "Write a saved result in other formats: a page for a browser, SARIF, JUnit, markdown");
  command
      ->add_option("RESULT", options->file,
                   "What --format json of inspect, bind, trace, matrix, merge or check wrote; - is standard input")
      ->required()
      ->type_name("");
  add_format_options(*command, options->reports);
  command->callback([options, &chosen] { chosen = [options] { return write_report(*options); }; });
}

}  // namespace crossheap::cli
