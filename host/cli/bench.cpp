// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap bench: workloads under allocators, claims about allocators, and what the allocation ABI and the agent cost.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <cmath>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

#include "base/error.h"
#include "bench/run.h"
#include "cli/bench_output.h"
#include "cli/command.h"
#include "cli/input.h"
#include "matrix/selection.h"
#include "measure/process.h"
#include "report/bench_report.h"

namespace crossheap::cli {

namespace {

struct BenchOptions {
  bench::Request request;
  std::string shard = "1/1";
  std::string from;
  std::string page;
  bool claims = false;
  bool abi = false;
  bool agent = false;
  bool quick = false;
  bool list = false;
  FormatOptions reports;
};

bench::Kind kind_of(const BenchOptions &options) {
  if (options.claims) return bench::Kind::Claims;
  if (options.abi) return bench::Kind::Abi;
  return options.agent ? bench::Kind::Agent : bench::Kind::Workloads;
}

void print(const std::vector<bench::Listed> &all) {
  for (const bench::Listed &one : all)
    fmt::print("  {:<26} {}{}\n", one.name, one.about,
               one.missing.empty() ? "" : fmt::format("{}(not here: {})", one.about.empty() ? "" : " ", one.missing));
}

// The page with the lines between the marks of `kind` replaced. Throws Error where it has none.
class Page {
public:
  Page(std::string file, bench::Kind kind) : file_(std::move(file)) {
    std::ifstream stream = opened(file_, "name a page of markdown");
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    const std::string begin = fmt::format("<!-- measured: {} -->", bench::name_of(kind));
    const std::string end = "<!-- end -->";
    const std::size_t from = text.find(begin + "\n");
    const std::size_t to = from == std::string::npos ? from : text.find(end, from);
    if (to == std::string::npos)
      throw Error(Blame::Usage, file_, fmt::format("has no line {} with {} below it", begin, end),
                  "write both into the page, where the tables are to stand");
    before_ = text.substr(0, from + begin.size() + 1);
    after_ = text.substr(to);
  }
  void write(const bench::Results &results) const {
    Output output(file_);
    output.stream() << before_ << report::bench_markdown(results) << after_;
    output.finish();
  }

private:
  std::string file_;
  std::string before_;
  std::string after_;
};

int run(BenchOptions options) {
  bench::Request &request = options.request;
  if (int{options.claims} + int{options.abi} + int{options.agent} > 1)
    throw Error(Blame::Usage, "crossheap bench", "is asked for several of --claims, --abi and --agent",
                "each has a result and a page of its own: run them one after the other");
  request.kind = kind_of(options);
  if (!options.from.empty()) {
    std::ifstream stream = opened(options.from, "give a file that `crossheap bench --format json -o FILE` wrote");
    const bench::Results results = report::read_bench_json(stream, options.from);
    std::optional<Page> page;
    if (!options.page.empty()) page.emplace(options.page, results.kind);
    Reports reports(options.reports, std::cout);
    reports.write(report::document_of(results));
    reports.finish();
    if (page) page->write(results);
    return kClean;
  }
  if (request.kind != bench::Kind::Workloads && !request.allocators.empty())
    throw Error(Blame::Usage, "--allocators", "chooses for workloads only",
                fmt::format("leave it out: --{} has allocators of its own", bench::name_of(request.kind)));
  if (!std::isfinite(request.scale) || request.scale <= 0 || request.scale > 1000)
    throw Error(Blame::Usage, "--scale", "is no number above 0 and up to 1000", "1 is the full amount of work");
  if (request.rounds < measure::kFewestRounds)
    throw Error(Blame::Usage, "--rounds",
                fmt::format("is below {}, with which there is no interval", measure::kFewestRounds),
                "give more rounds, or a smaller --scale");
  const matrix::Shard shard = matrix::parse_shard(options.shard);
  request.shard = {static_cast<std::uint32_t>(shard.index), static_cast<std::uint32_t>(shard.count)};
  if (options.quick) {
    request.scale *= 0.03;
    request.rounds = measure::kFewestRounds;
  }
  if (options.list) {
    const bench::Lists lists = bench::lists(request.kind);
    fmt::print("{}\n", request.kind == bench::Kind::Claims ? "claims" : "loads");
    print(lists.loads);
    fmt::print("allocators\n");
    print(lists.allocators);
    return kClean;
  }
  std::optional<Page> page;
  if (!options.page.empty()) page.emplace(options.page, request.kind);
  Reports reports(options.reports, std::cout);
  bench::Results results;
  {
    const measure::Interrupts interrupts;
    TerminalProgress progress;
    results = bench::run(
        request, [&](std::string_view doing, std::uint64_t done, std::uint64_t of) { progress.show(doing, done, of); });
  }
  write_bench(options.reports, reports, results);
  if (page && !results.interrupted) page->write(results);
  return results.interrupted ? kInterrupted : bench::exit_status(results);
}

}  // namespace

void write_bench(const FormatOptions &options, Reports &reports, const bench::Results &results) {
  const report::Document document = report::document_of(results);
  // With files for the result, a person still sees the answer.
  const std::vector<Wanted> wanted = wanted_reports(options);
  const bool to_stream = std::any_of(wanted.begin(), wanted.end(), [](const Wanted &one) { return one.file.empty(); });
  if (!to_stream && !reports.any_in(report::text_format())) std::cout << document.text;
  reports.write(document);
  reports.finish();
}

void add_bench(CLI::App &app, Work &chosen) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App *command = app.add_subcommand(
      "bench",
      "Standard workloads under every allocator; claims about allocators, measured; what the ABI and the agent cost");
  command->add_flag("--claims", options->claims, "Measure the claims that people repeat, and answer each");
  command->add_flag("--abi", options->abi, "Measure what the allocation ABI costs, by provider and resolution");
  command->add_flag("--agent", options->agent, "Measure what the agent costs at each depth");
  command
      ->add_option("--only", options->request.only,
                   "Workloads, claims, providers or loads, by name or glob (default: all); --list names them")
      ->type_name("GLOB");
  command
      ->add_option("--allocators", options->request.allocators,
                   "Allocators by name, or libraries by path, separated by commas; the first is what the others are "
                   "compared with (default: those that LD_PRELOAD can put here, next to glibc)")
      ->type_name("A,B,...");
  command->add_option("--rounds", options->request.rounds, "Rounds of each comparison, at least 6")
      ->option_text("N [9]");
  command->add_option("--scale", options->request.scale, "How much work a run does: 1 is all of it")
      ->option_text("X [1]");
  command
      ->add_option("--minutes", options->request.minutes,
                   "Time for everything; a slow comparison gets fewer rounds, but at least 6. 0: no limit")
      ->check(CLI::NonNegativeNumber)
      ->option_text("M [15]");
  command->add_flag("--quick", options->quick,
                    "A thirtieth of the work and 6 rounds: to see that everything works, not to decide");
  command->add_flag("--others", options->request.others, "With --agent: measure memcheck, heaptrack and ASan as well");
  command->add_option("--shard", options->shard, "Measure part I of N: the results go to `crossheap merge`")
      ->type_name("I/N");
  command->add_flag("--list", options->list, "Name workloads and allocators, and measure nothing");
  command->add_option("--from", options->from, "Measure nothing; report on FILE, which --format json wrote")
      ->type_name("FILE");
  command
      ->add_option(
          "--page", options->page,
          "Put the tables into FILE, a page of markdown, between its lines <!-- measured: KIND --> and <!-- end -->")
      ->type_name("FILE");
  add_format_options(*command, options->reports);
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace crossheap::cli
