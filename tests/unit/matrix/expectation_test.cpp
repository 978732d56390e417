// SPDX-License-Identifier: MIT OR Apache-2.0
#include "matrix/expectation.h"

#include <gtest/gtest.h>

#include <csignal>
#include <sstream>

#include "base/error.h"

namespace crossheap::matrix {
namespace {

Results results_with(Ending ending, std::uint32_t survived, std::uint32_t runs) {
  Results results;
  CaseResult result;
  result.of = {"jemalloc", "system", "deepbind", "malloc", "to-host"};
  result.outcome.ending = ending;
  result.survived = survived;
  result.runs = runs;
  results.cases.push_back(result);
  return results;
}

Expectations read(const std::string &text) {
  std::istringstream in(text);
  return read_expectations(in, "pinned");
}

TEST(Expectations, ThatWereWrittenHoldForTheSameResults) {
  for (const Results &results :
       {results_with(Aborted{}, 0, 1), results_with(Crashed{SIGSEGV}, 2, 5), results_with(Survived{}, 5, 5)}) {
    std::ostringstream out;
    write_expectations(out, results);
    EXPECT_TRUE(compare(results, read(out.str())).empty()) << out.str();
  }
}

TEST(Expectations, FailOnAChangeInEitherDirection) {
  const Expectations pinned = read("jemalloc/system/deepbind/malloc/to-host  aborted\n");
  for (const Results &results : {results_with(Survived{}, 1, 1), results_with(Crashed{SIGSEGV}, 0, 1)}) {
    const auto disagreements = compare(results, pinned);
    ASSERT_EQ(disagreements.size(), 1u);
    EXPECT_EQ(disagreements[0].expected, "aborted");
  }
}

TEST(Expectations, AcceptAnyOfTheOutcomesThatStandThere) {
  const Expectations pinned = read("jemalloc/system/deepbind/malloc/to-host  crashed SIGSEGV | survived\n");
  EXPECT_TRUE(compare(results_with(Survived{}, 1, 1), pinned).empty());
  EXPECT_TRUE(compare(results_with(Crashed{SIGSEGV}, 0, 1), pinned).empty());
  EXPECT_EQ(compare(results_with(Aborted{}, 0, 1), pinned).size(), 1u);
}

TEST(Expectations, FailOnACaseTheyLackAndOnOneThatWasNotRun) {
  const auto disagreements =
      compare(results_with(Survived{}, 1, 1), read("a/b/local/malloc/to-host survived # a comment\n\n"));
  ASSERT_EQ(disagreements.size(), 2u);
  EXPECT_EQ(disagreements[0].expected, "");
  EXPECT_EQ(disagreements[1].got, "");
}

TEST(Expectations, NameTheLineThatIsWrong) {
  try {
    read("# fine\na/b/c/d/e maybe\n");
    FAIL() << "a line with an unknown outcome was read";
  } catch (const Error &error) {
    EXPECT_EQ(error.object(), "pinned:2");
    EXPECT_EQ(error.reason(), "'maybe' is no outcome");
  }
}

}  // namespace
}  // namespace crossheap::matrix
