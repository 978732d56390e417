// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The functions by which memory comes from the kernel, in libc and where a known interposer defines them (tcmalloc and
// the sanitizers bring their own mmap). Whoever calls them owns what they return, whether it has a name as an allocator
// or not.
#pragma once

#include <cstdint>

#include "agent/hook_table.h"
#include "agent/site.h"

namespace crossheap::agent {

HookTable memory_hooks();

/// The functions by which a program gives memory of its own to an allocator of a known family: mimalloc's arenas, and
/// jemalloc's extent hooks. Watched where that family defines them.
HookTable gift_hooks();

/// Whether libc's syscall() obtains memory or gives it back by the call of this number.
bool is_memory_call(std::uint64_t number);
/// Makes such a call for the program, whose call of syscall() this is. Firefox's allocator gets all its memory so.
Verdict memory_by_syscall(Call &call);

/// Marks what a signal handler obtained while its thread was inside our bookkeeping. [any-thread] [in-malloc]
void settle_postponed();

/// Whether the program has made pages of libc's heap unreadable, as debugging allocators on top of it do to catch who
/// reads beyond a block. [any-thread] [in-malloc]
bool has_unreadable_heap();

}  // namespace crossheap::agent
