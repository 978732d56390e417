// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program must not notice that it has a supervisor. It keeps our standard streams, our terminal and our process
// group, so Ctrl-C reaches it by itself and we only have to survive it; signals that were sent to us alone (a service
// manager's SIGTERM) are passed on. Whether exec worked is told over a pipe that exec closes: nothing in it means yes.
#include "trace/launch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "base/error.h"
#include "base/installation.h"
#include "base/owned_fd.h"
#include "base/tunables.h"
#include "event/format.h"
#include "trace/program.h"

namespace crossheap::trace {

namespace fs = std::filesystem;

namespace {

std::string variable(const char *name) {
  const char *const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

// The child that signals are passed on to. A signal handler can be given no other way to it.
volatile pid_t signalled_child = 0;

/// While the program runs: what the terminal sends to us both is the program's affair, what was sent to us alone is
/// passed on.
class Signals {
public:
  Signals() {
    struct sigaction pass_on {};
    pass_on.sa_handler = [](int signal) {
      if (signalled_child > 0) ::kill(signalled_child, signal);
    };
    pass_on.sa_flags = SA_RESTART;
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    for (std::size_t i = 0; i < kSignals.size(); ++i)
      ::sigaction(kSignals[i], i < kFromTerminal ? &ignore : &pass_on, &before_[i]);
  }
  ~Signals() { restore(); }
  Signals(const Signals &) = delete;
  Signals &operator=(const Signals &) = delete;

  /// In the child: as if we had never been.
  void restore() const {
    for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &before_[i], nullptr);
  }

private:
  static constexpr std::array kSignals{SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
  static constexpr std::size_t kFromTerminal = 2;
  std::array<struct sigaction, kSignals.size()> before_{};
};

sigset_t ending_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGQUIT, SIGTERM, SIGHUP}) ::sigaddset(&signals, signal);
  return signals;
}

/// What SignalsHeld holds comes through, here and in the child.
class SignalsLetThrough {
public:
  SignalsLetThrough() {
    const sigset_t signals = ending_signals();
    ::sigprocmask(SIG_UNBLOCK, &signals, &before_);
  }
  ~SignalsLetThrough() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
  SignalsLetThrough(const SignalsLetThrough &) = delete;
  SignalsLetThrough &operator=(const SignalsLetThrough &) = delete;

private:
  sigset_t before_{};
};

// The variable's value, taken out of `environment`; "" where it is not set.
std::string taken_out(std::vector<std::string> &environment, std::string_view name) {
  const std::string start = fmt::format("{}=", name);
  const auto found = std::find_if(environment.begin(), environment.end(),
                                  [&](const std::string &variable) { return variable.starts_with(start); });
  if (found == environment.end()) return {};
  std::string value = found->substr(start.size());
  environment.erase(found);
  return value;
}

}  // namespace

SignalsHeld::SignalsHeld() noexcept {
  const sigset_t signals = ending_signals();
  ::sigprocmask(SIG_BLOCK, &signals, &before_);
}
SignalsHeld::~SignalsHeld() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

fs::path find_agent() {
  fs::path agent = library_file("libcrossheap-agent.so");
  if (agent.string().find(':') != std::string::npos)
    throw Error(Blame::Work, agent.string(), "has a colon in its path, which LD_AUDIT takes as the end of a name",
                "install crossheap under a path without one");
  return agent;
}

UserVariables own_variables() { return {variable("LD_AUDIT"), variable("GLIBC_TUNABLES")}; }

Variables agent_environment(const fs::path &agent, const fs::path &log, std::uint64_t static_tls,
                            const UserVariables &user) {
  Variables variables{
      {"LD_AUDIT", user.audit.empty() ? agent.string() : fmt::format("{}:{}", agent.string(), user.audit)},
      {event::kLogVariable, log.string()}};
  if (static_tls > 0) variables.emplace_back("GLIBC_TUNABLES", raise_static_tls(user.tunables, static_tls));
  return variables;
}

void add_agent(std::vector<std::string> &environment, const fs::path &agent, const fs::path &log,
               std::uint64_t static_tls) {
  const UserVariables user{taken_out(environment, "LD_AUDIT"), taken_out(environment, "GLIBC_TUNABLES")};
  for (const auto &[name, value] : agent_environment(agent, log, static_tls, user))
    environment.push_back(fmt::format("{}={}", name, value));
}

Run run(const fs::path &program, const std::vector<std::string> &words, const Variables &variables) {
  std::vector<char *> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string &word : words) arguments.push_back(const_cast<char *>(word.c_str()));
  arguments.push_back(nullptr);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error("a pipe", "cannot be made", errno);
  OwnedFd read_end(ends[0]);
  OwnedFd write_end(ends[1]);

  const Signals signals;
  const SignalsLetThrough through;
  const pid_t child = ::fork();
  if (child < 0) throw system_error("a process", "cannot be started", errno);
  if (child == 0) {
    signals.restore();
    for (const auto &[name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
    ::execv(program.c_str(), arguments.data());
    const int reason = errno;
    (void)!::write(write_end.get(), &reason, sizeof reason);
    ::_exit(127);
  }
  signalled_child = child;
  write_end.reset();
  int reason = 0;
  const bool not_started = ::read(read_end.get(), &reason, sizeof reason) == static_cast<ssize_t>(sizeof reason);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw system_error(program.string(), "cannot be waited for", errno);
  signalled_child = 0;
  if (not_started) throw system_error(program.string(), "cannot be run", reason, "check the program");
  if (WIFSIGNALED(status)) return {child, Killed{WTERMSIG(status)}};
  return {child, Exited{WEXITSTATUS(status)}};
}

}  // namespace crossheap::trace
