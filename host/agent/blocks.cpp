// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/blocks.h"

#include "agent/lock.h"
#include "agent/memory.h"

namespace crossheap::agent::blocks {

namespace {

// key:  address / 8 (44 bits) | row (9) | owner (8)
// rest: size (36) | stack (24) | log2 of the alignment (4)
constexpr unsigned kAddressShift = 3;
constexpr unsigned kAddressBits = 44;
constexpr std::uint64_t kAddressMask = (std::uint64_t{1} << kAddressBits) - 1;
constexpr unsigned kRowBits = 9;
constexpr unsigned kSizeBits = 36;
constexpr std::uint64_t kSizeMask = (std::uint64_t{1} << kSizeBits) - 1;
static_assert(kFunctionCount < std::size_t{1} << kRowBits);
static_assert(kAddressBits + kRowBits + 8 <= 64 && kSizeBits + stacks::kIdBits + 4 == 64);

constexpr std::size_t kParts = 256;
constexpr std::size_t kFirstRoom = 256;
constexpr std::size_t kReleasedRoom = 256;

struct alignas(64) Part {
  Lock lock;
  Packed *slots;
  std::size_t room;  ///< a power of two
  std::size_t used;
  std::uint64_t *released;  ///< by hash, the last address released
};

Part *parts;

std::uint64_t hash_of(std::uint64_t address) {
  std::uint64_t hash = (address >> kAddressShift) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 32);
}
Part &part_of(std::uint64_t hash) { return parts[hash >> 24 & (kParts - 1)]; }

std::uint64_t address_of(Packed packed) { return (packed.key & kAddressMask) << kAddressShift; }
bool is_free(const Packed &slot) { return slot.key == 0; }

std::size_t slot_of(const Part &part, std::uint64_t address) {
  std::size_t slot = hash_of(address) & (part.room - 1);
  while (!is_free(part.slots[slot]) && address_of(part.slots[slot]) != address) slot = (slot + 1) & (part.room - 1);
  return slot;
}

// The key is stored last: a forked child may find the part in any state in between.
void put(Packed &slot, Packed block) {
  slot.rest = block.rest;
  __atomic_store_n(&slot.key, block.key, __ATOMIC_RELEASE);
}

bool make_room(Part &part) {
  if (part.room != 0 && part.used * 5 < part.room * 4) return true;
  const std::size_t room = part.room == 0 ? kFirstRoom : part.room * 2;
  Part larger{};
  larger.slots = static_cast<Packed *>(map_pages(room * sizeof(Packed), false));
  larger.room = room;
  if (larger.slots == nullptr) return false;
  for (std::size_t i = 0; i < part.room; ++i)
    if (!is_free(part.slots[i])) larger.slots[slot_of(larger, address_of(part.slots[i]))] = part.slots[i];
  Packed *const old = part.slots;
  const std::size_t old_room = part.room;
  part.slots = larger.slots;
  part.room = room;
  if (old != nullptr) unmap_pages(old, old_room * sizeof(Packed));
  return true;
}

// Closes the gap: every block behind it that would be looked for at or before it moves up.
void remove(Part &part, std::size_t gap) {
  const std::size_t mask = part.room - 1;
  for (std::size_t at = (gap + 1) & mask; !is_free(part.slots[at]); at = (at + 1) & mask) {
    const std::size_t home = hash_of(address_of(part.slots[at])) & mask;
    if (((at - home) & mask) < ((at - gap) & mask)) continue;
    put(part.slots[gap], part.slots[at]);
    gap = at;
  }
  __atomic_store_n(&part.slots[gap].key, 0, __ATOMIC_RELEASE);
  --part.used;
}

std::uint64_t &released_slot(Part &part, std::uint64_t hash) { return part.released[hash >> 40 & (kReleasedRoom - 1)]; }

template <class Visit>
void for_each(Visit visit) {
  for (std::size_t p = 0; p < kParts; ++p) {
    const Locked locked(parts[p].lock);
    for (std::size_t i = 0; i < parts[p].room; ++i)
      if (!is_free(parts[p].slots[i])) visit(parts[p].slots[i]);
  }
}

}  // namespace

Packed pack(const Block &block) {
  const std::uint64_t size = block.size < kSizeMask ? block.size : kSizeMask;
  return {.key = (block.address >> kAddressShift & kAddressMask) | std::uint64_t{block.row} << kAddressBits |
                 std::uint64_t{block.owner} << (kAddressBits + kRowBits),
          .rest = size | std::uint64_t{block.stack} << kSizeBits |
                  std::uint64_t{block.align_log2} << (kSizeBits + stacks::kIdBits)};
}

Block unpack(Packed packed) {
  return {.address = address_of(packed),
          .size = packed.rest & kSizeMask,
          .stack = static_cast<stacks::Id>(packed.rest >> kSizeBits & ((1u << stacks::kIdBits) - 1)),
          .row = static_cast<std::uint16_t>(packed.key >> kAddressBits & ((1u << kRowBits) - 1)),
          .owner = static_cast<pages::Mark>(packed.key >> (kAddressBits + kRowBits)),
          .align_log2 = static_cast<std::uint8_t>(packed.rest >> (kSizeBits + stacks::kIdBits))};
}

bool start() {
  parts = static_cast<Part *>(map_pages(kParts * sizeof(Part), false));
  auto *released = static_cast<std::uint64_t *>(map_pages(kParts * kReleasedRoom * sizeof(std::uint64_t), true));
  if (parts == nullptr || released == nullptr) return false;
  for (std::size_t p = 0; p < kParts; ++p) parts[p].released = released + p * kReleasedRoom;
  return true;
}

void add(Packed block) {
  const std::uint64_t address = address_of(block);
  const std::uint64_t hash = hash_of(address);
  Part &part = part_of(hash);
  const Locked locked(part.lock);
  if (!make_room(part)) return;
  Packed &slot = part.slots[slot_of(part, address)];
  if (is_free(slot)) ++part.used;
  put(slot, block);
  std::uint64_t &released = released_slot(part, hash);
  if (released == address) released = 0;
}

Packed take(std::uint64_t address) {
  const std::uint64_t hash = hash_of(address);
  Part &part = part_of(hash);
  const Locked locked(part.lock);
  if (part.room == 0) return {};
  const std::size_t slot = slot_of(part, address);
  const Packed found = part.slots[slot];
  if (is_free(found)) return {};
  remove(part, slot);
  released_slot(part, hash) = address;
  return found;
}

Packed find(std::uint64_t address) {
  Part &part = part_of(hash_of(address));
  const Locked locked(part.lock);
  return part.room == 0 ? Packed{} : part.slots[slot_of(part, address)];
}

bool was_released(std::uint64_t address) {
  const std::uint64_t hash = hash_of(address);
  Part &part = part_of(hash);
  const Locked locked(part.lock);
  return released_slot(part, hash) == address;
}

Packed around(std::uint64_t address) {
  Packed found{};
  for_each([&](const Packed &slot) {
    const std::uint64_t begin = address_of(slot);
    if (address > begin && address - begin < (slot.rest & kSizeMask)) found = slot;
  });
  return found;
}

void bereave(pages::Mark owner, void (*with)(void *, const Block &), void *context) {
  for_each([&](Packed &slot) {
    Block block = unpack(slot);
    if (block.owner != owner) return;
    with(context, block);
    block.owner = pages::kNobody;
    put(slot, pack(block));
  });
}

}  // namespace crossheap::agent::blocks
