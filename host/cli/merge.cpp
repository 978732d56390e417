// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap merge: puts the shards of an experiment, a measurement or a check together that several machines ran.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cli/bench_output.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/matrix_output.h"
#include "matrix/merge.h"
#include "matrix/summary.h"
#include "report/bench_report.h"
#include "report/matrix_report.h"
#include "report/untrusted_json.h"

namespace crossheap::cli {

namespace {

struct MergeOptions {
  std::vector<std::string> files;
  FormatOptions reports;
};

// The schema of a result, or "" where the file says none: its reader then says what is wrong.
std::string schema_of(const std::string &file) {
  std::error_code failed;
  if (std::filesystem::is_fifo(file, failed))
    throw Error(Blame::Usage, file, "is a pipe, and what is merged is read twice", "write it to a file first");
  try {
    std::ifstream stream = opened(file);
    const auto whole = report::read_untrusted_json(stream, file, "");
    const auto found = whole.is_object() ? whole.find("schema") : whole.end();
    return found != whole.end() && found->is_string() ? found->get<std::string>() : "";
  } catch (const Error &) {
    return "";
  }
}

int merge_bench(const MergeOptions &options) {
  std::vector<bench::NamedResults> parts;
  for (const std::string &file : options.files) {
    std::ifstream stream = opened(file, kMadeByJson);
    parts.push_back({file, report::read_bench_json(stream, file)});
  }
  const bench::Results results = bench::merge(std::move(parts));
  Reports reports(options.reports, std::cout);
  write_bench(options.reports, reports, results);
  return bench::exit_status(results);
}

int merge(const MergeOptions &options) {
  // One kind of result at a time: what the first file is, all must be.
  const std::string schema = schema_of(options.files.front());
  if (schema.starts_with("crossheap.compare/")) return merge_compare(options.files, options.reports);
  if (schema.starts_with("crossheap.check/")) return merge_check(options.files, options.reports);
  if (schema.starts_with("crossheap.bench/")) return merge_bench(options);
  std::vector<matrix::NamedResults> parts;
  for (const std::string &file : options.files) {
    std::ifstream stream = opened(file, kMadeByJson);
    parts.push_back({file, report::read_matrix_json(stream, file)});
  }
  const matrix::Results results = matrix::merge(std::move(parts));
  const matrix::Summary summary = matrix::summarise(results);
  Reports reports(options.reports, std::cout);
  write_matrix(reports, results, summary);
  return matrix::exit_status(results);
}

}  // namespace

void add_merge(CLI::App &app, Work &chosen) {
  auto options = std::make_shared<MergeOptions>();
  CLI::App *merge_command =
      app.add_subcommand("merge", "Put the shards of an experiment, a measurement or a check together");
  merge_command
      ->add_option("FILES", options->files,
                   "Results of crossheap matrix, compare, bench or check --shard I/N --format json -o FILE")
      ->required();
  add_format_options(*merge_command, options->reports);
  merge_command->callback([options, &chosen] { chosen = [options] { return merge(*options); }; });
}

}  // namespace crossheap::cli
