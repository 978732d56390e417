// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

namespace crossheap::sandbox {

/// What this process is as long as it supervises runs: the reaper of what they leave behind, told how its children end,
/// and closed to their ptrace. What it was before comes back with the last object of this class, so that a program
/// which it starts later inherits none of that. [any-thread]
class SupervisorRole {
public:
  /// Throws Error where the kernel refuses.
  SupervisorRole();
  ~SupervisorRole();
  SupervisorRole(const SupervisorRole &) = delete;
  SupervisorRole &operator=(const SupervisorRole &) = delete;

  /// Until the role ends, nobody of our user may trace this process or write its memory (PR_SET_DUMPABLE).
  void refuse_tracing() noexcept;
};

}  // namespace crossheap::sandbox
