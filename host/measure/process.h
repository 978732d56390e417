// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Runs the programs that are measured, by the launcher (launcher.c says why it is a program of its own): in a process
// group of their own, with nothing on standard input and their output kept. When a Running goes, every process that it
// started, daemons included, has gone before; so too where crossheap is killed.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "measure/allocators.h"

namespace crossheap::measure {

/// While this lives, SIGINT, SIGTERM and SIGHUP do not end us: they are remembered, and end what is being waited for.
/// One at a time, on the main thread.
class Interrupts {
public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts &) = delete;
  Interrupts &operator=(const Interrupts &) = delete;

  /// Whether one came since.
  static bool came() noexcept;
};

struct Launch {
  std::filesystem::path program;
  std::vector<std::string> words;     ///< the program's own name first
  Variables variables{};              ///< added to our environment
  std::filesystem::path directory{};  ///< "": ours
  bool errors_apart = false;          ///< standard error is no part of the output
  std::chrono::milliseconds deadline{std::chrono::minutes{10}};
  /// Called for each process of the run that is about to end, which holds still meanwhile and may be read. The run is
  /// traced then, and slower: no figures of time are taken from it.
  std::function<void(pid_t)> at_exit{};
  std::size_t output_bytes = std::size_t{4} << 20;  ///< of the output's end that are kept
};

struct Exited {
  int status;
};
struct Killed {
  int signal;
};
struct TimedOut {};     ///< the deadline passed
struct Interrupted {};  ///< see Interrupts
using Ending = std::variant<Exited, Killed, TimedOut, Interrupted>;

/// The end of what a program printed, for a message.
std::string end_of(const std::string &output);

/// "exited with 1", "was killed by SIGSEGV".
std::string in_words(const Ending &ending);
bool succeeded(const Ending &ending) noexcept;

struct Ran {
  Ending ending;
  double wall_seconds = 0;  ///< the others are of the program and of all it waited for
  double user_seconds = 0;
  double system_seconds = 0;
  double peak_rss_bytes = 0;  ///< of the largest process
  double minor_faults = 0;
  double major_faults = 0;
  double voluntary_switches = 0;
  double involuntary_switches = 0;
  unsigned left_behind = 0;  ///< processes that outlived the program and were killed
  std::string output;        ///< standard output and error, as written
  std::string errors{};      ///< standard error where it was asked for apart
  bool output_cut = false;   ///< its beginning was dropped
};

/// A program under way.
class Running {
public:
  /// Throws Error where it cannot be started.
  explicit Running(const Launch &launch);
  ~Running();
  Running(const Running &) = delete;
  Running &operator=(const Running &) = delete;

  pid_t pid() const noexcept;
  /// What it has written so far.
  const std::string &output() const noexcept;
  /// Reads what it writes, for at most `time`, or until `fd` (where it is not negative) can be read. Answers the end
  /// where it has ended; also that it was interrupted, which ended it.
  std::optional<Ran> wait(std::chrono::milliseconds time, int fd = -1);
  /// Asks the program to end (SIGTERM), and after `grace` ends everything.
  Ran stop(std::chrono::milliseconds grace);
  /// Every process of the run that is there now.
  std::vector<pid_t> processes() const;

private:
  class State;
  std::unique_ptr<State> state_;
};

/// Runs it to its end.
Ran run(const Launch &launch);

}  // namespace crossheap::measure
