// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One step outwards on a stack, by the call frame information in .eh_frame, for somebody who wants return addresses and
// nothing else.
#pragma once

#include <cstdint>

namespace crossheap::agent::unwind {

/// A place on the way outwards.
struct Frame {
  std::uint64_t address;        ///< a return address, or where a signal came
  std::uint64_t stack;          ///< the stack pointer there, after the return
  std::uint64_t frame_pointer;  ///< rbp there
  bool interrupted;             ///< `address` is of an instruction that has not run, not behind a call
  /// What may be read: memory that is certainly the stack's. The way ends where it leads out of it.
  std::uint64_t begin = 0;
  std::uint64_t end = UINT64_MAX;
};

/// False when the kernel refuses the memory.
bool start();

/// Goes on to the caller. False at the end: the outermost frame, or one that no information stands for.
/// [any-thread] [in-malloc] [signal-safe]
bool step(Frame &frame);

/// Objects came or went: what was known of addresses may be wrong. [any-thread]
void forget();

}  // namespace crossheap::agent::unwind
