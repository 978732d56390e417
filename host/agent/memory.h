// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Where the agent's own memory comes from: the kernel, never an allocator. What is small and lives as long as the
// process comes from one growing arena; islands are pages of their own within reach of the code they serve.
//
// No page is ever writable and executable: code is written while its page is read-write and made read-execute
// before anything can run it. That suffices because the loader calls us before an object's code runs.
#pragma once

#include <cstddef>
#include <cstdint>

namespace crossheap::agent {

/// `bytes` zeroed bytes that are never given back, aligned to 16; null when the kernel refuses. The loader's lock is
/// held where this is called, so one thread at a time. [any-thread]
void *arena_allocate(std::size_t bytes);

/// Zeroed pages of their own; null when the kernel refuses. `reserve_only` takes address space without committing.
void *map_pages(std::size_t bytes, bool reserve_only);
/// At start: where the break stands before anybody moves it.
void note_first_break();

/// What was had in this way, or otherwise and told of here, and not given back.
std::uint64_t mapped_bytes();
void count_mapped(std::uint64_t bytes);
/// The first piece from `begin` on, as far as `end`, that is in no reservation; empty at `end` where there is none.
struct Piece {
  std::uint64_t begin;
  std::uint64_t end;
};
/// The same for what was mapped otherwise.
void note_reserved(const void *begin, std::uint64_t bytes);
Piece piece_without_reserved(std::uint64_t begin, std::uint64_t end);
void unmap_pages(void *pages, std::size_t bytes);

/// Address space for what grows with the program, reserved at start: later the program may have restricted itself to
/// calls that do not include mmap. \param bytes  how much
void reserve_growth(std::size_t bytes);
/// Zeroed pages from there, never given back; when it is used up, from the kernel as long as that may be asked; null
/// where there is none. [any-thread] [in-malloc]
void *grow_pages(std::size_t bytes);

/// Sets some address space aside for islands, where the kernel puts the next mapping. Our tables and some allocators
/// reserve gigabytes, and what is mapped into the gap between two of those has nothing free within reach of a jump. At
/// start. \param near  where it should be, for tests
void set_island_room_aside(std::uint64_t near = 0);

/// Read-write pages all of which are within 2 GiB of every byte of [begin, end); null where there are none.
std::uint8_t *map_near(std::uint64_t begin, std::uint64_t end, std::size_t bytes);
/// Gives them back; what came last from the room set aside can be had from there again.
void unmap_near(std::uint8_t *pages, std::size_t bytes);

enum class Access : std::uint8_t { ReadWrite, ReadExecute };
bool set_access(std::uint64_t begin, std::uint64_t end, Access access);

inline constexpr std::uint64_t kPageBytes = 4096;
constexpr std::uint64_t page_down(std::uint64_t address) { return address & ~(kPageBytes - 1); }
constexpr std::uint64_t page_up(std::uint64_t address) { return page_down(address + kPageBytes - 1); }

}  // namespace crossheap::agent
