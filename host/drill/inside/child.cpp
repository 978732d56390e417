// SPDX-License-Identifier: MIT OR Apache-2.0
#include "drill/inside/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <span>
#include <string>

#include "drill/inside/tell.h"

namespace crossheap::drill {

namespace {

// A child hangs where it sleeps and uses no processor between two looks, or uses too much of one.
constexpr std::chrono::milliseconds kChildLook{4'000};
constexpr std::chrono::seconds kChildProcessorTime{8};

std::size_t read_file(const char *path, std::span<char> to) {
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const ssize_t count = ::read(fd, to.data(), to.size() - 1);
  ::close(fd);
  to[count < 0 ? 0 : static_cast<std::size_t>(count)] = '\0';
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

// Whether the only child of this thread waits for a processor or for a disk: then it is the machine that holds it up.
// /proc may be that of another PID namespace, and knows the child by another number than fork does.
bool child_is_held_up() {
  std::array<char, 512> text{};
  if (read_file("/proc/thread-self/children", text) == 0) return false;
  std::array<char, 64> path{};
  [[maybe_unused]] const int written =
      std::snprintf(path.data(), path.size(), "/proc/%lu/stat", std::strtoul(text.data(), nullptr, 10));
  const std::size_t size = read_file(path.data(), text);
  const std::string_view stat(text.data(), size);
  const std::size_t state = stat.rfind(") ");
  return state != std::string_view::npos && state + 2 < stat.size() &&
         (stat[state + 2] == 'R' || stat[state + 2] == 'D');
}

}  // namespace

std::chrono::nanoseconds processor_time_of(pid_t process) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

bool await_child(pid_t child, int alive, std::string_view when, const Pace &pace) {
  pollfd end{alive, POLLIN, 0};
  const auto look = std::max<std::chrono::nanoseconds>(kChildLook, pace.calls * 2);
  const auto look_ms = static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(look).count());
  const auto most = std::max<std::chrono::nanoseconds>(kChildProcessorTime, pace.processor * 4);
  int ready = 0;
  for (std::chrono::nanoseconds used{-1}; ready <= 0;) {
    ready = ::poll(&end, 1, look_ms);
    if (ready < 0 && errno != EINTR) break;
    if (ready != 0) continue;
    const std::chrono::nanoseconds now = processor_time_of(child);
    if (now >= most || (now == used && !child_is_held_up())) break;
    used = now;
  }
  if (ready == 0) {
    ::kill(child, SIGKILL);
    tell(kChild, "hangs " + std::string(when));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (ready == 0) return false;
  if (WIFSIGNALED(status))
    tell(kChild, "is killed by signal " + std::to_string(WTERMSIG(status)) + " " + std::string(when));
  else if (WEXITSTATUS(status) != 0)
    tell(kChild, "ends with status " + std::to_string(WEXITSTATUS(status)) + " " + std::string(when));
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace crossheap::drill
