// SPDX-License-Identifier: MIT OR Apache-2.0
#include "catalog/hazards.h"

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
  for (const Hazard &hazard : hazards()) ids += std::string(hazard.id.substr(2)) + " ";
  EXPECT_EQ(ids,
            "101 102 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117 118 "
            "201 202 203 204 205 206 207 208 209 301 302 303 304 305 306 401 402 403 404 405 406 ");
}

TEST(Hazards, EachSaysWhatWhyHowToSeeItAndWhatToDo) {
  for (const Hazard &hazard : hazards()) {
    EXPECT_FALSE(hazard.name.empty()) << hazard.id;
    EXPECT_FALSE(hazard.name.ends_with('.')) << hazard.id;
    for (const std::string_view text : {hazard.what, hazard.why, hazard.see, hazard.fix}) {
      EXPECT_GT(text.size(), 15U) << hazard.id;
      EXPECT_TRUE(text.ends_with('.')) << hazard.id << ": " << text;
    }
    EXPECT_NE(hazard.see.find("`crossheap "), std::string_view::npos) << hazard.id;
  }
}

TEST(FindHazard, TakesIdsAsPeopleTypeThem) {
  ASSERT_NE(find_hazard("xh104"), nullptr);
  EXPECT_EQ(find_hazard("xh104")->name, "incomplete interposer");
  EXPECT_EQ(find_hazard("XH999"), nullptr);
  EXPECT_EQ(find_hazard(""), nullptr);
}

TEST(HazardOf, IsTheEntryOfTheFinding) {
  const Finding finding{.id = "XH301", .object = "plugin.so", .summary = "", .evidence = {}, .next_step = ""};
  EXPECT_EQ(hazard_of(finding).name, "allocator unloaded");
}

}  // namespace
}  // namespace crossheap
