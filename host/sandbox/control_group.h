// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A control group (version 2) for each run, where the supervisor may make groups below its own: as root, in a container
// with a writable hierarchy, or in a unit that systemd delegates. A run is born into its group and cannot leave it, so
// the kernel ends all of it at once, whatever namespaces there are. It keeps its memory and its number of processes
// within bounds at every moment, which the supervisor's counting does every 50 ms. Each of that is used where it is
// there: the controllers of memory and processes may belong to somebody else, or to version 1.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/owned_fd.h"
#include "sandbox/sandbox.h"

namespace crossheap::sandbox {

class ControlGroups;

/// The group of one run; gone with this object, or with its ControlGroups where a killed process is still there.
class ControlGroup {
public:
  ~ControlGroup();
  ControlGroup(const ControlGroup &) = delete;
  ControlGroup &operator=(const ControlGroup &) = delete;

  /// For clone_into_group().
  int fd() const noexcept { return folder_fd_.get(); }
  /// All of its processes (since Linux 5.14).
  void kill() const noexcept;
  /// Whether the kernel ended a process of it because of its limit.
  bool ran_out_of_memory() const;

private:
  friend class ControlGroups;
  ControlGroup(std::filesystem::path folder, OwnedFd fd, std::shared_ptr<std::vector<std::filesystem::path>> left);
  std::filesystem::path folder_;
  OwnedFd folder_fd_;
  std::shared_ptr<std::vector<std::filesystem::path>> left_;  ///< of all: those that could not be removed yet
};

/// The folder of the control group that we are in; "" where there is none of version 2.
std::filesystem::path own_control_group();

/// The supervisor's. What it changes in its own group it takes back at the end, where no group is left below it. Not
/// for several threads at a time.
class ControlGroups {
public:
  /// Below `own`, our own group's folder. Null where no group can be made.
  static std::unique_ptr<ControlGroups> make(const std::filesystem::path &own);
  ~ControlGroups();
  ControlGroups(const ControlGroups &) = delete;
  ControlGroups &operator=(const ControlGroups &) = delete;

  /// Which bounds the kernel keeps.
  bool bounds_memory() const noexcept { return bounds_memory_; }
  bool bounds_processes() const noexcept { return bounds_processes_; }

  /// A new one, with the bounds of `limits`; null where there is none to be had.
  std::unique_ptr<ControlGroup> make_group(const Limits &limits);

private:
  ControlGroups(std::filesystem::path own, std::filesystem::path folder);
  std::filesystem::path own_;
  std::filesystem::path folder_;
  std::vector<std::string_view> added_;  ///< controllers that `own_` did not hand on before
  bool bounds_memory_ = false;
  bool bounds_processes_ = false;
  std::uint64_t made_ = 0;
  std::shared_ptr<std::vector<std::filesystem::path>> left_ = std::make_shared<std::vector<std::filesystem::path>>();
};

}  // namespace crossheap::sandbox
