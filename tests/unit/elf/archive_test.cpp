// SPDX-License-Identifier: MIT OR Apache-2.0
#include "elf/archive.h"

#include <gtest/gtest.h>

#include "fixture.h"

namespace crossheap::elf {
namespace {

std::vector<Member> members_of(std::string_view name) {
  return members(Source::open(fixture_path(name)), CROSSHEAP_FIXTURES);
}

TEST(Archive, KnowsItsKind) {
  EXPECT_EQ(archive_kind(Source::open(fixture_path("regular.a"))->bytes()), ArchiveKind::Regular);
  EXPECT_EQ(archive_kind(Source::open(fixture_path("thin.a"))->bytes()), ArchiveKind::Thin);
  EXPECT_EQ(archive_kind(Source::open(fixture_path("pie"))->bytes()), ArchiveKind::None);
}

class Archives : public testing::TestWithParam<const char *> {};
INSTANTIATE_TEST_SUITE_P(Kinds, Archives, testing::Values("regular.a", "thin.a"));

TEST_P(Archives, MembersAreListedInOrderWithoutTheIndex) {
  const auto found = members_of(GetParam());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].name, "executable.o");
  EXPECT_EQ(found[1].name, "libversions-gnu.so");  // longer than the header's field
}

TEST_P(Archives, MembersAreReadAsFilesOfTheirOwn) {
  const auto found = members_of(GetParam());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(File(found[0].source).kind(), Kind::Object);
  EXPECT_EQ(File(found[1].source).dynamic().soname, "libversions.so.1");
}

TEST(Archive, AMemberIsNamedAfterItsArchive) {
  EXPECT_EQ(members_of("regular.a")[0].source->name(), fixture_path("regular.a") + "(executable.o)");
}

TEST(Archive, AThinArchiveWhoseMemberIsGoneNamesTheMember) {
  EXPECT_EQ(error_of([] { members(Source::open(fixture_path("thin.a")), "/nowhere"); }),
            "/nowhere/executable.o: does not exist\n  next: check the path");
}

TEST(Archive, OneThatIsCutOffBetweenMembersIsRefused) {
  std::vector<std::byte> bytes = fixture_bytes("regular.a");
  const auto whole = Source::from_memory("whole.a", bytes);
  const auto second = members(whole, {})[1].source->bytes().bytes();
  bytes.resize(static_cast<std::size_t>(second.data() - whole->bytes().bytes().data()) - 30);
  EXPECT_EQ(error_of([&] { members(Source::from_memory("cut.a", bytes), {}); }),
            "cut.a: is malformed or truncated: what follows its member 1 is no member\n"
            "  next: compare its size and checksum with the original, and build or copy it again");
}

TEST(Archive, AnythingElseIsNoArchive) {
  EXPECT_EQ(error_of([] { members_of("pie"); }), fixture_path("pie") + ": is no static archive");
}

}  // namespace
}  // namespace crossheap::elf
