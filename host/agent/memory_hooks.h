// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The functions by which memory comes from the kernel, in libc and where a known interposer defines them (tcmalloc and
// the sanitizers bring their own mmap). Whoever calls them owns what they return, whether it has a name as an allocator
// or not.
#pragma once

#include "agent/hook_table.h"

namespace crossheap::agent {

HookTable memory_hooks();

/// Marks what a signal handler obtained while its thread was inside our bookkeeping. [any-thread] [in-malloc]
void settle_postponed();

}  // namespace crossheap::agent
