// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The lists of providers/exported (which abi/ needs on its own) say the same as the one table of malloc-family
// functions.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <set>
#include <string>

#include "allocator/functions.h"

namespace {

using crossheap::Interface;

// The list that a function stands in; nullopt for an allocator that the allocation ABI cannot link.
std::optional<std::string> list_of(Interface interface) {
  switch (interface) {
    case Interface::Standard:
    case Interface::Operators:
    case Interface::GlibcAlias:
      return "family";
    case Interface::Jemalloc:
      return "jemalloc";
    case Interface::Mimalloc:
      return "mimalloc";
    case Interface::Tcmalloc:
      return "tcmalloc";
    case Interface::Snmalloc:
      return "snmalloc";
    default:
      return std::nullopt;
  }
}

TEST(ExportedLists, HoldTheWholeFamilyOfEveryAllocatorThatCanBeLinkedStatically) {
  const std::regex symbol("(\\w+);");
  std::set<std::string> listed;
  for (const auto &entry : std::filesystem::directory_iterator(CROSSHEAP_EXPORTED_LISTS)) {
    std::ifstream file(entry.path());
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (std::sregex_iterator match(text.begin(), text.end(), symbol), end; match != end; ++match)
      EXPECT_TRUE(listed.insert(entry.path().stem().string() + " " + (*match)[1].str()).second)
          << (*match)[1] << " stands twice";
  }
  for (const crossheap::Function &function : crossheap::kFunctions) {
    if (const auto list = list_of(function.interface)) {
      EXPECT_EQ(listed.count(*list + " " + std::string(function.name)), 1u) << function.name;
    }
  }
}

}  // namespace
