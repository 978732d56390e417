// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Starts a program with the agent in it and waits for its end, changing nothing else about it: its standard streams,
// its terminal, its process group and its environment are the user's.
#pragma once

#include <sys/types.h>
#include <csignal>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "event/format.h"

namespace crossheap::trace {

/// The depths as they are typed and shown.
inline constexpr std::array<std::pair<std::string_view, event::Depth>, 4> kDepths{
    {{"auto", event::Depth::Auto},
     {"ownership", event::Depth::Ownership},
     {"sites", event::Depth::Sites},
     {"stacks", event::Depth::Stacks}}};

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

/// Variables of an environment: names and values.
using Variables = std::vector<std::pair<std::string, std::string>>;

/// What the program would have without us of the variables that we must set; "" for unset.
struct UserVariables {
  std::string audit;     ///< LD_AUDIT
  std::string tunables;  ///< GLIBC_TUNABLES
};
/// Those of our own environment.
UserVariables own_variables();

/// The variables that put the agent into a program started with them. What the user has set stays: LD_AUDIT keeps the
/// user's modules behind ours, GLIBC_TUNABLES keeps everything but the one it must raise.
/// \param static_tls  bytes by which the optional static TLS is raised
Variables agent_environment(const std::filesystem::path &agent, const std::filesystem::path &log,
                            std::uint64_t static_tls, const UserVariables &user);

/// The same, put into an environment ("NAME=value" each) that has the user's variables.
void add_agent(std::vector<std::string> &environment, const std::filesystem::path &agent,
               const std::filesystem::path &log, std::uint64_t static_tls);

/// Runs `words` with these variables added to the environment. Signals that end a program (SIGTERM, SIGHUP) are passed
/// on; those of the terminal reach it anyway. Throws Error where it cannot be started.
Run run(const std::filesystem::path &program, const std::vector<std::string> &words, const Variables &variables);

/// While this lives, the signals by which a user ends a program wait; run() lets them through.
class SignalsHeld {
public:
  SignalsHeld() noexcept;
  ~SignalsHeld();
  SignalsHeld(const SignalsHeld &) = delete;
  SignalsHeld &operator=(const SignalsHeld &) = delete;

private:
  sigset_t before_{};
};

}  // namespace crossheap::trace
