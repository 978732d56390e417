// SPDX-License-Identifier: MIT OR Apache-2.0
#include "trace/running.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "base/error.h"
#include "base/owned_fd.h"

namespace crossheap::trace {

namespace fs = std::filesystem;

namespace {

// A line is "7f00-8f00 rw-s 00000000 00:01 1234 /path".
bool has_mapped(const fs::path &process, const std::string &device_and_inode) {
  std::ifstream maps(process / "maps");
  for (std::string line; std::getline(maps, line);)
    if (line.find(device_and_inode) != std::string::npos) return true;
  return false;
}

// "NStgid:\t4711\t12\t1": its id in each namespace, its own last.
pid_t own_pid_of(const fs::path &process, pid_t pid) {
  constexpr std::string_view kName = "NStgid:";
  std::ifstream status(process / "status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(kName, 0) != 0) continue;
    pid_t own = 0;
    const char *const last = line.data() + line.find_last_of('\t') + 1;
    return std::from_chars(last, line.data() + line.size(), own).ec == std::errc{} ? own : pid;
  }
  return pid;
}

}  // namespace

std::vector<Running> processes_with_log(int log) {
  std::vector<Running> running;
  struct stat status {};
  if (::fstat(log, &status) != 0) return running;
  const std::string wanted =
      fmt::format(" {:02x}:{:02x} {} ", ::major(status.st_dev), ::minor(status.st_dev), status.st_ino);
  std::error_code failed;
  for (auto entry = fs::directory_iterator("/proc", failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc{} || end != name.data() + name.size() || pid == ::getpid()) continue;
    if (!has_mapped(entry->path(), wanted)) continue;
    std::error_code unknown;
    running.push_back({pid, own_pid_of(entry->path(), pid), fs::read_symlink(entry->path() / "exe", unknown).string()});
  }
  std::sort(running.begin(), running.end(), [](const Running &a, const Running &b) { return a.pid < b.pid; });
  return running;
}

void wait_for_processes_with_log(int log) {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGQUIT, SIGTERM, SIGHUP}) ::sigaddset(&signals, signal);
  const OwnedFd told(::signalfd(-1, &signals, SFD_CLOEXEC));
  if (!told) throw system_error("signals", "cannot be waited for", errno);
  for (;;) {
    const std::vector<Running> running = processes_with_log(log);
    if (running.empty()) return;
    for (const Running &one : running) {
      const OwnedFd process(static_cast<int>(::syscall(SYS_pidfd_open, one.pid, 0)));
      if (!process && errno == ESRCH) continue;
      if (!process) throw system_error("a process that still runs", "cannot be waited for", errno);
      std::array<pollfd, 2> waited{{{process.get(), POLLIN, 0}, {told.get(), POLLIN, 0}}};
      while (::poll(waited.data(), waited.size(), -1) < 0)
        if (errno != EINTR) throw system_error("a process that still runs", "cannot be waited for", errno);
      if (waited[1].revents != 0) return;
    }
  }
}

}  // namespace crossheap::trace
