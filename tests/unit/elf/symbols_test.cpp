// SPDX-License-Identifier: MIT OR Apache-2.0
#include "elf/symbols.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fixture.h"

namespace crossheap::elf {
namespace {

// Zeroes what the ELF header says of section headers, as sstrip does.
File without_section_headers(std::string_view name) {
  std::vector<std::byte> bytes = fixture_bytes(name);
  const auto zero = [&](std::size_t offset, std::size_t size) {
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), size, std::byte{0});
  };
  zero(offsetof(Elf64_Ehdr, e_shoff), sizeof(Elf64_Ehdr::e_shoff));
  zero(offsetof(Elf64_Ehdr, e_shnum), sizeof(Elf64_Ehdr::e_shnum));
  zero(offsetof(Elf64_Ehdr, e_shstrndx), sizeof(Elf64_Ehdr::e_shstrndx));
  return File(Source::from_memory(std::string(name), std::move(bytes)));
}

struct Found {
  Symbol symbol;
  Version version;
};

std::vector<Found> all_named(const DynamicSymbols &symbols, std::string_view name) {
  std::vector<Found> found;
  symbols.find(HashedName(name), [&](const Symbol &symbol) {
    found.push_back({symbol, symbols.version(symbol.index)});
    return false;
  });
  return found;
}

class HashStyles : public testing::TestWithParam<const char *> {};
INSTANTIATE_TEST_SUITE_P(All, HashStyles,
                         testing::Values("libversions-gnu.so", "libversions-sysv.so", "libversions-both.so"));

TEST_P(HashStyles, ANameWithTwoVersionsIsFoundTwiceAndOneIsTheDefault) {
  const File file = fixture(GetParam());
  const DynamicSymbols symbols(file);
  auto found = all_named(symbols, "answer");
  ASSERT_EQ(found.size(), 2U);
  std::sort(found.begin(), found.end(), [](const Found &a, const Found &b) { return a.version.name < b.version.name; });
  EXPECT_EQ(found[0].version.name, "VERS_1");
  EXPECT_TRUE(found[0].version.hidden);
  EXPECT_EQ(found[1].version.name, "VERS_2");
  EXPECT_FALSE(found[1].version.hidden);
}

TEST_P(HashStyles, EveryDefinedSymbolIsFoundByItsName) {
  const File file = fixture(GetParam());
  const DynamicSymbols symbols(file);
  std::size_t defined = 0;
  for (std::uint32_t i = 1; i < symbols.count(); ++i) {
    const Symbol symbol = symbols[i];
    if (!symbol.defined() || symbol.local()) continue;
    ++defined;
    EXPECT_TRUE(symbols.find(HashedName(symbol.name), [&](const Symbol &s) { return s.index == i; })) << symbol.name;
  }
  EXPECT_GE(defined, 7U);
}

TEST_P(HashStyles, ANameThatIsNotThereIsNotFound) {
  const File file = fixture(GetParam());
  EXPECT_TRUE(all_named(DynamicSymbols(file), "nonesuch").empty());
}

TEST_P(HashStyles, WithoutSectionHeadersNothingIsLost) {
  const File whole = fixture(GetParam());
  const File stripped = without_section_headers(GetParam());
  EXPECT_TRUE(stripped.sections().empty());
  EXPECT_TRUE(stripped.damage().parts().empty());
  EXPECT_EQ(DynamicSymbols(stripped).count(), DynamicSymbols(whole).count());
  EXPECT_EQ(all_named(DynamicSymbols(stripped), "answer").size(), 2U);
}

TEST(DynamicSymbols, ReferencesOfAnObjectThatDefinesNothingAreCountedWithoutSectionHeaders) {
  const File whole = fixture("pie");
  const File stripped = without_section_headers("pie");
  EXPECT_EQ(DynamicSymbols(stripped).count(), DynamicSymbols(whole).count());
}

Symbol only(const DynamicSymbols &symbols, std::string_view name) {
  const auto found = all_named(symbols, name);
  EXPECT_EQ(found.size(), 1U) << name;
  return found.empty() ? Symbol{} : found[0].symbol;
}

TEST(DynamicSymbols, TellBindingVisibilityAndType) {
  const File file = fixture("libversions-gnu.so");
  const DynamicSymbols symbols(file);
  EXPECT_EQ(only(symbols, "guarded").visibility, STV_PROTECTED);
  EXPECT_TRUE(only(symbols, "feeble").weak());
  EXPECT_EQ(only(symbols, "picked").type, STT_GNU_IFUNC);
  EXPECT_EQ(only(symbols, "counter").type, STT_TLS);
  EXPECT_TRUE(only(symbols, "only_one").unique());
}

std::optional<Found> reference(const DynamicSymbols &symbols, std::string_view name) {
  for (std::uint32_t i = 1; i < symbols.count(); ++i)
    if (symbols[i].name == name && !symbols[i].defined()) return Found{symbols[i], symbols.version(i)};
  return std::nullopt;
}

TEST(DynamicSymbols, AReferenceNamesItsVersionAndTheFileItIsNeededFrom) {
  const File file = fixture("libreferences.so");
  const DynamicSymbols symbols(file);
  const auto counter = reference(symbols, "counter");
  ASSERT_TRUE(counter.has_value());
  EXPECT_EQ(counter->version.name, "VERS_1");
  EXPECT_EQ(counter->version.file, "libversions.so.1");
  const auto not_there = reference(symbols, "not_there");
  ASSERT_TRUE(not_there.has_value());
  EXPECT_TRUE(not_there->symbol.weak());
  EXPECT_FALSE(not_there->version.versioned());
}

TEST(DynamicSymbols, ListTheVersionsDefinedAndNeeded) {
  const File defining = fixture("libversions-gnu.so");
  EXPECT_EQ(DynamicSymbols(defining).defined_versions(), (std::vector<std::string_view>{"VERS_1", "VERS_2"}));
  const File needing = fixture("libreferences.so");
  const DynamicSymbols symbols(needing);
  const auto &needed = symbols.needed_versions();
  EXPECT_TRUE(std::any_of(needed.begin(), needed.end(), [](const auto &version) {
    return version.file == "libversions.so.1" && version.name == "VERS_1" && !version.weak;
  }));
}

TEST(DynamicSymbols, AnUndefinedFunctionWithAnAddressIsACanonicalPltStub) {
  const File executable = fixture("executable");
  const auto taken = reference(DynamicSymbols(executable), "malloc");
  ASSERT_TRUE(taken.has_value());
  EXPECT_TRUE(taken->symbol.canonical_plt());
  const auto called = reference(DynamicSymbols(executable), "fputs");
  ASSERT_TRUE(called.has_value());
  EXPECT_FALSE(called->symbol.canonical_plt());
}

TEST(StaticSymbols, HoldWhatTheDynamicOnesDoNot) {
  const File file = fixture("libversions-gnu.so");
  const SymbolTable table = static_symbols(file);
  bool seen = false;
  for (std::uint32_t i = 0; i < table.count(); ++i) seen = seen || table[i].name == "chosen";
  EXPECT_TRUE(seen);
  EXPECT_EQ(static_symbols(fixture("libversions-stripped.so")).count(), 0U);
}

TEST(HashedName, IsWhatTheLinkerWrote) {
  EXPECT_EQ(HashedName("").gnu(), 5381U);
  EXPECT_EQ(HashedName("printf").gnu(), 0x156b2bb8U);
  EXPECT_EQ(HashedName("printf").sysv(), 0x077905a6U);
}

}  // namespace
}  // namespace crossheap::elf
