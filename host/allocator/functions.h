// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The ONE table of malloc-family functions. Whatever needs to know that `aligned_alloc` takes the alignment
// first, that `_ZdlPvm` is a sized release, or that `sdallocx` exists, reads it here: the inspection of
// files, the binding model, the agent's wrappers, the experiment.
//
// The table is constexpr and needs no C++ runtime, because the agent uses it inside other people's
// processes. A name is the unprefixed one; a prefixed build (je_malloc, _rjem_malloc) is the same row under
// another name: split_prefix() in allocator/names.h.
//
// The order of the rows means two things, and both are asserted below the table:
//
// * It is the order of preference where one entry has several names, and where the agent hands a block to its owner: C
//   before C++ before the extended interfaces, and the plain function of a role before its variants.
// * A row's number is what the agent's log calls the function. A row that is inserted, removed or moved changes the
//   numbers behind it, so the log carries kFunctionTable, and a log of another table is refused rather than misread.
//
// Sources: malloc(3), posix_memalign(3), malloc_usable_size(3) of man-pages; the Itanium C++ ABI for the
// mangled operators; jemalloc(3); mimalloc.h 2.0; gperftools/tcmalloc.h 2.10; snmalloc's rust.cc; C23 7.24.3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace crossheap {

/// What a call does to the ownership of blocks.
enum class Role : std::uint8_t {
  Allocate,  ///< hands out a block
  Resize,    ///< takes a block back and hands one out (realloc)
  InPlace,   ///< changes a block where it stands (xallocx)
  Release,   ///< takes a block back
  Query,     ///< reads what the allocator knows of a block (malloc_usable_size)
  Measure,   ///< takes sizes only, no block (nallocx)
};

/// Which interface a function belongs to. Members of one interface are meant to be provided together.
enum class Interface : std::uint8_t {
  Standard,     ///< C and POSIX and what glibc adds: malloc ... pvalloc
  Operators,    ///< C++ operator new and delete, all forms
  GlibcAlias,   ///< __libc_malloc and its like
  Jemalloc,     ///< mallocx and its like
  Mimalloc,     ///< mi_*
  Tcmalloc,     ///< tc_*
  Snmalloc,     ///< sn_*
  Tbbmalloc,    ///< scalable_*
  Rpmalloc,     ///< rp*
  Mozjemalloc,  ///< moz_arena_*
};

/// Which way of releasing fits which way of allocating, where the language cares (XH205).
enum class Pairing : std::uint8_t { Malloc, New, NewArray, Extended };

/// Where a call's arguments stand, counted from 0; kAbsent where it has none.
struct Arguments {
  static constexpr std::int8_t kAbsent = -1;
  std::int8_t block = kAbsent;  ///< the block that is resized, released or asked about
  std::int8_t size = kAbsent;   ///< bytes, or bytes an element where there is a count
  std::int8_t count = kAbsent;  ///< elements
  std::int8_t align = kAbsent;  ///< alignment in bytes
  std::int8_t flags = kAbsent;  ///< jemalloc's flags word; its low 6 bits are log2 of the alignment
  std::int8_t out = kAbsent;    ///< where the block's address is stored (posix_memalign)
};

/// What sets a function that resizes apart from realloc, where something does.
enum class Resizing : std::uint8_t {
  Ordinary,
  FillsWithZeros,     ///< behind what the old block held (recalloc)
  ReleasesOnFailure,  ///< the old block, where there is no room for the new one (reallocf)
  AnswersWithBlock,   ///< in place, and null where the block has no room; xallocx answers with a size
};

struct Function {
  std::string_view name;
  Interface interface;
  Role role;
  Pairing pairing;
  Arguments arguments;
  Resizing resizing = Resizing::Ordinary;
};

