// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The rule of the plugin contract (crossheap/plugin.h) as the taker of a block applies it: raw transfer only
// when both sides are on one allocator instance, else the block goes back to its owner.
#pragma once

#include "scenarios/scenario.h"

namespace crossheap::scenarios {

inline void abi_release(const crossheap_handover &handover, void *block, std::size_t size, std::size_t align) {
  if (crossheap_parties_share_heap(handover.owner, handover.taker))
    crossheap_deallocate(block, size, align);
  else
    handover.owner->release(block, size, align);
}

inline void *abi_reallocate(const crossheap_handover &handover, void *block, std::size_t old_size, std::size_t align,
                            std::size_t new_size) {
  return crossheap_parties_share_heap(handover.owner, handover.taker)
             ? crossheap_reallocate(block, old_size, align, new_size)
             : handover.owner->reallocate(block, old_size, align, new_size);
}

}  // namespace crossheap::scenarios
