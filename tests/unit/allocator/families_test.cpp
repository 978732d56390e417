// SPDX-License-Identifier: MIT OR Apache-2.0
#include "allocator/families.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "allocator/libc_blocks.h"

namespace crossheap {
namespace {

std::vector<Family> families_in(std::string_view bytes) {
  std::vector<Family> families;
  for (const TextMark &mark : text_marks_in(bytes)) families.push_back(mark.family);
  return families;
}

TEST(TextMarks, AreFoundAnywhereInOnePass) {
  std::string text(1000, 'x');
  // Appended piece by piece: GCC 12 sees a copy out of bounds in a chain of + (PR 105651).
  text += "<jemalloc>: Malformed conf string\n";
  text.append(7, '\0');
  text += "mimalloc: warning: ";
  text.append("\0config.cache_oblivious", 23);
  EXPECT_EQ(families_in(text), (std::vector{Family::Jemalloc, Family::Mimalloc, Family::Jemalloc}));
}

TEST(TextMarks, AreFoundAtEveryOffset) {
  for (std::size_t offset = 0; offset < 40; ++offset)
    EXPECT_EQ(families_in(std::string(offset, '.') + "Scudo ERROR: "), std::vector{Family::Scudo}) << offset;
}

TEST(TextMarks, ThatOthersUseAsNamesAreToldApart) {
  const auto marks = text_marks_in("tcmalloc.max_total_thread_cache_bytes tcmalloc: allocation failed");
  ASSERT_EQ(marks.size(), 2U);
  EXPECT_TRUE(marks[0].is_name);
  EXPECT_FALSE(marks[1].is_name);
}

TEST(Symbols, OfLesserKnownAllocatorsTellTheirFamily) {
  EXPECT_EQ(family_of_symbol("rpmalloc"), Family::Rpmalloc);
  EXPECT_EQ(family_of_symbol("rpmalloc_thread_initialize"), Family::Rpmalloc);
  EXPECT_EQ(family_of_symbol("moz_arena_malloc"), Family::Mozjemalloc);
  EXPECT_EQ(family_of_symbol("_dmalloc_chunk_malloc"), Family::Dmalloc);
  EXPECT_EQ(family_of_symbol("__malloc_alloc_meta"), Family::Musl);
  EXPECT_EQ(family_of_symbol("_ZN15partition_alloc13PartitionRoot5AllocEv"), Family::PartitionAlloc);
  EXPECT_EQ(family_of_symbol("xrpmalloc"), Family::Unknown);
}

TEST(TextMarks, CountOnce) {
  EXPECT_EQ(families_in("mimalloc: error: mimalloc: error: mimalloc: error: "), std::vector{Family::Mimalloc});
}

TEST(TextMarks, AProgramThatOnlyKnowsTheBeginningsCarriesNothing) {
  EXPECT_TRUE(families_in(std::string("<jemalloc>: Malformed\0<jemalloc>: Abort\0", 40)).empty());
  EXPECT_TRUE(families_in("<jemalloc>: Malformed").empty());
}

TEST(TextMarks, OfShortOrEmptyTextAreNone) {
  EXPECT_TRUE(families_in("").empty());
  EXPECT_TRUE(families_in("Scudo").empty());
}

TEST(FamilyOfSymbol, KnowsWhatOnlyOneFamilyDefines) {
  EXPECT_EQ(family_of_symbol("mallctl"), Family::Jemalloc);
  EXPECT_EQ(family_of_symbol("_rjem_mallctl"), Family::Jemalloc);
  EXPECT_EQ(family_of_symbol("je_free"), Family::Jemalloc);
  EXPECT_EQ(family_of_symbol("mi_free"), Family::Mimalloc);
  EXPECT_EQ(family_of_symbol("tc_malloc"), Family::Tcmalloc);
  EXPECT_EQ(family_of_symbol("scalable_free"), Family::Tbbmalloc);
  EXPECT_EQ(family_of_symbol("_ZN5scudo9AllocatorINS_13DefaultConfigE"), Family::Scudo);
  EXPECT_EQ(family_of_symbol("sn_rust_alloc"), Family::Snmalloc);
}

TEST(FamilyOfSymbol, TakesNoNameThatOthersHaveToo) {
  // gdb and MyISAM begin names with mi_, traffic control with tc_; tcmalloc has nallocx as well.
  for (const auto *name : {"malloc", "_Znwm", "__libc_malloc", "mi_cmd_break", "tc_core_init", "nallocx", "my_mallctl"})
    EXPECT_EQ(family_of_symbol(name), Family::Unknown) << name;
}

TEST(FamilyOfLibrary, GoesByTheSoname) {
  EXPECT_EQ(family_of_library("libjemalloc.so.2"), Family::Jemalloc);
  EXPECT_EQ(family_of_library("libtcmalloc_minimal.so.4"), Family::Tcmalloc);
  EXPECT_EQ(family_of_library("libc.so.6"), Family::Glibc);
  EXPECT_EQ(family_of_library("libcurl.so.4"), Family::Unknown);
}

TEST(VersionIn, ReadsWhatEachFamilyWrites) {
  EXPECT_EQ(version_in(Family::Jemalloc, "5.3.0-0-g54eaed1d8b56b1aa528be3bdd1877e59c56fa90c"), "5.3.0");
  EXPECT_EQ(version_in(Family::Jemalloc, "0.0.0-0-g0000000000000000000000000000000000000000"), "");
  EXPECT_EQ(version_in(Family::Tcmalloc, "gperftools 2.10"), "2.10");
  EXPECT_EQ(version_in(Family::Glibc, "(Debian GLIBC 2.36-9) stable release version 2.36.\n"), "2.36");
  EXPECT_EQ(version_in(Family::Mimalloc, "mimalloc: "), "");
}

TEST(LibcBlocks, AreSortedForTheirLookUp) {
  EXPECT_TRUE(std::is_sorted(
      std::begin(kLibcBlockFunctions), std::end(kLibcBlockFunctions),
      [](const LibcBlockFunction &one, const LibcBlockFunction &other) { return one.name < other.name; }));
  EXPECT_TRUE(hands_out_libc_block("strdup"));
  EXPECT_FALSE(hands_out_libc_block("strlen"));
}

}  // namespace
}  // namespace crossheap