namespace table_detail {

constexpr Arguments size_only(std::int8_t size) { return {.size = size}; }
constexpr Arguments count_size() { return {.size = 1, .count = 0}; }
constexpr Arguments align_size() { return {.size = 1, .align = 0}; }
constexpr Arguments size_align() { return {.size = 0, .align = 1}; }
constexpr Arguments block_only() { return {.block = 0}; }
constexpr Arguments block_size() { return {.block = 0, .size = 1}; }
constexpr Arguments block_align() { return {.block = 0, .align = 1}; }
constexpr Arguments block_size_align() { return {.block = 0, .size = 1, .align = 2}; }
constexpr Arguments block_count_size() { return {.block = 0, .size = 2, .count = 1}; }

}  // namespace table_detail

inline constexpr Function kFunctions[] = {
    // clang-format off
    // C, POSIX and glibc
    {"malloc",             Interface::Standard,   Role::Allocate, Pairing::Malloc,   table_detail::size_only(0)},
    {"calloc",             Interface::Standard,   Role::Allocate, Pairing::Malloc,   table_detail::count_size()},
    {"realloc",            Interface::Standard,   Role::Resize,   Pairing::Malloc,   table_detail::block_size()},
    {"reallocarray",       Interface::Standard,   Role::Resize,   Pairing::Malloc,   table_detail::block_count_size()},
    {"free",               Interface::Standard,   Role::Release,  Pairing::Malloc,   table_detail::block_only()},
    {"cfree",              Interface::Standard,   Role::Release,  Pairing::Malloc,   table_detail::block_only()},
    {"free_sized",         Interface::Standard,   Role::Release,  Pairing::Malloc,   table_detail::block_size()},
    {"free_aligned_sized", Interface::Standard,   Role::Release,  Pairing::Malloc,   {.block = 0, .size = 2, .align = 1}},
    {"aligned_alloc",      Interface::Standard,   Role::Allocate, Pairing::Malloc,   table_detail::align_size()},
    {"memalign",           Interface::Standard,   Role::Allocate, Pairing::Malloc,   table_detail::align_size()},
    {"posix_memalign",     Interface::Standard,   Role::Allocate, Pairing::Malloc,   {.size = 2, .align = 1, .out = 0}},
    {"valloc",             Interface::Standard,   Role::Allocate, Pairing::Malloc,   table_detail::size_only(0)},
    {"pvalloc",            Interface::Standard,   Role::Allocate, Pairing::Malloc,   table_detail::size_only(0)},
    {"malloc_usable_size", Interface::Standard,   Role::Query,    Pairing::Malloc,   table_detail::block_only()},
    // glibc's second names for the same entries
    {"__libc_malloc",      Interface::GlibcAlias, Role::Allocate, Pairing::Malloc,   table_detail::size_only(0)},
    {"__libc_calloc",      Interface::GlibcAlias, Role::Allocate, Pairing::Malloc,   table_detail::count_size()},
    {"__libc_realloc",     Interface::GlibcAlias, Role::Resize,   Pairing::Malloc,   table_detail::block_size()},
    {"__libc_reallocarray",Interface::GlibcAlias, Role::Resize,   Pairing::Malloc,   table_detail::block_count_size()},
    {"__libc_free",        Interface::GlibcAlias, Role::Release,  Pairing::Malloc,   table_detail::block_only()},
    {"__libc_memalign",    Interface::GlibcAlias, Role::Allocate, Pairing::Malloc,   table_detail::align_size()},
    {"__libc_valloc",      Interface::GlibcAlias, Role::Allocate, Pairing::Malloc,   table_detail::size_only(0)},
    {"__libc_pvalloc",     Interface::GlibcAlias, Role::Allocate, Pairing::Malloc,   table_detail::size_only(0)},
    {"__posix_memalign",   Interface::GlibcAlias, Role::Allocate, Pairing::Malloc,   {.size = 2, .align = 1, .out = 0}},
    // operator new
    {"_Znwm",                            Interface::Operators, Role::Allocate, Pairing::New,      table_detail::size_only(0)},
    {"_ZnwmRKSt9nothrow_t",              Interface::Operators, Role::Allocate, Pairing::New,      table_detail::size_only(0)},
    {"_ZnwmSt11align_val_t",             Interface::Operators, Role::Allocate, Pairing::New,      table_detail::size_align()},
    {"_ZnwmSt11align_val_tRKSt9nothrow_t", Interface::Operators, Role::Allocate, Pairing::New,    table_detail::size_align()},
    {"_Znam",                            Interface::Operators, Role::Allocate, Pairing::NewArray, table_detail::size_only(0)},
    {"_ZnamRKSt9nothrow_t",              Interface::Operators, Role::Allocate, Pairing::NewArray, table_detail::size_only(0)},
    {"_ZnamSt11align_val_t",             Interface::Operators, Role::Allocate, Pairing::NewArray, table_detail::size_align()},
    {"_ZnamSt11align_val_tRKSt9nothrow_t", Interface::Operators, Role::Allocate, Pairing::NewArray, table_detail::size_align()},
    // operator delete
    {"_ZdlPv",                           Interface::Operators, Role::Release,  Pairing::New,      table_detail::block_only()},
    {"_ZdlPvm",                          Interface::Operators, Role::Release,  Pairing::New,      table_detail::block_size()},
    {"_ZdlPvSt11align_val_t",            Interface::Operators, Role::Release,  Pairing::New,      table_detail::block_align()},
    {"_ZdlPvmSt11align_val_t",           Interface::Operators, Role::Release,  Pairing::New,      table_detail::block_size_align()},
    {"_ZdlPvRKSt9nothrow_t",             Interface::Operators, Role::Release,  Pairing::New,      table_detail::block_only()},
    {"_ZdlPvSt11align_val_tRKSt9nothrow_t", Interface::Operators, Role::Release, Pairing::New,    table_detail::block_align()},
    {"_ZdaPv",                           Interface::Operators, Role::Release,  Pairing::NewArray, table_detail::block_only()},
    {"_ZdaPvm",                          Interface::Operators, Role::Release,  Pairing::NewArray, table_detail::block_size()},
    {"_ZdaPvSt11align_val_t",            Interface::Operators, Role::Release,  Pairing::NewArray, table_detail::block_align()},
    {"_ZdaPvmSt11align_val_t",           Interface::Operators, Role::Release,  Pairing::NewArray, table_detail::block_size_align()},
    {"_ZdaPvRKSt9nothrow_t",             Interface::Operators, Role::Release,  Pairing::NewArray, table_detail::block_only()},
    {"_ZdaPvSt11align_val_tRKSt9nothrow_t", Interface::Operators, Role::Release, Pairing::NewArray, table_detail::block_align()},
    // jemalloc's extended interface
    {"mallocx",            Interface::Jemalloc,   Role::Allocate, Pairing::Extended, {.size = 0, .flags = 1}},
    {"rallocx",            Interface::Jemalloc,   Role::Resize,   Pairing::Extended, {.block = 0, .size = 1, .flags = 2}},
    {"xallocx",            Interface::Jemalloc,   Role::InPlace,  Pairing::Extended, {.block = 0, .size = 1, .flags = 3}},
    {"sallocx",            Interface::Jemalloc,   Role::Query,    Pairing::Extended, {.block = 0, .flags = 1}},
    {"dallocx",            Interface::Jemalloc,   Role::Release,  Pairing::Extended, {.block = 0, .flags = 1}},
    {"sdallocx",           Interface::Jemalloc,   Role::Release,  Pairing::Extended, {.block = 0, .size = 1, .flags = 2}},
    {"nallocx",            Interface::Jemalloc,   Role::Measure,  Pairing::Extended, {.size = 0, .flags = 1}},
    // mimalloc
    {"mi_malloc",          Interface::Mimalloc,   Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"mi_malloc_small",    Interface::Mimalloc,   Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"mi_zalloc",          Interface::Mimalloc,   Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"mi_zalloc_small",    Interface::Mimalloc,   Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"mi_calloc",          Interface::Mimalloc,   Role::Allocate, Pairing::Extended, table_detail::count_size()},
    {"mi_mallocn",         Interface::Mimalloc,   Role::Allocate, Pairing::Extended, table_detail::count_size()},
    {"mi_malloc_aligned",  Interface::Mimalloc,   Role::Allocate, Pairing::Extended, table_detail::size_align()},
    {"mi_zalloc_aligned",  Interface::Mimalloc,   Role::Allocate, Pairing::Extended, table_detail::size_align()},
    {"mi_calloc_aligned",  Interface::Mimalloc,   Role::Allocate, Pairing::Extended, {.size = 1, .count = 0, .align = 2}},
    {"mi_aligned_alloc",   Interface::Mimalloc,   Role::Allocate, Pairing::Extended, table_detail::align_size()},
    {"mi_memalign",        Interface::Mimalloc,   Role::Allocate, Pairing::Extended, table_detail::align_size()},
    {"mi_posix_memalign",  Interface::Mimalloc,   Role::Allocate, Pairing::Extended, {.size = 2, .align = 1, .out = 0}},
    {"mi_valloc",          Interface::Mimalloc,   Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"mi_pvalloc",         Interface::Mimalloc,   Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"mi_new",             Interface::Mimalloc,   Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"mi_new_nothrow",     Interface::Mimalloc,   Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"mi_new_aligned",     Interface::Mimalloc,   Role::Allocate, Pairing::Extended, table_detail::size_align()},
    {"mi_new_aligned_nothrow", Interface::Mimalloc, Role::Allocate, Pairing::Extended, table_detail::size_align()},
    {"mi_new_n",           Interface::Mimalloc,   Role::Allocate, Pairing::Extended, table_detail::count_size()},
    {"mi_realloc",         Interface::Mimalloc,   Role::Resize,   Pairing::Extended, table_detail::block_size()},
    {"mi_reallocf",        Interface::Mimalloc,   Role::Resize,   Pairing::Extended, table_detail::block_size(), Resizing::ReleasesOnFailure},
    {"mi_reallocn",        Interface::Mimalloc,   Role::Resize,   Pairing::Extended, table_detail::block_count_size()},
    {"mi_reallocarray",    Interface::Mimalloc,   Role::Resize,   Pairing::Extended, table_detail::block_count_size()},
    {"mi_realloc_aligned", Interface::Mimalloc,   Role::Resize,   Pairing::Extended, table_detail::block_size_align()},
    {"mi_rezalloc",        Interface::Mimalloc,   Role::Resize,   Pairing::Extended, table_detail::block_size(), Resizing::FillsWithZeros},
    {"mi_recalloc",        Interface::Mimalloc,   Role::Resize,   Pairing::Extended, table_detail::block_count_size(), Resizing::FillsWithZeros},
    {"mi_new_realloc",     Interface::Mimalloc,   Role::Resize,   Pairing::Extended, table_detail::block_size()},
    {"mi_expand",          Interface::Mimalloc,   Role::InPlace,  Pairing::Extended, table_detail::block_size(), Resizing::AnswersWithBlock},
    {"mi_free",            Interface::Mimalloc,   Role::Release,  Pairing::Extended, table_detail::block_only()},
    {"mi_cfree",           Interface::Mimalloc,   Role::Release,  Pairing::Extended, table_detail::block_only()},
    {"mi_free_size",       Interface::Mimalloc,   Role::Release,  Pairing::Extended, table_detail::block_size()},
    {"mi_free_size_aligned", Interface::Mimalloc, Role::Release,  Pairing::Extended, table_detail::block_size_align()},
    {"mi_free_aligned",    Interface::Mimalloc,   Role::Release,  Pairing::Extended, table_detail::block_align()},
    {"mi_usable_size",     Interface::Mimalloc,   Role::Query,    Pairing::Extended, table_detail::block_only()},
    {"mi_malloc_size",     Interface::Mimalloc,   Role::Query,    Pairing::Extended, table_detail::block_only()},
    {"mi_malloc_usable_size", Interface::Mimalloc, Role::Query,   Pairing::Extended, table_detail::block_only()},
    {"mi_good_size",       Interface::Mimalloc,   Role::Measure,  Pairing::Extended, table_detail::size_only(0)},
    // gperftools tcmalloc
    {"tc_malloc",          Interface::Tcmalloc,   Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"tc_malloc_skip_new_handler", Interface::Tcmalloc, Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"tc_calloc",          Interface::Tcmalloc,   Role::Allocate, Pairing::Extended, table_detail::count_size()},
    {"tc_realloc",         Interface::Tcmalloc,   Role::Resize,   Pairing::Extended, table_detail::block_size()},
    {"tc_free",            Interface::Tcmalloc,   Role::Release,  Pairing::Extended, table_detail::block_only()},
    {"tc_free_sized",      Interface::Tcmalloc,   Role::Release,  Pairing::Extended, table_detail::block_size()},
    {"tc_cfree",           Interface::Tcmalloc,   Role::Release,  Pairing::Extended, table_detail::block_only()},
    {"tc_memalign",        Interface::Tcmalloc,   Role::Allocate, Pairing::Extended, table_detail::align_size()},
    {"tc_posix_memalign",  Interface::Tcmalloc,   Role::Allocate, Pairing::Extended, {.size = 2, .align = 1, .out = 0}},
    {"tc_valloc",          Interface::Tcmalloc,   Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"tc_pvalloc",         Interface::Tcmalloc,   Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"tc_malloc_size",     Interface::Tcmalloc,   Role::Query,    Pairing::Extended, table_detail::block_only()},
    {"tc_new",             Interface::Tcmalloc,   Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"tc_new_nothrow",     Interface::Tcmalloc,   Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"tc_newarray",        Interface::Tcmalloc,   Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"tc_newarray_nothrow", Interface::Tcmalloc,  Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"tc_delete",          Interface::Tcmalloc,   Role::Release,  Pairing::Extended, table_detail::block_only()},
    {"tc_delete_nothrow",  Interface::Tcmalloc,   Role::Release,  Pairing::Extended, table_detail::block_only()},
    {"tc_delete_sized",    Interface::Tcmalloc,   Role::Release,  Pairing::Extended, table_detail::block_size()},
    {"tc_deletearray",     Interface::Tcmalloc,   Role::Release,  Pairing::Extended, table_detail::block_only()},
    {"tc_deletearray_nothrow", Interface::Tcmalloc, Role::Release, Pairing::Extended, table_detail::block_only()},
    {"tc_deletearray_sized", Interface::Tcmalloc, Role::Release,  Pairing::Extended, table_detail::block_size()},
    {"tc_nallocx",         Interface::Tcmalloc,   Role::Measure,  Pairing::Extended, {.size = 0, .flags = 1}},
    // snmalloc's interface for Rust; its arguments are (align, size) and (block, align, size)
    {"sn_rust_alloc",      Interface::Snmalloc,   Role::Allocate, Pairing::Extended, table_detail::align_size()},
    {"sn_rust_alloc_zeroed", Interface::Snmalloc, Role::Allocate, Pairing::Extended, table_detail::align_size()},
    {"sn_rust_dealloc",    Interface::Snmalloc,   Role::Release,  Pairing::Extended, {.block = 0, .size = 2, .align = 1}},
    {"sn_rust_realloc",    Interface::Snmalloc,   Role::Resize,   Pairing::Extended, {.block = 0, .size = 3, .align = 1}},
    {"sn_rust_usable_size", Interface::Snmalloc,  Role::Query,    Pairing::Extended, table_detail::block_only()},
    // oneTBB's allocator
    {"scalable_malloc",    Interface::Tbbmalloc,  Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"scalable_calloc",    Interface::Tbbmalloc,  Role::Allocate, Pairing::Extended, table_detail::count_size()},
    {"scalable_realloc",   Interface::Tbbmalloc,  Role::Resize,   Pairing::Extended, table_detail::block_size()},
    {"scalable_free",      Interface::Tbbmalloc,  Role::Release,  Pairing::Extended, table_detail::block_only()},
    {"scalable_posix_memalign", Interface::Tbbmalloc, Role::Allocate, Pairing::Extended, {.size = 2, .align = 1, .out = 0}},
    {"scalable_aligned_malloc", Interface::Tbbmalloc, Role::Allocate, Pairing::Extended, table_detail::size_align()},
    {"scalable_aligned_realloc", Interface::Tbbmalloc, Role::Resize, Pairing::Extended, table_detail::block_size_align()},
    {"scalable_aligned_free", Interface::Tbbmalloc, Role::Release, Pairing::Extended, table_detail::block_only()},
    {"scalable_msize",     Interface::Tbbmalloc,  Role::Query,    Pairing::Extended, table_detail::block_only()},
    // rpmalloc
    {"rpmalloc",           Interface::Rpmalloc,   Role::Allocate, Pairing::Extended, table_detail::size_only(0)},
    {"rpcalloc",           Interface::Rpmalloc,   Role::Allocate, Pairing::Extended, table_detail::count_size()},
    {"rprealloc",          Interface::Rpmalloc,   Role::Resize,   Pairing::Extended, table_detail::block_size()},
    {"rpfree",             Interface::Rpmalloc,   Role::Release,  Pairing::Extended, table_detail::block_only()},
    {"rpaligned_alloc",    Interface::Rpmalloc,   Role::Allocate, Pairing::Extended, table_detail::align_size()},
    {"rpaligned_calloc",   Interface::Rpmalloc,   Role::Allocate, Pairing::Extended, {.size = 2, .count = 1, .align = 0}},
    {"rpmemalign",         Interface::Rpmalloc,   Role::Allocate, Pairing::Extended, table_detail::align_size()},
    {"rpposix_memalign",   Interface::Rpmalloc,   Role::Allocate, Pairing::Extended, {.size = 2, .align = 1, .out = 0}},
    {"rpmalloc_usable_size", Interface::Rpmalloc, Role::Query,    Pairing::Extended, table_detail::block_only()},
    // Firefox's arenas; the arena comes first
    {"moz_arena_malloc",   Interface::Mozjemalloc, Role::Allocate, Pairing::Extended, table_detail::size_only(1)},
    {"moz_arena_calloc",   Interface::Mozjemalloc, Role::Allocate, Pairing::Extended, {.size = 2, .count = 1}},
    {"moz_arena_realloc",  Interface::Mozjemalloc, Role::Resize,   Pairing::Extended, {.block = 1, .size = 2}},
    {"moz_arena_free",     Interface::Mozjemalloc, Role::Release,  Pairing::Extended, {.block = 1}},
    {"moz_arena_memalign", Interface::Mozjemalloc, Role::Allocate, Pairing::Extended, {.size = 2, .align = 1}},
    // clang-format on
};

