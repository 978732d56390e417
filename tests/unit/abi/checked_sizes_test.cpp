// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a checked build of a provider can say besides (checked_test.cpp), where its allocator knows the size of each
// block.
#include <crossheap/allocator.h>
#include <gtest/gtest.h>

#include <csignal>

namespace {

TEST(Checked, NamesAReleaseWithAnotherSizeThanAskedFor) {
  EXPECT_EXIT(crossheap_deallocate(crossheap_allocate(64, 8), 640, 8), testing::KilledBySignal(SIGABRT),
              "^crossheap: crossheap_deallocate: violated precondition: "
              "size and align are those the block was last allocated with\n");
}

}  // namespace
