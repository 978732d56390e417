// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The answer from figures whose truth is known: seeded noise on planted ratios.
#include "compare/analysis.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace crossheap::compare {
namespace {

struct Planted {
  const char *name;
  double time;
  double memory;
};

Result measured(const std::vector<Planted> &planted, std::size_t rounds, std::uint64_t seed, double noise = 0.02) {
  boost::random::mt19937_64 generator(seed);
  boost::random::normal_distribution<double> normal;
  const auto noisy = [&](double value) { return value * std::exp(noise * normal(generator)); };
  Result result;
  result.command = {"./work", "one two"};
  result.seed = seed;
  for (const Planted &one : planted) {
    Variant variant;
    variant.allocator.name = one.name;
    variant.service.state = Service::State::All;
    variant.ownership.state = Ownership::State::Clean;
    result.variants.push_back(variant);
  }
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < planted.size(); ++i) {
      Sample sample;
      sample[Quantity::Wall] = noisy(planted[i].time);
      sample[Quantity::PeakRss] = noisy(planted[i].memory);
      result.variants[i].samples.push_back(sample);
    }
    Sample again;
    again[Quantity::Wall] = noisy(planted[0].time);
    again[Quantity::PeakRss] = noisy(planted[0].memory);
    result.again.push_back(again);
  }
  return result;
}

TEST(Answer, TheBestIsTheMeasuredBestAndTheSentenceTellsItsCost) {
  const Result result = measured({{"glibc", 1, 100e6}, {"jemalloc", 0.8, 150e6}, {"tcmalloc", 0.95, 100e6}}, 20, 1);
  const Answer answer = answer_of(result);
  ASSERT_EQ(answer.state, Answer::State::Better);
  EXPECT_EQ(answer.best, 1u);
  EXPECT_TRUE(answer.equal.empty());
  EXPECT_NE(answer.sentence.find("Take jemalloc: its wall time is "), std::string::npos) << answer.sentence;
  EXPECT_NE(answer.sentence.find("95 % sure"), std::string::npos);
  EXPECT_NE(answer.sentence.find("its peak memory is "), std::string::npos);
}

// Seeded programs of all kinds: fast and slow allocators, much and little noise, some that may not be recommended.
TEST(Answer, WhomItNamesIsTheMeasuredBestOrWithinItsIntervalOfIt) {
  boost::random::mt19937_64 generator(7);
  int taken = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto any = [&](double low, double high) {
      return low + (high - low) * static_cast<double>(generator() % 1000) / 1000;
    };
    const double noise = any(0.005, 0.2);
    const std::array<double, 3> times{any(0.7, 1.3), any(0.7, 1.3), any(0.7, 1.3)};
    Result result = measured({{"glibc", 1, 1}, {"a", times[0], 1}, {"b", times[1], 1}, {"c", times[2], 1}},
                             6 + seed % 20, seed, noise);
    const std::size_t crossing = 1 + generator() % 5;  // 4 and 5: none
    if (crossing < result.variants.size()) result.variants[crossing].ownership.state = Ownership::State::Crosses;
    const Answer answer = answer_of(result);
    double least = std::numeric_limits<double>::infinity();
    double fastest = 1;
    for (std::size_t i = 1; i < result.variants.size(); ++i) {
      if (!result.variants[i].eligible()) continue;
      least = std::min(least, compared(result, i, Quantity::Wall).ratio.value);
      fastest = std::min(fastest, times[i - 1]);
    }
    // A difference of ten times the noise is found.
    EXPECT_TRUE(answer.state == Answer::State::Better || fastest > 1 - 10 * noise) << answer.sentence;
    if (answer.state != Answer::State::Better) continue;
    ++taken;
    ASSERT_TRUE(result.variants[answer.best].eligible());
    EXPECT_GE(least, compared(result, answer.best, Quantity::Wall).ratio.interval.low) << answer.sentence;
  }
  EXPECT_GT(taken, 50);
}

TEST(Answer, TheSameAllocatorTwiceIsNoDifferenceInNineteenOfTwentyComparisons) {
  int none = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed)
    none +=
        answer_of(measured({{"glibc", 1, 1}, {"same", 1, 1}, {"other", 1, 1}, {"third", 1, 1}}, 10, seed, 0.1)).state ==
        Answer::State::NoDifference;
  EXPECT_GE(none, 95);
}

TEST(Answer, OneUnderWhichBlocksCrossIsNeverRecommendedHoweverFastItIs) {
  Result result = measured({{"glibc", 1, 1}, {"jemalloc", 0.2, 1}, {"tcmalloc", 0.8, 1}}, 10, 3);
  for (const Ownership::State state : {Ownership::State::Crosses, Ownership::State::Unknown}) {
    result.variants[1].ownership.state = state;
    const Answer answer = answer_of(result);
    ASSERT_EQ(answer.state, Answer::State::Better);
    EXPECT_EQ(answer.best, 2u);
    EXPECT_NE(answer.sentence.find("Left out: jemalloc"), std::string::npos) << answer.sentence;
  }
}

