// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Starts confined programs: the descriptors, the confinement (made once), the birth.
#pragma once

#include <linux/capability.h>
#include <linux/filter.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <array>
#include <memory>
#include <variant>
#include <vector>

#include "base/owned_fd.h"
#include "sandbox/landlock.h"
#include "sandbox/sandbox.h"

namespace crossheap::sandbox {

/// A program that has been executed. Whoever holds this must wait for it: it is nobody else's to reap.
struct Child {
  pid_t pid;      ///< also its process group
  OwnedFd pidfd;  ///< readable when it has ended
  OwnedFd output;
  OwnedFd sent;
};

/// Not for several threads at a time. Everything here is closed on execve.
class Spawner {
public:
  /// Throws Error where no child can be prepared.
  Spawner();

  Protections protections() const noexcept { return {!filter_.empty(), landlock_.abi}; }

  std::variant<Child, NotStarted> spawn(const Command &command, const Limits &limits);

private:
  struct Unmap {
    void operator()(void *stack) const noexcept;
  };

  std::vector<sock_filter> filter_;
  Landlock landlock_;
  OwnedFd input_;
  std::unique_ptr<void, Unmap> stack_;
  std::array<rlimit, RLIM_NLIMITS> own_limits_{};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> capabilities_{};
};

}  // namespace crossheap::sandbox
