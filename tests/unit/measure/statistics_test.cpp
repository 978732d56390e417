// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the statistics promise, over hundreds of comparisons whose truth is known: figures with noise, drift and
// outliers, all seeded.
#include "measure/statistics.h"

#include <gtest/gtest.h>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_real_distribution.hpp>
#include <cmath>
#include <set>

namespace crossheap::measure {
namespace {

/// A machine as ours: 8 % of noise a run, a speed that drifts threefold, and every twentieth run twice as long.
class NoisyMachine {
public:
  explicit NoisyMachine(std::uint64_t seed) : generator_(seed) {}
  void next_round() { speed_ = std::clamp(speed_ * std::exp(0.1 * normal_(generator_)), 0.5, 1.5); }
  double run(double work) {
    const double outlier = uniform_(generator_) < 0.05 ? 2 : 1;
    return work * speed_ * outlier * std::exp(0.08 * normal_(generator_));
  }

private:
  boost::random::mt19937_64 generator_;
  boost::random::normal_distribution<double> normal_;
  boost::random::uniform_real_distribution<double> uniform_;
  double speed_ = 1;
};

struct Measured {
  Estimate ratio;
  Estimate same;
};

Measured compare(double truth, std::size_t rounds, std::uint64_t seed) {
  NoisyMachine machine(seed);
  std::vector<double> first;
  std::vector<double> again;
  std::vector<double> other;
  for (std::size_t i = 0; i < rounds; ++i) {
    machine.next_round();
    first.push_back(machine.run(1));
    again.push_back(machine.run(1));
    other.push_back(machine.run(truth));
  }
  return {paired_ratio(other, first, seed), paired_ratio(again, first, seed)};
}

TEST(Statistics, TheSameVariantTwiceIsNoDifferenceInNineteenOfTwentyComparisons) {
  int none = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Measured measured = compare(1, 15, seed);
    none += difference(measured.ratio, measured.same) == Difference::None;
  }
  EXPECT_GE(none, 190);
}

TEST(Statistics, TheIntervalHoldsTheTruthInNineOfTenComparisons) {
  for (const double truth : {0.8, 1.0, 1.05, 2.0}) {
    int held = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) held += compare(truth, 15, seed).ratio.interval.contains(truth);
    EXPECT_GE(held, 180) << truth;
  }
}

TEST(Statistics, ALargeDifferenceIsFoundInNearlyEveryComparisonAndOnItsSide) {
  int slower = 0;
  int faster = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Measured up = compare(1.3, 15, seed);
    const Measured down = compare(0.75, 15, seed);
    slower += difference(up.ratio, up.same) == Difference::More;
    faster += difference(down.ratio, down.same) == Difference::Less;
  }
  EXPECT_GE(slower, 95);
  EXPECT_GE(faster, 95);
}

TEST(Statistics, AFivePercentSlowdownIsFoundWithEnoughRounds) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Measured measured = compare(1.05, 400, seed);
    found += difference(measured.ratio, measured.same) == Difference::More;
  }
  EXPECT_GE(found, 19);
}

TEST(Statistics, TooFewRoundsSayNothing) {
  const Measured measured = compare(3, kFewestRounds - 1, 7);
  EXPECT_EQ(difference(measured.ratio, measured.same), Difference::Unknown);
}

TEST(Statistics, ADifferenceThatTheMachineShowsForOneVariantIsNone) {
  const Estimate ratio{1.04, {1.02, 1.06}, 20};
  EXPECT_EQ(difference(ratio, {1.0, {0.99, 1.01}, 20}), Difference::More);
  EXPECT_EQ(difference(ratio, {1.0, {0.95, 1.01}, 20}), Difference::None);
}

TEST(Statistics, RoundsWithoutAFigureAreLeftOut) {
  const std::vector<double> of{2, 0, 2, std::nan(""), 2};
  const std::vector<double> base{1, 1, 0, 1, 1};
  const Estimate ratio = paired_ratio(of, base, 1);
  EXPECT_EQ(ratio.rounds, 2u);
  EXPECT_DOUBLE_EQ(ratio.value, 2);
  EXPECT_EQ(paired_ratio({}, {}, 1).rounds, 0u);
}

TEST(Statistics, TheSameFiguresGiveTheSameIntervalAndAnotherSeedNearlyIt) {
  const Measured once = compare(1.1, 20, 3);
  const Measured twice = compare(1.1, 20, 3);
  EXPECT_EQ(once.ratio.interval.low, twice.ratio.interval.low);
  EXPECT_EQ(once.ratio.interval.high, twice.ratio.interval.high);
}

TEST(Statistics, MedianAndQuantilesAreThoseOfTheTextbook) {
  EXPECT_DOUBLE_EQ(median({3, 1, 2}), 2);
  EXPECT_DOUBLE_EQ(median({4, 1, 2, 3}), 2.5);
  EXPECT_DOUBLE_EQ(quantile({1, 2, 3, 4, 5}, 0.25), 2);
  EXPECT_DOUBLE_EQ(quantile({5}, 0.9), 5);
}

TEST(Statistics, EveryRoundRunsEveryVariantOnceInAnOrderThatTheSeedDecides) {
  std::set<std::vector<std::size_t>> orders;
  for (std::uint64_t round = 0; round < 50; ++round) {
    std::vector<std::size_t> order = order_of_round(5, round, 42);
    EXPECT_EQ(order, order_of_round(5, round, 42));
    orders.insert(order);
    std::sort(order.begin(), order.end());
    EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
  }
  EXPECT_GT(orders.size(), 25u);
}

}  // namespace
}  // namespace crossheap::measure
