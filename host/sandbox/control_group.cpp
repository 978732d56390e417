// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The files of a control group are commands: a folder that is made is a group, and what is written into its files acts
// on it. A group with processes of its own cannot hand controllers on to groups below, unless it is the topmost one. So
// where it is refused, the bounds are not there and the rest is.
#include "sandbox/control_group.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <csignal>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "sandbox/kernel_file.h"

namespace crossheap::sandbox {

namespace fs = std::filesystem;

namespace {

/// Begins the names of our groups; the supervisor's process and a number follow.
constexpr std::string_view kName = "crossheap-";

/// The controllers that a group hands on to the groups below.
constexpr std::string_view kHandedOn = "cgroup.subtree_control";

/// Beside what the supervisor counts, the kernel charges a group with tables and with files that it has read; the
/// latter it takes back.
constexpr std::uint64_t kBesideCounted = std::uint64_t{32} << 20;

bool has_word(std::string_view text, std::string_view word) {
  for (const std::string_view line : split(text, '\n')) {
    const std::vector<std::string_view> words = split(line, ' ');
    if (std::find(words.begin(), words.end(), word) != words.end()) return true;
  }
  return false;
}

/// Also where it cannot be known.
bool has_groups(const fs::path &group) {
  std::error_code failed;
  for (const fs::directory_entry &entry : fs::directory_iterator(group, failed))
    if (entry.is_directory(failed) || failed) return true;
  return static_cast<bool>(failed);
}

/// Groups of supervisors that were killed.
void remove_left_over(const fs::path &own) {
  std::error_code failed;
  for (const fs::directory_entry &entry : fs::directory_iterator(own, failed)) {
    std::string name = entry.path().filename().string();
    if (!name.starts_with(kName)) continue;
    name.erase(0, kName.size());
    pid_t process = 0;
    std::from_chars(name.data(), name.data() + name.size(), process);
    if (process <= 0 || ::kill(process, 0) == 0 || errno != ESRCH) continue;
    std::error_code none;
    for (const fs::directory_entry &group : fs::directory_iterator(entry.path(), none))
      if (group.is_directory(none)) ::rmdir(group.path().c_str());
    ::rmdir(entry.path().c_str());
  }
}

}  // namespace

ControlGroup::ControlGroup(fs::path folder, OwnedFd fd, std::shared_ptr<std::vector<fs::path>> left)
    : folder_(std::move(folder)), folder_fd_(std::move(fd)), left_(std::move(left)) {}

ControlGroup::~ControlGroup() {
  if (::rmdir(folder_.c_str()) != 0) left_->push_back(folder_);
}

void ControlGroup::kill() const noexcept {
  const OwnedFd file(::openat(folder_fd_.get(), "cgroup.kill", O_WRONLY | O_CLOEXEC));
  if (file) [[maybe_unused]]
    const ssize_t written = ::write(file.get(), "1", 1);
}

bool ControlGroup::ran_out_of_memory() const {
  const std::string events = read_kernel_file(folder_ / "memory.events");
  for (const std::string_view line : split(events, '\n'))
    if (line.starts_with("oom_kill ") && line != "oom_kill 0") return true;
  return false;
}

fs::path own_control_group() {
  std::string path;
  const std::string groups = read_kernel_file("/proc/self/cgroup");
  for (const std::string_view line : split(groups, '\n'))
    if (line.starts_with("0::/")) path = line.substr(3);
  if (path.empty()) return {};
  const std::string mounts = read_kernel_file("/proc/self/mountinfo");
  for (const std::string_view line : split(mounts, '\n')) {
    const std::vector<std::string_view> words = split(line, ' ');
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (words.size() < 5 || words.end() - dash < 2 || *(dash + 1) != "cgroup2") continue;
    const std::string_view root = words[3] == "/" ? "" : words[3];
    if (!path.starts_with(root)) continue;
    return fs::path(words[4]) / fs::path(path.substr(root.size())).relative_path();
  }
  return {};
}

std::unique_ptr<ControlGroups> ControlGroups::make(const fs::path &own) {
  static std::atomic<unsigned> number{0};
  if (own.empty()) return nullptr;
  remove_left_over(own);
  fs::path folder = own / fmt::format("{}{}-{}", kName, ::getpid(), number.fetch_add(1));
  if (::mkdir(folder.c_str(), 0755) != 0) return nullptr;
  return std::unique_ptr<ControlGroups>(new ControlGroups(own, std::move(folder)));
}

ControlGroups::ControlGroups(fs::path own, fs::path folder) : own_(std::move(own)), folder_(std::move(folder)) {
  // Handed on to ours, where they are not yet; then to those of the runs.
  const std::string before = read_kernel_file(own_ / kHandedOn);
  for (const std::string_view controller : {"memory", "pids"}) {
    if (!has_word(before, controller) && write_kernel_file(own_ / kHandedOn, fmt::format("+{}", controller)))
      added_.push_back(controller);
    write_kernel_file(folder_ / kHandedOn, fmt::format("+{}", controller));
  }
  const std::string handed_on = read_kernel_file(folder_ / kHandedOn);
  bounds_memory_ = has_word(handed_on, "memory");
  bounds_processes_ = has_word(handed_on, "pids");
}

ControlGroups::~ControlGroups() {
  for (const fs::path &folder : *left_) ::rmdir(folder.c_str());
  ::rmdir(folder_.c_str());
  // A group that is there, of another supervisor or of anybody else, would lose its bounds.
  if (added_.empty() || has_groups(own_)) return;
  for (const std::string_view controller : added_) write_kernel_file(own_ / kHandedOn, fmt::format("-{}", controller));
}

std::unique_ptr<ControlGroup> ControlGroups::make_group(const Limits &limits) {
  std::erase_if(*left_, [](const fs::path &folder) { return ::rmdir(folder.c_str()) == 0; });
  const fs::path folder = folder_ / std::to_string(++made_);
  if (::mkdir(folder.c_str(), 0755) != 0) return nullptr;
  OwnedFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) {
    ::rmdir(folder.c_str());
    return nullptr;
  }
  if (bounds_memory_ && limits.memory_bytes != 0) {
    write_kernel_file(folder / "memory.max", std::to_string(limits.memory_bytes + kBesideCounted));
    write_kernel_file(folder / "memory.swap.max", "0");
    write_kernel_file(folder / "memory.oom.group", "1");
  }
  // The first process of a namespace is one more.
  if (bounds_processes_ && limits.processes != 0)
    write_kernel_file(folder / "pids.max", std::to_string(limits.processes + 1));
  return std::unique_ptr<ControlGroup>(new ControlGroup(folder, std::move(fd), left_));
}

}  // namespace crossheap::sandbox
