// SPDX-License-Identifier: MIT OR Apache-2.0
//
// providers/exported.list (which abi/ needs on its own) says the same as the one table of malloc-family functions.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "allocator/functions.h"

namespace {

TEST(ExportedList, HoldsTheWholeFamilyOfEveryAllocatorThatCanBeLinkedStatically) {
  std::ifstream file(CROSSHEAP_EXPORTED_LIST);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(text.empty()) << CROSSHEAP_EXPORTED_LIST;
  const std::regex symbol("(\\w+);");
  std::set<std::string> listed;
  for (std::sregex_iterator match(text.begin(), text.end(), symbol), end; match != end; ++match)
    EXPECT_TRUE(listed.insert((*match)[1]).second) << (*match)[1] << " stands twice";
  for (const crossheap::Function &function : crossheap::kFunctions)
    EXPECT_EQ(listed.count(std::string(function.name)), 1u) << function.name;
}

}  // namespace
