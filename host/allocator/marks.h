// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The allocator families, and the symbols that one family alone defines. Without the C++ runtime: the agent uses it
// inside other people's processes; all else that tells families apart is in families.h.
#pragma once

#include <cstdint>
#include <string_view>

namespace crossheap {

enum class Family : std::uint8_t {
  Unknown,
  Glibc,
  Jemalloc,
  Mimalloc,
  Tcmalloc,
  Snmalloc,
  Musl,
  Scudo,
  Tbbmalloc,
  Rpmalloc,
  Mozjemalloc,     ///< Firefox's, which began as jemalloc and shares nothing with it any more
  PartitionAlloc,  ///< Chromium's
  Dmalloc,
  ElectricFence,
  Sanitizer,  ///< the allocator of ASan, LSan, TSan, MSan or HWASan
};

/// The family that alone defines a symbol of this name that is no function of the ONE table, or is internal to it:
/// mallctl, _rjem_mallctl, mi_heap_new. [any-thread]
Family family_of_mark(std::string_view name) noexcept;

}  // namespace crossheap
