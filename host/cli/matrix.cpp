// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap matrix: the reference experiment.
//
// The options select builds, load modes and scenarios. What is played for a person is played once; what is pinned
// (--write-expect), or compared with what was pinned, is played again where it may be luck. The text goes to the
// terminal even where the result goes to a file: hundreds of thousands of cases took minutes, and the answer is a page.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <iostream>
#include <thread>

#include "base/error.h"
#include "base/installation.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/matrix_output.h"
#include "cli/pinned.h"
#include "cli/stop_on_signal.h"
#include "matrix/expectation.h"
#include "matrix/run.h"
#include "matrix/summary.h"
#include "report/matrix_explanation.h"
#include "report/matrix_report.h"

namespace crossheap::cli {

namespace {

struct MatrixOptions {
  matrix::Selection selection;
  std::string shard = "1/1";
  bool quick = false;
  bool list = false;
  std::string explain;
  std::uint32_t repeat = 1;
  bool executes_each = false;
  unsigned jobs = 0;
  std::uint32_t deadline_seconds = 5;
  FormatOptions reports;
  std::string expect;
  std::string write_expect;
  bool exact = false;
  bool trace = false;
  matrix::Tracing tracing;
};

std::optional<matrix::Expectations> expectations_from(const std::string &file) {
  if (file.empty()) return std::nullopt;
  std::ifstream stream = opened(file, kMadeByWriteExpect);
  return matrix::read_expectations(stream, file);
}

int report_disagreements(const std::vector<matrix::Disagreement> &disagreements, const std::string &file) {
  std::vector<Difference> differences;
  differences.reserve(disagreements.size());
  for (const matrix::Disagreement &one : disagreements)
    differences.push_back({matrix::name_of(one.of), one.expected, one.got});
  return report_differences(differences,
                            {.noun = "case", .took_part = "run", .look = "look at one with --explain CASE; "}, file);
}

void list(matrix::Runner &runner, const matrix::Selection &selection, const matrix::Builds &builds) {
  fmt::print("hosts\n");
  for (const auto &host : matrix::select_hosts(builds, selection)) fmt::print("  {:<26} {}\n", host.name, host.about);
  fmt::print("plugins\n");
  for (const auto &plugin : matrix::select_plugins(builds, selection))
    fmt::print("  {:<26} {}\n", plugin.name, plugin.about);
  fmt::print("load modes\n");
  for (const auto &mode : matrix::select_modes(selection)) fmt::print("  {:<26} {}\n", mode.name, mode.call);
  const std::vector<matrix::Case> cases = runner.list(selection);
  fmt::print("cases (HOST/PLUGIN/MODE/SCENARIO/DIRECTION): {}\n", with_commas(cases.size()));
  for (const matrix::Case &one : cases) fmt::print("  {}\n", matrix::name_of(one));
}

// Before a case is pinned, and before somebody is told that it changed, luck is ruled out.
std::function<bool(const matrix::CaseResult &)> cases_to_play_again(
    const MatrixOptions &options, const std::optional<matrix::Expectations> &expectations) {
  if (options.write_expect.empty() && !expectations) return {};
  return [&expectations, writes = !options.write_expect.empty() && !options.exact](const matrix::CaseResult &result) {
    if (expectations && expectations->contains(result.of) && matrix::disagrees(result, *expectations)) return true;
    return writes && matrix::may_be_luck(result);
  };
}

int run(MatrixOptions options) {
  const matrix::Builds builds = matrix::read_builds(library_folder());
  if (options.quick) {
    const matrix::Selection quick = matrix::quick_selection();
    const auto unless_chosen = [](auto &chosen, const auto &otherwise) {
      if (chosen.empty()) chosen = otherwise;
    };
    unless_chosen(options.selection.hosts, quick.hosts);
    unless_chosen(options.selection.plugins, quick.plugins);
    unless_chosen(options.selection.modes, quick.modes);
    unless_chosen(options.selection.scenarios, quick.scenarios);
  }
  options.selection.shard = matrix::parse_shard(options.shard);
  const std::optional<matrix::Expectations> expectations = expectations_from(options.expect);
  const unsigned jobs = options.jobs != 0 ? options.jobs : std::max(1u, std::thread::hardware_concurrency());
  sandbox::Supervisor supervisor(jobs);
  matrix::Runner runner(builds, supervisor,
                        {.repeat = options.repeat,
                         .jobs = jobs,
                         .deadline = std::chrono::seconds(options.deadline_seconds),
                         .tracing = options.trace ? std::optional(options.tracing) : std::nullopt,
                         .executes_each = options.executes_each,
                         .play_again = cases_to_play_again(options, expectations)});
  if (!options.explain.empty())
    return report::explain_case(std::cout, builds, supervisor, matrix::parse_case(options.explain)) ? kClean
                                                                                                    : kFindings;
  if (options.list) {
    list(runner, options.selection, builds);
    return kClean;
  }
  Reports reports(options.reports, std::cout);
  std::optional<Output> pinned;
  if (!options.write_expect.empty()) pinned.emplace(options.write_expect, "--write-expect");

  matrix::Results results;
  {
    const StopOnSignal stop_on_signal(supervisor);
    TerminalProgress progress;
    results = runner.run(options.selection, [&](std::string_view doing, std::uint64_t done, std::uint64_t of) {
      progress.show(doing, done, of);
    });
  }
  const matrix::Summary summary = matrix::summarise(results);
  // With a file for the result, a person still sees the answer; and a full disk does not cost it.
  const std::vector<Wanted> wanted = wanted_reports(options.reports);
  if (!wanted.back().file.empty() && !reports.any_in(report::text_format()))
    report::write_matrix_text(std::cout, results, summary);
  write_matrix(reports, results, summary);
  if (results.interrupted) return kInterrupted;
  if (pinned) {
    matrix::write_expectations(pinned->stream(), results,
                               options.exact ? matrix::Pinned::Exact : matrix::Pinned::Decided);
    pinned->finish();
  }
  const int unexpected =
      expectations ? report_disagreements(matrix::compare(results, *expectations), options.expect) : kClean;
  return unexpected != kClean ? unexpected : matrix::exit_status(results);
}

}  // namespace

void add_matrix(CLI::App &app, Work &chosen) {
  auto options = std::make_shared<MatrixOptions>();
  CLI::App *matrix = app.add_subcommand(
      "matrix", "The reference experiment: every host allocator x plugin build x load mode x way of passing ownership");
  matrix->add_option("--host", options->selection.hosts, "Host builds, by name or glob (default: all)")
      ->type_name("GLOB");
  matrix
      ->add_option("--plugin", options->selection.plugins,
                   "Plugin builds, by name or glob, or the path of a plugin of yours (default: all builds)")
      ->type_name("GLOB|PATH");
  matrix->add_option("--mode", options->selection.modes, "Load modes, by name or glob (default: all)")
      ->type_name("GLOB");
  matrix->add_option("--scenario", options->selection.scenarios, "Scenarios, by name or glob (default: all)")
      ->type_name("GLOB");
  matrix
      ->add_option("--contract", options->selection.contracts,
                   "Contracts, by letter: a, b, c, d or several (default: all)")
      ->type_name("LETTERS");
  matrix->add_flag("--quick", options->quick, "A representative few hundred cases, in a few seconds");
  matrix->add_flag("--list", options->list, "List the cases and run none");
  matrix
      ->add_option("--explain", options->explain, "Run one case and explain it, with the commands to repeat it by hand")
      ->type_name("CASE");
  matrix
      ->add_option("--repeat", options->repeat, "Run each case N times, each with another address layout (default: 1)")
      ->type_name("N")
      ->check(CLI::Range(1u, 10'000u));
  matrix->add_flag(
      "--no-fork", options->executes_each,
      "Execute the host for each case, instead of starting it once and forking it before it opens anything");
  matrix->add_option("--jobs", options->jobs, "Processes at a time (default: one a core)")
      ->type_name("N")
      ->check(CLI::Range(1u, 1024u));
  matrix->add_option("--deadline", options->deadline_seconds, "Seconds after which a run counts as hung (default: 5)")
      ->type_name("SECONDS")
      ->check(CLI::Range(1u, 3600u));
  matrix->add_option("--shard", options->shard, "Run part I of N; `crossheap merge` puts the parts together")
      ->type_name("I/N");
  add_format_options(*matrix, options->reports);
  matrix->add_option("--expect", options->expect, "Fail where a case is not what FILE says")->type_name("FILE");
  CLI::Option *const write_expect =
      matrix
          ->add_option("--write-expect", options->write_expect,
                       "Write such a FILE from this run: which cases are safe, cross, are refused or fail")
          ->type_name("FILE");
  matrix
      ->add_flag("--exact", options->exact,
                 "With --write-expect, write exactly how each case ended, which is luck if a block crosses")
      ->needs(write_expect);
  CLI::Option *const trace =
      matrix->add_flag("--trace", options->trace,
                       "Run each case again under the agent of `crossheap trace`, which must report every crossing "
                       "and nothing else");
  add_depth_option(*matrix, options->tracing.depth)->needs(trace);
  matrix
      ->add_option_function<std::string>(
          "--on-crossing", [options](const std::string &policy) { options->tracing.route = policy == "route"; },
          "route: with --trace, run failing cases again with each block handed to its owner, and count those that "
          "survive")
      ->check(CLI::IsMember({"report", "route"}))
      ->option_text("report|route [report]")
      ->needs(trace);
  matrix->footer(
      "Exit status 0 when every case of contracts (b), (c) and (d) survived, with --expect everything ended as pinned, "
      "and with --trace the agent agrees about every case.");
  matrix->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace crossheap::cli
