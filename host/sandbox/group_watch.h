// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Where there are no PID namespaces: a process that ends what a killed supervisor leaves behind.
//
// A program dies with its supervisor by its death signal, but what the program forks does not inherit that signal. So a
// process of ours waits at a socket, which tells it of each run's process group. When the socket ends although
// groups are left, the supervisor was killed, and the groups are. Nothing of a run can leave its group: the filter sees
// to that.
#pragma once

#include <sys/types.h>

#include "base/owned_fd.h"

namespace crossheap::sandbox {

class GroupWatch {
public:
  /// Forks the process. Where that fails nothing is watched: the runs' own death signals are left.
  GroupWatch();
  /// Ends it and waits for it.
  ~GroupWatch();
  GroupWatch(const GroupWatch &) = delete;
  GroupWatch &operator=(const GroupWatch &) = delete;

  void add(pid_t group) noexcept { tell(group); }
  /// Once nothing is left in it.
  void remove(pid_t group) noexcept { tell(-group); }

private:
  void tell(pid_t change) noexcept;

  OwnedFd socket_;
  pid_t process_ = -1;
};

}  // namespace crossheap::sandbox
