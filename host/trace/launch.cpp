// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The program must not notice that it has a supervisor. It keeps our standard streams, our terminal and our process
// group, so Ctrl-C reaches it by itself and we only have to survive it. Signals that were sent to us alone (a service
// manager's SIGTERM) are passed on, and those that it sends to the group are not. Whether exec worked is told over a
// pipe that exec closes: nothing in it means yes.
#include "trace/launch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string_view>

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

/// The parent of a process; 0 where it is gone. For signal handlers.
pid_t parent_of(pid_t process) {
  std::array<char, 32> path{};
  fmt::format_to_n(path.data(), path.size() - 1, "/proc/{}/stat", process);
  const int fd = ::open(path.data(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  std::array<char, 512> text{};
  const ssize_t length = ::read(fd, text.data(), text.size());
  ::close(fd);
  // "123 (name) S 45 ...": the name may hold anything, brackets too.
  const std::string_view all(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  const std::size_t name_end = all.rfind(')');
  constexpr std::size_t kStateBytes = 4;  // ") S "
  if (name_end == std::string_view::npos || all.size() < name_end + kStateBytes) return 0;
  pid_t parent = 0;
  std::from_chars(all.data() + name_end + kStateBytes, all.data() + all.size(), parent);
  return parent;
}

bool is_by_program(const siginfo_t &info) {
  if (info.si_code > 0) return false;  // the kernel's
  pid_t sender = info.si_pid;
  constexpr int kMostGenerations = 64;
  for (int i = 0; i < kMostGenerations && sender > 1; ++i) {
    if (sender == signalled_child) return true;
    sender = parent_of(sender);
  }
  return false;
}

/// While the program runs: what the terminal sends to us both is the program's affair, what was sent to us alone is
/// passed on. What the program itself sends to its process group comes to us as well, and is the program's affair too.
class Signals {
public:
  Signals() {
    struct sigaction pass_on {};
    pass_on.sa_sigaction = [](int signal, siginfo_t *info, void *) {
      const int before = errno;
      if (signalled_child > 0 && !is_by_program(*info)) ::kill(signalled_child, signal);
      errno = before;
    };
    pass_on.sa_flags = SA_RESTART | SA_SIGINFO;
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    for_each([&](int signal, struct sigaction &before) {
      ::sigaction(signal, is_from_terminal(signal) ? &ignore : &pass_on, &before);
    });
  }
  ~Signals() { restore(); }
  Signals(const Signals &) = delete;
  Signals &operator=(const Signals &) = delete;

  /// In the child: as if we had never been.
  void restore() {
    for_each([](int signal, const struct sigaction &before) { ::sigaction(signal, &before, nullptr); });
  }

private:
  static bool is_from_terminal(int signal) { return signal == SIGINT || signal == SIGQUIT; }

  /// All that would end us, but for what says that we are broken ourselves.
  template <class Visit>
  void for_each(Visit visit) {
    for (const int signal : {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGPIPE,
                             SIGIO, SIGPWR, SIGSTKFLT})
      visit(signal, before_[static_cast<std::size_t>(signal)]);
    for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal) visit(signal, before_[static_cast<std::size_t>(signal)]);
  }
  std::array<struct sigaction, NSIG> before_{};
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

  Signals signals;
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
