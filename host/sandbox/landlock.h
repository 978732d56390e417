// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The part of the confinement that Landlock does: no writing to files, no reading of devices, no TCP, no signals to
// anybody outside.
#pragma once

#include "base/owned_fd.h"

namespace crossheap::sandbox {

struct Landlock {
  OwnedFd ruleset;  ///< closed on execve; for landlock_restrict_self() in the child; none where `abi` is 0
  int abi = 0;      ///< what the kernel speaks; 0 where it has none, or has it switched off
};

/// The strictest ruleset this kernel knows. Never fails: what the kernel does not have is not in it.
/// \param writable  a folder in which files may be made, changed and removed; null: none
/// \param tcp       whether TCP is left to the program, whose network is its own
Landlock make_landlock(const char *writable = nullptr, bool tcp = false);

}  // namespace crossheap::sandbox
