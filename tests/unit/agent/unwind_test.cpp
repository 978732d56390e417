// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Our way outwards against libgcc's, which reads the same tables with an implementation of its own.
#include "agent/unwind.h"

#include <alloca.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <unwind.h>

#include <cstdlib>
#include <vector>

namespace crossheap::agent::unwind {
namespace {

using Addresses = std::vector<std::uint64_t>;

Addresses by_libgcc() {
  Addresses found;
  _Unwind_Backtrace(
      [](_Unwind_Context *context, void *to) {
        static_cast<Addresses *>(to)->push_back(_Unwind_GetIP(context));
        return _URC_NO_REASON;
      },
      &found);
  // It ends with a frame of no address.
  while (!found.empty() && found.back() == 0) found.pop_back();
  return found;
}

/// From the caller of this function outwards.
__attribute__((noinline)) Addresses by_us() {
  const auto *const own_frame = static_cast<const std::uint64_t *>(__builtin_frame_address(0));
  Frame frame{.address = own_frame[1],
              .stack = reinterpret_cast<std::uint64_t>(own_frame + 2),
              .frame_pointer = own_frame[0],
              .interrupted = false};
  Addresses found;
  do found.push_back(frame.address);
  while (found.size() < 1000 && step(frame) && frame.address != 0);
  return found;
}

struct Both {
  Addresses libgcc;
  Addresses ours;
};
Both both;

// The two calls stand at different addresses, so the innermost frames differ; what is outside of them must not.
__attribute__((noinline)) void look() {
  both.libgcc = by_libgcc();
  both.ours = by_us();
}

void expect_alike() {
  ASSERT_GT(both.libgcc.size(), 4u);
  std::size_t common = 0;
  while (common < both.ours.size() && common < both.libgcc.size() &&
         both.ours[both.ours.size() - 1 - common] == both.libgcc[both.libgcc.size() - 1 - common])
    ++common;
  EXPECT_EQ(common, both.ours.size() - 1);
  EXPECT_EQ(common, both.libgcc.size() - 1);
}

class Unwind : public ::testing::Test {
protected:
  static void SetUpTestSuite() { ASSERT_TRUE(start()); }
  void TearDown() override { forget(); }
};

__attribute__((noinline)) void deeper(int frames) {
  if (frames == 0)
    look();
  else
    deeper(frames - 1);
  asm volatile("" ::: "memory");
}

TEST_F(Unwind, GoesThroughFramesWithoutFramePointers) {
  deeper(50);
  expect_alike();
}

TEST_F(Unwind, AKnownRuleLeadsToTheSameFrames) {
  deeper(5);
  const Addresses first = both.ours;
  deeper(5);
  EXPECT_EQ(both.ours.size(), first.size());
  expect_alike();
}

// A frame whose size is not known when it is compiled is found by rbp.
__attribute__((noinline)) void with_dynamic_frame(std::size_t bytes) {
  auto *const place = static_cast<volatile char *>(alloca(bytes));
  place[0] = 1;
  deeper(3);
  place[bytes - 1] = 1;
}

TEST_F(Unwind, GoesThroughAFrameOfDynamicSize) {
  with_dynamic_frame(12345);
  expect_alike();
}

// Over-aligned locals: the frame's place is itself saved in the frame.
__attribute__((noinline)) void with_aligned_frame() {
  alignas(256) char place[512];
  asm volatile("" ::"r"(place) : "memory");
  deeper(3);
  asm volatile("" ::"r"(place) : "memory");
}

TEST_F(Unwind, GoesThroughAnAlignedFrame) {
  with_aligned_frame();
  expect_alike();
}

TEST_F(Unwind, GoesThroughFunctionsOfLibraries) {
  int values[] = {3, 1, 2};
  std::qsort(values, 3, sizeof values[0], [](const void *a, const void *b) {
    look();
    return *static_cast<const int *>(a) - *static_cast<const int *>(b);
  });
  expect_alike();
}

TEST_F(Unwind, GoesThroughTheFrameOfASignal) {
  struct sigaction action {};
  action.sa_handler = [](int) { deeper(2); };
  struct sigaction before {};
  ASSERT_EQ(::sigaction(SIGUSR1, &action, &before), 0);
  ::raise(SIGUSR1);
  ASSERT_EQ(::sigaction(SIGUSR1, &before, nullptr), 0);
  expect_alike();
}

TEST_F(Unwind, EndsWhereAThreadBegan) {
  pthread_t thread{};
  const auto run = [](void *) -> void * {
    deeper(2);
    return nullptr;
  };
  ASSERT_EQ(::pthread_create(&thread, nullptr, run, nullptr), 0);
  ASSERT_EQ(::pthread_join(thread, nullptr), 0);
  expect_alike();
}

TEST_F(Unwind, AnAddressThatNoTableKnowsIsTheEnd) {
  Frame frame{.address = 0x1000, .stack = 0x7000, .frame_pointer = 0, .interrupted = false};
  EXPECT_FALSE(step(frame));
  frame.address = ~std::uint64_t{0};
  EXPECT_FALSE(step(frame));
}

}  // namespace
}  // namespace crossheap::agent::unwind