inline constexpr std::size_t kFunctionCount = std::size(kFunctions);

namespace table_detail {

constexpr int preference_of(Interface interface) {
  switch (interface) {
    case Interface::Standard:
      return 0;
    case Interface::GlibcAlias:
      return 1;
    case Interface::Operators:
      return 2;
    default:
      return 3;
  }
}

constexpr bool preferred_interfaces_come_first() {
  for (std::size_t row = 1; row < kFunctionCount; ++row)
    if (preference_of(kFunctions[row].interface) < preference_of(kFunctions[row - 1].interface)) return false;
  return true;
}

constexpr std::string_view first_name_of(Role role) {
  for (const Function &function : kFunctions)
    if (function.role == role) return function.name;
  return {};
}

// FNV-1a over the names in their order.
constexpr std::uint64_t fingerprint() {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&hash](unsigned char byte) { hash = (hash ^ byte) * 0x100000001b3; };
  for (const Function &function : kFunctions) {
    for (const char c : function.name) add(static_cast<unsigned char>(c));
    add(0);
  }
  return hash;
}

}  // namespace table_detail

/// Tells this table from one with other rows or another order.
inline constexpr std::uint64_t kFunctionTable = table_detail::fingerprint();

static_assert(table_detail::preferred_interfaces_come_first(),
              "a row stands outside its interface's part of the table");
static_assert(table_detail::first_name_of(Role::Allocate) == "malloc");
static_assert(table_detail::first_name_of(Role::Resize) == "realloc");
static_assert(table_detail::first_name_of(Role::Release) == "free");
static_assert(table_detail::first_name_of(Role::Query) == "malloc_usable_size");

}  // namespace crossheap
