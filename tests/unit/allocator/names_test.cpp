// SPDX-License-Identifier: MIT OR Apache-2.0
#include "allocator/names.h"

#include <gtest/gtest.h>

#include <set>

namespace crossheap {
namespace {

TEST(Functions, NoNameStandsTwice) {
  std::set<std::string_view> names;
  for (const Function &function : kFunctions) EXPECT_TRUE(names.insert(function.name).second) << function.name;
}

TEST(Functions, WhateverReleasesResizesOrQueriesNamesItsBlock) {
  for (const Function &function : kFunctions) {
    const bool takes_block = function.role == Role::Release || function.role == Role::Resize ||
                             function.role == Role::Query || function.role == Role::InPlace;
    EXPECT_EQ(function.arguments.block != Arguments::kAbsent, takes_block) << function.name;
  }
}

TEST(FindFunction, KnowsEveryRow) {
  for (const Function &function : kFunctions) EXPECT_EQ(find_function(function.name), &function);
}

TEST(FindFunction, KnowsNothingElse) {
  EXPECT_EQ(find_function("mallo"), nullptr);
  EXPECT_EQ(find_function("xmalloc"), nullptr);
  EXPECT_EQ(find_function(""), nullptr);
}

TEST(SplitPrefix, FindsThePrefixesOfRealProjects) {
  for (const auto &[name, prefix] : {std::pair{"je_malloc", "je_"},
                                     {"_rjem_mallocx", "_rjem_"},
                                     {"duckdb_je_free", "duckdb_je_"},
                                     {"arrow_mi_malloc", "arrow_"},
                                     {"_rjem_je_sdallocx", "_rjem_je_"},
                                     {"malloc", ""}}) {
    const auto split = split_prefix(name);
    ASSERT_TRUE(split.has_value()) << name;
    EXPECT_EQ(split->prefix, prefix) << name;
  }
}

TEST(SplitPrefix, TakesNoWrapperForAnAllocator) {
  for (const auto *name : {"g_free", "__wrap_malloc", "xml_malloc", "PyMem_free", "my_realloc", "je_nothing"})
    EXPECT_FALSE(split_prefix(name).has_value()) << name;
}

}  // namespace
}  // namespace crossheap
