// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/gates.h"

#include "agent/stacks.h"

namespace crossheap::agent {

void open_gates(pages::Mark owner) {
  if (!log::is_auto()) return;
  Object *const object = object_with(owner);
  if (object == nullptr || !object->knows_allocations) return;
  if (__atomic_exchange_n(&object->is_recorded, 1, __ATOMIC_RELAXED) != 0) return;
  for (std::uint32_t i = 0; i < object->site_count; ++i) {
    const Site &site = object->sites[i];
    if (site.gate != nullptr) __atomic_store_n(site.gate, site.open, __ATOMIC_RELEASE);
  }
}

// The records of objects that are tracked anyway (objects.h) are right at every depth: their releases are seen.
bool is_evidence(blocks::Packed packed) {
  if (packed.key == 0 || !log::is_auto()) return false;
  const blocks::Block block = blocks::unpack(packed);
  if (block.relayed || block.owner == pages::kNobody) return false;
  const Object *const owner = object_with(block.owner);
  return owner == nullptr || !owner->is_tracked;
}

Allocation allocation_by_evidence(blocks::Packed packed, pages::Mark owner) {
  if (packed.key == 0 || !log::is_auto()) return kUnknownAllocation;
  const blocks::Block block = blocks::unpack(packed);
  if (block.stack == stacks::kNone || !blocks::all_known()) return kUnknownAllocation;
  if (is_evidence(packed)) {
    const Object *const object = object_with(block.owner);
    if (block.owner != owner || object == nullptr || !object->knows_allocations) return kUnknownAllocation;
  }
  return {block.size, block.row, stacks::addresses(block.stack)};
}

}  // namespace crossheap::agent
