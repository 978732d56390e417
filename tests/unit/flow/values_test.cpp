// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "flow/values.h"

namespace crossheap::flow {
namespace {

Atom argument(std::int8_t index) { return {.kind = Atom::Kind::Argument, .index = index}; }

TEST(Values, EqualOriginsOfOneFunctionAreOneValue) {
  Values values;
  EXPECT_EQ(values.of(argument(1)), values.of(argument(1)));
  EXPECT_FALSE(values.of(argument(1)) == values.of(argument(2)));
  EXPECT_EQ(values.joined(values.of(argument(1)), values.of(argument(2))),
            values.with(values.of(argument(1)), values.of(argument(2))));
}

TEST(Values, ThatWereMadeStayWhenAnotherFunctionBegins) {
  Values values;
  const Value first = values.of(argument(3));
  values.begin_function();
  for (std::int8_t index = 0; index < 6; ++index) values.of(argument(index));
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(*first.begin(), argument(3));
}

TEST(Values, ManyOfOneFunctionAreFoundAgain) {
  Values values;
  constexpr std::uint64_t kMany = 5000;
  const auto constant = [&](std::uint64_t number) { return values.of({.value = number}); };
  std::vector<Value> made;
  for (std::uint64_t number = 0; number < kMany; ++number) made.push_back(constant(number));
  for (std::uint64_t number = 0; number < kMany; ++number) EXPECT_EQ(made[number], constant(number));
}

TEST(Values, KnownJoinedWithUnknownIsPartlyUnknown) {
  Values values;
  const Value joined = values.joined(values.of(argument(0)), Value());
  EXPECT_TRUE(joined.partly_unknown());
  EXPECT_EQ(joined.size(), 1U);
  EXPECT_FALSE(values.with(values.of(argument(0)), Value()).partly_unknown());
  EXPECT_TRUE(values.joined(Value(), Value()).empty());
}

TEST(Values, OriginThatDoesNotFitIsSaidToBeUnknown) {
  Values values;
  Value all = values.of(argument(0));
  for (std::int8_t index = 1; index < 4; ++index) all = values.joined(all, values.of(argument(index)));
  EXPECT_FALSE(all.partly_unknown());
  const Value more = values.joined(all, values.of(argument(4)));
  EXPECT_TRUE(more.partly_unknown());
  EXPECT_TRUE(std::equal(all.begin(), all.end(), more.begin(), more.end()));
}

TEST(Atom, LeadsThroughTwoPointersWordByWord) {
  const Atom list = argument(0);
  const Atom items = list.loaded(8);
  EXPECT_TRUE(items.inside && !items.deeper);
  EXPECT_EQ(items.offset, 8);
  const Atom element = items.moved_by(0, true).loaded(16);
  EXPECT_TRUE(element.deeper && !element.interior && !element.indexed);
  EXPECT_EQ(element.offset, 8);
  EXPECT_EQ(element.second(), 16);
  EXPECT_EQ(element.loaded(24).second(), Atom::kAnywhere);
}

TEST(Atom, CountsAllNodesOfAListAsOne) {
  const Atom first = argument(0).loaded(0);
  const Atom next = first.loaded(16);
  EXPECT_EQ(next.loaded(16), next);
  EXPECT_EQ(argument(0).loaded(16).loaded(16), argument(0).loaded(16));
}

TEST(Atom, OfAnArrayThatStandsFirstIsNotItsElement) {
  const Atom items = argument(0).loaded(0);
  EXPECT_FALSE(items.loaded(0) == items);
}

TEST(Atom, MovedTwiceByANumberMayLeadAnywhere) {
  EXPECT_EQ(argument(0).moved_by(8, false).offset, 8);
  EXPECT_EQ(argument(0).moved_by(0, true).moved_by(8, false).offset, 8);
  EXPECT_EQ(argument(0).moved_by(8, false).moved_by(8, false).offset, Atom::kAnywhere);
  EXPECT_EQ(argument(0).moved_anywhere().loaded(8).offset, Atom::kAnywhere);
}

}  // namespace
}  // namespace crossheap::flow
