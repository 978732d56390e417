// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap inspect: what is in these files.
//
// A folder may have a hundred thousand files, so text and JSON are written as the results come, and only counts are
// kept. The other formats are made of a document at the end. It keeps the findings, and for a page the facts, up to 100
// MB.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "elf/source.h"
#include "inspect/run.h"
#include "report/inspect_document.h"
#include "report/inspect_json.h"
#include "report/inspect_text.h"

namespace crossheap::cli {

namespace {

struct InspectOptions {
  std::vector<std::string> paths;
  std::string policy;
  FormatOptions reports;
  unsigned jobs = 0;
};

// Prints outcomes as they come, in the forms that can be written so, and keeps only counts of them; for other forms it
// keeps the findings.
class Printer {
public:
  explicit Printer(Reports &reports)
      : text_(reports.streams(report::text_format())), json_(reports.streams(report::json_format())) {
    keeps_ = reports.any_left();
    keeps_facts_ = reports.any_in(report::html_format());
    document_.verb = "inspect";
    print(json_, R"({"schema":"crossheap.inspect/1","files":[)");
  }

  void add(const inspect::Outcome &outcome) {
    ++examined_;
    progress_.show("files examined", examined_, 0);
    if (std::holds_alternative<inspect::Ignored>(outcome.result)) return;
    count(outcome);
    if (const Error *error = std::get_if<Error>(&outcome.result)) {
      progress_.clear();
      complain("crossheap: {}\n", outcome.named ? printable(error->what()) : one_line(outcome, *error));
    }
    if (keeps_) report::add(document_, outcome);
    if (!json_.empty() || keeps_facts_) {
      const std::string entry =
          fmt::format("{}\n{}", inspected_ + skipped_ + unreadable_ > 1 ? "," : "", report::json_text(outcome));
      print(json_, entry);
      keep(entry);
    }
    if (text_.empty()) return;
    const std::string text = text_of(outcome);
    if (text.empty()) return;
    progress_.clear();
    print(text_, fmt::format("{}{}", printed_ ? "\n" : "", text));
    printed_ = true;
  }

  /// The document for the forms that are written at the end.
  const report::Document &finish() {
    progress_.clear();
    const nlohmann::ordered_json counts{
        {"examined", examined_},     {"inspected", inspected_},           {"skipped", skipped_},
        {"unreadable", unreadable_}, {"with_allocator", with_allocator_}, {"with_findings", with_findings_}};
    print(json_, fmt::format("],\n\"summary\":{}}}\n", counts.dump()));
    if (keeps_facts_) document_.page_facts = fmt::format(R"({{"schema":"crossheap.inspect/1","files":[{}]}})", kept_);
    if (folders_) print(text_, fmt::format("{}{}\n", printed_ ? "\n" : "", summary()));
    return document_;
  }

  // A file the user named and nothing could be said of weighs more than findings; one in a folder does not count.
  int exit_status() const {
    if (named_problem_) return *named_problem_ == Blame::Usage ? kUsage : kCouldNot;
    return with_findings_ > 0 ? kFindings : kClean;
  }

private:
  // The facts for a page, as long as they are not too many for one.
  void keep(const std::string &entry) {
    constexpr std::size_t kMost = 100'000'000;
    if (!keeps_facts_) return;
    if (kept_.size() + entry.size() > kMost) {
      keeps_facts_ = false;
      kept_.clear();
      kept_.shrink_to_fit();
    } else {
      kept_ += entry;
    }
  }

  static void print(const std::vector<std::ostream *> &streams, std::string_view text) {
    for (std::ostream *stream : streams) *stream << text;
  }

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

  std::vector<std::ostream *> text_;
  std::vector<std::ostream *> json_;
  bool keeps_ = false;
  bool keeps_facts_ = false;
  std::string kept_;
  report::Document document_;
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
  Reports reports(options.reports, std::cout);
  Printer printer(reports);
  const inspect::Order order{.paths = {options.paths.begin(), options.paths.end()},
                             .policy = {.artifact = options.policy == "artifact"},
                             .jobs = options.jobs};
  inspect::run(order, [&](const inspect::Outcome &outcome) { printer.add(outcome); });
  reports.write(printer.finish());
  reports.finish();
  return printer.exit_status();
}

}  // namespace

void add_inspect(CLI::App &app, Work &chosen) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App *command = app.add_subcommand(
      "inspect",
      "What is in a file: its allocators, where it gets memory from, and what can go wrong, without running it");
  command
      ->add_option("PATHS", options->paths,
                   "Executables, libraries, objects, static archives; for a folder, only files with an allocator or a "
                   "finding are shown")
      ->required()
      ->type_name("FILE|FOLDER");
  command
      ->add_option("--policy", options->policy,
                   "artifact: fail if a library carries an allocator, or if an override has no effect (XH118)")
      ->check(CLI::IsMember({"artifact"}))
      ->type_name("POLICY");
  add_format_options(*command, options->reports);
  command->add_option("--jobs", options->jobs, "Files at a time (default: as many as there are processors)")
      ->type_name("N")
      ->check(CLI::Range(1u, 1'000u));
  command->callback([options, &chosen] { chosen = [options] { return inspect_files(*options); }; });
}

}  // namespace crossheap::cli
