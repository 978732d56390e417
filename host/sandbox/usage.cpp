// SPDX-License-Identifier: MIT OR Apache-2.0
//
// /proc/PID/task/TID/children lists the children that a thread has made or adopted. The tree is bounded: a run that has
// more processes than we look at has too many.
#include "sandbox/usage.h"

#include <dirent.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

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

void add_children(pid_t process, std::vector<pid_t> &to) {
  const std::string folder = fmt::format("/proc/{}/task", process);
  const std::unique_ptr<DIR, int (*)(DIR *)> threads(::opendir(folder.c_str()), ::closedir);
  while (const dirent *const entry = threads ? ::readdir(threads.get()) : nullptr) {
    if (entry->d_name[0] == '.') continue;
    const std::string children = read_kernel_file(fmt::format("{}/{}/children", folder, entry->d_name));
    for (const std::string_view word : split(children, ' ')) {
      pid_t child = 0;
      if (std::from_chars(word.data(), word.data() + word.size(), child).ec == std::errc{} &&
          to.size() < kProcessesAtMost)
        to.push_back(child);
    }
  }
}

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
  std::vector<pid_t> processes = beginning_with(program, first);
  for (std::size_t i = 0; i < processes.size(); ++i) {
    const std::string status = read_kernel_file(fmt::format("/proc/{}/status", processes[i]));
    usage.bytes += (number_after(status, "\nRssAnon:") + number_after(status, "\nRssShmem:")) * 1024;
    usage.processes += number_after(status, "\nThreads:");
    add_children(processes[i], processes);
  }
  return usage;
}

// schedstat: nanoseconds that a thread ran, and that it was ready and had to wait. stat: its process's name in
// brackets, then from the third column on utime, stime, cutime and cstime in the 14th to 17th, in ticks.
ProcessorTime processor_time_of(pid_t program, pid_t first) {
  ProcessorTime time;
  std::vector<std::chrono::nanoseconds> waited;
  const auto ticks_in_a_second = static_cast<std::uint64_t>(std::max(1L, ::sysconf(_SC_CLK_TCK)));
  std::vector<pid_t> processes = beginning_with(program, first);
  for (std::size_t i = 0; i < processes.size(); ++i) {
    const std::string folder = fmt::format("/proc/{}", processes[i]);
    std::string stat = read_kernel_file(folder + "/stat");
    stat.erase(0, std::min(stat.size(), stat.rfind(')') + 2));
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

std::uint64_t bytes_in(const std::filesystem::path &folder) {
  namespace fs = std::filesystem;
  constexpr std::size_t kEntriesAtMost = 20'000;
  std::uint64_t bytes = 0;
  std::size_t entries = 0;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, failed), end;
       !failed && at != end; at.increment(failed)) {
    if (++entries > kEntriesAtMost) return std::numeric_limits<std::uint64_t>::max();
    std::error_code gone;
    const fs::file_status status = at->symlink_status(gone);
    if (gone || status.type() != fs::file_type::regular) continue;
    const std::uintmax_t size = at->file_size(gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

}  // namespace crossheap::sandbox
