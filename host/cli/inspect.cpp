// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap inspect: what is in these files.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "elf/source.h"
#include "inspect/run.h"
#include "report/inspect_json.h"
#include "report/inspect_text.h"

namespace crossheap::cli {

namespace {

struct InspectOptions {
  std::vector<std::string> paths;
  std::string policy;
  std::string format = "text";
  std::string output;
  unsigned jobs = 0;
};

// Prints outcomes as they come and keeps only counts of them.
class Printer {
public:
  Printer(std::ostream &out, bool json) : out_(out), json_(json) {
    if (json_) fmt::print(out_, R"({{"schema":"crossheap.inspect/1","files":[)");
  }

  void add(const inspect::Outcome &outcome) {
    ++examined_;
    progress_.show("files examined", examined_, 0);
    if (std::holds_alternative<inspect::Ignored>(outcome.result)) return;
    count(outcome);
    if (const Error *error = std::get_if<Error>(&outcome.result)) {
      progress_.clear();
      fmt::print(stderr, "crossheap: {}\n", outcome.named ? printable(error->what()) : one_line(outcome, *error));
    }
    if (json_) {
      fmt::print(out_, "{}\n{}", inspected_ + skipped_ + unreadable_ > 1 ? "," : "", report::json_text(outcome));
      return;
    }
    const std::string text = text_of(outcome);
    if (text.empty()) return;
    progress_.clear();
    fmt::print(out_, "{}{}", printed_ ? "\n" : "", text);
    printed_ = true;
  }

  void finish() {
    progress_.clear();
    if (json_)
      fmt::print(out_,
                 "],\n\"summary\":{{\"examined\":{},\"inspected\":{},\"skipped\":{},\"unreadable\":{},"
                 "\"with_allocator\":{},\"with_findings\":{}}}}}\n",
                 examined_, inspected_, skipped_, unreadable_, with_allocator_, with_findings_);
    else if (folders_)
      fmt::print(out_, "{}{}\n", printed_ ? "\n" : "", summary());
  }

  // A file the user named and nothing could be said of weighs more than findings; one in a folder does not count.
  int exit_status() const {
    if (named_problem_) return *named_problem_ == Blame::Usage ? kUsage : kCouldNot;
    return with_findings_ > 0 ? kFindings : kClean;
  }

private:
  static std::string one_line(const inspect::Outcome &outcome, const Error &error) {
    return printable(fmt::format("{}: {}", outcome.file, error.reason()));
  }

  void count(const inspect::Outcome &outcome) {
    if (!outcome.named) folders_ = true;
    if (const auto *error = std::get_if<Error>(&outcome.result)) {
      ++unreadable_;
      if (outcome.named && !named_problem_) named_problem_ = error->blame();
    } else if (const auto *inspection = std::get_if<inspect::Inspection>(&outcome.result)) {
      ++inspected_;
      if (!inspection->allocators.empty()) ++with_allocator_;
      if (inspect::has_findings(*inspection)) ++with_findings_;
      for (const inspect::AllocatorInside &allocator : inspection->allocators) ++families_[allocator.family];
    } else {
      ++skipped_;
    }
  }

  static std::string text_of(const inspect::Outcome &outcome) {
    if (const auto *inspection = std::get_if<inspect::Inspection>(&outcome.result))
      return outcome.named ? report::full_text(*inspection) : report::brief_text(*inspection);
    if (const auto *skipped = std::get_if<inspect::Skipped>(&outcome.result))
      return fmt::format("{}\n  skipped: {}\n", printable(outcome.file), skipped->reason);
    return {};
  }

  std::string summary() const {
    std::string text = fmt::format("{} ELF files and archives of {} files: {} carry an allocator, {} have findings",
                                   with_commas(inspected_), with_commas(examined_), with_commas(with_allocator_),
                                   with_commas(with_findings_));
    if (skipped_ > 0) text += fmt::format("; {} skipped", with_commas(skipped_));
    if (unreadable_ > 0) text += fmt::format("; {} unreadable", with_commas(unreadable_));
    for (const auto &[family, count] : families_)
      text += fmt::format("\n  {:<9} {}", name_of(family), with_commas(count));
    return text;
  }

  std::ostream &out_;
  bool json_;
  TerminalProgress progress_;
  bool printed_ = false;
  bool folders_ = false;
  std::uint64_t examined_ = 0;
  std::uint64_t inspected_ = 0;
  std::uint64_t skipped_ = 0;
  std::uint64_t unreadable_ = 0;
  std::uint64_t with_allocator_ = 0;
  std::uint64_t with_findings_ = 0;
  std::map<Family, std::uint64_t> families_;
  std::optional<Blame> named_problem_;
};

int inspect_files(const InspectOptions &options) {
  elf::guard_against_truncation();
  Output output(options.output);
  Printer printer(output.stream(), options.format == "json");
  const inspect::Order order{.paths = {options.paths.begin(), options.paths.end()},
                             .policy = {.artifact = options.policy == "artifact"},
                             .jobs = options.jobs};
  inspect::run(order, [&](const inspect::Outcome &outcome) { printer.add(outcome); });
  printer.finish();
  output.finish();
  return printer.exit_status();
}

}  // namespace

void add_inspect(CLI::App &app, Work &chosen) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App *command = app.add_subcommand(
      "inspect", "What is in a file: allocators, who is asked for memory, and what can go wrong, without running it");
  command
      ->add_option("PATHS", options->paths,
                   "Executables, libraries, objects, static archives; of a folder whatever deserves a word")
      ->required()
      ->type_name("FILE|FOLDER");
  command
      ->add_option("--policy", options->policy,
                   "artifact: fail where a library carries an allocator or an override is hollow (XH118)")
      ->check(CLI::IsMember({"artifact"}))
      ->type_name("POLICY");
  command->add_option("--format", options->format, "text or json (default: text)")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_option("-o,--output", options->output, "Write the result to FILE (default: standard output)")
      ->type_name("FILE");
  command->add_option("--jobs", options->jobs, "Files at a time (default: as many as there are processors)")
      ->type_name("N")
      ->check(CLI::Range(1u, 1'000u));
  command->callback([options, &chosen] { chosen = [options] { return inspect_files(*options); }; });
}

}  // namespace crossheap::cli