TEST(Answer, OneThatDidNotServeOrUnderWhichTheCommandFailedIsNeverRecommended) {
  Result result = measured({{"glibc", 1, 1}, {"jemalloc", 0.2, 1}}, 10, 3);
  for (const Service::State state : {Service::State::None, Service::State::Part, Service::State::Unknown}) {
    result.variants[1].service.state = state;
    EXPECT_NE(answer_of(result).state, Answer::State::Better);
  }
  result.variants[1].service.state = Service::State::All;
  EXPECT_EQ(answer_of(result).state, Answer::State::Better);
  result.variants[1].failure = "was killed by SIGSEGV";
  EXPECT_NE(answer_of(result).state, Answer::State::Better);
}

TEST(Answer, TooFewRoundsAreNoAnswer) {
  EXPECT_EQ(answer_of(measured({{"glibc", 1, 1}, {"jemalloc", 0.2, 1}}, 5, 1)).state, Answer::State::Unknown);
  EXPECT_EQ(answer_of(measured({{"glibc", 1, 1}}, 10, 1)).state, Answer::State::Unknown);
}

TEST(Answer, AFigureThatIsBetterWhenHigherIsTakenSo) {
  Result result = measured({{"glibc", 1, 1}, {"slow", 0.5, 1}, {"fast", 1.5, 1}}, 10, 5);
  result.by = Quantity::Figure;
  result.figure_more_is_better = true;
  const auto move = [](Sample &sample) { sample[Quantity::Figure] = sample[Quantity::Wall]; };
  for (Variant &variant : result.variants)
    for (Sample &sample : variant.samples) move(sample);
  for (Sample &sample : result.again) move(sample);
  EXPECT_EQ(answer_of(result).best, 2u);
  result.figure_more_is_better = false;
  EXPECT_EQ(answer_of(result).best, 1u);
}

TEST(Answer, AdoptionQuotesTheCommandAndNamesEveryPlace) {
  Result result = measured({{"glibc", 1, 1}}, 0, 1);
  measure::Allocator allocator;
  allocator.name = "jemalloc";
  allocator.family = Family::Jemalloc;
  allocator.library = "/usr/lib/libjemalloc.so.2";
  allocator.package = "libjemalloc2";
  allocator.settings = {{"MALLOC_CONF", "narenas:1"}};
  const std::vector<Adoption> all = adoptions(result, allocator);
  ASSERT_EQ(all.size(), 6u);
  EXPECT_EQ(all[0].lines.front(), "MALLOC_CONF=narenas:1 LD_PRELOAD=/usr/lib/libjemalloc.so.2 ./work 'one two'");
  EXPECT_EQ(all[4].lines, (std::vector<std::string>{
                              "RUN apt-get update && apt-get install -y --no-install-recommends libjemalloc2",
                              "ENV LD_PRELOAD=\"/usr/lib/libjemalloc.so.2\"", "ENV MALLOC_CONF=\"narenas:1\""}));
}

TEST(Against, AChangeOfTheRatioIsFoundAndTheSpeedOfTheDayIsNot) {
  const Result then = measured({{"glibc", 1, 1}, {"jemalloc", 0.8, 1}}, 20, 1);
  const Result slow_day = measured({{"glibc", 3, 1}, {"jemalloc", 2.4, 1}}, 20, 2);
  EXPECT_EQ(against(slow_day, then).changes.at(0).difference, measure::Difference::None);
  const Result changed = measured({{"glibc", 1, 1}, {"jemalloc", 0.6, 1}}, 20, 3);
  EXPECT_EQ(against(changed, then).changes.at(0).difference, measure::Difference::Less);
  Result other = then;
  other.command = {"./other"};
  EXPECT_THROW(against(then, other), Error);
}

TEST(Merged, RoundsAddUpAndTheWorstOfAnyMachineCounts) {
  Result one = measured({{"glibc", 1, 1}, {"jemalloc", 0.8, 1}}, 6, 1);
  Result two = measured({{"glibc", 2, 1}, {"jemalloc", 1.6, 1}}, 6, 2);
  one.shards = two.shards = 2;
  two.shard = 2;
  two.variants[1].ownership.state = Ownership::State::Crosses;
  const Result whole = merged({one, two});
  EXPECT_EQ(whole.rounds(), 12u);
  EXPECT_EQ(whole.variants[1].samples.size(), 12u);
  EXPECT_FALSE(whole.variants[1].eligible());
  EXPECT_THROW(merged({one, one}), Error);
}

}  // namespace
}  // namespace crossheap::compare
