// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The contract of crossheap/allocator.h, function by function. One program per way to resolve an
// allocator; expected.h says which one this is.
#include <crossheap/allocator.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "expected.h"

namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr std::size_t kAlignments[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096};
constexpr std::size_t kSizes[] = {1,        2,
                                  3,        7,
                                  8,        9,
                                  15,       16,
                                  17,       24,
                                  31,       32,
                                  33,       48,
                                  63,       64,
                                  65,       100,
                                  127,      128,
                                  129,      500,
                                  512,      1000,
                                  1024,     4095,
                                  4096,     4097,
                                  14000,    16384,
                                  32768,    65537,
                                  262144,   kMiB - 1,
                                  kMiB,     kMiB + 1,
                                  4 * kMiB, 32 * kMiB + 5,
                                  64 * kMiB};
constexpr std::size_t kImpossible[] = {static_cast<std::size_t>(PTRDIFF_MAX), static_cast<std::size_t>(PTRDIFF_MAX) + 1,
                                       SIZE_MAX - 4096, SIZE_MAX};
constexpr int kSomeErrno = 4711;

unsigned char *bytes(void *block) { return static_cast<unsigned char *>(block); }

unsigned char pattern(std::size_t index, std::size_t seed) {
  return static_cast<unsigned char>(index * 31 + (index >> 8) + seed * 7 + 1);
}

// Every byte of a small block, both ends of a large one: 64 MiB times 13 alignments is slow to touch.
template <class Visit>
void visit_bytes(std::size_t size, Visit visit) {
  constexpr std::size_t kWhole = std::size_t{128} * 1024;
  constexpr std::size_t kEnd = 4096;
  if (size <= kWhole) {
    for (std::size_t index = 0; index < size; ++index) visit(index);
    return;
  }
  for (std::size_t index = 0; index < kEnd; ++index) visit(index), visit(size - 1 - index);
}

void fill(void *block, std::size_t size, std::size_t seed) {
  visit_bytes(size, [&](std::size_t index) { bytes(block)[index] = pattern(index, seed); });
}

// How many bytes are not what fill() wrote into a block of `filled` bytes, of the first `kept` ones.
std::size_t wrong_bytes(void *block, std::size_t filled, std::size_t kept, std::size_t seed) {
  std::size_t wrong = 0;
  visit_bytes(filled, [&](std::size_t index) { wrong += index < kept && bytes(block)[index] != pattern(index, seed); });
  return wrong;
}

template <class Try>
void for_every_layout(Try attempt) {
  for (std::size_t align : kAlignments)
    for (std::size_t size : kSizes) {
      SCOPED_TRACE("size " + std::to_string(size) + " align " + std::to_string(align));
      attempt(size, align);
      if (testing::Test::HasFatalFailure()) return;
    }
}

TEST(Provider, SaysWhoItIs) {
  const struct crossheap_provider *provider = ::crossheap_provider();
  ASSERT_NE(provider, nullptr);
  EXPECT_EQ(provider->struct_size, sizeof(struct crossheap_provider));
  EXPECT_EQ(provider->abi_version, CROSSHEAP_ABI_VERSION);
  EXPECT_STREQ(provider->family, crossheap_expected_family);
  EXPECT_STREQ(provider->resolution, crossheap_expected_resolution);
  EXPECT_NE(provider->allocate_address, nullptr);
  EXPECT_NE(provider->release_address, nullptr);
  EXPECT_NE(provider->allocate_address, provider->release_address);
  EXPECT_EQ(provider, ::crossheap_provider());
}

TEST(Provider, TellsTheVersionOfTheAllocator) {
  const std::string version = ::crossheap_provider()->version;
  EXPECT_NE(version.find_first_of("0123456789"), std::string::npos) << version;
  EXPECT_NE(version.find('.'), std::string::npos) << version;
}

TEST(Provider, IsOnOneHeapWithItselfAndWithNobodyOfAnotherVersionOrWithoutIdentity) {
  const struct crossheap_provider mine = *::crossheap_provider();
  EXPECT_TRUE(crossheap_same_heap(&mine, ::crossheap_provider()));
  struct crossheap_provider other = mine;
  other.abi_version += 1;
  EXPECT_FALSE(crossheap_same_heap(&mine, &other));
  other = mine;
  other.release_address = nullptr;
  EXPECT_FALSE(crossheap_same_heap(&other, &other));
  other = mine;
  other.allocate_address = &other;
  EXPECT_FALSE(crossheap_same_heap(&mine, &other));
}

