// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The objects of the traced process, in every link namespace, and which of them are allocators.
//
// The loader tells of each object before its code runs and again before it is unmapped, under its own lock. The hooks
// ask from any thread which object an address belongs to. The memory of an entry is used again for another object,
// never given back, so a reader that comes late reads something stale but nothing that is gone.
#pragma once

#include <link.h>

#include <cstdint>
#include <string_view>

#include "agent/image.h"
#include "agent/pages.h"
#include "agent/site.h"

namespace crossheap::agent {

/// Where an allocator's own functions can be called, as they were before patching. 0 where it has none.
struct Services {
  std::uint64_t allocate;     ///< void *(size_t): malloc or operator new
  std::uint64_t release;      ///< void (void *)
  std::uint64_t resize;       ///< void *(void *, size_t)
  std::uint64_t usable_size;  ///< size_t (void *)
  std::uint64_t aligned;      ///< void *(size_t alignment, size_t size): memalign or aligned_alloc
};

struct Object {
  const link_map *map;
  Image image;
  std::int64_t link_namespace;
  std::uint64_t begin;
  std::uint64_t end;
  std::uint32_t number;  ///< in the log; from 1, never used twice in a process
  pages::Mark mark;      ///< 0 until it needs one
  bool is_allocator;     ///< has a watched release function
  bool is_libc;
  bool is_cxx_runtime;            ///< libstdc++ or libc++: operators that call malloc, and no heap
  bool has_own_heap;              ///< of a family that is known by evidence, and known to hand nothing on
  bool keeps_strangers;           ///< the same, and its memory may be obtained in ways that are not seen
  bool is_by_names;               ///< an allocator by the names of its functions, and by nothing else
  bool is_disbelieved;            ///< such a one that turned out to be none
  bool may_hand_on;               ///< it refers to functions by which other allocators take blocks, or to dlsym
  bool is_tracked;                ///< what it hands out is recorded (where pages tell, not that of known families)
  bool releases_alone;            ///< inside its release functions no watched one is called
  bool has_no_unwinder;           ///< its symbol table says so
  bool names_memory_functions;    ///< it defines an mmap or the like of its own, which is not watched
  bool hands_out_all_known;       ///< every function of it that hands out blocks is known by name and watched
  std::uint32_t opened_by;        ///< number of the dlopen call under which it came (loading.h), 0 at start
  std::uint8_t told;              ///< it is in the log
  std::uint8_t handed_on;         ///< a block that it did not hand out went on to its owner (crossing.cpp)
  std::uint8_t kept;              ///< such a block did not
  std::uint8_t is_given;          ///< memory by the program, in ways that are not seen (memory_hooks.h)
  std::uint8_t makes_parts;       ///< it has made blocks out of another allocator's, behind a header
  std::uint8_t has_handed_out;    ///< a function of it that allocates has answered with what can be a block
  std::uint8_t answered_nothing;  ///< or with what can not
  std::uint8_t relays;            ///< it has handed out a block that was another allocator's, as far as is known
  std::uint8_t is_recorded;  ///< depth auto: what it hands out is recorded with its backtrace, from now on (gates.h)
  bool knows_allocations;    ///< depth auto: what is recorded of a block is certainly of its last allocation
  std::uint8_t hands_out_unseen;  ///< a block of it came back that none of its watched functions handed out
  std::uint32_t site_count;
  Site *sites;
  Services services;
  std::uint8_t *islands;
  std::size_t island_bytes;  ///< with the gates behind them
  Object *next;              ///< in its bucket
  Object *recycled;          ///< in the list of free entries
  Object *next_closing;      ///< in the list of those the loader is closing
};

/// Called by the loader's thread under its lock; null without memory.
Object *add_object(const link_map *map, std::int64_t link_namespace, const Image &image);
void remove_object(Object *object);

/// libc in the first link namespace; null before it is loaded. [any-thread] [in-malloc]
Object *libc_of_process();
/// The loader in the first link namespace; null before we were told of it. [any-thread] [in-malloc]
Object *loader_of_process();
/// Whether it is the loader. [any-thread] [in-malloc]
bool is_loader(const Object &object);
/// Whether an object that has been there since the start, libc and the loader apart, is `wanted` for `name`. They are
/// never unmapped, so their symbols can be read. [any-thread] [in-malloc]
bool any_since_start(bool (*wanted)(const Object &object, std::string_view name), std::string_view name);
/// The object of a link map; null for one we were not told of (our own namespace). [any-thread] [in-malloc]
Object *find_object(const link_map *map);
/// The object whose memory holds `address`; null for none. [any-thread] [in-malloc]
Object *object_at(std::uint64_t address);
/// In how many link namespaces there are objects, ours not counted. [any-thread]
unsigned namespaces_in_use();
/// Whether the loader still knows the object. [any-thread]
bool is_still_mapped(const Object &object);
/// The object that bears `mark`; null for kNobody, kOther, and where it is unloaded. [any-thread] [in-malloc]
Object *object_with(pages::Mark mark);
/// Its number, even where it is unloaded; kNoObject for kNobody and kOther. [any-thread] [in-malloc]
std::uint32_t number_with(pages::Mark mark);

/// A loaded object with a mark by its number; null for none. [any-thread] [in-malloc]
Object *object_numbered(std::uint32_t number);

/// Gives the object a mark if it has none; kOther when all are taken. [any-thread] [in-malloc]
pages::Mark mark_of(Object &object);

inline constexpr std::uint32_t kNoObject = 0;

}  // namespace crossheap::agent
