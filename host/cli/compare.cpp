// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap compare: the user's own command under every allocator that is here, and which of them to take.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iostream>

#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/input.h"
#include "compare/analysis.h"
#include "compare/profile.h"
#include "compare/run.h"
#include "matrix/selection.h"
#include "measure/allocators.h"
#include "measure/process.h"
#include "report/compare_report.h"
#include "report/profile_report.h"
#include "trace/program.h"

namespace crossheap::cli {

namespace {

struct CompareOptions {
  std::vector<std::string> allocators;
  bool list = false;
  bool profile = false;
  std::size_t runs = 0;
  std::string until = "1%";
  std::string time = "5m";
  std::string deadline = "10m";
  std::string metric;
  bool higher_is_better = false;
  std::string by;
  std::string server;
  std::string ready;
  std::string ready_within = "30s";
  std::string load;
  bool any_status = false;
  bool no_ownership_check = false;
  bool measure_all = false;
  std::uint64_t seed = 1;
  std::string shard = "1/1";
  std::string against;
  FormatOptions reports;
  std::vector<std::string> command;
};

std::optional<double> number_before(std::string_view text, std::size_t &end) {
  double value = 0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  end = static_cast<std::size_t>(stop - text.data());
  if (failed != std::errc{} || !std::isfinite(value) || value < 0) return std::nullopt;
  return value;
}

std::chrono::seconds time_of(std::string_view option, const std::string &text) {
  std::size_t end = 0;
  const std::optional<double> value = number_before(text, end);
  const std::string_view unit = std::string_view(text).substr(std::min(end, text.size()));
  const double factor = unit == "s" || unit.empty() ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  if (!value || factor == 0 || *value * factor < 1 || *value * factor > 1e7)
    throw Error(Blame::Usage, fmt::format("{} {}", option, text), "is no time", "give it as 30s, 5m or 1h");
  return std::chrono::seconds{static_cast<long>(*value * factor)};
}

double part_of(std::string_view option, const std::string &text) {
  std::size_t end = 0;
  const std::optional<double> value = number_before(text, end);
  if (!value || *value <= 0 || std::string_view(text).substr(std::min(end, text.size())) != "%")
    throw Error(Blame::Usage, fmt::format("{} {}", option, text), "is no percentage", "give it as 1% or 0.5%");
  return *value / 100;
}

/// A command line in one word: as a shell reads it. Without a shell where nothing in it needs one, so that no shell is
/// measured.
std::vector<std::string> words_of(std::string_view option, const std::string &text) {
  if (text.find_first_of(";|&<>$`*?(){}~#\n\\") != std::string::npos) return {"sh", "-c", text};
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (const char c : text) {
    if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t') {
      if (in_word) words.push_back(std::exchange(word, {}));
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (in_word) words.push_back(word);
  if (quote != 0 || words.empty())
    throw Error(Blame::Usage, fmt::format("{} '{}'", option, text), "is no command",
                quote != 0 ? "close the quotation mark" : "give a program and its arguments");
  return words;
}

std::vector<measure::Allocator> selected(const CompareOptions &options) {
  std::vector<measure::Allocator> all;
  if (options.allocators.empty()) {
    all = measure::allocators_here();
  } else {
    for (const std::string &list : options.allocators)
      for (const std::string &entry : measure::split_list(list)) all.push_back(measure::allocator_named(entry));
  }
  // The baseline takes part anyway; the same allocator a second time is taken, as an A/A test of the user's.
  if (const auto baseline =
          std::find_if(all.begin(), all.end(), [](const auto &one) { return one.name == measure::kBaseline; });
      baseline != all.end())
    all.erase(baseline);
  if (all.empty())
    throw Error(Blame::Usage, "--allocators", "names nothing to compare with the baseline", "name another allocator");
  return all;
}

void list_allocators() {
  for (const measure::Allocator &allocator : measure::allocators_here()) {
    std::string settings;
    for (const auto &[name, value] : allocator.settings) settings += fmt::format(" {}={}", name, value);
    fmt::print("{:<18} {:<10} {}{}\n", allocator.name, allocator.version.empty() ? "-" : allocator.version,
               allocator.library.empty() ? "libc's own" : allocator.library.string(), settings);
  }
  for (const measure::Absent &absent : measure::allocators_absent())
    fmt::print("{:<18} {:<10} not here: {} brings it\n", absent.name, "-", absent.adds);
}

compare::Plan plan_of(const CompareOptions &options) {
  compare::Plan plan;
  if (options.server.empty() != options.load.empty() || options.server.empty() != options.ready.empty())
    throw Error(Blame::Usage, "--server", "needs --ready and --load, and they need it",
                "say what starts the server, when it answers, and what loads it");
  if (options.server.empty() == options.command.empty())
    throw Error(Blame::Usage, "compare", options.server.empty() ? "has nothing to run" : "has two things to run",
                "give a command after --, or --server 'CMD'");
  if (!options.server.empty()) {
    plan.command = words_of("--server", options.server);
    compare::Server server;
    server.ready = options.ready;
    server.load = words_of("--load", options.load);
    server.ready_within = time_of("--ready-within", options.ready_within);
    trace::find_program(server.load.front());
    plan.server = server;
  } else {
    plan.command = options.command;
  }
  plan.program = trace::find_program(plan.command.front());
  plan.allocators = selected(options);
  plan.metric = options.metric;
  plan.figure_more_is_better = options.higher_is_better;
  if (!options.by.empty()) {
    const compare::QuantityRow *const row = compare::quantity_named(options.by);
    if (row == nullptr) {
      std::vector<std::string> names;
      names.reserve(std::size(compare::kQuantityRows));
      for (const compare::QuantityRow &one : compare::kQuantityRows) names.emplace_back(one.name);
      throw Error(Blame::Usage, fmt::format("--by {}", options.by), "is nothing that is measured",
                  fmt::format("give {}", enumeration(names, "or")));
    }
    if (row->quantity == compare::Quantity::Figure && options.metric.empty())
      throw Error(Blame::Usage, "--by figure", "needs the figure", "say with --metric where it is");
    plan.by = row->quantity;
  }
  plan.runs = options.runs;
  plan.until = part_of("--until", options.until);
  plan.time = time_of("--for", options.time);
  plan.deadline = time_of("--deadline", options.deadline);
  plan.any_status = options.any_status;
  plan.check_ownership = !options.no_ownership_check;
  plan.measure_all = options.measure_all;
  plan.seed = options.seed;
  const matrix::Shard shard = matrix::parse_shard(options.shard);
  plan.shard = shard.index;
  plan.shards = shard.count;
  return plan;
}

std::optional<compare::Result> earlier(const std::string &file) {
  if (file.empty()) return std::nullopt;
  std::ifstream stream = opened(file, "give a file that `crossheap compare --format json -o FILE` wrote");
  return report::read_compare_json(stream, file);
}

/// One line on a terminal: what is being done, and how long it will take.
class ProgressLine {
public:
  ProgressLine() : on_terminal_(::isatty(STDERR_FILENO) == 1) {}
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine &) = delete;
  ProgressLine &operator=(const ProgressLine &) = delete;

  void show(const compare::Progress &progress) {
    if (!on_terminal_) return;
    draw("\r\033[K{}: {}", progress.doing, progress.done);
    if (progress.of > 0) complain(" of {}", progress.of);
    if (progress.seconds_left) complain(", at most {:.0f} s left", *progress.seconds_left);
    shown_ = true;
  }
  void clear() {
    if (shown_) draw("\r\033[K");
    shown_ = false;
  }

private:
  bool on_terminal_;
  bool shown_ = false;
};

int exit_status(const compare::Result &result) {
  if (result.interrupted) return kInterrupted;
  const bool clean = std::all_of(result.findings.begin(), result.findings.end(),
                                 [](const Finding &finding) { return finding.level == Level::Note; });
  return clean ? kClean : kFindings;
}

int profile_command(const CompareOptions &options, const compare::Plan &plan) {
  if (plan.server)
    throw Error(Blame::Usage, "--profile", "takes a command that ends, and no --server",
                "give a command that starts the server, loads it and stops it");
  Reports reports(options.reports, std::cout);
  compare::Profile profile;
  {
    const measure::Interrupts interrupts;
    ProgressLine line;
    profile = compare::profile_of(plan, [&line](const compare::Progress &progress) { line.show(progress); });
  }
  reports.write(report::document_of(profile));
  reports.finish();
  return profile.interrupted ? kInterrupted : kClean;
}

int compare_command(const CompareOptions &options) {
  if (options.list) {
    list_allocators();
    return kClean;
  }
  elf::guard_against_truncation();
  const compare::Plan plan = plan_of(options);
  if (options.profile) return profile_command(options, plan);
  const std::optional<compare::Result> then = earlier(options.against);
  Reports reports(options.reports, std::cout);
  compare::Result result;
  {
    const measure::Interrupts interrupts;
    ProgressLine line;
    result = compare::measure_all(plan, [&line](const compare::Progress &progress) { line.show(progress); });
  }
  std::optional<compare::Against> against;
  if (then) against = compare::against(result, *then);
  reports.write(report::document_of(result, against));
  reports.finish();
  return exit_status(result);
}

}  // namespace

int merge_compare(const std::vector<std::string> &files, const FormatOptions &formats) {
  std::vector<compare::Result> parts;
  for (const std::string &file : files) {
    std::ifstream stream = opened(file, kMadeByJson);
    parts.push_back(report::read_compare_json(stream, file));
  }
  const compare::Result result = compare::merged(std::move(parts));
  Reports reports(formats, std::cout);
  reports.write(report::document_of(result, std::nullopt));
  reports.finish();
  return exit_status(result);
}

void add_compare(CLI::App &app, Work &chosen) {
  CLI::App *const command = app.add_subcommand(
      "compare", "Run your command under every installed allocator, and say which one to use and how certain that is");
  auto options = std::make_shared<CompareOptions>();
  command
      ->add_option("--allocators", options->allocators,
                   "Names, paths of libraries, or either with settings (jemalloc:MALLOC_CONF=narenas:1), separated by "
                   "commas; may be given several times [all that are installed]")
      ->allow_extra_args(false)
      ->type_name("LIST");
  command->add_flag("--list", options->list, "List the installed allocators, and how to install the others");
  command->add_flag("--profile", options->profile,
                    "Count what the program asks of its allocator instead of measuring its speed, and say which "
                    "published reasons for an allocator apply to it");
  command->add_option("--runs", options->runs, "Rounds to measure [until --until or --for]")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}))
      ->type_name("N");
  command->add_option("--until", options->until, "Stop when every interval is narrower than this")
      ->type_name("PERCENT")
      ->capture_default_str();
  command->add_option("--for", options->time, "Stop when this time is up")->type_name("TIME")->capture_default_str();
  command->add_option("--deadline", options->deadline, "How long one run may take")
      ->type_name("TIME")
      ->capture_default_str();
  command
      ->add_option("--metric", options->metric,
                   "The program's own figure: a regular expression for the output of the program, or with --server "
                   "of the load; its first group is the number, and its last match counts")
      ->type_name("REGEX");
  command->add_flag("--higher-is-better", options->higher_is_better, "The figure is better when it is higher");
  command
      ->add_option("--by", options->by,
                   "The quantity that decides: figure, throughput, p99, wall, cpu, user, peak-rss, ... [the figure; "
                   "for a server the throughput; else wall]")
      ->type_name("QUANTITY");
  command->add_option("--server", options->server, "Compare a server: the command that starts it")->type_name("CMD");
  command
      ->add_option("--ready", options->ready,
                   "When the server answers: HOST:PORT, the path of a socket or file, or a regular expression for "
                   "its output")
      ->type_name("WHEN");
  command->add_option("--ready-within", options->ready_within, "How long the server may take until then")
      ->type_name("TIME")
      ->capture_default_str();
  command
      ->add_option("--load", options->load,
                   "The command that loads it: wrk, hey, ab, redis-benchmark, pgbench or memtier; another one with "
                   "--metric")
      ->type_name("CMD");
  command->add_flag("--any-status", options->any_status, "The command may end with any exit status");
  command->add_flag("--no-ownership-check", options->no_ownership_check,
                    "Do not look for blocks that cross; then the answer names no allocator");
  command->add_flag("--measure-all", options->measure_all,
                    "Measure also an allocator that was not seen to serve (a program inside valgrind or a container); "
                    "the answer never names it");
  command->add_option("--seed", options->seed, "The seed for the order in each round and for the intervals")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--shard", options->shard, "Measure part I of N; `crossheap merge` puts the parts together")
      ->type_name("I/N")
      ->capture_default_str();
  command->add_option("--against", options->against, "Compare with an earlier result (JSON) of the same command")
      ->type_name("FILE");
  add_format_options(*command, options->reports);
  command->add_option("command", options->command, "The program and its arguments")->type_name("PROGRAM ARGS...");
  command->positionals_at_end();
  command->callback([options, &chosen] { chosen = [options] { return compare_command(*options); }; });
}

}  // namespace crossheap::cli
