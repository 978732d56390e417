// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What every subcommand is made of: a file that declares its options and, when it was chosen, does its work and answers
// with the exit status. Facts go to standard output, everything else to standard error.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "cli/output.h"
#include "elf/source.h"
#include "event/format.h"
#include "report/format.h"

namespace crossheap::cli {

/// One place picks exit statuses; README and manual page document them.
enum ExitStatus : int { kClean = 0, kFindings = 1, kUsage = 2, kCouldNot = 3, kInterrupted = 130 };

struct FormatOptions;

/// The work of the subcommand that was typed; empty until the command line was read.
using Work = std::function<int()>;

/// Stands between the words of the command behind `check --drive`, which main.cpp makes one word of: they may look like
/// options of ours.
inline constexpr char kDriveSeparator = '\x1f';

/// Each declares its subcommand on `app`; when that is chosen, its work is put into `chosen`.
void add_compare(CLI::App &app, Work &chosen);
void add_contract(CLI::App &app, Work &chosen);
void add_bench(CLI::App &app, Work &chosen);
void add_explain(CLI::App &app, Work &chosen);
void add_matrix(CLI::App &app, Work &chosen);
void add_inspect(CLI::App &app, Work &chosen);
void add_merge(CLI::App &app, Work &chosen);
void add_report(CLI::App &app, Work &chosen);
void add_trace(CLI::App &app, Work &chosen);
void add_env(CLI::App &app, Work &chosen);
void add_bind(CLI::App &app, Work &chosen);
void add_check(CLI::App &app, Work &chosen);
void add_which_malloc(CLI::App &app, Work &chosen);

/// Writes to standard error what moves a terminal's cursor, too. That nobody reads it, or that it is full, is no reason
/// to end.
template <typename... Arguments>
void draw(fmt::format_string<Arguments...> text, Arguments &&...arguments) {
  const std::string words = fmt::format(text, std::forward<Arguments>(arguments)...);
  [[maybe_unused]] const int failed = std::fputs(words.c_str(), stderr);
}

/// Writes words to standard error, in which strangers' names may stand.
template <typename... Arguments>
void complain(fmt::format_string<Arguments...> text, Arguments &&...arguments) {
  draw("{}", printable(fmt::format(text, std::forward<Arguments>(arguments)...)));
}

/// `crossheap merge` of results of compare, and of check.
int merge_compare(const std::vector<std::string> &files, const FormatOptions &formats);
int merge_check(const std::vector<std::string> &files, const FormatOptions &formats);

/// What is wrong with a command line that CLI11 refuses, with the word that is meant where one is near.
Error usage_error(const CLI::App &app, const CLI::ParseError &wrong);

/// --depth, with the value that `depth` has as its default.
CLI::Option *add_depth_option(CLI::App &command, event::Depth &depth);

/// The bytes of the ELF file `path`. Throws Error where it is none; of a script it says what runs it.
std::shared_ptr<const elf::Source> open_elf_file(const std::filesystem::path &path);

/// What --format and -o of a command line say.
struct FormatOptions {
  CLI::App *command = nullptr;
  CLI::Option *format = nullptr;
  CLI::Option *output = nullptr;
  std::vector<std::string> formats;
  std::vector<std::string> files;
};

/// --format and -o, each of which may be given several times. `options` outlives the parsing and the work.
/// \param otherwise  where the report goes without -o, for the help
void add_format_options(CLI::App &command, FormatOptions &options, std::string_view otherwise = "standard output");

/// One report that a command line asks for: its format, and its file ("" for the standard stream).
struct Wanted {
  const report::Format *format;
  std::string file;
};

/// Pairs the formats with the files; the help of add_format_options says the rule. Throws Error (Blame::Usage) where
/// two reports would go to one place.
std::vector<Wanted> wanted_reports(const FormatOptions &options);

/// All reports of a command, opened before its work is done.
class Reports {
public:
  /// \param standard_stream  where a report without a file goes
  Reports(const FormatOptions &options, std::ostream &standard_stream);

  /// The streams of the reports in `format`, for a verb that writes as it goes; write() then leaves them alone.
  std::vector<std::ostream *> streams(const report::Format &format);
  bool any_in(const report::Format &format) const;
  /// Whether a report is left for write().
  bool any_left() const;

  void write(const report::Document &document);
  void finish();

private:
  struct Report {
    const report::Format *format;
    Output output;
    bool streamed = false;
  };
  std::vector<Report> reports_;
};

/// "\r"-style progress on standard error, where that is a terminal; otherwise nothing.
class TerminalProgress {
public:
  TerminalProgress();
  ~TerminalProgress() { clear(); }
  TerminalProgress(const TerminalProgress &) = delete;
  TerminalProgress &operator=(const TerminalProgress &) = delete;

  /// \param of  how many there are; 0 where nobody knows
  void show(std::string_view doing, std::uint64_t done, std::uint64_t of);
  void clear();

private:
  bool on_terminal_;
  bool shown_ = false;
  std::string doing_;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point last_shown_;
};

}  // namespace crossheap::cli
