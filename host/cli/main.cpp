// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap: the program. Reads the command line, runs the subcommand, and is the one place that prints an Error and
// picks the exit status.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/verbs.h"

namespace {

using namespace crossheap;  // NOLINT(google-build-using-namespace): this file is the program

// A descriptor that was closed would be given to the next file we open, which we would then print into.
void fill_standard_descriptors() {
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(standard, F_GETFD) < 0) {
      // Standard output that nobody gave us cannot be written: reading only, so that it is an error as it was.
      const int fd = ::open("/dev/null", standard == STDERR_FILENO ? O_WRONLY : O_RDONLY);
      if (fd >= 0 && fd != standard) ::close(fd);
    }
}

// A reader that goes away is an error like a full disk, not a signal. A handler, since it does not outlive execve.
void survive_broken_pipes() {
  struct sigaction action {};
  if (::sigaction(SIGPIPE, nullptr, &action) == 0 && action.sa_handler == SIG_DFL) {
    action.sa_handler = [](int) {};
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGPIPE, &action, nullptr);
  }
}

// All that was written to standard output has come to where it goes.
void finish_standard_output() {
  std::cout.flush();
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0 || !std::cout) cli::throw_standard_output_unwritten();
}

// `crossheap help`, `crossheap help matrix`.
std::vector<std::string> words_of(int count, char **words) {
  std::vector<std::string> all(words + std::min(count, 1), words + count);
  if (!all.empty() && all.front() == "help") {
    all.erase(all.begin());
    all.emplace_back("--help");
  }
  // What follows --drive is another program's command line.
  const auto drive = std::find(all.begin(), all.end(), "--drive");
  if (!all.empty() && all.front() == "check" && drive != all.end() && drive + 1 != all.end()) {
    std::string command;
    for (auto word = drive + 1; word != all.end(); ++word)
      command += (command.empty() ? std::string() : std::string(1, cli::kDriveSeparator)) + *word;
    all.erase(drive + 1, all.end());
    all.push_back(std::move(command));
  }
  return all;
}

int run(int count, char **words) {
  CLI::App app("crossheap finds heap blocks that cross from the allocator that owns them to another one.", "crossheap");
  app.set_version_flag("--version", "crossheap " CROSSHEAP_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit status: 0 clean; 1 findings; 2 the command line or a file it names is wrong;\n"
      "3 the work could not be done; 130 interrupted.");
  cli::Work work;
  cli::add_verbs(app, work);
  int status = cli::kClean;
  try {
    std::vector<std::string> arguments = words_of(count, words);
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
    app.parse(std::move(arguments));
  } catch (const CLI::Success &asked) {
    app.exit(asked);  // prints the help or the version
    finish_standard_output();
    return cli::kClean;
  } catch (const CLI::ParseError &wrong) {
    throw cli::usage_error(app, wrong);
  }
  try {
    status = work();
  } catch (const std::system_error &) {
    // fmt tells so of a stream that cannot be written.
    if (std::ferror(stdout) != 0) cli::throw_standard_output_unwritten();
    throw;
  }
  finish_standard_output();
  return status;
}

}  // namespace

int main(int count, char **words) {
  fill_standard_descriptors();
  survive_broken_pipes();
  try {
    return run(count, words);
  } catch (const Error &error) {
    cli::complain("crossheap: {}\n", error.what());
    return error.blame() == Blame::Usage ? cli::kUsage : cli::kCouldNot;
  } catch (const std::bad_alloc &) {
    cli::complain("crossheap: memory is exhausted\n");
    return cli::kCouldNot;
  } catch (const std::exception &error) {
    cli::complain("crossheap: {} (this is a mistake in crossheap; please report it)\n", printable(error.what()));
    return cli::kCouldNot;
  }
}
