// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A hash table of 16 bytes a block, in 256 parts, each with a lock and an array of buckets of its own, so that threads
// rarely meet. A bucket is one line of the cache with room for four blocks. The low halves of its four keys stand
// together, and so do the high halves: one instruction compares four.
//
// Nothing is removed. `take` clears the bit "live" of a block and leaves its address where it is. Allocators hand out
// again what was released lately, so the next `add` nearly always finds the slot at once:
//
//     add(a)     a new slot: a is live
//     take(a)    the same slot: a is released, and was_released(a) holds
//     add(a)     the same slot: a is live again
//     add(b)     b's bucket is full, and a released block is in it: b takes its slot, and that block is forgotten
//
// A part that is three quarters full is rebuilt without its released blocks, and doubled where the live ones fill more
// than half of it. At least one slot of a part must stay free: a search for an unknown address ends there.
//
// A thread may fork while another one changes a part. The child breaks the lock (lock.h) and must find the part usable.
// So the half of a key that says "used" and "live" is stored last, and a part's array and its size are one word.
#include "agent/blocks.h"

#include <emmintrin.h>

#include <cstring>

#include "agent/lock.h"
#include "agent/memory.h"

namespace crossheap::agent::blocks {

namespace {

// key:  address / 4 (45 bits) | row (8) | owner (8) | live (1) | known (1) | relayed (1)
// rest: size (36) | stack (24) | log2 of the alignment (4)
constexpr unsigned kAddressShift = 2;
constexpr unsigned kAddressBits = 45;
constexpr std::uint64_t kAddressMask = (std::uint64_t{1} << kAddressBits) - 1;
constexpr unsigned kRowBits = 8;
constexpr unsigned kOwnerShift = kAddressBits + kRowBits;
constexpr std::uint64_t kLive = std::uint64_t{1} << (kOwnerShift + 8);
constexpr std::uint64_t kKnown = kLive << 1;
constexpr std::uint64_t kRelayed = kLive << 2;
constexpr unsigned kSizeBits = 36;
constexpr std::uint64_t kSizeMask = (std::uint64_t{1} << kSizeBits) - 1;
static_assert(kFunctionCount < std::size_t{1} << kRowBits);
static_assert(kSizeMask == kSizeUnknown);
static_assert(kOwnerShift + 11 <= 64 && kSizeBits + stacks::kIdBits + 4 == 64);

constexpr std::size_t kLane = 4;  // slots in a bucket

/// A line of the cache. The keys stand in two halves, so that four of them are compared at once: which of them it is
/// would be guessed wrong half the time.
struct alignas(64) Bucket {
  std::uint32_t low[kLane];
  std::uint32_t high[kLane];  ///< 0 where the slot is free
  std::uint64_t rest[kLane];

  std::uint64_t key(unsigned slot) const { return std::uint64_t{high[slot]} << 32 | low[slot]; }
  bool is_live(unsigned slot) const { return (key(slot) & kLive) != 0; }
  std::uint64_t address(unsigned slot) const { return (key(slot) & kAddressMask) << kAddressShift; }
  Packed get(unsigned slot) const { return {key(slot), rest[slot]}; }

  // What says that the slot is used and live is stored last: a forked child may find it in any state in between.
  void put(unsigned slot, Packed block) {
    rest[slot] = block.rest;
    low[slot] = static_cast<std::uint32_t>(block.key);
    __atomic_store_n(&high[slot], static_cast<std::uint32_t>(block.key >> 32), __ATOMIC_RELEASE);
  }
  void release(unsigned slot) {
    __atomic_store_n(&high[slot], high[slot] & ~static_cast<std::uint32_t>(kLive >> 32), __ATOMIC_RELEASE);
  }
};
static_assert(sizeof(Bucket) == 64);

constexpr std::size_t kParts = 256;
constexpr unsigned kFirstLog2 = 1;
constexpr unsigned kPageLog2 = 6;  // as many buckets as fill a page

/// The buckets of a part: their address and, in its lowest bits, log2 of their number; one word, for a forked child.
struct Buckets {
  std::uint64_t word;