TEST(Allocate, AlignsEverySizeToEveryAlignment) {
  for_every_layout([](std::size_t size, std::size_t align) {
    std::vector<void *> blocks;
    for (int copy = 0; copy < (size < kMiB ? 9 : 1); ++copy) {
      blocks.push_back(crossheap_allocate(size, align));
      ASSERT_NE(blocks.back(), nullptr);
      ASSERT_EQ(reinterpret_cast<std::uintptr_t>(blocks.back()) % align, 0u);
    }
    for (void *block : blocks) crossheap_deallocate(block, size, align);
  });
}

TEST(Allocate, GivesBlocksThatDoNotOverlap) {
  for_every_layout([](std::size_t size, std::size_t align) {
    void *blocks[3];
    for (std::size_t seed = 0; seed < 3; ++seed) {
      blocks[seed] = crossheap_allocate(size, align);
      ASSERT_NE(blocks[seed], nullptr);
      fill(blocks[seed], size, seed);
    }
    for (std::size_t seed = 0; seed < 3; ++seed) {
      EXPECT_EQ(wrong_bytes(blocks[seed], size, size, seed), 0u);
      crossheap_deallocate(blocks[seed], size, align);
    }
  });
}

TEST(Allocate, LeavesErrnoAlone) {
  // Once before: an allocator that turns to the system for memory may set it.
  for_every_layout([](std::size_t size, std::size_t align) {
    void *block = crossheap_allocate(size, align);
    ASSERT_NE(block, nullptr);
    crossheap_deallocate(block, size, align);
  });
  for_every_layout([](std::size_t size, std::size_t align) {
    errno = kSomeErrno;
    void *block = crossheap_allocate(size, align);
    EXPECT_EQ(errno, kSomeErrno);
    ASSERT_NE(block, nullptr);
    crossheap_deallocate(block, size, align);
    EXPECT_EQ(errno, kSomeErrno);
  });
}

TEST(Allocate, RefusesImpossibleSizesWithEnomem) {
  for (std::size_t align : kAlignments)
    for (std::size_t size : kImpossible) {
      SCOPED_TRACE("size " + std::to_string(size) + " align " + std::to_string(align));
      errno = 0;
      EXPECT_EQ(crossheap_allocate(size, align), nullptr);
      EXPECT_EQ(errno, ENOMEM);
      errno = 0;
      EXPECT_EQ(crossheap_allocate_zeroed(size, align), nullptr);
      EXPECT_EQ(errno, ENOMEM);
    }
}

TEST(AllocateZeroed, ZeroesAlsoBlocksThatWereUsedBefore) {
  for_every_layout([](std::size_t size, std::size_t align) {
    void *used = crossheap_allocate(size, align);
    ASSERT_NE(used, nullptr);
    fill(used, size, 1);
    crossheap_deallocate(used, size, align);
    void *block = crossheap_allocate_zeroed(size, align);
    ASSERT_NE(block, nullptr);
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(block) % align, 0u);
    std::size_t wrong = 0;
    visit_bytes(size, [&](std::size_t index) { wrong += bytes(block)[index] != 0; });
    EXPECT_EQ(wrong, 0u);
    crossheap_deallocate(block, size, align);
  });
}

TEST(Reallocate, KeepsContentsAndAlignmentWhileGrowingAndShrinking) {
  constexpr std::pair<std::size_t, std::size_t> kSteps[] = {{1, 2},
                                                            {7, 9},
                                                            {16, 17},
                                                            {24, 100},
                                                            {100, 24},
                                                            {1000, 1},
                                                            {500, 5000},
                                                            {5000, 500},
                                                            {4096, 8192},
                                                            {8192, 4096},
                                                            {14000, 70000},
                                                            {70000, 14000},
                                                            {65537, kMiB},
                                                            {kMiB, 65537},
                                                            {kMiB, 9 * kMiB},
                                                            {9 * kMiB, kMiB},
                                                            {64 * kMiB, 65 * kMiB},
                                                            {64 * kMiB, 16}};
  for (std::size_t align : kAlignments)
    for (const auto &[from, to] : kSteps) {
      SCOPED_TRACE(std::to_string(from) + " to " + std::to_string(to) + " align " + std::to_string(align));
      void *block = crossheap_allocate(from, align);
      ASSERT_NE(block, nullptr);
      fill(block, from, 3);
      void *moved = crossheap_reallocate(block, from, align, to);
      ASSERT_NE(moved, nullptr);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(moved) % align, 0u);
      EXPECT_EQ(wrong_bytes(moved, from, std::min(from, to), 3), 0u);
      fill(moved, to, 4);
      EXPECT_EQ(wrong_bytes(moved, to, to, 4), 0u);
      crossheap_deallocate(moved, to, align);
    }
}

