// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a core dump shows of the call that crashed: which release function it was in, who called that, with which block,
// and whose heap holds the block.
//
// The stack names the release function. The address of the block is where the caller's code put it: in a register that
// calls keep, or in memory; the instructions before the call tell. A caller that jumps to free instead of calling it
// has left the stack; then the frames of the release function are searched for an address that can only be the block.
//
// Whose heap an address belongs to is decided by the memory itself. glibc's heaps have a form that can be checked
// (malloc/malloc.c: chunks one behind the other from the start of the program break's area, and an arena's heap_info at
// each multiple of 64 MiB). What is in an anonymous mapping without that form is another allocator's; where the process
// has exactly one other, it is known which. Everything else is not known, and said so.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "binding/ownership.h"
#include "catalog/finding.h"
#include "observe/call_stack.h"
#include "observe/core_dump.h"
#include "observe/live_process.h"

namespace crossheap::observe {

struct Crash {
  int signal = 0;
  std::string message;             ///< what libc said before it aborted: "free(): invalid pointer"
  std::vector<std::string> stack;  ///< a line a frame: "free, libc.so.6"
  std::string released;            ///< a sentence: who gave which block to which function; "" where none is seen
  std::string block;               ///< a sentence: where the block is; "" where its address is not known
  std::optional<Finding> finding;  ///< the crossing, where it is certain
};

/// Reads the crashed call of `dump`.
/// \param seen  what seen_in(process) answered, and `ownership` of its snapshot
Crash crash_of(const CoreDump &dump, const LiveProcess &process, const Seen &seen,
               const std::vector<binding::Object> &objects, const binding::Ownership &ownership);

}  // namespace crossheap::observe
