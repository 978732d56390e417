// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The live blocks, at depths sites and stacks: 16 bytes for each, in a hash table in 256 parts with a lock each, so
// that threads rarely meet. A released block keeps its slot until its part is rebuilt: allocators hand out again what
// was released lately, so most changes find their slot at once, and a second release is known for what it is. Nothing
// is held while the program's own functions run.
#pragma once

#include <cstdint>

#include "agent/pages.h"
#include "agent/stacks.h"

namespace crossheap::agent::blocks {

struct Block {
  std::uint64_t address;  ///< a multiple of 8
  std::uint64_t size;     ///< as asked for
  stacks::Id stack;
  std::uint16_t row;  ///< of the function that handed it out
  pages::Mark owner;
  std::uint8_t align_log2;  ///< as asked for; 0 where the function takes none
};

/// A block in two words, as it stands in the table; {0, 0} for none.
struct Packed {
  std::uint64_t key;
  std::uint64_t rest;
};
Packed pack(const Block &block);
Block unpack(Packed packed);

/// False when the kernel refuses the memory.
bool start();

/// A block was handed out or taken back and is not known of: misuse can no longer be told. [any-thread] [in-malloc]
void miss();
bool all_known();

/// The block is live from now on; what was known of the address is replaced. [any-thread] [in-malloc]
void add(Packed block);
/// Takes it out; {0, 0} where the address is no live block's. [any-thread] [in-malloc]
Packed take(std::uint64_t address);
/// The block that starts there, left in. [any-thread] [in-malloc]
Packed find(std::uint64_t address);

/// Whether the address was taken out and not added since, as far as is still known. [any-thread] [in-malloc]
bool was_released(std::uint64_t address);
/// The live block that holds the address beyond its start. Looks at every block: for a report only.
Packed around(std::uint64_t address);
/// Takes every live block from `owner`, who is going: they stay known as nobody's, and are given to
/// `with(context, block)` first. Looks at every block.
void bereave(pages::Mark owner, void (*with)(void *, const Block &), void *context);

}  // namespace crossheap::agent::blocks
