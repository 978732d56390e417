// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Depth auto. The functions of each allocator that hand out blocks carry a gate: their island begins with a jump to
// where a word of memory says. Closed it leads on to the function. When a block of the allocator crosses, its gates are
// opened by storing other words. So no code is written while it may run, and no system call is made. From then on what
// the allocator hands out is recorded with its backtrace, and the next crossing shows where its block came from.
//
// Whose a block is stays a matter of its page. Nobody is told when a block is released to its own allocator, so a
// record is evidence, never proof: it is used where the allocator owns the page, and where every function is watched
// that could have handed out the address since. Where that is not so, the functions that release have gates as well,
// behind which records are taken out.
#pragma once

#include "agent/crossing.h"

namespace crossheap::agent {

/// A block of this owner crossed. Does nothing at other depths, or again. [any-thread] [in-malloc]
void open_gates(pages::Mark owner);

/// Whether the record is such evidence, and says nothing of whose the block is. [any-thread] [in-malloc]
bool is_evidence(blocks::Packed packed);
/// What it says for a finding; kUnknownAllocation where it is not certain. [any-thread] [in-malloc]
/// \param owner  of the block, as judged
Allocation allocation_by_evidence(blocks::Packed packed, pages::Mark owner);

}  // namespace crossheap::agent
