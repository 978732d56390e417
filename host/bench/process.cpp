// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A pidfd tells the end, two pipes the output, and one more pipe the interrupt: poll waits for all of them, so nothing
// sleeps. A process may leave children that hold its pipes open; so the end is the process's, not the pipes'.
#include "bench/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/owned_fd.h"

extern char **environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace crossheap::bench {

namespace {

constexpr std::size_t kKept = std::size_t{64} << 10;

std::atomic<bool> is_interrupted = false;
std::atomic<pid_t> running = 0;
static_assert(std::atomic<pid_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

struct Pipe {
  OwnedFd read;
  OwnedFd write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error("a pipe", "cannot be made", errno);
  return {OwnedFd(ends[0]), OwnedFd(ends[1])};
}

std::vector<std::string> environment_with(const std::vector<std::string> &added) {
  const auto name_of = [](const std::string &entry) { return entry.substr(0, entry.find('=') + 1); };
  std::vector<std::string> all;
  for (char **entry = environ; *entry != nullptr; ++entry) {
    const bool replaced = std::any_of(added.begin(), added.end(), [&](const std::string &one) {
      return std::strncmp(*entry, one.c_str(), name_of(one).size()) == 0;
    });
    if (!replaced) all.emplace_back(*entry);
  }
  for (const std::string &one : added)
    if (one.back() != '=') all.push_back(one);
  return all;
}

std::vector<char *> pointers(std::vector<std::string> &words) {
  std::vector<char *> all;
  all.reserve(words.size() + 1);
  for (std::string &word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

pid_t start(const Launch &launch, int output, int errors) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  if (!launch.directory.empty()) ::posix_spawn_file_actions_addchdir_np(&actions, launch.directory.c_str());
  sigset_t defaults;
  ::sigemptyset(&defaults);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::sigaddset(&defaults, signal);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> words = launch.command;
  std::vector<std::string> variables = environment_with(launch.environment);
  const std::vector<char *> arguments = pointers(words);
  const std::vector<char *> environment = pointers(variables);
  pid_t child = 0;
  const int failed =
      ::posix_spawn(&child, words.front().c_str(), &actions, &attributes, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (failed != 0) throw system_error(launch.command.front(), "cannot be started", failed);
  return child;
}

// False at the end of the pipe.
bool take(int fd, std::string &into) {
  std::array<char, 4096> part{};
  const ssize_t got = ::read(fd, part.data(), part.size());
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  into.append(part.data(), std::min(static_cast<std::size_t>(got), kKept - std::min(kKept, into.size())));
  return got > 0;
}

double seconds_of(const timeval &time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::string last_line(const std::string &text) {
  const std::size_t end = text.find_last_not_of("\n ");
  if (end == std::string::npos) return "";
  const std::size_t begin = text.rfind('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1,
                     end - (begin == std::string::npos ? 0 : begin + 1) + 1);
}

}  // namespace

void interrupt() noexcept {
  is_interrupted.store(true);
  if (const pid_t child = running.load(); child > 0) ::kill(-child, SIGKILL);
}

bool interrupted() noexcept { return is_interrupted.load(); }

Ended run(const Launch &launch) {
  Ended ended;
  if (interrupted()) {
    ended.failure = "was interrupted";
    return ended;
  }
  Pipe output = make_pipe();
  Pipe errors = make_pipe();
  const auto began = std::chrono::steady_clock::now();
  const pid_t child = start(launch, output.write.get(), errors.write.get());
  running.store(child);
  if (interrupted()) ::kill(-child, SIGKILL);  // it came before the number was there
  const OwnedFd end(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  output.write.reset();
  errors.write.reset();
  std::array<pollfd, 3> waiting{
      {{output.read.get(), POLLIN, 0}, {errors.read.get(), POLLIN, 0}, {end.get(), POLLIN, 0}}};
  bool late = false;
  for (bool over = false; !over;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(launch.deadline -
                                                                            (std::chrono::steady_clock::now() - began));
    const int ready = ::poll(waiting.data(), waiting.size(), static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (ready == 0 && !late) {
      late = true;
      ::kill(-child, SIGKILL);
    }
    if (ready > 0 && waiting[0].revents != 0 && !take(waiting[0].fd, ended.output)) waiting[0].fd = -1;
    if (ready > 0 && waiting[1].revents != 0 && !take(waiting[1].fd, ended.errors)) waiting[1].fd = -1;
    // What was written before the end is in the pipes at the end: they are read first.
    over = waiting[2].revents != 0 && (waiting[0].fd < 0 || (waiting[0].revents & POLLIN) == 0) &&
           (waiting[1].fd < 0 || (waiting[1].revents & POLLIN) == 0);
    if (late && ready == 0) {
      pollfd last{end.get(), POLLIN, 0};
      ::poll(&last, 1, -1);  // it was killed, so it ends
      over = true;
    }
  }
  ended.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  ::kill(-child, SIGKILL);  // what it left behind; until it was waited for, the number is nobody else's
  running.store(0);
  int status = 0;
  rusage usage{};
  while (::wait4(child, &status, 0, &usage) < 0 && errno == EINTR) continue;
  ended.processor_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  // What the kernel counts for a new process starts with our size, until it is larger.
  rusage own{};
  ::getrusage(RUSAGE_SELF, &own);
  ended.peak_kib = usage.ru_maxrss > own.ru_maxrss ? static_cast<double>(usage.ru_maxrss) : 0;
  ended.page_faults = static_cast<double>(usage.ru_minflt + usage.ru_majflt);
  if (interrupted())
    ended.failure = "was interrupted";
  else if (late)
    ended.failure = fmt::format("was stopped after {} s", launch.deadline.count());
  else if (WIFSIGNALED(status))
    ended.failure = fmt::format("was ended by {}", ::strsignal(WTERMSIG(status)));
  else if (WEXITSTATUS(status) != 0)
    ended.failure = fmt::format("ended with status {}{}{}", WEXITSTATUS(status), ended.errors.empty() ? "" : ": ",
                                last_line(ended.errors));
  return ended;
}

}  // namespace crossheap::bench
