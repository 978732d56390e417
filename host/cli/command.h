// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What every subcommand is made of: a file that declares its options and, when it was chosen, does its work and answers
// with the exit status. Facts go to standard output, everything else to standard error.
#pragma once

#include <ext/stdio_filebuf.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "event/format.h"

namespace crossheap::cli {

/// One place picks exit statuses; README and manual page document them.
enum ExitStatus : int { kClean = 0, kFindings = 1, kUsage = 2, kCouldNot = 3, kInterrupted = 130 };

/// The work of the subcommand that was typed; empty until the command line was read.
using Work = std::function<int()>;

/// Each declares its subcommand on `app`; when that is chosen, its work is put into `chosen`.
void add_matrix(CLI::App &app, Work &chosen);
void add_inspect(CLI::App &app, Work &chosen);
void add_merge(CLI::App &app, Work &chosen);
void add_trace(CLI::App &app, Work &chosen);
void add_env(CLI::App &app, Work &chosen);
void add_bind(CLI::App &app, Work &chosen);
void add_which_malloc(CLI::App &app, Work &chosen);

/// --depth, with the value that `depth` has as its default.
CLI::Option *add_depth_option(CLI::App &command, event::Depth &depth);

/// Where a result goes: a file of the user's, or standard output. Opening fails before the work is done, not after it.
class Output {
public:
  /// \param file  "" for standard output. Throws Error where it cannot be opened.
  explicit Output(std::string file);

  std::ostream &stream();
  /// Makes sure that everything was written; throws Error where it was not (a full disk).
  void finish();

private:
  std::string file_;
  // Over a descriptor that exec closes: a program that we start would hold the report open otherwise.
  std::unique_ptr<__gnu_cxx::stdio_filebuf<char>> buffer_;
  std::ostream stream_{nullptr};
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