  static constexpr std::uint64_t kLog2Mask = sizeof(Bucket) - 1;
  static Buckets of(Bucket *buckets, unsigned log2) {
    // SAFETY: an address as a number, and back.
    return {reinterpret_cast<std::uint64_t>(buckets) | log2};
  }
  unsigned log2() const { return static_cast<unsigned>(word & kLog2Mask); }
  std::size_t count() const { return std::size_t{1} << log2(); }
  Bucket *begin() const { return reinterpret_cast<Bucket *>(word & ~kLog2Mask); }
  Bucket *end() const { return begin() + count(); }
};

/// Two in a line: a program that touches few blocks should not need half of the first cache to find them.
struct alignas(32) Part {
  Lock lock;
  std::uint32_t used;  ///< slots that hold an address, of a live block or a released one
  Buckets buckets;
};
static_assert(sizeof(Part) == 32);

Part *parts;
std::uint8_t missed;

// Zeroed buckets that parts had before they were rebuilt, some of each size: a part that is full of released blocks is
// rebuilt again and again.
constexpr std::size_t kSpares = 8;
Bucket *spares[Buckets::kLog2Mask + 1][kSpares];

// Where less than a page is taken from. All parts together go through 1 MiB of it while they grow; the rest is for what
// threads lose that rebuild at the same time.
constexpr std::uint64_t kSmallBytes = std::uint64_t{4} << 20;
std::uint8_t *small_room;
std::uint64_t small_taken;

bool is_storable(std::uint64_t address) { return address % (1u << kAddressShift) == 0; }

// Programs take and give back neighbours one after the other. So blocks of the same 128 bytes begin their search in the
// same bucket (glibc's smallest ones fill it), the next 128 bytes in the next bucket, and all of a page within one
// group of buckets: the processor fetches the next line before it is asked for. Where a group's buckets stand for the
// page begins at another one for each page, as many programs have blocks at the same place of each page. A search that
// finds its bucket full goes on in the next group, for the next bucket is likely to be as full.
constexpr unsigned kNeighboursLog2 = 7;
constexpr unsigned kPageLog2OfHeap = 12;
constexpr std::size_t kGroup = std::size_t{1} << (kPageLog2OfHeap - kNeighboursLog2);

std::uint64_t hash_of(std::uint64_t address) {
  const std::uint64_t hash = (address >> kPageLog2OfHeap) * 0x9e3779b97f4a7c15;
  return hash ^ hash >> 32;
}
Part &part_of(std::uint64_t hash) { return parts[hash >> 24 & (kParts - 1)]; }
std::size_t first_of(std::uint64_t hash, std::uint64_t address, std::size_t mask) {
  const std::uint64_t in_group = hash + (address >> kNeighboursLog2);
  return (((hash >> 5) & ~(kGroup - 1)) | (in_group & (kGroup - 1))) & mask;
}

/// Behind the last group comes the next bucket of the first: so each bucket's turn comes.
std::size_t next_of(std::size_t at, std::size_t mask) {
  at += kGroup;
  return at <= mask ? at : (at + 1) & (kGroup - 1) & mask;
}

struct Place {
  Bucket *bucket;
  unsigned slot;
  bool is_free;
};

/// A slot of a released block in the bucket; kLane where there is none.
unsigned released_slot(const Bucket &bucket) {
  for (unsigned slot = 0; slot < kLane; ++slot)
    if (bucket.high[slot] != 0 && !bucket.is_live(slot)) return slot;
  return kLane;
}

/// Where the address stands; where it does not, the free slot for it. There is always a free one.
[[gnu::always_inline]] inline Place place_of(Buckets buckets, std::uint64_t hash, std::uint64_t address) {
  const std::uint64_t wanted = (address >> kAddressShift & kAddressMask) | kKnown;
  const auto wanted_high = static_cast<std::uint32_t>(wanted >> 32);
  constexpr auto kHighMask = static_cast<std::uint32_t>((kAddressMask | kKnown) >> 32);
  const __m128i wanted_low = _mm_set1_epi32(static_cast<int>(static_cast<std::uint32_t>(wanted)));
  const std::size_t mask = buckets.count() - 1;
  // SAFETY (both): four aligned halves of keys.
  const auto lanes = [](const std::uint32_t *from) { return _mm_load_si128(reinterpret_cast<const __m128i *>(from)); };
  const auto equal = [](__m128i a, __m128i b) {
    return static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(a, b))));
  };
  for (std::size_t at = first_of(hash, address, mask);; at = next_of(at, mask)) {
    Bucket &bucket = buckets.begin()[at];
    for (unsigned hits = equal(lanes(bucket.low), wanted_low); hits != 0; hits &= hits - 1) {
      const auto slot = static_cast<unsigned>(__builtin_ctz(hits));
      if ((bucket.high[slot] & kHighMask) == wanted_high) return {&bucket, slot, false};
    }
    const unsigned free = equal(lanes(bucket.high), _mm_setzero_si128());
    if (free != 0) return {&bucket, static_cast<unsigned>(__builtin_ctz(free)), true};
  }
}

Bucket *small_buckets(std::uint64_t bytes) {
  const std::uint64_t at = __atomic_fetch_add(&small_taken, bytes, __ATOMIC_RELAXED);
  // SAFETY: our own memory, aligned as a page is, in pieces of whole buckets.
  return at + bytes <= kSmallBytes ? reinterpret_cast<Bucket *>(small_room + at) : nullptr;
}

