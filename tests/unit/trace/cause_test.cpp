// SPDX-License-Identifier: MIT OR Apache-2.0
#include "trace/cause.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <set>

namespace crossheap::trace {
namespace {

using event::Detail;

Incident seen(HazardId hazard, Detail detail = Detail::None) {
  Incident one;
  one.hazard = hazard;
  one.detail = detail;
  one.function = "free";
  one.owner = {.object = "/lib/libjemalloc.so.2", .family = "jemalloc"};
  one.releaser = {.object = "/lib/libc.so.6", .family = "glibc"};
  Frame frame;
  frame.object = "/opt/plugin.so";
  frame.function = "plugin_release";
  frame.file = "plugin.c";
  frame.line = 12;
  one.release_stack.push_back(frame);
  return one;
}

OpenCall deep_bound() {
  OpenCall call;
  call.path = "/opt/plugin.so";
  call.flags = RTLD_NOW | RTLD_DEEPBIND;
  return call;
}

Incident explained(Incident one) {
  explain(one);
  return one;
}

TEST(Explain, MakesACrossingAFinding) {
  const Incident one = explained(seen(HazardId::CrossingFree));
  EXPECT_EQ(one.level, Level::Error);
  EXPECT_EQ(one.subject, "/opt/plugin.so");
  EXPECT_EQ(one.summary, "plugin.so passes free of libc.so.6 (glibc) a block of libjemalloc.so.2 (jemalloc)");
  EXPECT_EQ(
      one.because,
      "free in plugin.so is bound to libc.so.6 (glibc), but the block was handed out by libjemalloc.so.2 (jemalloc).");
  ASSERT_EQ(one.places.size(), 1U);
  EXPECT_EQ(one.places[0].file, "plugin.c");
  EXPECT_EQ(one.places[0].line, 12);
  EXPECT_EQ(one.evidence[0], "owner: libjemalloc.so.2 (jemalloc)");
  EXPECT_EQ(one.evidence[1], "releaser: libc.so.6 (glibc), by free");
}

// A crossing that was routed or withheld is a crossing still.
TEST(Explain, TellsACrossingWhateverWasDoneAboutIt) {
  const std::string because = explained(seen(HazardId::CrossingFree)).because;
  for (const Detail detail : {Detail::Routed, Detail::Withheld})
    EXPECT_EQ(explained(seen(HazardId::CrossingFree, detail)).because, because);
}

TEST(Explain, NamesDeepBindingWhereItIsTheReason) {
  Incident one = seen(HazardId::CrossingFree);
  one.opened = deep_bound();
  EXPECT_TRUE(explained(one).because.starts_with("plugin.so was opened with RTLD_DEEPBIND, so its free was"));
  EXPECT_EQ(explained(one).evidence.back(), R"(opened by dlopen("/opt/plugin.so", RTLD_NOW | RTLD_DEEPBIND))");
}

TEST(Explain, NamesLinkNamespacesBeforeDeepBinding) {
  Incident one = seen(HazardId::CrossingRealloc);
  one.releaser.link_namespace = 1;
  one.opened = deep_bound();
  EXPECT_TRUE(explained(one).because.starts_with("The two are in different link namespaces (dlmopen)"));
}

TEST(Explain, SaysWhenNobodyIsKnownToOwnTheBlock) {
  Incident one = seen(HazardId::CrossingQuery);
  one.owner = {};
  EXPECT_EQ(explained(one).summary,
            "plugin.so passes free of libc.so.6 (glibc) an address that no watched allocator handed out");
}

TEST(Explain, TellsTheKindsOfADeadBlockApart) {
  std::set<std::string> summaries;
  for (const Detail detail : {Detail::ReleasedTwice, Detail::InsideBlock, Detail::NeverAllocated}) {
    const Incident one = explained(seen(HazardId::NoLiveBlock, detail));
    EXPECT_EQ(one.level, Level::Error);
    EXPECT_FALSE(one.because.empty());
    EXPECT_FALSE(one.next_step.empty());
    EXPECT_TRUE(summaries.insert(one.summary).second) << one.summary;
  }
}

TEST(Explain, ComparesTheSizes) {
  Incident one = seen(HazardId::WrongSize, Detail::WrongSize);
  one.size = 64;
  one.given_size = 32;
  EXPECT_EQ(explained(one).summary, "plugin.so passes free a block of 64 bytes as one of 32");
  EXPECT_EQ(explained(one).because, "The block was asked for with 64 bytes and released as one of 32 (wrong size).");
}

TEST(Explain, OnlyWarnsOfWhatGoesWrongElsewhere) {
  EXPECT_EQ(explained(seen(HazardId::WrongPair)).level, Level::Warning);
  EXPECT_EQ(explained(seen(HazardId::BlocksOutliveOwner)).level, Level::Warning);
}

// A hazard that the agent comes to report before anybody has words for it is shown all the same.
TEST(Explain, HasWordsForEveryHazard) {
  for (const Hazard &hazard : hazards()) {
    const Incident one = explained(seen(hazard.id));
    EXPECT_FALSE(one.summary.empty()) << name_of(hazard.id);
    EXPECT_FALSE(advice_of(one).empty()) << name_of(hazard.id);
  }
}

TEST(Detail, IsReadBackFromItsWords) {
  for (int number = 0; number <= static_cast<int>(Detail::Withheld); ++number) {
    const auto detail = static_cast<Detail>(number);
    EXPECT_EQ(find_detail(name_of(detail)), detail);
    EXPECT_EQ(name_of(detail).empty(), detail == Detail::None);
  }
  EXPECT_EQ(find_detail("something else"), std::nullopt);
}

}  // namespace
}  // namespace crossheap::trace
