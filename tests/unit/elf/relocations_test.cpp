// SPDX-License-Identifier: MIT OR Apache-2.0
#include "elf/relocations.h"

#include <gtest/gtest.h>

#include <map>

#include "elf/symbols.h"
#include "fixture.h"

namespace crossheap::elf {
namespace {

std::multimap<std::string, RelocationKind> kinds_by_name(const File &file) {
  std::multimap<std::string, RelocationKind> kinds;
  const DynamicSymbols symbols(file);
  Damage damage;
  for_each_symbol_relocation(file, damage, [&](const Relocation &r) { kinds.emplace(symbols[r.symbol].name, r.kind); });
  return kinds;
}

RelocationKind only_kind(const File &file, const char *name) {
  const auto kinds = kinds_by_name(file);
  EXPECT_EQ(kinds.count(name), 1U) << name;
  const auto found = kinds.find(name);
  return found == kinds.end() ? RelocationKind::Other : found->second;
}

TEST(Relocations, ACallThroughThePltIsAJumpSlot) {
  EXPECT_EQ(only_kind(fixture("libreferences.so"), "malloc"), RelocationKind::JumpSlot);
}

TEST(Relocations, ACallThroughTheGotIsAGlobDat) {
  EXPECT_EQ(only_kind(fixture("libreferences.so"), "aligned_alloc"), RelocationKind::GlobDat);
}

TEST(Relocations, AFunctionPointerInATableIsData) {
  EXPECT_EQ(only_kind(fixture("libreferences.so"), "free"), RelocationKind::Absolute);
}

TEST(Relocations, ThreadLocalsAreDynamicOrStaticByModel) {
  const auto dynamic = kinds_by_name(fixture("libreferences.so"));
  EXPECT_EQ(dynamic.count("counter"), 2U);
  EXPECT_EQ(only_kind(fixture("libold.so"), "counter"), RelocationKind::TlsStatic);
}

TEST(Relocations, APositionDependentExecutableCopiesVariables) {
  EXPECT_EQ(only_kind(fixture("executable"), "stdout"), RelocationKind::Copy);
}

TEST(Relocations, SlotsLieInWritableSegments) {
  const File file = fixture("libreferences.so");
  std::size_t seen = 0;
  Damage damage;
  for_each_symbol_relocation(file, damage, [&](const Relocation &relocation) {
    ++seen;
    bool writable = false;
    for (const Segment &segment : file.segments())
      writable = writable || (segment.type == PT_LOAD && (segment.flags & PF_W) != 0 &&
                              relocation.address - segment.in_memory.address < segment.in_memory.size);
    EXPECT_TRUE(writable) << relocation.address;
  });
  EXPECT_GE(seen, 6U);
}

}  // namespace
}  // namespace crossheap::elf
