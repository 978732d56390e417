// SPDX-License-Identifier: MIT OR Apache-2.0
#include "catalog/finding.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace crossheap {
namespace {

TEST(Hazards, StandInTheOrderOfTheirIdsAndNoneTwice) {
  const auto all = hazards();
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const Hazard &a, const Hazard &b) { return a.id < b.id; }));
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end(), [](const Hazard &a, const Hazard &b) { return a.id == b.id; }),
            all.end());
}

// Reports are compared over years: a change of this list is a change of the interface.
TEST(Hazards, TheIdsAreThoseThatWereHandedOut) {
  std::string ids;
  for (const Hazard &hazard : hazards()) ids += name_of(hazard.id).substr(2) + " ";
  EXPECT_EQ(ids,
            "101 102 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117 118 "
            "201 202 203 204 205 206 207 208 209 301 302 303 304 305 306 401 402 403 404 405 406 ");
}

// The compiler says so for every enumerator that this switch lacks; the loop does for every entry.
TEST(Hazards, EveryValueOfTheEnumerationHasAnEntry) {
  const auto is_in_the_catalogue = [](HazardId id) { return find_hazard(id) != nullptr && hazard_of(id).id == id; };
  for (std::uint16_t number = 0; number < 1'000; ++number) {
    const auto id = static_cast<HazardId>(number);
    switch (id) {
      case HazardId::DeepBoundPlugin:
      case HazardId::SecondNamespace:
      case HazardId::HalfBoundAllocator:
      case HazardId::IncompleteInterposer:
      case HazardId::NeededOrder:
      case HazardId::UnversionedImports:
      case HazardId::LateInterposer:
      case HazardId::PluginCapturesPlugin:
      case HazardId::PrivateAllocator:
      case HazardId::OverrideNotExported:
      case HazardId::OverrideNotLinked:
      case HazardId::PrefixSurprise:
      case HazardId::WeakProbe:
      case HazardId::UniqueSymbols:
      case HazardId::AllocatorInTable:
      case HazardId::ForwardingShim:
      case HazardId::PreloadWithoutEffect:
      case HazardId::ArtifactRule:
      case HazardId::CrossingFree:
      case HazardId::CrossingRealloc:
      case HazardId::CrossingQuery:
      case HazardId::LanguageObjectCrosses:
      case HazardId::WrongPair:
      case HazardId::WrongSize:
      case HazardId::OperatorsInPart:
      case HazardId::NoLiveBlock:
      case HazardId::ExceptionCrosses:
      case HazardId::AllocatorUnloaded:
      case HazardId::BlocksOutliveOwner:
      case HazardId::TeardownOrder:
      case HazardId::ForkWithSeveralAllocators:
      case HazardId::FreedAfterThreadEnded:
      case HazardId::AllocationBeforeHandshake:
      case HazardId::StaticTlsExhausted:
      case HazardId::DynamicTlsInReplacement:
      case HazardId::TwoInstances:
      case HazardId::TwoCppRuntimes:
      case HazardId::TwoRustShims:
      case HazardId::ForeignLoader:
        EXPECT_TRUE(is_in_the_catalogue(id)) << number;
        break;
      default:
        EXPECT_EQ(find_hazard(id), nullptr) << number << " has an entry and no name in ids.h";
    }
  }
}

TEST(Hazards, EachSaysWhatWhyHowToSeeItAndWhatToDo) {
  for (const Hazard &hazard : hazards()) {
    const std::string id = name_of(hazard.id);
    for (const std::string_view text : {hazard.name, hazard.headline}) {
      EXPECT_FALSE(text.empty()) << id;
      EXPECT_FALSE(text.ends_with('.')) << id << ": " << text;
    }
    for (const std::string_view text : {hazard.what, hazard.why, hazard.see, hazard.fix}) {
      EXPECT_GT(text.size(), 15U) << id;
      EXPECT_TRUE(text.ends_with('.')) << id << ": " << text;
    }
    EXPECT_NE(hazard.see.find("`crossheap "), std::string_view::npos) << id;
  }
}

TEST(Hazards, NoTwoHaveOneNameOrHeadline) {
  for (const Hazard &one : hazards())
    for (const Hazard &other : hazards())
      if (one.id != other.id) {
        EXPECT_NE(one.name, other.name);
        EXPECT_NE(one.headline, other.headline);
      }
}

TEST(FindHazardId, TakesIdsAsPeopleTypeThem) {
  EXPECT_EQ(find_hazard_id("xh104"), HazardId::IncompleteInterposer);
  EXPECT_EQ(find_hazard_id("XH406"), HazardId::ForeignLoader);
  for (const std::string_view text :
       {"", "XH", "XH999", "XH104 ", "XH0104x", "104", "XH-104", "XH65640", "XH4294967400"})
    EXPECT_EQ(find_hazard_id(text), std::nullopt) << text;
}

TEST(AdviceOf, IsTheFindingsOwnNextStepOrTheFixOfTheEntry) {
  Finding finding;
  finding.hazard = HazardId::AllocatorUnloaded;
  EXPECT_EQ(advice_of(finding), hazard_of(HazardId::AllocatorUnloaded).fix);
  finding.next_step = "keep it open";
  EXPECT_EQ(advice_of(finding), "keep it open");
}

}  // namespace
}  // namespace crossheap
