// SPDX-License-Identifier: MIT OR Apache-2.0
#include "matrix/selection.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace crossheap::matrix {
namespace {

Builds some_builds() {
  return {{{"system", {}, "", "system", ""},
           {"jemalloc", {}, "", "jemalloc", ""},
           {"jemalloc-shared", {}, "", "jemalloc", ""}},
          {{"system", {}, "system", ""}, {"tcmalloc-needed", {}, "tcmalloc", ""}}};
}

// The message of the Error that `action` throws.
template <typename Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const Error &error) {
    EXPECT_EQ(error.blame(), Blame::Usage);
    return error.what();
  }
  return "no error";
}

TEST(Selection, OfNothingIsEverything) {
  EXPECT_EQ(select_hosts(some_builds(), {}).size(), 3u);
  EXPECT_EQ(select_plugins(some_builds(), {}).size(), 2u);
  EXPECT_EQ(select_modes({}).size(), load_modes().size());
}

TEST(Selection, TakesGlobs) {
  Selection selection;
  selection.hosts = {"jemalloc*"};
  const auto hosts = select_hosts(some_builds(), selection);
  ASSERT_EQ(hosts.size(), 2u);
  EXPECT_EQ(hosts[1].name, "jemalloc-shared");
}

TEST(Selection, OfAnUnknownHostNamesTheNearestOne) {
  Selection selection;
  selection.hosts = {"jemaloc"};
  EXPECT_EQ(
      message_of([&] { select_hosts(some_builds(), selection); }),
      "jemaloc: no host build has this name\n  next: did you mean jemalloc? `crossheap matrix --list` shows them all");
}

TEST(Selection, OfAGlobThatMatchesNothingIsAnError) {
  Selection selection;
  selection.modes = {"zz*"};
  EXPECT_EQ(message_of([&] { select_modes(selection); }),
            "zz*: no load mode has this name\n  next: `crossheap matrix --list` shows them all");
}

TEST(Selection, OfAnUnknownContractIsAnError) {
  Selection selection;
  selection.contracts = "bx";
  EXPECT_EQ(message_of([&] { check_scenarios(selection, {}); }),
            "x: is no contract\n  next: contracts are a, b, c and d, for instance --contract bcd");
}

TEST(Shard, IsOneOfSeveral) {
  EXPECT_EQ(parse_shard("2/4").index, 2u);
  EXPECT_EQ(parse_shard("2/4").count, 4u);
  for (const char *text : {"", "2", "0/4", "5/4", "a/b", "1/4x", "-1/4", "1//4"})
    EXPECT_THROW(parse_shard(text), Error) << text;
}

}  // namespace
}  // namespace crossheap::matrix
