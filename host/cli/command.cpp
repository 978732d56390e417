// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which --format belongs to which -o is decided in wanted_reports(), from what is certain to what is a guess: each rule
// sees only what the rules before it left. docs/reports.md has the same rules for users.
#include "cli/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "elf/file.h"
#include "trace/launch.h"

namespace crossheap::cli {

CLI::Option *add_depth_option(CLI::App &command, event::Depth &depth) {
  const std::map<std::string, event::Depth> depths(trace::kDepths.begin(), trace::kDepths.end());
  const auto by_default = std::find_if(depths.begin(), depths.end(), [&](const auto &d) { return d.second == depth; });
  return command
      .add_option("--depth", depth,
                  "What the agent records of each block: its owner (ownership), also where it was allocated (sites), "
                  "also the whole stack (stacks); auto starts with ownership and records stacks for each allocator "
                  "whose blocks cross")
      ->transform(CLI::CheckedTransformer(depths))
      ->option_text(fmt::format("auto|ownership|sites|stacks [{}]", by_default->first));
}

std::shared_ptr<const elf::Source> open_elf_file(const std::filesystem::path &path) {
  auto source = elf::Source::open(path);
  const std::string_view text = source->bytes().text();
  if (text.starts_with("#!")) {
    const std::string_view line = text.substr(2, text.find('\n') - 2);
    const std::size_t begin = line.find_first_not_of(" \t");
    const std::string_view program = begin == std::string_view::npos ? "" : line.substr(begin);
    throw Error(
        Blame::Usage, path.string(),
        fmt::format("is a script run by {}", printable(program.substr(0, program.find_last_not_of(" \t\r") + 1))),
        "name the program it starts");
  }
  elf::File file(source);
  return source;
}

namespace {

std::vector<std::string> names_of_formats() {
  std::vector<std::string> names;
  for (const report::Format &format : report::formats()) names.emplace_back(format.name);
  return names;
}

std::string extensions_of_formats() {
  std::vector<std::string> names;
  for (const report::Format &format : report::formats()) names.emplace_back(format.extension);
  return enumeration(names, "or");
}

// What the command line says, in its order: a --format, or a -o.
struct Word {
  bool is_file;
  std::string text;
  bool taken = false;
};

std::vector<Word> words_in_order(const FormatOptions &options) {
  std::vector<Word> words;
  auto format = options.formats.begin();
  auto file = options.files.begin();
  for (const CLI::Option *option : options.command->parse_order()) {
    if (option == options.format) words.push_back({false, *format++});
    if (option == options.output) words.push_back({true, *file++});
  }
  return words;
}

}  // namespace

void add_format_options(CLI::App &command, FormatOptions &options, std::string_view otherwise) {
  options.command = &command;
  options.format = command
                       .add_option("--format", options.formats,
                                   "Format of the report: " + report::format_names() + "; may be given several times")
                       ->allow_extra_args(false)
                       ->check(CLI::IsMember(names_of_formats()))
                       ->option_text("FORMAT [text]");
  options.output =
      command
          .add_option("-o,--output", options.files,
                      fmt::format("Write the report to FILE (default: {}). The --format before it gives its format, "
                                  "or else the end of its name ({}). May be given several times",
                                  otherwise, extensions_of_formats()))
          ->allow_extra_args(false)
          ->option_text("FILE");
}

std::vector<Wanted> wanted_reports(const FormatOptions &options) {
  std::vector<Word> words = words_in_order(options);
  std::vector<Wanted> reports;
  const auto pair = [&](Word &file, Word *named, const report::Format *otherwise) {
    file.taken = true;
    if (named != nullptr) named->taken = true;
    reports.push_back({named != nullptr ? report::find_format(named->text) : otherwise, file.text});
  };
  const auto for_each_free_file = [&](const auto &action) {
    for (std::size_t i = 0; i < words.size(); ++i)
      if (words[i].is_file && !words[i].taken) action(i);
  };
  // A format that was named and a file whose name says the same belong together, wherever they stand.
  for_each_free_file([&](std::size_t i) {
    const report::Format *const by_name = report::format_of_file(words[i].text);
    const auto named = std::find_if(words.begin(), words.end(), [&](const Word &word) {
      return !word.is_file && !word.taken && by_name != nullptr && word.text == by_name->name;
    });
    if (named != words.end()) pair(words[i], &*named, nullptr);
  });
  // Then a format and the file behind it; one of each in any order.
  for_each_free_file([&](std::size_t i) {
    if (i > 0 && !words[i - 1].is_file && !words[i - 1].taken) pair(words[i], &words[i - 1], nullptr);
  });
  if (words.size() == 2 && words[0].is_file && !words[0].taken && !words[1].is_file) pair(words[0], &words[1], nullptr);
  // Then what the name says; a name that says nothing takes the next format that is left.
  for_each_free_file([&](std::size_t i) {
    if (const report::Format *const by_name = report::format_of_file(words[i].text)) pair(words[i], nullptr, by_name);
  });
  for_each_free_file([&](std::size_t i) {
    const auto named =
        std::find_if(words.begin(), words.end(), [](const Word &word) { return !word.is_file && !word.taken; });
    pair(words[i], named == words.end() ? nullptr : &*named, &report::text_format());
  });
  for (const Word &word : words)
    if (!word.taken) reports.push_back({report::find_format(word.text), ""});
  if (reports.empty()) reports.push_back({&report::text_format(), ""});

  for (const Wanted &one : reports)
    if (std::count_if(reports.begin(), reports.end(), [&](const Wanted &other) { return other.file == one.file; }) > 1)
      throw Error(
          Blame::Usage, one.file.empty() ? "--format" : one.file,
          one.file.empty() ? "is given several times, and only one report fits a stream" : "is to hold two reports",
          "give each report a file of its own with -o");
  return reports;
}

Reports::Reports(const FormatOptions &options, std::ostream &standard_stream) {
  for (Wanted &one : wanted_reports(options))
    reports_.push_back({one.format, one.file.empty() ? Output(standard_stream) : Output(std::move(one.file)), false});
}

std::vector<std::ostream *> Reports::streams(const report::Format &format) {
  std::vector<std::ostream *> streams;
  for (Report &report : reports_)
    if (report.format == &format) {
      report.streamed = true;
      streams.push_back(&report.output.stream());
    }
  return streams;
}

bool Reports::any_in(const report::Format &format) const {
  return std::any_of(reports_.begin(), reports_.end(), [&](const Report &report) { return report.format == &format; });
}

bool Reports::any_left() const {
  return std::any_of(reports_.begin(), reports_.end(), [](const Report &report) { return !report.streamed; });
}

void Reports::write(const report::Document &document) {
  for (Report &report : reports_)
    if (!report.streamed) report.output.write(document, *report.format);
}

void Reports::finish() {
  for (Report &report : reports_) report.output.finish();
}

TerminalProgress::TerminalProgress() : on_terminal_(::isatty(STDERR_FILENO) == 1) {
  // A terminal that cannot take back a line gets none.
  const char *const terminal = std::getenv("TERM");
  if (terminal == nullptr || *terminal == '\0' || std::string_view(terminal) == "dumb") on_terminal_ = false;
}

void TerminalProgress::show(std::string_view doing, std::uint64_t done, std::uint64_t of) {
  using namespace std::chrono_literals;
  if (!on_terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (doing != doing_) {
    doing_ = doing;
    started_ = now;
  } else if (now - last_shown_ < 100ms && done != of) {
    return;
  }
  last_shown_ = now;
  const double seconds = std::chrono::duration<double>(now - started_).count();
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  draw("\r\033[K{}: {}", doing, with_commas(done));
  if (of > 0) complain(" of {}", with_commas(of));
  complain(", {:.0f} a second", rate);
  if (rate > 0 && of > 0) complain(", {:.0f} s to go", static_cast<double>(of - done) / rate);
  std::fflush(stderr);
  shown_ = true;
}

void TerminalProgress::clear() {
  if (!shown_) return;
  draw("\r\033[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace crossheap::cli
