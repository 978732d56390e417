// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Who called whom when a process crashed: the stack of a core dump, walked by elfutils with the unwind tables of the
// files that were mapped.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "observe/core_dump.h"
#include "observe/live_process.h"

namespace crossheap::observe {

/// The registers by their numbers in DWARF (System V ABI, x86-64, figure 3.36).
enum Register : std::uint8_t {
  kRax,
  kRdx,
  kRcx,
  kRbx,
  kRsi,
  kRdi,
  kRbp,
  kRsp,
  kR8,
  kR12 = 12,
  kR13,
  kR14,
  kR15,
  kRegisters
};

struct StackFrame {
  std::uint64_t pc = 0;  ///< of the innermost frame the instruction; of the others what follows the call
  bool exact = false;    ///< `pc` is the instruction itself
  std::array<std::optional<std::uint64_t>, kRegisters> registers;  ///< as far as they are known in this frame
  std::string function;                                            ///< "" where no symbol tells
  std::uint64_t into = 0;                                          ///< bytes from its beginning to `pc`
  std::optional<std::size_t> object;                               ///< index of a LiveObject
};

/// The stack of the crashed thread, the innermost frame first; as far as the tables lead.
std::vector<StackFrame> call_stack(const CoreDump &dump, const LiveProcess &process);

}  // namespace crossheap::observe
