// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/pages.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "agent/lock.h"

namespace crossheap::agent::pages {
namespace {

constexpr std::uint64_t kBase = 0x100000000000;
constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kPage = 4096;

class Pages : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    start_fork_detection();
    ASSERT_TRUE(start());
  }
};

std::uint64_t resident_pages() {
  std::FILE *const file = std::fopen("/proc/self/statm", "r");
  unsigned long size = 0;
  unsigned long resident = 0;
  EXPECT_EQ(std::fscanf(file, "%lu %lu", &size, &resident), 2);
  std::fclose(file);
  return resident;
}

TEST_F(Pages, WhatNobodyObtainedIsNobodys) { EXPECT_EQ(owner_of(kBase - kMiB), kNobody); }

TEST_F(Pages, EachPageOfARangeHasItsOwnerAndItsNeighboursHaveNot) {
  obtained(kBase, 3 * kPage, 7);
  EXPECT_EQ(owner_of(kBase - 1), kNobody);
  EXPECT_EQ(owner_of(kBase), 7);
  EXPECT_EQ(owner_of(kBase + 3 * kPage - 1), 7);
  EXPECT_EQ(owner_of(kBase + 3 * kPage), kNobody);
  returned(kBase + 4096, 4096);
  EXPECT_EQ(owner_of(kBase + 4096), kNobody);
  EXPECT_EQ(owner_of(kBase + 2 * kPage), 7);
  returned(kBase, 3 * kPage);
}

TEST_F(Pages, TwoOwnersInOnePageOfTheBreakAreToldApart) {
  const std::uint64_t start = kBase + kMiB + 100;
  obtained(start, 1000, 1);
  obtained(start + 1000, 8192, 2);
  EXPECT_EQ(owner_of(start), 1);
  EXPECT_EQ(owner_of(start + 999), 1);
  EXPECT_EQ(owner_of(start + 1000), 2);
  EXPECT_EQ(owner_of(start + 9000), 2);
  returned(start, 9192);
}

TEST_F(Pages, ATerabyteIsMarkedWithoutCommittingTheTable) {
  const std::uint64_t before = resident_pages();
  constexpr std::uint64_t kTerabyte = std::uint64_t{1} << 40;
  obtained(kBase + kTerabyte, kTerabyte, 9);
  EXPECT_EQ(owner_of(kBase + kTerabyte + kTerabyte / 2), 9);
  returned(kBase + kTerabyte, kTerabyte);
  EXPECT_EQ(owner_of(kBase + kTerabyte + kTerabyte / 2), kNobody);
  EXPECT_LT(resident_pages() - before, 64u);
}

TEST_F(Pages, APartOfALargeRangeCanBeGivenBackAndObtainedByAnother) {
  obtained(kBase, 256 * kMiB, 3);
  returned(kBase + 64 * kMiB, 64 * kMiB);
  obtained(kBase + 64 * kMiB, kMiB, 4);
  EXPECT_EQ(owner_of(kBase + 63 * kMiB), 3);
  EXPECT_EQ(owner_of(kBase + 64 * kMiB), 4);
  EXPECT_EQ(owner_of(kBase + 66 * kMiB), kNobody);
  EXPECT_EQ(owner_of(kBase + 200 * kMiB), 3);
  returned(kBase, 256 * kMiB);
}

TEST_F(Pages, AMovedRangeKeepsItsOwner) {
  obtained(kBase, 8192, 5);
  const Leaving leaving(kBase, 8192);
  leaving.gone();
  obtained(kBase + kMiB, 16384, 5);
  EXPECT_EQ(owner_of(kBase), kNobody);
  EXPECT_EQ(owner_of(kBase + kMiB + 16383), 5);
  returned(kBase + kMiB, 16384);
}

TEST_F(Pages, AnAddressBeyondUserSpaceIsNobodys) {
  EXPECT_EQ(owner_of(std::uint64_t{1} << 47), kNobody);
  EXPECT_EQ(owner_of(UINT64_MAX), kNobody);
}

}  // namespace
}  // namespace crossheap::agent::pages
