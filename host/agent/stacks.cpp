// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/stacks.h"

#include <cstring>

#include "agent/backtrace.h"
#include "agent/lock.h"
#include "agent/memory.h"
#include "event/format.h"

namespace crossheap::agent::stacks {

namespace {

constexpr std::size_t kMaxStacks = std::size_t{1} << kIdBits;
constexpr std::size_t kIndexRoom = std::size_t{1} << 23;  // at least as many as stacks we expect; it may fill up
constexpr std::size_t kWords = std::size_t{1} << 28;      // 2 GiB of address space, committed as it is used
constexpr std::size_t kCacheRoom = std::size_t{1} << 14;

/// One backtrace in `words`: this, its return addresses, and where each stood on the stack, in bytes above the first
/// (32 bits each).
struct Stored {
  std::uint32_t count;
  std::uint32_t hash;
};

std::uint64_t *words;         // all Stored, one behind the other
std::uint64_t next_word = 1;  // under the lock
std::uint32_t *offsets;       // by Id, into `words`
Id last_id;                   // under the lock
std::uint32_t *by_hash;       // open addressing: Ids
std::uint64_t *cache;         // by place: tag (40 bits), Id
Lock lock;

const Stored &stored(Id id) {
  // SAFETY: written as a Stored by add(), before its Id was published.
  return *reinterpret_cast<const Stored *>(words + __atomic_load_n(&offsets[id], __ATOMIC_ACQUIRE));
}

// SAFETY (both): what stands behind a Stored.
const std::uint64_t *addresses_of(const Stored &stack) { return reinterpret_cast<const std::uint64_t *>(&stack + 1); }
const std::uint32_t *distances(const Stored &stack) {
  return reinterpret_cast<const std::uint32_t *>(addresses_of(stack) + stack.count);
}

std::uint64_t mix(std::uint64_t value) {
  value ^= value >> 31;
  value *= 0x9e3779b97f4a7c15;
  return value ^ (value >> 29);
}

/// The place of a call: which thread, where on its stack, from which instruction.
std::uint64_t place_of(const Call &call) {
  // SAFETY: addresses as numbers.
  const auto slot = reinterpret_cast<std::uint64_t>(&call.return_address);
  const auto thread = reinterpret_cast<std::uint64_t>(__builtin_thread_pointer());
  return mix(slot ^ mix(call.return_address ^ thread << 1));
}

/// Whether each return address of the stored backtrace still stands where it stood when this place was entered. Only
/// asked for a place that was the same thread's and the same depth, so the memory is that stack's.
bool still_there(const Stored &stack, const Call &call) {
  // SAFETY: addresses as numbers; see above for the memory.
  const auto base = reinterpret_cast<std::uint64_t>(&call.return_address);
  const std::uint64_t *const address = addresses_of(stack);
  const std::uint32_t *const distance = distances(stack);
  for (std::uint32_t i = 0; i < stack.count; ++i)
    if (*reinterpret_cast<const std::uint64_t *>(base + distance[i]) != address[i]) return false;
  return true;
}

bool same(const Stored &stack, std::uint32_t hash, const Trail &trail) {
  return stack.hash == hash && stack.count == trail.count &&
         std::memcmp(addresses_of(stack), trail.addresses, trail.count * sizeof(std::uint64_t)) == 0 &&
         std::memcmp(distances(stack), trail.distances, trail.count * sizeof(std::uint32_t)) == 0;
}

Id add(const Trail &trail, std::uint32_t hash, std::size_t slot) {
  const std::size_t bytes = sizeof(Stored) + trail.count * (sizeof(std::uint64_t) + sizeof(std::uint32_t));
  const std::size_t needed = (bytes + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t);
  if (last_id + 1 == kMaxStacks || next_word + needed > kWords) return kNone;
  // SAFETY: fresh words of our own.
  auto *const stack = reinterpret_cast<Stored *>(words + next_word);
  stack->count = static_cast<std::uint32_t>(trail.count);
  stack->hash = hash;
  std::uint64_t *const addresses = words + next_word + sizeof(Stored) / sizeof(std::uint64_t);
  std::memcpy(addresses, trail.addresses, trail.count * sizeof(std::uint64_t));
  std::memcpy(addresses + trail.count, trail.distances, trail.count * sizeof(std::uint32_t));
  const Id id = last_id + 1;
  __atomic_store_n(&offsets[id], static_cast<std::uint32_t>(next_word), __ATOMIC_RELEASE);
  next_word += needed;
  last_id = id;
  __atomic_store_n(&by_hash[slot], id, __ATOMIC_RELEASE);
  return id;
}

Id find_or_add(const Trail &trail) {
  std::uint64_t hash = trail.count;
  for (std::size_t i = 0; i < trail.count; ++i) hash = mix(hash ^ trail.addresses[i] ^ trail.distances[i]);
  const auto short_hash = static_cast<std::uint32_t>(hash);
  constexpr std::size_t kProbes = 64;
  for (int pass = 0; pass < 2; ++pass) {
    // The first pass takes no lock; the second may add, and looks again at what was added meanwhile.
    if (pass == 1) lock.take();
    for (std::size_t probe = 0; probe < kProbes; ++probe) {
      const std::size_t slot = (hash + probe) % kIndexRoom;
      const Id id = __atomic_load_n(&by_hash[slot], __ATOMIC_ACQUIRE);
      if (id != kNone && !same(stored(id), short_hash, trail)) continue;
      if (id == kNone && pass == 0) break;
      const Id found = id != kNone ? id : add(trail, short_hash, slot);
      if (pass == 1) lock.release();
      return found;
    }
  }
  lock.release();
  return kNone;
}

}  // namespace

bool start() {
  words = static_cast<std::uint64_t *>(map_pages(kWords * sizeof(std::uint64_t), true));
  offsets = static_cast<std::uint32_t *>(map_pages(kMaxStacks * sizeof(std::uint32_t), true));
  by_hash = static_cast<std::uint32_t *>(map_pages(kIndexRoom * sizeof(std::uint32_t), true));
  cache = static_cast<std::uint64_t *>(map_pages(kCacheRoom * sizeof(std::uint64_t), true));
  return words != nullptr && offsets != nullptr && by_hash != nullptr && cache != nullptr;
}

Id of_call(const Call &call, std::size_t frames) {
  const std::uint64_t place = place_of(call);
  std::uint64_t &cached = cache[place % kCacheRoom];
  const std::uint64_t entry = __atomic_load_n(&cached, __ATOMIC_ACQUIRE);
  constexpr std::uint64_t kIdMask = kMaxStacks - 1;
  const auto known = static_cast<Id>(entry & kIdMask);
  if (known != kNone && entry >> kIdBits == place >> kIdBits && still_there(stored(known), call)) return known;
  Trail trail;
  take_trail(call, frames, trail);
  const Id id = find_or_add(trail);
  __atomic_store_n(&cached, (place & ~kIdMask) | id, __ATOMIC_RELEASE);
  return id;
}

log::Backtrace addresses(Id id) {
  if (id == kNone) return {nullptr, 0};
  const Stored &stack = stored(id);
  return {addresses_of(stack), stack.count};
}

}  // namespace crossheap::agent::stacks
