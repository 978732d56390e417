// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The live blocks, at depths sites and stacks. At depths ownership and auto, those that came from another allocator's
// memory. At depth auto, also what an allocator hands out once blocks of it have crossed. A released block stays known
// until another block needs its place, so that a second release is known for what it is. Nothing is held while the
// program's own functions run.
#pragma once

#include <cstdint>

#include "agent/pages.h"
#include "agent/stacks.h"

namespace crossheap::agent::blocks {

struct Block {
  std::uint64_t address;  ///< a multiple of 4
  std::uint64_t size;     ///< as asked for; kSizeUnknown where it is that or more
  stacks::Id stack;
  std::uint16_t row;        ///< of the function that handed it out
  pages::Mark owner;        ///< who handed it out
  std::uint8_t align_log2;  ///< as asked for; 0 where the function takes none
  bool relayed;             ///< it may be another allocator's block, passed on: whoever owns the page owns it as well
};

/// A block in two words, as it stands in the table; {0, 0} for none.
struct Packed {
  std::uint64_t key;
  std::uint64_t rest;
};
Packed pack(const Block &block);
Block unpack(Packed packed);

/// What Block::size says of a block that is too large for the table, or larger.
inline constexpr std::uint64_t kSizeUnknown = (std::uint64_t{1} << 36) - 1;

/// Whether it is the record of a block that `owner` made itself.
inline bool is_own(Packed packed, pages::Mark owner) {
  if (packed.key == 0) return false;
  const Block block = unpack(packed);
  return block.owner == owner && !block.relayed;
}

/// False when the kernel refuses the memory. Asked again it does nothing.
bool start();
/// Whether there is a table; what follows may be called only then.
bool is_started();

/// A block was handed out or taken back and is not known of: misuse can no longer be told. [any-thread] [in-malloc]
void miss();
bool all_known();

/// The block is live from now on; what was known of the address is replaced. Nothing is kept of an address that is no
/// multiple of 4. [any-thread] [in-malloc]
void add(Packed block);
/// The same for a block that its owner made itself, and that was asked for with no alignment.
void add_own(std::uint64_t address, std::uint64_t size, stacks::Id stack, std::uint16_t row, pages::Mark owner);
/// Takes it out; {0, 0} where the address is no live block's. [any-thread] [in-malloc]
Packed take(std::uint64_t address);
/// The block that starts there, left in. [any-thread] [in-malloc]
Packed find(std::uint64_t address);

/// Whether the address was taken out and not added since, as far as is still known. [any-thread] [in-malloc]
bool was_released(std::uint64_t address);
/// The live block that holds the address beyond its start. Looks at every block: for a report only.
Packed around(std::uint64_t address);
/// Takes out every block that `owner` handed out. Looks at every block.
void forget(pages::Mark owner);
/// Takes every live block from `owner`, who is going: they stay known as nobody's, and are given to
/// `with(context, block)` first. Looks at every block.
void bereave(pages::Mark owner, void (*with)(void *, const Block &), void *context);

}  // namespace crossheap::agent::blocks
