// SPDX-License-Identifier: MIT OR Apache-2.0
#include "matrix/expectation.h"

#include <gtest/gtest.h>

#include <csignal>
#include <sstream>

#include "base/error.h"

namespace crossheap::matrix {
namespace {

Results results_with(Crossing crossing, Ending ending, std::uint32_t survived, std::uint32_t runs) {
  Results results;
  CaseResult result;
  result.of = {"jemalloc", "system", "deepbind", "malloc", "to-host"};
  result.crossing = crossing;
  result.outcome.ending = ending;
  result.survived = survived;
  result.runs = runs;
  if (survived > 0) result.endings |= only(Survived{});
  if (survived < runs) result.endings |= only(ending);
  results.cases.push_back(result);
  return results;
}

Expectations read(const std::string &text) {
  std::istringstream in(text);
  return read_expectations(in, "pinned");
}

std::string written(const Results &results, Pinned what = Pinned::Decided) {
  std::ostringstream out;
  write_expectations(out, results, what);
  const std::string text = out.str();
  return text.substr(text.find('\n') + 1);
}

const std::string kCase = "jemalloc/system/deepbind/malloc/to-host  ";

TEST(Expectations, HoldWhatIsDecidedAndNotHowABlockThatCrossesEnds) {
  const std::string crosses = kCase + "crosses\n";
  for (const Ending &ending : {Ending(Survived{}), Ending(Aborted{}), Ending(Crashed{SIGSEGV}), Ending(Hung{})}) {
    const Results results = results_with(Crossing::Yes, ending, 0, 1);
    EXPECT_EQ(written(results), crosses);
    EXPECT_TRUE(compare(results, read(crosses)).empty());
  }
  EXPECT_EQ(written(results_with(Crossing::Unknown, Aborted{}, 0, 1)), kCase + "unknown\n");
  EXPECT_EQ(written(results_with(Crossing::No, Survived{}, 1, 1)), kCase + "safe\n");
  EXPECT_EQ(written(results_with(Crossing::No, Crashed{SIGSEGV}, 0, 31)), kCase + "fails: crashed\n");
  EXPECT_EQ(written(results_with(Crossing::No, Hung{}, 15, 31)), kCase + "fails: hung | safe\n");
}

TEST(Expectations, OfALoadSayWhetherItOpens) {
  Results results;
  Load load;
  load.host = "a";
  load.plugin = "b";
  load.mode = "local";
  load.by_default.ending = Survived{};
  results.loads.push_back(load);
  EXPECT_EQ(written(results), "a/b/local/load/default  opens\n");
  results.loads[0].by_default.ending = RefusedToLoad{};
  EXPECT_EQ(written(results), "a/b/local/load/default  refused\n");
  EXPECT_EQ(compare(results, read("a/b/local/load/default  opens\n")).size(), 1u);
}

TEST(Expectations, FailOnAChangeInEitherDirection) {
  const Results crosses = results_with(Crossing::Yes, Survived{}, 1, 1);
  const Results safe = results_with(Crossing::No, Survived{}, 1, 1);
  const Results fails = results_with(Crossing::No, Aborted{}, 0, 31);
  for (const Results &before : {crosses, safe, fails})
    for (const Results &after : {crosses, safe, fails})
      EXPECT_EQ(compare(after, read(written(before))).empty(), written(before) == written(after))
          << written(before) << written(after);
}

TEST(Expectations, DoNotTakeACaseForSafeThatHardlyEverIs) {
  EXPECT_EQ(compare(results_with(Crossing::No, Aborted{}, 1, 31), read(kCase + "safe\n")).size(), 1u);
  EXPECT_TRUE(compare(results_with(Crossing::No, Aborted{}, 16, 31), read(kCase + "safe\n")).empty());
}

TEST(Expectations, DoNotTakeACaseForAsExpectedThatCouldNotBeStarted) {
  const Results results = results_with(Crossing::No, NotStarted{}, 0, 31);
  EXPECT_EQ(written(results), kCase + "fails: not-started\n");
  EXPECT_EQ(compare(results, read(kCase + "safe\n")).size(), 1u);
  EXPECT_TRUE(disagrees(results.cases[0], read(kCase + "fails: aborted\n")));
}

TEST(Expectations, HoldNothingOfARunThatDidNotStartWhereOthersDid) {
  EXPECT_EQ(written(results_with(Crossing::No, NotStarted{}, 30, 31)), kCase + "safe\n");
  Results results = results_with(Crossing::No, NotStarted{}, 0, 31);
  results.cases[0].endings |= only(Aborted{});
  EXPECT_EQ(written(results), kCase + "fails: aborted\n");
}

TEST(Expectations, HoldAnExactEndingForThoseWhoAskForIt) {
  for (const Results &results :
       {results_with(Crossing::Yes, Aborted{}, 0, 1), results_with(Crossing::Yes, Crashed{SIGSEGV}, 2, 5),
        results_with(Crossing::No, Survived{}, 5, 5)})
    EXPECT_TRUE(compare(results, read(written(results, Pinned::Exact))).empty()) << written(results, Pinned::Exact);
  const Expectations pinned = read(kCase + "aborted\n");
  for (const Results &results :
       {results_with(Crossing::Yes, Survived{}, 1, 1), results_with(Crossing::Yes, Crashed{SIGSEGV}, 0, 1)}) {
    const auto disagreements = compare(results, pinned);
    ASSERT_EQ(disagreements.size(), 1u);
    EXPECT_EQ(disagreements[0].expected, "aborted");
  }
}

TEST(Expectations, AcceptAnyOfTheOutcomesThatStandThere) {
  const Expectations pinned = read(kCase + "crashed SIGSEGV | survived\n");
  EXPECT_TRUE(compare(results_with(Crossing::Yes, Survived{}, 1, 1), pinned).empty());
  EXPECT_TRUE(compare(results_with(Crossing::Yes, Crashed{SIGSEGV}, 0, 1), pinned).empty());
  EXPECT_EQ(compare(results_with(Crossing::Yes, Aborted{}, 0, 1), pinned).size(), 1u);
}

TEST(Expectations, FailOnACaseTheyLackAndOnOneThatWasNotRun) {
  const auto disagreements =
      compare(results_with(Crossing::No, Survived{}, 1, 1), read("a/b/local/malloc/to-host safe # a comment\n\n"));
  ASSERT_EQ(disagreements.size(), 2u);
  EXPECT_EQ(disagreements[0].got, "");
  EXPECT_EQ(disagreements[1].expected, "");
}

TEST(Expectations, NameTheLineThatIsWrong) {
  try {
    read("# fine\na/b/c/d/e maybe\n");
    FAIL() << "a line with an unknown outcome was read";
  } catch (const Error &error) {
    EXPECT_EQ(error.object(), "pinned:2");
    EXPECT_EQ(error.reason(), "'maybe' is no outcome");
  }
  EXPECT_THROW(read("a/b/c/d/e fails: badly\n"), Error);
  EXPECT_THROW(read("a/b/c/d/e fails: survived\n"), Error);
}

}  // namespace
}  // namespace crossheap::matrix
