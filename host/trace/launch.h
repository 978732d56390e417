// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Starts a program with the agent in it and waits for its end, changing nothing else about it: its standard streams,
// its terminal, its process group and its environment are the user's.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "event/log_file.h"

namespace crossheap::trace {

/// How the program ended: a closed set.
struct Exited {
  int status;
};
struct Killed {
  int signal;
};
using Ending = std::variant<Exited, Killed>;

struct Run {
  pid_t pid;
  Ending ending;
};

/// The agent beside this program. Throws Error where it is not there or its path cannot be given to the loader.
std::filesystem::path find_agent();

/// The variables that put the agent into a program started with them: names and values. What the user has set stays:
/// LD_AUDIT keeps the user's modules behind ours, GLIBC_TUNABLES keeps everything but the one it must raise.
/// \param static_tls  bytes by which the optional static TLS is raised
std::vector<std::pair<std::string, std::string>> agent_environment(const std::filesystem::path &agent,
                                                                   const std::filesystem::path &log,
                                                                   std::uint64_t static_tls);

/// Runs `words` with these variables added to the environment. Signals that end a program (SIGTERM, SIGHUP) are passed
/// on; those of the terminal reach it anyway. Throws Error where it cannot be started.
Run run(const std::filesystem::path &program, const std::vector<std::string> &words,
        const std::vector<std::pair<std::string, std::string>> &variables);

}  // namespace crossheap::trace
