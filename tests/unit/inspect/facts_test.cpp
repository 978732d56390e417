// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "fixture.h"
#include "inspect/runtimes.h"

namespace crossheap::inspect {
namespace {

using elf::RelocationKind;

const AllocatorInside &only_allocator(const Inspection &inspection) {
  EXPECT_EQ(inspection.allocators.size(), 1U) << inspection.file;
  static const AllocatorInside kNone;
  return inspection.allocators.empty() ? kNone : inspection.allocators[0];
}

TEST(Allocators, AHiddenOneIsKnownByItsSymbols) {
  const Inspection inspection = inspected("plugin.so");
  const AllocatorInside &allocator = only_allocator(inspection);
  EXPECT_EQ(allocator.family, Family::Jemalloc);
  EXPECT_EQ(allocator.version, "5.3.0");
  EXPECT_EQ(allocator.presence, Presence::Hidden);
  EXPECT_TRUE(allocator.serves_malloc);
}

TEST(Allocators, AStrippedOneIsKnownByItsTexts) {
  const Inspection inspection = inspected("plugin_stripped.so");
  const AllocatorInside &allocator = only_allocator(inspection);
  EXPECT_EQ(allocator.family, Family::Jemalloc);
  EXPECT_EQ(allocator.version, "5.3.0");
  EXPECT_EQ(allocator.presence, Presence::Nameless);
  ASSERT_FALSE(allocator.evidence.empty());
  EXPECT_NE(allocator.evidence[0].find("\"<jemalloc>: Abort\""), std::string::npos) << allocator.evidence[0];
}

TEST(Allocators, APrefixedOneIsNoOverride) {
  const Inspection inspection = inspected("prefixed");
  const AllocatorInside &allocator = only_allocator(inspection);
  EXPECT_EQ(allocator.prefixes, std::vector<std::string>{"je_"});
  EXPECT_FALSE(allocator.serves_malloc);
}

TEST(Allocators, ThoseOfTheSystemTellTheirVersions) {
  const std::string folder = "/usr/lib/x86_64-linux-gnu/";
  EXPECT_EQ(only_allocator(inspected_path(folder + "libmimalloc.so.2")).version, "2.0.9");
  EXPECT_EQ(only_allocator(inspected_path(folder + "libtcmalloc_minimal.so.4")).version, "2.10");
  EXPECT_EQ(only_allocator(inspected_path(folder + "libc.so.6")).family, Family::Glibc);
}

TEST(Allocators, CppRuntimeThatForwardsIsNone) {
  EXPECT_TRUE(inspected_path("/usr/lib/x86_64-linux-gnu/libstdc++.so.6").allocators.empty());
}

TEST(Allocators, AStaticExecutableHasLibcs) {
  const Inspection inspection = inspected("program_static");
  EXPECT_TRUE(inspection.is_static);
  EXPECT_EQ(only_allocator(inspection).family, Family::Glibc);
  EXPECT_EQ(inspection.libc_in_words(), "glibc, static");
}

TEST(Allocators, AWrapperIsOfNoKnownFamily) { EXPECT_EQ(only_allocator(inspected("shim.so")).family, Family::Unknown); }

std::vector<RelocationKind> kinds_of(const Inspection &inspection, std::string_view name) {
  const Reference *const reference = inspection.reference(name);
  EXPECT_NE(reference, nullptr) << name;
  return reference == nullptr ? std::vector<RelocationKind>{} : reference->relocations;
}

TEST(References, HaveTheirRelocationKindsAndVersions) {
  const Inspection inspection = inspected("table.so");
  EXPECT_EQ(kinds_of(inspection, "malloc"), std::vector{RelocationKind::Absolute});
  EXPECT_EQ(inspection.reference("free")->version, "GLIBC_2.2.5");
  EXPECT_EQ(inspection.reference("free")->version_file, "libc.so.6");
}

// libc calls its own malloc through slots, so that another one can take its place; but not its own memalign.
TEST(References, OfLibcToItselfAreReferences) {
  const Inspection libc = inspected_path("/lib/x86_64-linux-gnu/libc.so.6");
  EXPECT_EQ(kinds_of(libc, "malloc"), std::vector{RelocationKind::GlobDat});
  EXPECT_EQ(kinds_of(libc, "calloc"), std::vector{RelocationKind::JumpSlot});
  EXPECT_TRUE(libc.reference("malloc")->defined_here);
  EXPECT_FALSE(libc.imports("malloc"));
  EXPECT_EQ(libc.reference("memalign"), nullptr);
}

TEST(References, OfAnArchiveAreThoseItDoesNotFillItself) {
  const Inspection archive = inspected("allocator.a");
  EXPECT_FALSE(archive.imports("malloc"));
  EXPECT_TRUE(inspected("clean.a").imports("malloc"));
}

TEST(Facts, FunctionsOfLibcThatReturnBlocksAreListed) {
  EXPECT_EQ(inspected("plugin_stripped.so").libc_blocks, std::vector<std::string>{"strdup"});
  EXPECT_TRUE(inspected("clean.so").libc_blocks.empty());
}

TEST(Runtimes, OfCppAreSharedOrStatic) {
  const auto runtimes_of = [](const Inspection &inspection) {
    std::string text;
    for (const Runtime &runtime : inspection.runtimes) text += runtime.language + ": " + runtime.detail + ";";
    return text;
  };
  EXPECT_EQ(runtimes_of(inspected("unique.so")), "C++: libstdc++, shared;");
  EXPECT_EQ(runtimes_of(inspected("static_runtime.so")), "C++: libstdc++, static;");
  EXPECT_EQ(runtimes_of(inspected("clean.so")), "");
}

TEST(Runtimes, GoTellsItsVersion) {
  std::string section("\xff Go buildinf:\x08\x02", 16);
  section.resize(32);
  section +=
      "\x08"
      "go1.23.4"
      "rest";
  const std::string name = "go";
  std::vector<std::byte> bytes;
  for (const char c : section) bytes.push_back(static_cast<std::byte>(c));
  EXPECT_EQ(go_version(elf::ByteView(bytes, name)), "go1.23.4");
  EXPECT_EQ(go_version(elf::ByteView(std::span(bytes).first(20), name)), "");
}

TEST(Inspection, OfAForeignLoaderNamesIt) {
  const Inspection inspection = inspected("musl");
  EXPECT_EQ(inspection.libc, Family::Musl);
  EXPECT_EQ(inspection.interpreter, "/lib/ld-musl-x86_64.so.1");
}

}  // namespace
}  // namespace crossheap::inspect