Bucket *new_buckets(unsigned log2) {
  Bucket *spare = nullptr;
  for (Bucket *&place : spares[log2]) {
    spare = __atomic_exchange_n(&place, nullptr, __ATOMIC_ACQUIRE);
    if (spare != nullptr) break;
  }
  if (spare == nullptr && log2 < kPageLog2) spare = small_buckets(sizeof(Bucket) << log2);
  return spare != nullptr ? spare : static_cast<Bucket *>(grow_pages(sizeof(Bucket) << log2));
}

void discard(Buckets buckets) {
  const std::size_t bytes = buckets.count() * sizeof(Bucket);
  std::memset(buckets.begin(), 0, bytes);
  for (Bucket *&place : spares[buckets.log2()]) {
    Bucket *expected = nullptr;
    if (__atomic_compare_exchange_n(&place, &expected, buckets.begin(), false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
      return;
  }
  // No place to note them: so many parts were rebuilt at once. They are lost.
}

template <class Visit>
void for_each_live(Buckets buckets, Visit visit) {
  for (Bucket &bucket : buckets)
    for (unsigned slot = 0; slot < kLane; ++slot)
      if (bucket.is_live(slot)) visit(bucket, slot);
}

template <class Visit>
void for_each_live(Visit visit) {
  for (std::size_t p = 0; p < kParts; ++p) {
    if (const Locked locked(parts[p].lock); locked) for_each_live(parts[p].buckets, visit);
  }
}

/// Forgets the released blocks, and gives the part twice the room where the live ones fill more than half of it.
[[gnu::noinline, gnu::cold]] void rebuild(Part &part) {
  const Buckets old = part.buckets;
  std::uint32_t live = 0;
  for_each_live(old, [&](Bucket &, unsigned) { ++live; });
  const unsigned log2 = live > old.count() * (kLane / 2) ? old.log2() + 1 : old.log2();
  Bucket *const memory = new_buckets(log2);
  if (memory == nullptr) return;
  const Buckets fresh = Buckets::of(memory, log2);
  for_each_live(old, [&](const Bucket &bucket, unsigned slot) {
    const std::uint64_t address = bucket.address(slot);
    const Place place = place_of(fresh, hash_of(address), address);
    place.bucket->put(place.slot, bucket.get(slot));
  });
  __atomic_store_n(&part.buckets.word, fresh.word, __ATOMIC_RELEASE);
  part.used = live;
  discard(old);
}

}  // namespace

Packed pack(const Block &block) {
  if (!is_storable(block.address)) return {};
  const std::uint64_t size = block.size < kSizeMask ? block.size : kSizeMask;
  return {.key = (block.address >> kAddressShift & kAddressMask) | std::uint64_t{block.row} << kAddressBits |
                 std::uint64_t{block.owner} << kOwnerShift | kLive | kKnown | (block.relayed ? kRelayed : 0),
          .rest = size | std::uint64_t{block.stack} << kSizeBits |
                  std::uint64_t{block.align_log2} << (kSizeBits + stacks::kIdBits)};
}

Block unpack(Packed packed) {
  return {.address = (packed.key & kAddressMask) << kAddressShift,
          .size = packed.rest & kSizeMask,
          .stack = static_cast<stacks::Id>(packed.rest >> kSizeBits & ((1u << stacks::kIdBits) - 1)),
          .row = static_cast<std::uint16_t>(packed.key >> kAddressBits & ((1u << kRowBits) - 1)),
          .owner = static_cast<pages::Mark>(packed.key >> kOwnerShift & 0xff),
          .align_log2 = static_cast<std::uint8_t>(packed.rest >> (kSizeBits + stacks::kIdBits)),
          .relayed = (packed.key & kRelayed) != 0};
}

bool start() {
  if (parts != nullptr) return true;
  constexpr std::size_t kGrowth = std::size_t{8} << 30;  // of address space: some 300 million blocks
  reserve_growth(kGrowth);
  auto *const fresh = static_cast<Part *>(map_pages(kParts * sizeof(Part), false));
  small_room = static_cast<std::uint8_t *>(map_pages(kSmallBytes, true));
  if (fresh == nullptr || small_room == nullptr) return false;
  for (std::size_t p = 0; p < kParts; ++p)
    fresh[p].buckets = Buckets::of(small_buckets(sizeof(Bucket) << kFirstLog2), kFirstLog2);
  __atomic_store_n(&parts, fresh, __ATOMIC_RELEASE);
  return true;
}

bool is_started() { return __atomic_load_n(&parts, __ATOMIC_ACQUIRE) != nullptr; }

void miss() { __atomic_store_n(&missed, 1, __ATOMIC_RELAXED); }
bool all_known() { return __atomic_load_n(&missed, __ATOMIC_RELAXED) == 0; }

namespace {

/// The address is new to the part, and `place` is the slot that its search ended with. Where the bucket that the search
/// began with is full, a released block of that bucket is forgotten: what is taken and given back all the time stays
/// where it is looked for first, and the part need not be rebuilt. In no bucket where there is no room.
[[gnu::noinline]] Place make_room(Part &part, std::uint64_t hash, std::uint64_t address, Place place) {
  Bucket &first = part.buckets.begin()[first_of(hash, address, part.buckets.count() - 1)];
  if (place.bucket != &first) {
    if (const unsigned released = released_slot(first); released != kLane) return {&first, released, false};
  }
  const std::size_t room = part.buckets.count() * kLane;
  if (part.used + 1 > room - room / 4) {
    rebuild(part);
    // Where the kernel gave nothing: one slot must stay free, or a search would not end.
    if (part.used + 2 > part.buckets.count() * kLane) return {nullptr, 0, false};
    place = place_of(part.buckets, hash, address);
  }
  ++part.used;
  return place;
}

[[gnu::always_inline]] inline void add(std::uint64_t address, Packed block) {
  const std::uint64_t hash = hash_of(address);
  Part &part = part_of(hash);
  const Locked locked(part.lock);
  if (!locked) {
    miss();
    return;
  }
  Place place = place_of(part.buckets, hash, address);
  if (place.is_free) place = make_room(part, hash, address, place);
  if (place.bucket == nullptr) return;
  place.bucket->put(place.slot, block);
}

}  // namespace

void add(Packed block) {
  if (block.key != 0) add((block.key & kAddressMask) << kAddressShift, block);
}

void add_own(std::uint64_t address, std::uint64_t size, stacks::Id stack, std::uint16_t row, pages::Mark owner) {
  if (!is_storable(address)) return;
  const std::uint64_t kept = size < kSizeMask ? size : kSizeMask;
  add(address, {.key = (address >> kAddressShift & kAddressMask) | std::uint64_t{row} << kAddressBits |
                       std::uint64_t{owner} << kOwnerShift | kLive | kKnown,
                .rest = kept | std::uint64_t{stack} << kSizeBits});
}

Packed take(std::uint64_t address) {
  if (!is_storable(address)) return {};
  const std::uint64_t hash = hash_of(address);
  Part &part = part_of(hash);
  const Locked locked(part.lock);
  if (!locked) {
    miss();
    return {};
  }
  const Place place = place_of(part.buckets, hash, address);
  if (!place.bucket->is_live(place.slot)) return {};
  const Packed found = place.bucket->get(place.slot);
  place.bucket->release(place.slot);
  return found;
}

Packed find(std::uint64_t address) {
  if (!is_storable(address)) return {};
  const std::uint64_t hash = hash_of(address);
  Part &part = part_of(hash);
  const Locked locked(part.lock);
  if (!locked) return {};
  const Place place = place_of(part.buckets, hash, address);
  return place.bucket->is_live(place.slot) ? place.bucket->get(place.slot) : Packed{};
}

bool was_released(std::uint64_t address) {
  if (!is_storable(address)) return false;
  const std::uint64_t hash = hash_of(address);
  Part &part = part_of(hash);
  const Locked locked(part.lock);
  if (!locked) return false;
  const Place place = place_of(part.buckets, hash, address);
  return !place.is_free && !place.bucket->is_live(place.slot);
}

Packed around(std::uint64_t address) {
  Packed found{};
  for_each_live([&](const Bucket &bucket, unsigned slot) {
    const std::uint64_t begin = bucket.address(slot);
    const std::uint64_t size = bucket.rest[slot] & kSizeMask;
    if (size != kSizeUnknown && address > begin && address - begin < size) found = bucket.get(slot);
  });
  return found;
}

void forget(pages::Mark owner) {
  for_each_live([&](Bucket &bucket, unsigned slot) {
    if (unpack(bucket.get(slot)).owner == owner) bucket.release(slot);
  });
}

void bereave(pages::Mark owner, void (*with)(void *, const Block &), void *context) {
  for_each_live([&](Bucket &bucket, unsigned slot) {
    Block block = unpack(bucket.get(slot));
    if (block.owner != owner) return;
    if (!block.relayed) with(context, block);
    block.owner = block.relayed ? pages::owner_of(block.address) : pages::kNobody;
    block.relayed = false;
    bucket.put(slot, pack(block));
  });
}

}  // namespace crossheap::agent::blocks
