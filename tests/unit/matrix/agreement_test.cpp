// SPDX-License-Identifier: MIT OR Apache-2.0
#include "matrix/agreement.h"

#include <gtest/gtest.h>

#include "matrix/summary.h"

namespace crossheap::matrix {
namespace {

/// A case of the plain contract that was played alone and under the agent.
CaseResult played(Crossing crossing, const Ending &alone, const Ending &under_agent,
                  const std::vector<HazardId> &hazards = {}) {
  CaseResult result;
  result.of = {"system", "system", "local", "malloc", "to-host"};
  result.contract = 'a';
  result.crossing = crossing;
  result.runs = 1;
  result.survived = std::holds_alternative<Survived>(alone) ? 1 : 0;
  result.outcome.ending = alone;
  result.traced = TracedRun{.watched = true, .outcome = {under_agent, "at exit", ""}, .reports = {}};
  for (const HazardId hazard : hazards)
    result.traced->reports.push_back({hazard, "free", event::Detail::None, "host", "libc.so.6", 1});
  return result;
}

TEST(Verdict, TellsTheFourKindsOfCasesApart) {
  EXPECT_EQ(name_of(verdict_on(played(Crossing::No, Survived{}, Survived{}))), "good");
  EXPECT_EQ(name_of(verdict_on(played(Crossing::Yes, Aborted{}, Aborted{}, {HazardId::CrossingFree}))), "reported");
  EXPECT_EQ(name_of(verdict_on(played(Crossing::Yes, Survived{}, Survived{}, {HazardId::CrossingRealloc}))), "luck");
  EXPECT_EQ(name_of(verdict_on(played(Crossing::No, Crashed{11}, Crashed{11}))), "other-cause");
}

TEST(Verdict, ACaseThatFailsOnlyUnderTheAgentFails) {
  EXPECT_EQ(verdict_on(played(Crossing::Yes, Survived{}, Crashed{11}, {HazardId::CrossingFree})), Verdict::Reported);
}

TEST(Contradiction, NamesACrossingThatTheAgentMissed) {
  EXPECT_EQ(contradiction_in(played(Crossing::Yes, Aborted{}, Crashed{11})),
            "the block crosses, and the agent does not report it (aborted alone, crashed SIGSEGV under the agent)");
  EXPECT_NE(contradiction_in(played(Crossing::Yes, Survived{}, Survived{})), "");
}

TEST(Contradiction, NamesAFalseReportWithItsParties) {
  EXPECT_EQ(contradiction_in(played(Crossing::No, Survived{}, Survived{}, {HazardId::CrossingFree})),
            "no block crosses, and the agent reports XH201 free, of host to libc.so.6");
  EXPECT_EQ(contradiction_in(played(Crossing::No, Survived{}, Survived{}, {HazardId::NoLiveBlock})),
            "the case is good, and the agent reports XH208 free, of host to libc.so.6");
}

TEST(Contradiction, IsNoneWhereAThreadsEndCrossesBetweenNamespacesAndThatIsTold) {
  CaseResult result = played(Crossing::No, Crashed{11}, Crashed{11}, {HazardId::CrossingFree});
  result.of.scenario = "thread-both-heaps";
  EXPECT_NE(contradiction_in(result), "");
  result.of.mode = "namespace";
  EXPECT_EQ(contradiction_in(result), "");
  Results results;
  results.cases = {result};
  EXPECT_EQ(agreement_of(results).beyond_bindings.size(), 1u);
}

TEST(Contradiction, NamesACaseThatOnlyTheAgentBreaks) {
  EXPECT_EQ(contradiction_in(played(Crossing::No, Survived{}, Crashed{11})),
            "it survives alone, and under the agent it ends: crashed SIGSEGV at exit");
}

TEST(Contradiction, NamesACaseThatWasNotWatched) {
  CaseResult result = played(Crossing::No, Survived{}, Survived{});
  result.traced->watched = false;
  EXPECT_EQ(contradiction_in(result), "the agent was not in the process, or its log was destroyed");
}

TEST(Contradiction, IsNoneWhereAllAgree) {
  EXPECT_EQ(contradiction_in(played(Crossing::No, Survived{}, Survived{})), "");
  EXPECT_EQ(contradiction_in(played(Crossing::No, Crashed{11}, Crashed{11})), "");
  EXPECT_EQ(contradiction_in(played(Crossing::Yes, Aborted{}, Aborted{}, {HazardId::CrossingFree})), "");
  EXPECT_EQ(contradiction_in(played(Crossing::Unknown, Aborted{}, Aborted{}, {HazardId::CrossingFree})), "");
  EXPECT_EQ(contradiction_in(played(Crossing::No, Survived{}, Survived{}, {HazardId::BlocksOutliveOwner})), "");
}

TEST(Agreement, CountsWhatSurvivesWhenItIsRoutedAndFailsTheExperimentOnAContradiction) {
  Results results;
  results.tracing = Tracing{.depth = event::Depth::Ownership, .route = true};
  results.cases = {played(Crossing::Yes, Aborted{}, Aborted{}, {HazardId::CrossingFree}),
                   played(Crossing::Yes, Aborted{}, Aborted{}, {HazardId::CrossingFree}),
                   played(Crossing::Yes, Survived{}, Survived{}, {HazardId::CrossingQuery})};
  results.cases[0].routed = TracedRun{.watched = true, .outcome = {Survived{}, "", ""}, .reports = {}};
  results.cases[1].routed = TracedRun{.watched = true, .outcome = {Aborted{}, "", ""}, .reports = {}};
  const Agreement agreement = agreement_of(results);
  EXPECT_EQ(agreement.reported, 2u);
  EXPECT_EQ(agreement.routed, 2u);
  EXPECT_EQ(agreement.routed_survived, 1u);
  EXPECT_EQ(agreement.by_luck, std::vector<std::string>{"system/system/local/malloc/to-host"});
  EXPECT_TRUE(agreement.contradictions.empty());
  EXPECT_EQ(exit_status(results), 0);
  results.cases.push_back(played(Crossing::No, Survived{}, Survived{}, {HazardId::CrossingFree}));
  EXPECT_EQ(agreement_of(results).contradictions.size(), 1u);
  EXPECT_EQ(exit_status(results), 1);
}

}  // namespace
}  // namespace crossheap::matrix
