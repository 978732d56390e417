// SPDX-License-Identifier: MIT OR Apache-2.0
#include "matrix/outcome.h"

#include <gtest/gtest.h>

#include <csignal>

#include "base/error.h"

namespace crossheap::matrix {
namespace {

using event::RunStep;

Outcome judged(sandbox::Ending ending, std::vector<event::RunRecord> records, std::string output = "",
               bool damaged = false) {
  sandbox::Observation observation;
  observation.ending = std::move(ending);
  observation.output = std::move(output);
  return judge(observation, {std::move(records), damaged});
}

const std::vector<event::RunRecord> kWholePlay{{RunStep::Opening, ""},
                                               {RunStep::Giving, ""},
                                               {RunStep::Taking, ""},
                                               {RunStep::Pressing, ""},
                                               {RunStep::Verified, ""}};

TEST(Outcome, IsSurvivalOnlyWhenTheRunnerVerifiedAndTheSystemSawACleanEnd) {
  EXPECT_TRUE(survived(judged(sandbox::Exited{0}, kWholePlay)));
  EXPECT_EQ(name_of(judged(sandbox::Exited{3}, kWholePlay).ending), "left-by-exit 3");
  EXPECT_EQ(name_of(judged(sandbox::Killed{SIGSEGV}, kWholePlay).ending), "crashed SIGSEGV");
  EXPECT_EQ(name_of(judged(sandbox::Exited{0}, {{RunStep::Opening, ""}}).ending), "left-by-exit 0");
}

TEST(Outcome, TellsTheStepItEndedIn) {
  EXPECT_EQ(
      judged(sandbox::Killed{SIGABRT}, {{RunStep::Opening, ""}, {RunStep::Giving, ""}, {RunStep::Taking, ""}}).during,
      "while the block was taken");
  EXPECT_EQ(judged(sandbox::Killed{SIGSEGV}, kWholePlay).during, "at exit");
  EXPECT_EQ(judged(sandbox::TimedOut{}, {}).during, "before the plugin was opened");
}

TEST(Outcome, CarriesTheAllocatorsOwnWords) {
  const Outcome outcome =
      judged(sandbox::Killed{SIGABRT}, {{RunStep::Taking, ""}}, "some line\nfree(): invalid pointer\n");
  EXPECT_EQ(kind(outcome.ending), "aborted");
  EXPECT_EQ(outcome.message, "free(): invalid pointer");
}

TEST(Outcome, OfWrongContentsIsWrongEvenWhenTheProcessEndsWell) {
  auto records = kWholePlay;
  records.insert(records.begin() + 3, {RunStep::Wrong, "the block does not hold what its giver wrote"});
  const Outcome outcome = judged(sandbox::Exited{0}, records);
  EXPECT_EQ(kind(outcome.ending), "wrong-contents");
  EXPECT_EQ(outcome.message, "the block does not hold what its giver wrote");
}

TEST(Outcome, WithoutTheThreadThatItNeedsIsThatItWasNotPlayed) {
  EXPECT_EQ(kind(judged(sandbox::Exited{0}, {{RunStep::Giving, ""}, {RunStep::NoThread, ""}}).ending), "not-started");
}

TEST(Outcome, OfARefusedLoadCarriesTheLoadersWords) {
  const Outcome outcome =
      judged(sandbox::Exited{0},
             {{RunStep::Opening, ""}, {RunStep::NotOpened, "x.so: cannot allocate memory in static TLS block"}});
  EXPECT_EQ(kind(outcome.ending), "refused-to-load");
  EXPECT_EQ(outcome.message, "x.so: cannot allocate memory in static TLS block");
}

TEST(Outcome, OfAReleaseAtExitNeedsTheWordThatItHappened) {
  EXPECT_EQ(name_of(judged(sandbox::Exited{0}, {{RunStep::Taking, ""}, {RunStep::Arranged, ""}}).ending),
            "left-by-exit 0");
  EXPECT_TRUE(
      survived(judged(sandbox::Exited{0}, {{RunStep::Taking, ""}, {RunStep::Arranged, ""}, {RunStep::Finished, ""}})));
}

TEST(Outcome, OfADamagedStreamIsNoSurvival) {
  EXPECT_EQ(name_of(judged(sandbox::Exited{0}, kWholePlay, "", true).ending), "left-by-exit 0");
}

TEST(EndingWords, AreReadBackAsTheSameEnding) {
  for (const Ending &ending : {Ending(Survived{}), Ending(WrongContents{}), Ending(Aborted{}), Ending(Crashed{SIGSEGV}),
                               Ending(Crashed{SIGBUS}), Ending(RefusedToLoad{}), Ending(Hung{}), Ending(LeftByExit{7}),
                               Ending(RefusedBySandbox{})})
    EXPECT_EQ(name_of(parse_ending(name_of(ending), "a file")), name_of(ending));
  EXPECT_THROW(parse_ending("fine", "a file"), Error);
}

TEST(AllocatorMessage, IsFoundAmongOtherLines) {
  EXPECT_EQ(allocator_message("hello\nsrc/tcmalloc.cc:333] Attempt to free invalid pointer 0x5\nbye\n"),
            "src/tcmalloc.cc:333] Attempt to free invalid pointer 0x5");
  EXPECT_EQ(allocator_message("hello\n"), "");
}

}  // namespace
}  // namespace crossheap::matrix
