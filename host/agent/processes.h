// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What becomes of processes: the programs that they turn into (exec), and how their children ended, which only the
// parent sees when a signal killed one.
#pragma once

#include "agent/hook_table.h"

namespace crossheap::agent {

/// At start.
void start_processes();
HookTable process_hooks();

}  // namespace crossheap::agent
