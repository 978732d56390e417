// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Who we are, without asking the kernel: a program may have forbidden itself every call that it does not make (a
// seccomp filter), getpid included, and the agent must not be what it dies of.
//
// A thread's id stands in its descriptor, at a place that is found out at start. A process's id is its first thread's,
// and a forked child's that of the thread that libc's fork returned in.
//
// Also whether the program has begun to restrict itself. From then on nothing is asked of the kernel at all, and what
// cannot be had without it is done without.
#pragma once

#include <cstdint>

#include "agent/hook_table.h"

namespace crossheap::agent {

struct ProcessIds {
  std::uint32_t pid;
  std::uint32_t parent;
};

/// At start, before any other.
void learn_identity();
/// [any-thread] [signal-safe]
std::uint32_t own_thread_id();
/// Of this process, also in a forked child. [any-thread] [signal-safe]
ProcessIds own_process_ids();

/// Asks the kernel: a child of vfork has its parent's memory, and so what is known of the parent.
ProcessIds asked_process_ids();

/// Whether the program has installed a filter for its system calls, or was seen on its way to do so. [any-thread]
bool is_quiet();

/// As abort(), without calls that a filter may forbid: only the one that sends the signal.
[[noreturn]] void stop_the_program();

/// fork, and the ways to install a filter.
HookTable identity_hooks();

}  // namespace crossheap::agent
