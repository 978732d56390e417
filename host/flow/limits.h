// SPDX-License-Identifier: MIT OR Apache-2.0
//
// How far blocks are followed, where several parts must agree. Limits of one part stand in that part.
//
// One thread reads a file, its functions in the order of their addresses, so the result is the same each time. A value
// that leads to too many places tells nothing, and is dropped without a word. Where a limit of the whole file is
// reached, BlockFlow::cut_off says so.
#pragma once

#include <cstddef>
#include <cstdint>

namespace crossheap::flow {

inline constexpr int kCallsDeep = 6;                   // how many calls within the file a value is followed through
inline constexpr std::size_t kFlowsAtMost = 20000;     // of one file
inline constexpr std::int64_t kStructureAtMost = 512;  // how far behind its address a callee may fill one

}  // namespace crossheap::flow
