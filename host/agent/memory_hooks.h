// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The functions by which memory comes from the kernel, in libc and wherever else they are defined (tcmalloc brings
// its own mmap and sbrk). Whoever calls them owns what they return, whether it has a name as an allocator or not.
#pragma once

#include "agent/hook_table.h"

namespace crossheap::agent {

HookTable memory_hooks();

}  // namespace crossheap::agent
