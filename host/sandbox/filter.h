// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The part of the confinement that seccomp does: one table of what a confined program may not ask the kernel for.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace crossheap::sandbox {

/// What happens to a program that asks for what no plugin has a reason to ask for.
enum class Forbidden {
  Ends,  ///< the kernel ends it by SIGSYS, which the program could also raise itself
  Asks,  ///< the program waits, and the supervisor is told which call it was
};

/// Whether calls that take memory which nothing counts wait for the supervisor, who keeps count of them. Needs Asks.
enum class Loans { Free, Counted };

/// The filter as the kernel takes it, or nothing where the kernel has no seccomp filters. Built once and loaded by
/// every child with one system call.
/// \param supervisor  the process that confined programs may not signal, by the number that they know it by
/// \param group       its process group; 0 where they know none
/// \param internet    whether sockets of the internet's families are left to the program, whose network is its own
/// Throws Error when libseccomp cannot build it.
std::vector<sock_filter> make_filter(pid_t supervisor, pid_t group, Forbidden forbidden, Loans loans,
                                     bool internet = false);

/// What the kernel would keep for a run without counting it, should it go on with a call that it asks about; nothing
/// where the call is one that ends the run.
std::optional<std::uint64_t> bytes_lent_by(const seccomp_data &call);

/// "ptrace", or "number 123" for a call without a name.
std::string name_of_call(std::uint32_t architecture, int number);

}  // namespace crossheap::sandbox
