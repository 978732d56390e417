// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/stacks.h"

#include <cstring>

#include "agent/backtrace.h"
#include "agent/loan.h"
#include "agent/lock.h"
#include "agent/memory.h"
#include "event/format.h"

namespace crossheap::agent::stacks {

namespace {

constexpr std::size_t kUnits = std::size_t{1} << kIdBits;
constexpr std::uint64_t kIdMask = kUnits - 1;
constexpr std::size_t kIndexRoom = std::size_t{1} << 23;  // at least as many as stacks we expect; it may fill up
constexpr std::size_t kCacheRoom = std::size_t{1} << 14;

// An Id is a place: that many times these bytes from the begin of `memory`. 1 GiB of address space, committed as it is
// used.
constexpr std::size_t kUnit = 64;

/// One backtrace in `memory`: this, its return addresses, and where each stood on the stack, in bytes above the first
/// (32 bits each). Both lists are filled up to a multiple of four with the first frame, which is compared so often.
struct Stored {
  std::uint32_t count;
  std::uint32_t hash;
};
constexpr std::size_t kStep = 4;
constexpr std::size_t filled_up(std::size_t count) { return (count + kStep - 1) & ~(kStep - 1); }

std::uint8_t *memory;    // all Stored, one behind the other
Id next_id = 1;          // under the lock
std::uint32_t *by_hash;  // open addressing: Ids
std::uint64_t *cache;    // by place: tag (40 bits), Id
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
/// asked for a place that was the same thread's and the same depth, so the memory is that stack's.
bool still_there(const Stored &stack, const Call &call) {
  // SAFETY: addresses as numbers; see above for the memory.
  const auto base = reinterpret_cast<std::uint64_t>(&call.return_address);
  const std::uint64_t *address = addresses_of(stack);
  const std::uint64_t *const end = address + filled_up(stack.count);
  const std::uint32_t *distance = distances_of(stack);
  const auto differs = [&](std::size_t i) {
    return *reinterpret_cast<const std::uint64_t *>(base + distance[i]) ^ address[i];
  };
  for (; address != end; address += kStep, distance += kStep)
    if ((differs(0) | differs(1) | differs(2) | differs(3)) != 0) return false;
  return true;
}

bool same(const Stored &stack, std::uint32_t hash, const Trail &trail) {
  return stack.hash == hash && stack.count == trail.count &&
         std::memcmp(addresses_of(stack), trail.addresses, trail.count * sizeof(std::uint64_t)) == 0 &&
         std::memcmp(distances_of(stack), trail.distances, trail.count * sizeof(std::uint32_t)) == 0;
}

Id add(const Trail &trail, std::uint32_t hash, std::size_t slot) {
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
    if (pass == 1 && !lock.take()) return kNone;
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

Rooms<Trail> trails;

__attribute__((noinline, cold)) Id unwind_on_own_stack(const Call &call) {
  Trail trail;
  take_trail(call, wanted_frames, trail);
  return find_or_add(trail);
}

// Apart, so that the way of a known backtrace saves no registers for it.
__attribute__((noinline, cold)) Id unwind_and_store(const Call &call) {
  const Loan<Trail> trail(trails);
  if (!trail) return unwind_on_own_stack(call);
  take_trail(call, wanted_frames, *trail);
  return find_or_add(*trail);
}

}  // namespace

bool start(std::size_t frames) {
  wanted_frames = frames;
  memory = static_cast<std::uint8_t *>(map_pages(kUnits * kUnit, true));
  by_hash = static_cast<std::uint32_t *>(map_pages(kIndexRoom * sizeof(std::uint32_t), true));
  cache = static_cast<std::uint64_t *>(map_pages(kCacheRoom * sizeof(std::uint64_t), true));
  return memory != nullptr && by_hash != nullptr && cache != nullptr;
}

Id of_call(const Call &call) {
  const std::uint64_t key = key_of(call);
  std::uint64_t &cached = cache[key % kCacheRoom];
  const std::uint64_t entry = __atomic_load_n(&cached, __ATOMIC_ACQUIRE);
  const auto known = static_cast<Id>(entry & kIdMask);
  if (known != kNone && (entry ^ key) <= kIdMask && still_there(stored(known), call)) return known;
  const Id id = unwind_and_store(call);
  __atomic_store_n(&cached, (key & ~kIdMask) | id, __ATOMIC_RELEASE);
  return id;
}

log::Backtrace addresses(Id id) {
  if (id == kNone) return {nullptr, 0};
  const Stored &stack = stored(id);
  return {addresses_of(stack), stack.count};
}

}  // namespace crossheap::agent::stacks
