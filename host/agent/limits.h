// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Limits on address space and data (RLIMIT_AS, RLIMIT_DATA) that the program sets after start.
//
// The kernel counts what the agent has reserved, the table of pages above all, against them. A program that allows
// itself 2 GiB would have nothing left. So the limit that the kernel gets is the program's and our own memory on top,
// and whoever asks is answered with what the program set.
//
// A smaller table would need no such answer, and costs instructions where it counts: two levels are two instructions
// more in every release, and a table that several pages share lets a block pass that is nobody's. What our way cannot
// hide: the files in /proc, and a limit set by a system call that is not made through libc.
//
// A program that is executed inherits the kernel's limit. Where the agent will be in it, it is told by a variable what
// was set. Where it will not, the limit is set as the program meant it first.
#pragma once

#include <cstddef>

#include "agent/hook_table.h"
#include "agent/site.h"

namespace crossheap::agent {

/// The variable that tells an executed program's agent what the limits were meant to be.
inline constexpr char kLimitsVariable[] = "CROSSHEAP_LIMITS";

/// At start, when everything is reserved. Also takes over what the program that executed this one left.
void start_limits();
HookTable limit_hooks();
/// The same calls, made by libc's general `syscall`, of which they are the arguments behind the number.
Verdict before_limit_call(Call &call);

/// The program got no memory. A limit that another process has set for this one counts our reservations too: it is
/// raised by them. \return whether there was one, so that to ask again makes sense
bool raise_limits_of_others();

/// Of the objects in our own link namespace.
std::uint64_t own_objects_bytes();

/// Writes the variable, its name, '=' and its value, for a program that is about to be executed; nothing where no limit
/// is hidden. \return its length
std::size_t write_limits_variable(char *to, std::size_t room);
inline constexpr std::size_t kLimitsVariableRoom = 256;

/// Before a program is executed that the agent will not be in.
void set_limits_as_meant();

}  // namespace crossheap::agent
