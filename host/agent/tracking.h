// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Depths sites and stacks: what is done around each function of the malloc family to know every live block, and so to
// say of a crossing where its block came from, and to see releases that are wrong on one heap.
#pragma once

#include "agent/objects.h"
#include "agent/site.h"

namespace crossheap::agent {

struct TrackingHooks {
  BeforeHook before;
  AfterHook after;
  Way enter;  ///< of entry.S: into them
};

/// For the functions of this role in the object; null for those that have no block.
TrackingHooks tracking_hooks(Role role, const Object &object);

/// Prepares the tables. False when the kernel refuses the memory.
bool start_tracking();

/// Whether a release by this function has more to check than whose the block is.
bool names_more(const Function &function);
/// Whether an allocation by it says no more than a size, and each block is recorded.
bool is_plain_allocation(const Function &function);

/// Reports the live blocks of an allocator that is being unloaded (XH302), and forgets that they were its own. By the
/// loader's thread.
void report_outliving_blocks(Object &object);

/// Called from the unwinder when an exception (a throwing operator new) leaves a watched function: it will not return.
void left_by_exception();

}  // namespace crossheap::agent
