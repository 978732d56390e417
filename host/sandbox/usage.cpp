// SPDX-License-Identifier: MIT OR Apache-2.0
//
// /proc/PID/task/TID/children lists the children that a thread has made or adopted. The tree is bounded: a run that has
// more processes than we look at has too many.
//
// What a run waits for is sampled. The kernel counts the time that a thread waits for the disk only where the
// administrator has switched that on (kernel.task_delayacct), but always shows its state: D for a wait that no signal
// ends. A vfork waits so as well, for a child of the thread's own.
#include "sandbox/usage.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/owned_fd.h"
#include "base/text.h"
#include "sandbox/kernel_file.h"

namespace crossheap::sandbox {

namespace {

constexpr std::size_t kProcessesAtMost = 4'096;

/// "RssAnon:\t    1234 kB"
std::uint64_t number_after(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) return 0;
  text.remove_prefix(at + name.size());
  text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t")));
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// Calls `look` with each thread's folder and its children, which are added to `to`.
template <typename Look>
void add_children(pid_t process, std::vector<pid_t> &to, const Look &look) {
  const std::string folder = fmt::format("/proc/{}/task", process);
  const std::unique_ptr<DIR, int (*)(DIR *)> threads(::opendir(folder.c_str()), ::closedir);
  while (const dirent *const entry = threads ? ::readdir(threads.get()) : nullptr) {
    if (entry->d_name[0] == '.') continue;
    const std::string thread = fmt::format("{}/{}", folder, entry->d_name);
    const std::string children = read_kernel_file(thread + "/children");
    for (const std::string_view word : split(children, ' ')) {
      pid_t child = 0;
      if (std::from_chars(word.data(), word.data() + word.size(), child).ec == std::errc{} &&
          to.size() < kProcessesAtMost)
        to.push_back(child);
    }
    look(thread, children);
  }
}

void add_children(pid_t process, std::vector<pid_t> &to) {
  add_children(process, to, [](const std::string &, const std::string &) {});
}

/// The columns of a thread's or process's stat from the third one, its state, on. The second is a name, in brackets,
/// which may have brackets and spaces itself.
std::string columns_from_state(const std::string &folder) {
  std::string stat = read_kernel_file(folder + "/stat");
  stat.erase(0, std::min(stat.size(), stat.rfind(')') + 2));
  return stat;
}

/// What the threads of a run do at one moment.
class Moment {
public:
  void add(const std::string &thread, const std::string &children) {
    const std::string columns = columns_from_state(thread);
    const char state = columns.empty() ? 'X' : columns.front();
    if (state == 'X' || state == 'Z') return;
    is_empty_ = false;
    all_stopped_ = all_stopped_ && state == 'T';
    runs_ = runs_ || state == 'R';
    waits_ = waits_ || (state == 'D' && children.empty());
  }

  bool stopped() const noexcept { return !is_empty_ && all_stopped_; }
  bool waits_for_disk() const noexcept { return waits_ && !runs_; }

private:
  bool is_empty_ = true;
  bool all_stopped_ = true;
  bool runs_ = false;
  bool waits_ = false;
};

std::vector<pid_t> beginning_with(pid_t program, pid_t first) {
  std::vector<pid_t> processes;
  if (first != 0) {
    add_children(first, processes);
  } else {
    std::vector<pid_t> ours;
    add_children(::getpid(), ours);
    for (const pid_t one : ours)
      if (one == program || ::getpgid(one) == program) processes.push_back(one);
  }
  return processes;
}

/// A run may go on making files and folders while they are counted. Each folder is entered from the one that it was
/// found in, so none that is moved leads anywhere else; that keeps a descriptor for each level, so there may be only so
/// many.
class FilesOfARun {
public:
  explicit FilesOfARun(std::uint64_t bytes_at_most) : bytes_at_most_(bytes_at_most) {}

  void add_below(OwnedFd folder, int depth) {
    const int fd = folder.get();
    const std::unique_ptr<DIR, int (*)(DIR *)> entries(::fdopendir(fd), ::closedir);
    if (!entries) return;
    (void)folder.release();
    while (const dirent *const entry = too_much_.empty() ? ::readdir(entries.get()) : nullptr) {
      const std::string_view name = entry->d_name;
      struct stat seen {};
      if (name == "." || name == ".." || ::fstatat(fd, entry->d_name, &seen, AT_SYMLINK_NOFOLLOW) != 0) continue;
      if (++entries_ > kEntriesAtMost)
        too_much_ = fmt::format("more than {} files", with_commas(kEntriesAtMost));
      else if (S_ISREG(seen.st_mode))
        add(seen);
      else if (S_ISDIR(seen.st_mode) && depth == kDepthAtMost)
        too_much_ = fmt::format("more than {} folders in each other", kDepthAtMost);
      else if (S_ISDIR(seen.st_mode))
        enter(fd, entry->d_name, depth);
    }
  }