TEST(Reallocate, ThatFailsLeavesTheOldBlockAndSaysEnomem) {
  for (std::size_t align : kAlignments)
    for (std::size_t impossible : kImpossible) {
      SCOPED_TRACE("to " + std::to_string(impossible) + " align " + std::to_string(align));
      void *block = crossheap_allocate(1000, align);
      ASSERT_NE(block, nullptr);
      fill(block, 1000, 5);
      errno = 0;
      ASSERT_EQ(crossheap_reallocate(block, 1000, align, impossible), nullptr);
      EXPECT_EQ(errno, ENOMEM);
      EXPECT_EQ(wrong_bytes(block, 1000, 1000, 5), 0u);
      crossheap_deallocate(block, 1000, align);
    }
}

TEST(ResizeInPlace, TellsASizeThatCanBeWrittenAndReleasedWith) {
  constexpr std::size_t kTargets[] = {1, 16, 100, 1000, 1025, 4096, 20000, 70000, 3 * kMiB};
  for (std::size_t align : kAlignments)
    for (std::size_t from : kTargets)
      for (std::size_t to : kTargets) {
        SCOPED_TRACE(std::to_string(from) + " to " + std::to_string(to) + " align " + std::to_string(align));
        void *block = crossheap_allocate(from, align);
        ASSERT_NE(block, nullptr);
        fill(block, from, 6);
        const std::size_t holds = crossheap_resize_in_place(block, from, align, to);
        EXPECT_GE(holds, std::min(from, to));
        EXPECT_EQ(wrong_bytes(block, from, std::min(from, holds), 6), 0u);
        void *neighbour = crossheap_allocate(to, align);
        ASSERT_NE(neighbour, nullptr);
        fill(neighbour, to, 7);
        fill(block, holds, 8);
        EXPECT_EQ(wrong_bytes(neighbour, to, to, 7), 0u);
        crossheap_deallocate(neighbour, to, align);
        crossheap_deallocate(block, holds, align);
      }
}

TEST(ResizeInPlace, RefusesImpossibleSizes) {
  for (std::size_t align : kAlignments)
    for (std::size_t impossible : kImpossible) {
      void *block = crossheap_allocate(1000, align);
      ASSERT_NE(block, nullptr);
      const std::size_t holds = crossheap_resize_in_place(block, 1000, align, impossible);
      EXPECT_GE(holds, 1000u);
      EXPECT_LT(holds, impossible);
      crossheap_deallocate(block, holds, align);
    }
}

TEST(UsableSize, CanAllBeWrittenAndReleasedWith) {
  for_every_layout([](std::size_t size, std::size_t align) {
    const std::size_t usable = crossheap_usable_size(size, align);
    ASSERT_GE(usable, size);
    void *blocks[3];
    for (std::size_t seed = 0; seed < 3; ++seed) {
      blocks[seed] = crossheap_allocate(size, align);
      ASSERT_NE(blocks[seed], nullptr);
      fill(blocks[seed], usable, seed);
    }
    const std::size_t releases[] = {size, size + (usable - size) / 2, usable};
    for (std::size_t seed = 0; seed < 3; ++seed) {
      EXPECT_EQ(wrong_bytes(blocks[seed], usable, usable, seed), 0u);
      crossheap_deallocate(blocks[seed], releases[seed], align);
    }
  });
}

TEST(UsableSize, IsNeverBelowTheSizeAskedFor) {
  for (std::size_t align : kAlignments)
    for (std::size_t size : kImpossible) EXPECT_GE(crossheap_usable_size(size, align), size);
}

TEST(Deallocate, TakesBlocksOfAThreadThatHasEnded) {
  std::vector<std::pair<void *, std::size_t>> blocks;
  std::thread([&blocks] {
    for (std::size_t size = 1; size < 5000; size += 13) blocks.emplace_back(crossheap_allocate(size, 8), size);
  }).join();
  for (const auto &[block, size] : blocks) {
    ASSERT_NE(block, nullptr);
    crossheap_deallocate(block, size, 8);
  }
}

TEST(Deallocate, MakesRoomForTheNextBlock) {
  // 64 GiB pass through: a release that does nothing would not.
  for (int round = 0; round < 1024; ++round) {
    void *block = crossheap_allocate(64 * kMiB, 16);
    ASSERT_NE(block, nullptr);
    bytes(block)[0] = 1;
    crossheap_deallocate(block, 64 * kMiB, 16);
  }
}

}  // namespace
