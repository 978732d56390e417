// SPDX-License-Identifier: MIT OR Apache-2.0
//
// All vector registers, kept while a function of the program is called out of a hook. Our own code leaves the upper
// halves alone (entry.S). The program's may change all of them, as any function may, and the call that is watched may
// be one whose caller relies on them.
#pragma once

#include <cpuid.h>

#include <cstdint>

namespace crossheap::agent {

class VectorState {
public:
  /// \param needed  whether anybody may rely on them
  explicit VectorState(bool needed) : kept_(needed && has_xsave()) {
    if (!kept_) return;
    // The header must be zero where nothing is written: 64 bytes behind the 512 of the legacy area.
    for (unsigned i = 512; i < 576; ++i) area_[i] = 0;
    asm volatile("xsave64 %0" : "=m"(area_) : "a"(kParts), "d"(0) : "memory");
  }
  VectorState(const VectorState &) = delete;
  VectorState &operator=(const VectorState &) = delete;
  ~VectorState() {
    if (kept_) asm volatile("xrstor64 %0" : : "m"(area_), "a"(kParts), "d"(0) : "memory");
  }

private:
  // x87, SSE, AVX, mask registers, both halves of AVX-512. In the standard layout they end before 2,688 bytes; tiles
  // (AMX), which no function may expect to keep, come behind.
  static constexpr std::uint32_t kParts = 0xe7;
  static constexpr unsigned kBytes = 2752;

  static bool has_xsave() {
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_OSXSAVE) != 0;
  }

  bool kept_;
  alignas(64) unsigned char area_[kBytes];
};

}  // namespace crossheap::agent
