// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a process has, counted by itself without allocating: blocks, threads and mappings. Two accounts with
// rounds of loading and unloading between them tell what the plugin leaves behind.
#pragma once

#include <cstdint>
#include <string>

namespace crossheap::drill {

struct Account {
  std::uint64_t block_bytes = 0;  ///< of the heaps whose allocators tell
  std::uint64_t threads = 0;
  std::uint64_t mapped_bytes = 0;  ///< other than the heap of brk
  std::uint64_t mappings = 0;
};

/// Of now. Reads /proc; where there is none, the numbers are 0.
Account account();

std::string in_words(const Account &account);

}  // namespace crossheap::drill
