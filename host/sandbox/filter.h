// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The part of the confinement that seccomp does: one table of what a confined program may not ask the kernel for.
#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <vector>

namespace crossheap::sandbox {

/// The filter as the kernel takes it, or nothing where the kernel has no seccomp filters. Built once and loaded by
/// every child with one system call.
/// \param supervisor  the process that confined programs may not signal
/// Throws Error when libseccomp cannot build it.
std::vector<sock_filter> make_filter(pid_t supervisor);

}  // namespace crossheap::sandbox
