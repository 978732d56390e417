// SPDX-License-Identifier: MIT OR Apache-2.0
//
// mlockall, which would lock the agent's reservations too: 32 GiB of empty table, more than the machine has, or more
// than the program's limit (RLIMIT_MEMLOCK) lets it lock. So the program's memory is locked piece by piece, which is
// what the kernel does, and ours is left out. What the program maps later is the kernel's affair, as ever.
#pragma once

#include "agent/hook_table.h"

namespace crossheap::agent {

HookTable locking_hooks();

}  // namespace crossheap::agent