  void add_open_without_a_name(pid_t process, dev_t device) {
    const std::unique_ptr<DIR, int (*)(DIR *)> open(::opendir(fmt::format("/proc/{}/fd", process).c_str()), ::closedir);
    while (const dirent *const entry = open && too_much_.empty() ? ::readdir(open.get()) : nullptr) {
      struct stat seen {};
      if (entry->d_name[0] != '.' && ::fstatat(::dirfd(open.get()), entry->d_name, &seen, 0) == 0 &&
          seen.st_nlink == 0 && seen.st_dev == device && S_ISREG(seen.st_mode))
        add(seen);
    }
  }

  const std::string &too_much() const noexcept { return too_much_; }

private:
  static constexpr std::size_t kEntriesAtMost = 20'000;
  static constexpr int kDepthAtMost = 64;

  void add(const struct stat &file) {
    if (file.st_nlink != 1 && !counted_.insert(file.st_ino).second) return;
    constexpr std::uint64_t kBlock = 512;
    bytes_ += std::max(static_cast<std::uint64_t>(file.st_size), static_cast<std::uint64_t>(file.st_blocks) * kBlock);
    if (bytes_ > bytes_at_most_)
      too_much_ = fmt::format("more than {} MiB of files", with_commas(bytes_at_most_ >> 20));
  }

  void enter(int parent, const char *name, int depth) {
    OwnedFd below(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (below)
      add_below(std::move(below), depth + 1);
    else if (errno == EACCES)  // of our own user: changing its mode is not safe while the run may move it
      too_much_ = "files in a folder that may not be listed";
  }

  std::uint64_t bytes_at_most_;
  std::uint64_t bytes_ = 0;
  std::size_t entries_ = 0;
  std::unordered_set<ino_t> counted_;  // those of them that may be met again
  std::string too_much_;
};

/// The number in the column of words, from 0.
std::uint64_t number_in_column(std::string_view text, std::size_t column) {
  const std::vector<std::string_view> words = split(text, ' ');
  std::uint64_t number = 0;
  if (column < words.size()) std::from_chars(words[column].data(), words[column].data() + words[column].size(), number);
  return number;
}

}  // namespace

Usage usage_of(pid_t program, pid_t first) {
  Usage usage;
  Moment moment;
  std::vector<pid_t> processes = beginning_with(program, first);
  for (std::size_t i = 0; i < processes.size(); ++i) {
    const std::string status = read_kernel_file(fmt::format("/proc/{}/status", processes[i]));
    for (const char *const kind : {"\nRssAnon:", "\nRssShmem:", "\nVmSwap:", "\nVmPTE:", "\nHugetlbPages:"})
      usage.bytes += number_after(status, kind) * 1024;
    usage.processes += number_after(status, "\nThreads:");
    add_children(processes[i], processes,
                 [&](const std::string &thread, const std::string &children) { moment.add(thread, children); });
  }
  usage.stopped = moment.stopped();
  usage.waits_for_disk = moment.waits_for_disk();
  return usage;
}

// schedstat: nanoseconds that a thread ran, and that it was ready and had to wait. stat: utime, stime, cutime and
// cstime in the 14th to 17th column, in ticks.
ProcessorTime processor_time_of(pid_t program, pid_t first) {
  ProcessorTime time;
  std::vector<std::chrono::nanoseconds> waited;
  const auto ticks_in_a_second = static_cast<std::uint64_t>(std::max(1L, ::sysconf(_SC_CLK_TCK)));
  std::vector<pid_t> processes = beginning_with(program, first);
  for (std::size_t i = 0; i < processes.size(); ++i) {
    const std::string folder = fmt::format("/proc/{}", processes[i]);
    const std::string stat = columns_from_state(folder);
    for (const std::size_t column : {11u, 12u, 13u, 14u})
      time.used += std::chrono::nanoseconds(number_in_column(stat, column) * (1'000'000'000 / ticks_in_a_second));
    const std::unique_ptr<DIR, int (*)(DIR *)> threads(::opendir((folder + "/task").c_str()), ::closedir);
    while (const dirent *const entry = threads ? ::readdir(threads.get()) : nullptr) {
      if (entry->d_name[0] == '.') continue;
      const std::string counts = read_kernel_file(fmt::format("{}/task/{}/schedstat", folder, entry->d_name));
      waited.emplace_back(number_in_column(counts, 1));
    }
    add_children(processes[i], processes);
  }
  // Where more threads waited than there are processors, they waited for each other.
  std::sort(waited.begin(), waited.end(), std::greater<>());
  const std::size_t processors = std::max(1u, std::thread::hardware_concurrency());
  if (!waited.empty() && (waited.size() <= processors || waited[processors] * 2 < waited.front()))
    time.waited = waited.front();
  return time;
}

std::string too_much_in(const std::filesystem::path &folder, std::uint64_t bytes_at_most, pid_t program, pid_t first) {
  FilesOfARun files(bytes_at_most);
  OwnedFd top(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat of_top {};
  if (!top || ::fstat(top.get(), &of_top) != 0) return {};
  files.add_below(std::move(top), 0);
  std::vector<pid_t> processes = beginning_with(program, first);
  for (std::size_t i = 0; i < processes.size() && files.too_much().empty(); ++i) {
    files.add_open_without_a_name(processes[i], of_top.st_dev);
    add_children(processes[i], processes);
  }
  return files.too_much();
}

}  // namespace crossheap::sandbox
