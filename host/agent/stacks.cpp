// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Walking a stack is the expensive part, so it is avoided. A thread that allocates again from where it did before, at
// the same depth, finds all return addresses in the same places of its stack. So with each backtrace its distances are
// stored: where each return address stood, counted from the first. To compare them is a few loads.
//
//     cache     by thread, place on the stack and return address: the Id that was found there last. Compared first
//     index     by a hash of all addresses and distances: the Id. Asked when the cache is wrong, behind a walk
//     memory    the backtraces. An Id is a place in here, in units of 64 bytes
//
// An example: main calls load(), which allocates in a loop. The first time the tables of .eh_frame are read and {load,
// main} is stored as Id 1. From the second time on, a few words of the stack are compared and the answer is 1.
//
// Nothing stored is changed or given back, so readers need no lock. The cache is a guess that is checked each time; two
// threads that overwrite each other's entry lose time and nothing else.
#include "agent/stacks.h"

#include <emmintrin.h>

#include "agent/backtrace.h"
#include "agent/loan.h"
#include "agent/lock.h"
#include "agent/memory.h"
#include "event/format.h"

namespace crossheap::agent::stacks {

namespace {

constexpr std::size_t kUnits = std::size_t{1} << kIdBits;
constexpr std::uint64_t kIdMask = kUnits - 1;
// The index begins with so many places and has twice as many when half are taken, up to at least as many as stacks we
// expect; it may fill up.
constexpr unsigned kFirstIndexLog2 = 12;
constexpr unsigned kLastIndexLog2 = 23;
constexpr std::size_t kCacheRoom = std::size_t{1} << 14;

// An Id is a place: that many times these bytes from the begin of `memory`. 1 GiB of address space, committed as it is
// used.
constexpr std::size_t kUnit = 64;

/// One backtrace in `memory`: this, its return addresses, and where each stood on the stack, in bytes above the first
/// (32 bits each). Both lists are filled up to a multiple of four with the first frame, which is compared so often.
struct alignas(16) Stored {
  std::uint32_t count;
  std::uint32_t hash;
};
constexpr std::size_t kStep = 4;
constexpr std::size_t filled_up(std::size_t count) { return (count + kStep - 1) & ~(kStep - 1); }

std::uint8_t *memory;  // all Stored, one behind the other
Id next_id = 1;        // under the lock

/// Open addressing: Ids. All indexes there will be lie behind each other in `indexes`, each twice as large as the one
/// before, and what was one stays as it was: a thread that reads an old one finds less.
struct Index {
  std::uint32_t *ids;
  std::size_t mask;
};
std::uint32_t *indexes;
std::uint32_t index_log2 = kFirstIndexLog2;
std::uint32_t stored_count;  // under the lock

Index index_of(unsigned log2) {
  const std::size_t room = std::size_t{1} << log2;
  return {indexes + (room - (std::size_t{1} << kFirstIndexLog2)), room - 1};
}

std::uint64_t *cache;  // by place: tag (40 bits), Id
std::size_t wanted_frames;
Lock lock;

// SAFETY (all three): written as a Stored and two lists by add(), before its Id was published.
const Stored &stored(Id id) { return *reinterpret_cast<const Stored *>(memory + id * kUnit); }
const std::uint64_t *addresses_of(const Stored &stack) { return reinterpret_cast<const std::uint64_t *>(&stack + 1); }
const std::uint32_t *distances_of(const Stored &stack) {
  return reinterpret_cast<const std::uint32_t *>(addresses_of(stack) + filled_up(stack.count));
}

std::uint64_t mix(std::uint64_t value) {
  value ^= value >> 31;
  value *= 0x9e3779b97f4a7c15;
  return value ^ (value >> 29);
}

/// A number for the place of a call: which thread, where on its stack, from which instruction.
std::uint64_t key_of(const Call &call) {
  // SAFETY: addresses as numbers.
  const auto slot = reinterpret_cast<std::uint64_t>(&call.return_address);
  const auto thread = reinterpret_cast<std::uint64_t>(__builtin_thread_pointer());
  const std::uint64_t key = (slot ^ call.return_address << 16 ^ thread << 32) * 0x9e3779b97f4a7c15;
  return key ^ key >> 32;
}

/// Whether each return address of the stored backtrace still stands where it stood when this place was entered. Only
/// asked for a place that was the same thread's and the same depth, so the memory is that stack's. All are compared
/// before one is looked at: nearly always they are the same.
[[gnu::always_inline]] inline bool still_there(const Stored &stack, const Call &call) {
  // SAFETY: addresses as numbers; see above for the memory.
  const auto base = reinterpret_cast<std::uint64_t>(&call.return_address);
  const std::uint64_t *const addresses = addresses_of(stack);
  const std::size_t count = filled_up(stack.count);
  const std::uint32_t *const distances = distances_of(stack);
  const auto differ = [&](std::size_t i) {
    const auto *const one = reinterpret_cast<const double *>(base + distances[i]);
    const auto *const next = reinterpret_cast<const double *>(base + distances[i + 1]);
    const __m128i both = _mm_castpd_si128(_mm_loadh_pd(_mm_load_sd(one), next));
    return _mm_xor_si128(both, _mm_load_si128(reinterpret_cast<const __m128i *>(addresses + i)));
  };
  __m128i differing = _mm_setzero_si128();
  for (std::size_t i = 0; i != count; i += kStep)
    differing = _mm_or_si128(differing, _mm_or_si128(differ(i), differ(i + 2)));
  return _mm_movemask_epi8(_mm_cmpeq_epi8(differing, _mm_setzero_si128())) == 0xffff;
}

bool same(const Stored &stack, std::uint32_t hash, const Trail &trail) {
  if (stack.hash != hash || stack.count != trail.count) return false;
  const std::uint64_t *const addresses = addresses_of(stack);
  const std::uint32_t *const distances = distances_of(stack);
  std::uint64_t differing = 0;
  for (std::size_t i = 0; i < trail.count; ++i)
    differing |= (addresses[i] ^ trail.addresses[i]) | (distances[i] ^ trail.distances[i]);
  return differing == 0;
}

constexpr std::size_t kProbes = 64;

/// The place of `hash` that is free or that `is_wanted` knows; null where there is none within reach.
template <class IsWanted>
std::uint32_t *place_in(const Index &index, std::uint32_t hash, IsWanted is_wanted) {
  for (std::size_t probe = 0; probe < kProbes; ++probe) {
    std::uint32_t &place = index.ids[(hash + probe) & index.mask];
    const Id id = __atomic_load_n(&place, __ATOMIC_ACQUIRE);
    if (id == kNone || is_wanted(id)) return &place;
  }
  return nullptr;
}

// A child that was forked meanwhile makes the same index again: what stands in it by then is found there.
__attribute__((noinline, cold)) void grow_index() {
  const Index old = index_of(index_log2);
  const Index fresh = index_of(index_log2 + 1);
  for (std::size_t i = 0; i <= old.mask; ++i) {
    const Id moved = old.ids[i];
    if (moved == kNone) continue;
    if (std::uint32_t *const place = place_in(fresh, stored(moved).hash, [&](Id id) { return id == moved; }))
      *place = moved;
  }
  __atomic_store_n(&index_log2, index_log2 + 1, __ATOMIC_RELEASE);
}

Id add(const Trail &trail, std::uint32_t hash, std::uint32_t &place) {
  const std::size_t filled = filled_up(trail.count);
  const std::size_t bytes = sizeof(Stored) + filled * (sizeof(std::uint64_t) + sizeof(std::uint32_t));
  const auto units = static_cast<Id>((bytes + kUnit - 1) / kUnit);
  if (units > kUnits - next_id) return kNone;
  const Id id = next_id;
  // SAFETY: fresh memory of our own.
  auto *const stack = reinterpret_cast<Stored *>(memory + id * kUnit);
  stack->count = static_cast<std::uint32_t>(trail.count);
  stack->hash = hash;
  auto *const addresses = reinterpret_cast<std::uint64_t *>(stack + 1);
  auto *const distances = reinterpret_cast<std::uint32_t *>(addresses + filled);
  for (std::size_t i = 0; i < filled; ++i) {
    const std::size_t frame = i < trail.count ? i : 0;
    addresses[i] = trail.addresses[frame];
    distances[i] = trail.distances[frame];
  }
  next_id = id + units;
  ++stored_count;
  __atomic_store_n(&place, id, __ATOMIC_RELEASE);
  return id;
}

Id find_or_add(const Trail &trail) {
  std::uint64_t hash = trail.count;
  for (std::size_t i = 0; i < trail.count; ++i) hash = mix(hash ^ trail.addresses[i] ^ trail.distances[i]);
  const auto short_hash = static_cast<std::uint32_t>(hash);
  const auto is_it = [&](Id id) { return same(stored(id), short_hash, trail); };
  const auto current = [] { return index_of(__atomic_load_n(&index_log2, __ATOMIC_ACQUIRE)); };
  // The first look takes no lock; the second may add, and looks again at what was added meanwhile.
  if (const std::uint32_t *const place = place_in(current(), short_hash, is_it))
    if (const Id id = __atomic_load_n(place, __ATOMIC_ACQUIRE); id != kNone && is_it(id)) return id;
  const Locked locked(lock);
  if (!locked) return kNone;
  if (stored_count >> (index_log2 - 1) != 0 && index_log2 < kLastIndexLog2) grow_index();
  std::uint32_t *const place = place_in(current(), short_hash, is_it);
  if (place == nullptr) return kNone;
  return *place != kNone ? *place : add(trail, short_hash, *place);
}

Rooms<Trail> trails;

__attribute__((noinline, cold)) Id unwind_on_own_stack(const Call &call) {
  Trail trail;
  take_trail(call, wanted_frames, trail);
  return find_or_add(trail);
}

Id unwind_and_store(const Call &call) {
  const Loan<Trail> trail(trails);
  if (!trail) return unwind_on_own_stack(call);
  take_trail(call, wanted_frames, *trail);
  return find_or_add(*trail);
}

// Apart, so that the way of a known backtrace saves no registers for it.
__attribute__((noinline, cold)) Id unwind_and_remember(const Call &call) {
  const Id id = unwind_and_store(call);
  const std::uint64_t key = key_of(call);
  __atomic_store_n(&cache[key % kCacheRoom], (key & ~kIdMask) | id, __ATOMIC_RELEASE);
  return id;
}

}  // namespace

bool start(std::size_t frames) {
  wanted_frames = frames;
  memory = static_cast<std::uint8_t *>(map_pages(kUnits * kUnit, true));
  indexes = static_cast<std::uint32_t *>(map_pages(sizeof(std::uint32_t) << (kLastIndexLog2 + 1), true));
  cache = static_cast<std::uint64_t *>(map_pages(kCacheRoom * sizeof(std::uint64_t), true));
  return memory != nullptr && indexes != nullptr && cache != nullptr;
}

Id of_call(const Call &call) {
  const std::uint64_t key = key_of(call);
  const std::uint64_t entry = __atomic_load_n(&cache[key % kCacheRoom], __ATOMIC_ACQUIRE);
  const auto known = static_cast<Id>(entry & kIdMask);
  if (known != kNone && (entry ^ key) <= kIdMask && still_there(stored(known), call)) return known;
  return unwind_and_remember(call);
}

log::Backtrace addresses(Id id) {
  if (id == kNone) return {nullptr, 0};
  const Stored &stack = stored(id);
  return {addresses_of(stack), stack.count};
}

}  // namespace crossheap::agent::stacks
