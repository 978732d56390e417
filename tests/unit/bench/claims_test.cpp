// SPDX-License-Identifier: MIT OR Apache-2.0
#include "bench/claims.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "bench/series.h"

namespace crossheap::bench {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

measure::Estimate ratio(double low, double value, double high) { return {value, {low, high}, 9}; }

const measure::Estimate kSharp = ratio(0.999, 1.0, 1.001);

TEST(AnswerOfAFigure, HoldsWhenTheWholeIntervalIsInTheRange) {
  EXPECT_EQ(answer_of(ratio(0.80, 0.85, 0.90), kSharp, 0, 1), Answer::Holds);
  EXPECT_EQ(answer_of(ratio(1.10, 1.20, 1.30), kSharp, 1, kInfinity), Answer::Holds);
  EXPECT_EQ(answer_of(ratio(7.5, 8, 9), kSharp, 7, 10), Answer::Holds);
}

TEST(AnswerOfAFigure, DoesNotHoldWhenTheWholeIntervalIsOutside) {
  EXPECT_EQ(answer_of(ratio(1.10, 1.20, 1.30), kSharp, 0, 1), Answer::DoesNotHold);
  EXPECT_EQ(answer_of(ratio(0.80, 0.85, 0.90), kSharp, 1, kInfinity), Answer::DoesNotHold);
  EXPECT_EQ(answer_of(ratio(1.5, 2, 3), kSharp, 7, 10), Answer::DoesNotHold);
  EXPECT_EQ(answer_of(ratio(11, 12, 13), kSharp, 7, 10), Answer::DoesNotHold);
}

TEST(AnswerOfAFigure, CannotTellWhenTheIntervalHasAnEndOfTheRangeInIt) {
  EXPECT_EQ(answer_of(ratio(0.9, 0.98, 1.05), kSharp, 0, 1), Answer::CannotTell);
  EXPECT_EQ(answer_of(ratio(6, 8, 9), kSharp, 7, 10), Answer::CannotTell);
  EXPECT_EQ(answer_of(ratio(5, 8, 12), kSharp, 7, 10), Answer::CannotTell);
}

TEST(AnswerOfAFigure, CannotTellWhatTheMachineDoesNotResolve) {
  const measure::Estimate blurred = ratio(0.8, 1.0, 1.25);
  EXPECT_EQ(answer_of(ratio(0.85, 0.9, 0.95), blurred, 0, 1), Answer::CannotTell);
  EXPECT_EQ(answer_of(ratio(0.4, 0.5, 0.6), blurred, 0, 1), Answer::Holds);
}

TEST(AnswerOfAFigure, CannotTellWithoutRounds) {
  EXPECT_EQ(answer_of({}, kSharp, 0, 1), Answer::CannotTell);
  EXPECT_EQ(answer_of(ratio(0.4, 0.5, 0.6), {}, 0, 1), Answer::CannotTell);
}

TEST(AnswerOfAClaim, IsThatOfItsWeakestPart) {
  const auto parts = [](std::initializer_list<Answer> answers) {
    std::vector<Part> all(answers.size());
    std::size_t index = 0;
    for (const Answer answer : answers) all[index++].answer = answer;
    return all;
  };
  EXPECT_EQ(answer_of(parts({Answer::Holds, Answer::Holds})), Answer::Holds);
  EXPECT_EQ(answer_of(parts({Answer::Holds, Answer::CannotTell})), Answer::CannotTell);
  EXPECT_EQ(answer_of(parts({Answer::CannotTell, Answer::DoesNotHold})), Answer::DoesNotHold);
  EXPECT_EQ(answer_of(parts({})), Answer::CannotTell);
}

TEST(ClaimTable, HasASourceAndARangeThatAFigureCanMissForEveryPart) {
  std::set<std::string_view> ids;
  for (const ClaimRow &row : claim_table()) {
    EXPECT_TRUE(ids.insert(row.id).second) << row.id;
    EXPECT_FALSE(row.source.empty()) << row.id;
    EXPECT_FALSE(row.parts.empty()) << row.id;
    for (const ClaimPart &part : row.parts) {
      EXPECT_LT(part.low, part.high) << part.says;
      EXPECT_TRUE(part.low > 0 || part.high < kInfinity) << part.says;
      EXPECT_NE(part.of, part.base) << part.says;
    }
  }
}

TEST(Series, PutsTheBaseNextToItselfAndLeavesOutAVariantThatFails) {
  Series series{.load = "load",
                .arguments = "",
                .variants = {"a", "b", "c"},
                .metrics = {},
                .run = [](std::size_t index, std::uint64_t seed) -> std::variant<Sample, NoSample> {
                  if (index == 2) return NoSample{"broke"};
                  return Sample{{"seconds", (index == 1 ? 2.0 : 1.0) * static_cast<double>(seed)}};
                }};
  Results results;
  const Samples samples = measure_series(series, {.rounds = 8, .seconds = 0, .seed = 5}, results, [] {});
  ASSERT_EQ(results.failures.size(), 1u);
  EXPECT_EQ(results.failures[0].variant, "c");
  EXPECT_EQ(results.failures[0].reason, "broke");
  const std::vector<Cell> cells = cells_of(series, samples);
  ASSERT_EQ(cells.size(), 3u);
  EXPECT_EQ(cells[1].variant, "b");
  EXPECT_DOUBLE_EQ(cells[1].ratio.value, 2.0);
  EXPECT_TRUE(cells[2].again);
  EXPECT_EQ(cells[2].variant, "a");
  EXPECT_DOUBLE_EQ(cells[2].ratio.value, 1.0);
  EXPECT_DOUBLE_EQ(pair_of(series, samples, "seconds", "a", "b").ratio.value, 0.5);
  EXPECT_EQ(pair_of(series, samples, "seconds", "c", "a").ratio.rounds, 0u);
}

}  // namespace
}  // namespace crossheap::bench
