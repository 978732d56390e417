// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Who we are, without asking the kernel: a program may have forbidden itself every call that it does not make (a
// seccomp filter), getpid included, and the agent must not be what it dies of.
//
// Also whether a filter stands. Where the program has begun to install one, nothing is asked of the kernel from then
// on, and what cannot be had without it is done without. Where the program was started under one, which is what all
// programs in a container are, only calls are made that the loader makes too.
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

/// Whether the program was started under a filter for its system calls, or has installed one: of the calls that the
/// loader does not make, none is made. [any-thread]
bool is_quiet();
/// Whether the program itself has installed a filter, or was seen on its way to do so: no call is made. [any-thread]
bool is_restricted();

/// The program's own file has system call instructions, by which it may restrict itself without our notice: then no
/// call is made that it does not need. Of its libraries this is not told: libc itself and many runtimes have some.
void note_own_system_calls();
bool may_restrict_itself();

/// A place that differs between a process and its children by fork where the kernel does not wipe a page for us:
/// the thread that forks has another id in the child.
void note_fork();
/// Whether this is a child in which the thread runs that went into fork; answers yes once. [any-thread] [signal-safe]
bool has_forked();

/// As abort(), without calls that a filter may forbid: only the one that sends the signal.
[[noreturn]] void stop_the_program();

/// fork, and the ways to install a filter.
HookTable identity_hooks();

}  // namespace crossheap::agent
