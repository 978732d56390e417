// SPDX-License-Identifier: MIT OR Apache-2.0
#include "elf/byte_view.h"

#include <gtest/gtest.h>

#include "fixture.h"

namespace crossheap::elf {
namespace {

class ByteViewTest : public testing::Test {
protected:
  std::vector<std::byte> bytes_ = bytes_of(std::string_view("\1\2\3\4\5\6\7\10name\0tail", 17));
  std::string file_ = "some.so";
  ByteView view_{bytes_, file_};
};

TEST_F(ByteViewTest, ReadsNumbersInBothByteOrders) {
  EXPECT_EQ(view_.read<std::uint32_t>(0), 0x04030201U);
  EXPECT_EQ(view_.with({.swapped = true}).read<std::uint32_t>(0), 0x01020304U);
  EXPECT_EQ(view_.with({.swapped = true}).read<std::uint16_t>(6), 0x0708U);
}

TEST_F(ByteViewTest, AWordHasTheSizeOfTheClass) {
  EXPECT_EQ(view_.word(0), 0x0807060504030201U);
  EXPECT_EQ(view_.with({.wide = false}).word(0), 0x04030201U);
}

TEST_F(ByteViewTest, AReadStartingInsideAndEndingOutsideIsMalformed) {
  EXPECT_EQ(
      error_of([&] { view_.read<std::uint64_t>(10); }),
      "some.so: is malformed or truncated: a number (8 bytes at offset 10) ends outside the 17 bytes it must be in\n"
      "  next: compare its size and checksum with the original, and build or copy it again");
}

TEST_F(ByteViewTest, ARangeWhoseEndWrapsAroundIsOutside) {
  EXPECT_FALSE(view_.contains({8, UINT64_MAX}));
  EXPECT_FALSE(view_.contains({UINT64_MAX, 1}));
  EXPECT_THROW(view_.slice({UINT64_MAX - 3, 8}, "a table"), Error);
}

TEST_F(ByteViewTest, AnEmptyRangeAtTheEndIsInside) { EXPECT_EQ(view_.slice({17, 0}, "nothing").size(), 0U); }

TEST_F(ByteViewTest, AStringEndsAtItsNul) { EXPECT_EQ(view_.string_at(8), "name"); }

TEST_F(ByteViewTest, AStringWithoutNulIsMalformed) {
  EXPECT_EQ(error_of([&] { view_.string_at(13); }),
            "some.so: is malformed or truncated: the string at offset 13 does not end inside its table of 17 bytes\n"
            "  next: compare its size and checksum with the original, and build or copy it again");
  EXPECT_THROW(view_.string_at(17), Error);
}

}  // namespace
}  // namespace crossheap::elf
