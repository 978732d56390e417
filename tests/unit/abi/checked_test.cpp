// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A checked build of a provider (CROSSHEAP_CHECKED) names the violated precondition and aborts, in a child
// process of the test. One program per way to resolve an allocator.
#include <crossheap/allocator.h>
#include <gtest/gtest.h>

#include <csignal>

namespace {

// A constant would let the compiler see through the violation (alloc_align).
volatile std::size_t zero = 0;
volatile std::size_t three = 3;
volatile std::size_t one = 1;

void expect_abort(void (*violation)(), const char *message) {
  EXPECT_EXIT(violation(), testing::KilledBySignal(SIGABRT), message);
}

TEST(Checked, NamesASizeOfZero) {
  expect_abort([] { (void)!crossheap_allocate(zero, 8); },
               "^crossheap: crossheap_allocate: violated precondition: size > 0\n");
  expect_abort([] { (void)!crossheap_allocate_zeroed(zero, 8); },
               "^crossheap: crossheap_allocate_zeroed: violated precondition: size > 0\n");
  expect_abort([] { crossheap_usable_size(zero, 8); },
               "^crossheap: crossheap_usable_size: violated precondition: size > 0\n");
}

TEST(Checked, NamesAnAlignmentThatIsNoPowerOfTwo) {
  expect_abort([] { (void)!crossheap_allocate(8, three); },
               "^crossheap: crossheap_allocate: violated precondition: align is a power of two\n");
  expect_abort([] { (void)!crossheap_allocate_zeroed(8, zero); },
               "^crossheap: crossheap_allocate_zeroed: violated precondition: align is a power of two\n");
  expect_abort([] { crossheap_usable_size(8, three); },
               "^crossheap: crossheap_usable_size: violated precondition: align is a power of two\n");
}

TEST(Checked, NamesANullBlock) {
  expect_abort([] { crossheap_deallocate(nullptr, 8, 8); },
               "^crossheap: crossheap_deallocate: violated precondition: block is not null\n");
  expect_abort([] { (void)!crossheap_reallocate(nullptr, 8, 8, 16); },
               "^crossheap: crossheap_reallocate: violated precondition: block is not null\n");
  expect_abort([] { crossheap_resize_in_place(nullptr, 8, 8, 16); },
               "^crossheap: crossheap_resize_in_place: violated precondition: block is not null\n");
}

TEST(Checked, NamesANewSizeOfZero) {
  expect_abort(
      [] {
        void *block = crossheap_allocate(8, 8);
        (void)!crossheap_reallocate(block, 8, 8, zero);
      },
      "^crossheap: crossheap_reallocate: violated precondition: new_size > 0\n");
  expect_abort(
      [] {
        void *block = crossheap_allocate(8, 8);
        crossheap_resize_in_place(block, 8, 8, zero);
      },
      "^crossheap: crossheap_resize_in_place: violated precondition: new_size > 0\n");
}

TEST(Checked, NamesABlockThatCannotHaveItsAlignment) {
  expect_abort(
      [] {
        char *block = static_cast<char *>(crossheap_allocate(64, 8));
        crossheap_deallocate(block + one, 64, 8);
      },
      "^crossheap: crossheap_deallocate: violated precondition: block is a multiple of its align\n");
}

TEST(Checked, LetsCorrectUsePass) {
  void *block = crossheap_allocate(100, 32);
  ASSERT_NE(block, nullptr);
  block = crossheap_reallocate(block, 100, 32, 5000);
  ASSERT_NE(block, nullptr);
  crossheap_deallocate(block, crossheap_resize_in_place(block, 5000, 32, 4000), 32);
  block = crossheap_allocate_zeroed(3, 16);
  ASSERT_NE(block, nullptr);
  crossheap_deallocate(block, crossheap_usable_size(3, 16), 16);
}

}  // namespace
