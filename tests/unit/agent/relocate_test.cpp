// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The entry patcher on entries of every kind: what it accepts goes on meaning the same, what it refuses has its reason.
#include "agent/relocate.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <vector>

#include "agent/memory.h"

#define PROLOGUE(name)      \
  extern "C" int name(int); \
  extern "C" const std::uint8_t name##_end[]
PROLOGUE(rip_relative_load);
PROLOGUE(rip_relative_with_immediate);
PROLOGUE(short_branch);
PROLOGUE(near_branch);
PROLOGUE(compare_then_work);
PROLOGUE(flags_looked_at_later);
PROLOGUE(compare_in_memory);
PROLOGUE(call_at_entry);
PROLOGUE(call_through_memory);
PROLOGUE(jump_at_entry);
PROLOGUE(recursion);
PROLOGUE(with_endbr);
PROLOGUE(short_with_padding);
PROLOGUE(one_byte);
PROLOGUE(short_before_another);
PROLOGUE(loop_into_entry);
PROLOGUE(branch_to_first_byte);
PROLOGUE(far_loop_into_entry);
PROLOGUE(counted_branch);
PROLOGUE(not_code);
PROLOGUE(code_then_rubbish);

namespace crossheap::agent {
namespace {

using event::Refusal;
using Prologue = int (*)(int);

// SAFETY (throughout): functions of this program, looked at as bytes.
Body body_of(Prologue function, const std::uint8_t *end, std::size_t padding = 0) {
  const auto *const begin = reinterpret_cast<const std::uint8_t *>(function);
  return {begin, static_cast<std::size_t>(end - begin), padding, reinterpret_cast<std::uint64_t>(function)};
}
#define BODY(name) body_of(name, name##_end)

Refusal refusal_of(const Body &body) { return plan_displacement(body).refusal; }

/// Puts a jump into the function's entry, to an island with its displaced instructions.
::testing::AssertionResult patch(const Body &body) {
  const Displacement displacement = plan_displacement(body);
  if (displacement.refusal != Refusal::None) return ::testing::AssertionFailure() << "refused";
  std::uint8_t *const memory = map_near(body.address, body.address + body.size, kPageBytes);
  if (memory == nullptr) return ::testing::AssertionFailure() << "no memory near the function";
  const auto start = reinterpret_cast<std::uint64_t>(memory);
  Code island(memory, kPageBytes, start);
  if (!relocate(body, displacement, island)) return ::testing::AssertionFailure() << "cannot be relocated";
  set_access(start, start + kPageBytes, Access::ReadExecute);
  const std::uint64_t at = body.address + displacement.offset;
  if (!set_access(at, at + kJumpBytes, Access::ReadWrite)) return ::testing::AssertionFailure() << "not writable";
  Code entry(reinterpret_cast<std::uint8_t *>(at), kJumpBytes, at);
  entry.jump(start);
  set_access(at, at + kJumpBytes, Access::ReadExecute);
  return entry.good() ? ::testing::AssertionSuccess() : ::testing::AssertionFailure() << "the island is too far";
}

void expect_same_after_patching(Prologue function, const std::uint8_t *end, std::size_t padding = 0) {
  std::vector<int> before;
  before.reserve(10);
  for (int argument = 0; argument < 10; ++argument) before.push_back(function(argument));
  ASSERT_TRUE(patch(body_of(function, end, padding)));
  for (int argument = 0; argument < 10; ++argument)
    EXPECT_EQ(function(argument), before[static_cast<std::size_t>(argument)]) << "of " << argument;
}
#define EXPECT_SAME_AFTER_PATCHING(name) expect_same_after_patching(name, name##_end)

TEST(Relocate, ALoadRelativeToTheInstructionPointerStillReadsTheSamePlace) {
  EXPECT_SAME_AFTER_PATCHING(rip_relative_load);
}
TEST(Relocate, AnImmediateBehindTheDisplacementStaysWhatItIs) {
  EXPECT_SAME_AFTER_PATCHING(rip_relative_with_immediate);
}
TEST(Relocate, AShortBranchReachesItsTargetFromTheIsland) { EXPECT_SAME_AFTER_PATCHING(short_branch); }
TEST(Relocate, ANearBranchReachesItsTargetFromTheIsland) { EXPECT_SAME_AFTER_PATCHING(near_branch); }
TEST(Relocate, ACallReturnsIntoTheFunctionNotIntoTheIsland) { EXPECT_SAME_AFTER_PATCHING(call_at_entry); }
TEST(Relocate, ACallThroughMemoryReturnsIntoTheFunction) { EXPECT_SAME_AFTER_PATCHING(call_through_memory); }
TEST(Relocate, AFunctionThatIsOneJumpIsMoved) { EXPECT_SAME_AFTER_PATCHING(jump_at_entry); }
TEST(Relocate, ACallOfTheFunctionByItselfIsNoBranchIntoTheEntry) { EXPECT_SAME_AFTER_PATCHING(recursion); }
TEST(Relocate, AShortFunctionWithPaddingBehindItIsPatched) {
  expect_same_after_patching(short_with_padding, short_with_padding_end, 7);
}
TEST(Relocate, Endbr64StaysAtTheEntryAndTheJumpComesBehindIt) {
  EXPECT_EQ(plan_displacement(BODY(with_endbr)).offset, 4u);
  EXPECT_SAME_AFTER_PATCHING(with_endbr);
  const auto *const bytes = reinterpret_cast<const std::uint8_t *>(&with_endbr);
  EXPECT_EQ(bytes[0], 0xf3);
  EXPECT_EQ(bytes[4], 0xe9);
}

TEST(Relocate, AOneByteFunctionWithoutPaddingIsTooShort) { EXPECT_EQ(refusal_of(BODY(one_byte)), Refusal::TooShort); }
TEST(Relocate, AShortFunctionBeforeOtherCodeIsTooShort) {
  EXPECT_EQ(refusal_of(body_of(short_before_another, short_before_another_end, 13)), Refusal::TooShort);
}
TEST(Relocate, ALoopThatBeginsInTheFirstBytesIsRefused) {
  EXPECT_EQ(refusal_of(BODY(loop_into_entry)), Refusal::BranchIntoEntry);
}
TEST(Relocate, ALoopThatBeginsAtTheFirstByteIsRefused) {
  EXPECT_EQ(refusal_of(BODY(branch_to_first_byte)), Refusal::BranchIntoEntry);
}
TEST(Relocate, ABranchBackFromFarBehindIsRefused) {
  EXPECT_EQ(refusal_of(BODY(far_loop_into_entry)), Refusal::BranchIntoEntry);
}
TEST(Relocate, ABranchWithoutANearFormIsRefused) {
  EXPECT_EQ(refusal_of(BODY(counted_branch)), Refusal::Unrelocatable);
}
TEST(Relocate, BytesThatAreNoInstructionAreRefused) { EXPECT_EQ(refusal_of(BODY(not_code)), Refusal::Undecodable); }
TEST(Relocate, RubbishLaterInTheFunctionIsRefusedForItMayHideABranch) {
  EXPECT_EQ(refusal_of(BODY(code_then_rubbish)), Refusal::Undecodable);
}
TEST(Relocate, AFunctionWithoutASizeIsRefused) {
  Body body = BODY(rip_relative_load);
  body.size = 0;
  EXPECT_EQ(refusal_of(body), Refusal::UnknownSize);
}
TEST(Relocate, AnIslandOutOfReachIsRefused) {
  const Body body = BODY(rip_relative_load);
  std::uint8_t bytes[64];
  Code island(bytes, sizeof bytes, body.address + (std::uint64_t{1} << 33));
  EXPECT_FALSE(relocate(body, plan_displacement(body), island));
}

bool is_repeatable(const Body &body) { return is_repeatable(body, plan_displacement(body)); }

TEST(Relocate, AFunctionThatBeginsByComparingItsArgumentIsRepeatable) {
  EXPECT_TRUE(is_repeatable(BODY(compare_then_work)));
  EXPECT_SAME_AFTER_PATCHING(compare_then_work);
}
TEST(Relocate, WhatComparesAndIsLookedAtLaterIsNotRepeatable) {
  EXPECT_FALSE(is_repeatable(BODY(flags_looked_at_later)));
}
TEST(Relocate, WhatReadsMemoryOrWritesARegisterIsNotRepeatable) {
  EXPECT_FALSE(is_repeatable(BODY(compare_in_memory)));
  EXPECT_FALSE(is_repeatable(BODY(rip_relative_load)));
  EXPECT_FALSE(is_repeatable(BODY(jump_at_entry)));
}

TEST(Memory, BetweenReservationsThereIsTheRoomThatWasSetAside) {
  constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;
  void *const reserved = ::mmap(nullptr, 8 * kGiB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(reserved, MAP_FAILED);
  const auto middle = reinterpret_cast<std::uint64_t>(reserved) + 4 * kGiB;
  EXPECT_EQ(map_near(middle, middle + kPageBytes, kPageBytes), nullptr);
  constexpr std::uint64_t kRoom = std::uint64_t{4} << 20;
  ASSERT_EQ(::munmap(reinterpret_cast<void *>(middle + kGiB), kRoom), 0);
  set_island_room_aside(middle + kGiB);
  std::uint8_t *const first = map_near(middle, middle + kPageBytes, kPageBytes + 1);
  ASSERT_NE(first, nullptr);
  first[kPageBytes] = 1;
  std::uint8_t *const second = map_near(middle, middle + kPageBytes, kPageBytes);
  EXPECT_EQ(second, first + 2 * kPageBytes);
  unmap_near(second, kPageBytes);
  EXPECT_EQ(map_near(middle, middle + kPageBytes, kPageBytes), second) << "as often as a plugin is opened again";
  EXPECT_EQ(map_near(middle - 2 * kGiB, middle - 2 * kGiB + kPageBytes, kPageBytes), nullptr) << "out of reach";
  EXPECT_EQ(map_near(middle, middle + kPageBytes, kRoom), nullptr) << "more than is left";
  ASSERT_EQ(::munmap(reserved, 8 * kGiB), 0);
}

}  // namespace
}  // namespace crossheap::agent
