// SPDX-License-Identifier: MIT OR Apache-2.0
#include "matrix/merge.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "matrix/summary.h"

namespace crossheap::matrix {
namespace {

NamedResults shard(std::uint32_t index, std::uint32_t count, std::string scenario) {
  NamedResults part{"part-" + std::to_string(index), {}};
  part.results.shard = {index, count};
  part.results.hosts = {{"system", {}, "", "system", ""}};
  part.results.plugins = {{"system", {}, "system", ""}};
  part.results.modes = {*find_load_mode("local")};
  part.results.planned = 1;
  CaseResult result;
  result.of = {"system", "system", "local", std::move(scenario), "to-host"};
  result.contract = 'b';
  result.runs = 1;
  result.survived = 1;
  part.results.cases = {result};
  return part;
}

std::string refusal(std::vector<NamedResults> parts) {
  try {
    merge(std::move(parts));
  } catch (const Error &error) {
    return error.object() + ": " + error.reason();
  }
  return "merged";
}

TEST(Merge, PutsAllShardsTogetherInAnyOrder) {
  const Results merged = merge({shard(2, 2, "b"), shard(1, 2, "a")});
  ASSERT_EQ(merged.cases.size(), 2u);
  EXPECT_EQ(merged.cases[0].of.scenario, "a");
  EXPECT_EQ(merged.planned, 2u);
  EXPECT_EQ(merged.shard.count, 1u);
  EXPECT_EQ(exit_status(merged), 0);
}

TEST(Merge, AddsUpWhatWasNotPlayedUnderTheAgent) {
  NamedResults one = shard(1, 2, "a");
  NamedResults other = shard(2, 2, "b");
  one.results.untraced = {{"reason", 2}};
  other.results.untraced = {{"reason", 3}, {"another", 1}};
  const Results merged = merge({one, other});
  EXPECT_EQ(merged.untraced.at("reason"), 5u);
  EXPECT_EQ(merged.untraced.at("another"), 1u);
}

TEST(Merge, NamesTheMissingShard) {
  EXPECT_EQ(refusal({shard(1, 3, "a"), shard(3, 3, "c")}), "part-3: shard 2 of 3 is missing");
  EXPECT_EQ(refusal({shard(1, 2, "a")}), "part-1: shard 2 of 2 is missing");
}

TEST(Merge, RefusesAShardThatIsThereTwice) {
  EXPECT_EQ(refusal({shard(1, 2, "a"), shard(1, 2, "a")}), "part-1: is shard 1, and so is part-1");
}

TEST(Merge, RefusesAShardOfAnotherExperiment) {
  NamedResults other = shard(2, 2, "b");
  other.results.repeat = 5;
  EXPECT_EQ(refusal({shard(1, 2, "a"), other}), "part-2: is of another experiment than part-1");
}

TEST(Merge, RefusesAShardThatWasNotPlayedUnderTheAgentAsTheOthersWere) {
  NamedResults other = shard(2, 2, "b");
  other.results.tracing = Tracing{};
  EXPECT_EQ(refusal({shard(1, 2, "a"), other}), "part-2: is of another experiment than part-1");
}

TEST(Merge, RefusesAnInterruptedShard) {
  NamedResults cut = shard(2, 2, "b");
  cut.results.interrupted = true;
  EXPECT_EQ(refusal({shard(1, 2, "a"), cut}), "part-2: was interrupted, so it is not a whole shard");
}

TEST(ExitStatus, IsOneWhenAContractBreaksThatMustHold) {
  for (const char contract : {'b', 'c', 'd'}) {
    Results results = shard(1, 1, "x").results;
    results.cases[0].contract = contract;
    results.cases[0].survived = 0;
    results.cases[0].outcome.ending = Aborted{};
    EXPECT_EQ(exit_status(results), 1);
  }
  Results plain = shard(1, 1, "x").results;
  plain.cases[0].contract = 'a';
  plain.cases[0].survived = 0;
  EXPECT_EQ(exit_status(plain), 0);
}

}  // namespace
}  // namespace crossheap::matrix
