// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a core dump shows of the call that crashed: which release function it was in, who called that, with which block,
// and whose heap holds the block. What is not certain stays open.
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
