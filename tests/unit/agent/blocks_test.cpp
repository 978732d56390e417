// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/blocks.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace crossheap::agent::blocks {
namespace {

class Blocks : public ::testing::Test {
protected:
  static void SetUpTestSuite() { ASSERT_TRUE(start()); }
};

Packed block(std::uint64_t address, std::uint64_t size) {
  return pack({.address = address, .size = size, .stack = 77, .row = 5, .owner = 3, .align_log2 = 6, .relayed = false});
}

TEST_F(Blocks, PackingKeepsEveryField) {
  const Block back = unpack(pack({.address = 0x7ffff7abc238,
                                  .size = 0xabcdef123,
                                  .stack = (1u << stacks::kIdBits) - 1,
                                  .row = kFunctionCount - 1,
                                  .owner = 250,
                                  .align_log2 = 12,
                                  .relayed = true}));
  EXPECT_EQ(back.address, 0x7ffff7abc238u);
  EXPECT_EQ(back.size, 0xabcdef123u);
  EXPECT_EQ(back.stack, (1u << stacks::kIdBits) - 1);
  EXPECT_EQ(back.row, kFunctionCount - 1);
  EXPECT_EQ(back.owner, 250);
  EXPECT_EQ(back.align_log2, 12);
  EXPECT_TRUE(back.relayed);
}

TEST_F(Blocks, WhatWasTakenIsGoneAndKnownAsReleased) {
  add(block(0x1000, 10));
  EXPECT_EQ(unpack(find(0x1000)).size, 10u);
  EXPECT_EQ(unpack(take(0x1000)).size, 10u);
  EXPECT_EQ(take(0x1000).key, 0u);
  EXPECT_TRUE(was_released(0x1000));
  add(block(0x1000, 20));
  EXPECT_FALSE(was_released(0x1000));
  take(0x1000);
}

TEST_F(Blocks, AnOwnersOwnBlockIsRecordedAsAnyOther) {
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{100}, kSizeUnknown, UINT64_MAX}) {
    add_own(0x3000, size, 77, 5, 3);
    const Packed wanted =
        pack({.address = 0x3000, .size = size, .stack = 77, .row = 5, .owner = 3, .align_log2 = 0, .relayed = false});
    const Packed found = take(0x3000);
    EXPECT_EQ(found.key, wanted.key);
    EXPECT_EQ(found.rest, wanted.rest);
  }
  add_own(0x3002, 10, 77, 5, 3);
  EXPECT_EQ(find(0x3002).key, 0u);
}

TEST_F(Blocks, AnAddressInsideABlockLeadsToTheBlock) {
  add(block(0x2000, 100));
  EXPECT_EQ(unpack(around(0x2000 + 99)).address, 0x2000u);
  EXPECT_EQ(around(0x2000 + 100).key, 0u);
  EXPECT_EQ(around(0x2000).key, 0u);
  take(0x2000);
}

/// How many blocks an owner leaves behind.
std::uint64_t bereaved(pages::Mark owner) {
  std::uint64_t count = 0;
  bereave(
      owner, [](void *so_far, const Block &) { ++*static_cast<std::uint64_t *>(so_far); }, &count);
  return count;
}

TEST_F(Blocks, AMillionRandomChangesLeaveWhatAMapWouldHold) {
  std::mt19937_64 random(1);
  std::map<std::uint64_t, std::uint64_t> expected;
  for (int i = 0; i < 1'000'000; ++i) {
    // Some differ in the upper half of their keys only.
    const std::uint64_t address = 0x10000 + (random() % 25'000) * 8 + (random() % 2 << 35);
    if (random() % 2 == 0) {
      const std::uint64_t size = random() % 1000;
      add(block(address, size));
      expected[address] = size;
    } else {
      const auto known = expected.find(address);
      const Packed got = take(address);
      ASSERT_EQ(got.key != 0, known != expected.end());
      if (known == expected.end()) continue;
      ASSERT_EQ(unpack(got).size, known->second);
      expected.erase(known);
    }
  }
  EXPECT_EQ(bereaved(3), expected.size());
  EXPECT_EQ(bereaved(3), 0u);
  for (const auto &[address, size] : expected) EXPECT_EQ(unpack(take(address)).size, size);
  for (const auto &[address, size] : expected) EXPECT_EQ(take(address).key, 0u);
}

TEST_F(Blocks, AtOnePlaceOfEachPageAreAllFound) {
  constexpr std::uint64_t kBegin = 0x200000000010;
  constexpr std::uint64_t kCount = 50000;
  for (std::uint64_t i = 0; i < kCount; ++i) add(block(kBegin + i * 4096, i));
  for (std::uint64_t i = 0; i < kCount; ++i) ASSERT_EQ(unpack(take(kBegin + i * 4096)).size, i);
  EXPECT_EQ(find(kBegin).key, 0u);
}

TEST_F(Blocks, AsCloseAsTheyCanStandAreAllFound) {
  constexpr std::uint64_t kBegin = 0x210000000000;
  constexpr std::uint64_t kCount = 50000;
  for (std::uint64_t i = 0; i < kCount; ++i) add(block(kBegin + i * 4, i));
  for (std::uint64_t i = 0; i < kCount; ++i) ASSERT_EQ(unpack(find(kBegin + i * 4)).size, i);
  for (std::uint64_t i = 0; i < kCount; ++i) ASSERT_EQ(unpack(take(kBegin + i * 4)).size, i);
}

TEST_F(Blocks, ThatLiveStayWhereReleasedOnesMakeRoomBesideThem) {
  constexpr std::uint64_t kBegin = 0x220000000000;
  constexpr std::uint64_t kPlaces = 32;  // of 128 bytes, which begin their search in one place
  add(block(kBegin, 1));
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const std::uint64_t address = kBegin + 4 + i % (kPlaces - 1) * 4;
    add(block(address, i));
    ASSERT_EQ(unpack(find(kBegin)).size, 1u);
    ASSERT_EQ(unpack(take(address)).size, i);
    ASSERT_TRUE(was_released(address));
    ASSERT_EQ(find(address).key, 0u);
  }
  EXPECT_EQ(unpack(take(kBegin)).size, 1u);
}

TEST_F(Blocks, OfAnOwnerThatGoesStayKnownAsNobodys) {
  add(block(0x9000, 24));
  EXPECT_EQ(bereaved(2), 0u);
  EXPECT_EQ(bereaved(3), 1u);
  const Block left = unpack(take(0x9000));
  EXPECT_EQ(left.owner, pages::kNobody);
  EXPECT_EQ(left.size, 24u);
}

}  // namespace
}  // namespace crossheap::agent::blocks
