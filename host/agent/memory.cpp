// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Four kinds of memory, each from mmap. An arena has what is small and lives as long as the process. A reservation is
// address space that is committed where it is used. Tables that grow take their room from one such. The last kind is
// islands.
//
// An island must lie within 2 GiB of its function, for a jump has 32 bits. map_near tries, in this order:
//
//     1. between a program at a low fixed address and its break, where the program itself maps nothing
//     2. below the object, in growing steps
//     3. 1 GiB and more above it, clear of a break that grows there
//     4. anywhere above it
//     5. the rooms that start has set aside: 4 MiB each, without access until they are used
//
// MAP_FIXED_NOREPLACE (Linux 4.17) makes each attempt safe. An older kernel takes the address as a hint, so the answer
// is compared with it. All that is mapped is counted, and limits.cpp adds it to the program's limits. What is large is
// listed as well: locking.cpp leaves it out when the program locks its memory.
#include "agent/memory.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/identity.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

namespace crossheap::agent {

namespace {

constexpr std::size_t kArenaChunk = std::size_t{64} << 10;
constexpr std::uint64_t kReach = (std::uint64_t{1} << 31) - (std::uint64_t{1} << 20);  // a jump's, with a margin
constexpr std::uint64_t kLowest = 0x10000;                                             // vm.mmap_min_addr

struct {
  std::uint8_t *next;
  std::size_t left;
} arena;

struct {
  std::uint64_t next;
  std::uint64_t end;
} growth;

constexpr std::size_t kRoomBytes = std::size_t{4} << 20;
struct {
  std::uint64_t begin;
  std::uint64_t next;
  std::uint64_t end;
} rooms[4];
std::size_t room_count;

// What is ours and large, or was reserved whole and is used in parts, so that locking it would commit gigabytes.
Piece reserved[32];
std::size_t reserved_count;

std::uint64_t mapped;
std::uint64_t first_break;

// SAFETY: addresses from the kernel and the loader are integers here and pointers there.
void *pointer(std::uint64_t address) { return reinterpret_cast<void *>(address); }
std::uint64_t address_of(const void *p) { return reinterpret_cast<std::uint64_t>(p); }

std::uint8_t *try_at(std::uint64_t address, std::size_t bytes) {
  void *const got =
      ::mmap(pointer(address), bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (got == MAP_FAILED) return nullptr;
  if (address_of(got) == address) count_mapped(bytes);
  if (address_of(got) == address) return static_cast<std::uint8_t *>(got);
  ::munmap(got, bytes);  // a kernel before 4.17 takes the address as a hint
  return nullptr;
}

}  // namespace

void *arena_allocate(std::size_t bytes) {
  bytes = (bytes + 15) & ~std::size_t{15};
  if (bytes > kArenaChunk) return map_pages(page_up(bytes), false);
  if (bytes > arena.left) {
    void *const chunk = map_pages(kArenaChunk, false);
    if (chunk == nullptr) return nullptr;
    arena = {static_cast<std::uint8_t *>(chunk), kArenaChunk};
  }
  void *const result = arena.next;
  arena.next += bytes;
  arena.left -= bytes;
  return result;
}

void *map_pages(std::size_t bytes, bool reserve_only) {
  void *const got = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | (reserve_only ? MAP_NORESERVE : 0), -1, 0);
  if (got == MAP_FAILED) return nullptr;
  count_mapped(bytes);
  if (reserve_only) note_reserved(got, bytes);
  if (reserve_only && !is_quiet()) {
    ::madvise(got, bytes, MADV_DONTDUMP);
    // One entry of a reservation stands for 4 KiB of somebody's memory: a huge page for it would be all waste.
    ::madvise(got, bytes, MADV_NOHUGEPAGE);
  }
  return got;
}

void reserve_growth(std::size_t bytes) {
  void *const got = map_pages(bytes, true);
  if (got != nullptr) growth = {address_of(got), address_of(got) + bytes};
}

void *grow_pages(std::size_t bytes) {
  bytes = page_up(bytes);
  std::uint64_t at = __atomic_load_n(&growth.next, __ATOMIC_RELAXED);
  while (growth.end - at >= bytes && growth.end != 0)
    if (__atomic_compare_exchange_n(&growth.next, &at, at + bytes, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
      return pointer(at);
  return is_restricted() ? nullptr : map_pages(bytes, false);
}

void note_first_break() { first_break = static_cast<std::uint64_t>(::syscall(SYS_brk, 0)); }

std::uint64_t mapped_bytes() { return __atomic_load_n(&mapped, __ATOMIC_RELAXED); }
void count_mapped(std::uint64_t bytes) { __atomic_add_fetch(&mapped, bytes, __ATOMIC_RELAXED); }

void note_reserved(const void *begin, std::uint64_t bytes) {
  if (reserved_count < sizeof reserved / sizeof reserved[0])
    reserved[reserved_count++] = {address_of(begin), address_of(begin) + bytes};
}

Piece piece_without_reserved(std::uint64_t begin, std::uint64_t end) {
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t i = 0; i < reserved_count; ++i)
      if (begin >= reserved[i].begin && begin < reserved[i].end) {
        begin = reserved[i].end;
        moved = true;
      }
  }
  if (begin >= end) return {end, end};
  for (std::size_t i = 0; i < reserved_count; ++i)
    if (reserved[i].begin > begin && reserved[i].begin < end) end = reserved[i].begin;
  return {begin, end};
}

void unmap_pages(void *pages, std::size_t bytes) {
  ::munmap(pages, bytes);
  __atomic_sub_fetch(&mapped, bytes, __ATOMIC_RELAXED);
}

void set_island_room_aside(std::uint64_t near) {
  if (room_count == sizeof rooms / sizeof rooms[0]) return;
  void *const got = ::mmap(pointer(near), kRoomBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (got == MAP_FAILED) return;
  count_mapped(kRoomBytes);
  note_reserved(got, kRoomBytes);
  rooms[room_count++] = {address_of(got), address_of(got), address_of(got) + kRoomBytes};
}

std::uint8_t *map_near(std::uint64_t begin, std::uint64_t end, std::size_t bytes) {
  // A program at a fixed address is the one that may map memory at fixed low addresses of its own choice, over whatever
  // is there (an emulator's guest). Between its own end and its break it cannot: the kernel has left that gap at
  // random.
  constexpr std::uint64_t kLow = std::uint64_t{1} << 32;
  for (std::uint64_t at = page_up(end); end < kLow && at + page_up(bytes) <= first_break; at += page_up(bytes))
    if (std::uint8_t *got = try_at(at, bytes)) return got;
  // Below the object first: above an executable the kernel puts the break, which must stay free to grow.
  const std::uint64_t lowest = end > kReach + kLowest ? end - kReach : kLowest;
  const std::uint64_t highest = begin + kReach - bytes;
  for (std::uint64_t step = page_up(bytes); begin >= lowest + step; step += kPageBytes + page_down(step / 4))
    if (std::uint8_t *got = try_at(page_down(begin) - step, bytes)) return got;
  for (std::uint64_t step = std::uint64_t{1} << 30; page_up(end) + step <= highest; step += std::uint64_t{1} << 24)
    if (std::uint8_t *got = try_at(page_up(end) + step, bytes)) return got;
  for (std::uint64_t at = page_up(end); at <= highest; at += std::uint64_t{1} << 20)
    if (std::uint8_t *got = try_at(at, bytes)) return got;
  for (auto &room : rooms) {
    const std::uint64_t got = room.next;
    const std::uint64_t lower = got < begin ? got : begin;
    const std::uint64_t upper = got + bytes > end ? got + bytes : end;
    if (room.end - got < bytes || upper - lower > kReach) continue;
    if (!set_access(got, got + bytes, Access::ReadWrite)) continue;
    room.next += page_up(bytes);
    return static_cast<std::uint8_t *>(pointer(got));
  }
  return nullptr;
}

void unmap_near(std::uint8_t *pages, std::size_t bytes) {
  for (auto &room : rooms) {
    const bool is_last = address_of(pages) >= room.begin && address_of(pages) + page_up(bytes) == room.next;
    if (!is_last) continue;
    room.next -= page_up(bytes);
    ::mprotect(pages, page_up(bytes), PROT_NONE);
    return;
  }
  unmap_pages(pages, bytes);
}

bool set_access(std::uint64_t begin, std::uint64_t end, Access access) {
  const int protection = access == Access::ReadWrite ? PROT_READ | PROT_WRITE : PROT_READ | PROT_EXEC;
  const std::uint64_t first = page_down(begin);
  return ::mprotect(pointer(first), page_up(end) - first, protection) == 0;
}

}  // namespace crossheap::agent
