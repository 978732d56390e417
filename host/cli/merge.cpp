// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap merge: puts the shards of an experiment together that several machines ran.
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <iostream>

#include "base/error.h"
#include "cli/command.h"
#include "matrix/merge.h"
#include "matrix/summary.h"
#include "report/matrix_report.h"

namespace crossheap::cli {

namespace {

struct MergeOptions {
  std::vector<std::string> files;
  std::string format = "text";
  std::string output;
};

int merge(const MergeOptions &options) {
  std::vector<matrix::NamedResults> parts;
  for (const std::string &file : options.files) {
    errno = 0;
    std::ifstream stream(file);
    if (!stream)
      throw Error(Blame::Usage, file, fmt::format("cannot be read: {}", std::strerror(errno)),
                  "give the files that --format json -o FILE wrote");
    parts.push_back({file, report::read_matrix_json(stream, file)});
  }
  const matrix::Results results = matrix::merge(std::move(parts));
  const matrix::Summary summary = matrix::summarise(results);
  Output output(options.output);
  if (options.format == "json")
    report::write_matrix_json(output.stream(), results, summary);
  else
    report::write_matrix_text(output.stream(), results, summary);
  output.finish();
  return matrix::exit_status(results);
}

}  // namespace

void add_merge(CLI::App &app, Work &chosen) {
  auto options = std::make_shared<MergeOptions>();
  CLI::App *merge_command = app.add_subcommand("merge", "Put the shards of an experiment together");
  merge_command->add_option("FILES", options->files, "Results of crossheap matrix --shard I/N --format json -o FILE")
      ->required();
  merge_command->add_option("--format", options->format, "text or json (default: text)")
      ->check(CLI::IsMember({"text", "json"}));
  merge_command->add_option("-o,--output", options->output, "Write the result to FILE (default: standard output)")
      ->type_name("FILE");
  merge_command->callback([options, &chosen] { chosen = [options] { return merge(*options); }; });
}

}  // namespace crossheap::cli
