// SPDX-License-Identifier: MIT OR Apache-2.0
#include "sandbox/group_watch.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>

namespace crossheap::sandbox {

namespace {

/// As many groups as there are runs at a time; the command line allows 1,024.
constexpr std::size_t kGroups = 2048;

/// The process itself. It was forked from a program with threads, so it calls nothing that could take a lock.
[[noreturn]] void watch(int socket) {
  // A session of its own: the supervisor's terminal and whoever kills its group do not reach it.
  ::setsid();
  const std::uint64_t all = ~std::uint64_t{0};
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, nullptr, sizeof all);
  ::dup2(socket, 0);
  ::syscall(SYS_close_range, 1, ~0U, 0);
  std::array<pid_t, kGroups> groups{};
  for (;;) {
    pid_t change = 0;
    const ssize_t count = ::read(0, &change, sizeof change);
    if (count < 0 && errno == EINTR) continue;
    if (count != sizeof change) break;
    const auto place = std::find(groups.begin(), groups.end(), change > 0 ? 0 : -change);
    if (place != groups.end()) *place = std::max(change, 0);
  }
  for (const pid_t group : groups)
    if (group > 0) ::kill(-group, SIGKILL);
  ::_exit(0);
}

}  // namespace

GroupWatch::GroupWatch() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) return;
  const OwnedFd theirs(ends[0]);
  socket_ = OwnedFd(ends[1]);
  process_ = ::fork();
  if (process_ == 0) watch(theirs.get());
}

GroupWatch::~GroupWatch() {
  socket_.reset();
  if (process_ < 0) return;
  while (::waitpid(process_, nullptr, __WALL) < 0 && errno == EINTR) {
  }
}

void GroupWatch::tell(pid_t change) noexcept {
  // Where it has been killed nothing is watched any more, and nothing else is wrong.
  if (process_ > 0) ::send(socket_.get(), &change, sizeof change, MSG_NOSIGNAL);
}

}  // namespace crossheap::sandbox
