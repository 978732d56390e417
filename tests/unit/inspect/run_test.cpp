// SPDX-License-Identifier: MIT OR Apache-2.0
#include "inspect/run.h"

#include <gtest/gtest.h>
#include <link.h>

#include <fstream>

#include "fixture.h"
#include "inspect/walk.h"

namespace crossheap::inspect {
namespace {

struct Described {
  std::string operator()(const Inspection &inspection) const { return std::string(name_of(inspection.artifact)); }
  std::string operator()(const Skipped &skipped) const { return skipped.reason; }
  std::string operator()(const Ignored &) const { return "ignored"; }
  std::string operator()(const Error &error) const { return error.reason().substr(0, 25); }
};

std::vector<std::string> outcomes_of(const std::vector<std::filesystem::path> &paths, unsigned jobs) {
  std::vector<std::string> lines;
  run({.paths = paths, .policy = {}, .jobs = jobs}, [&](const Outcome &outcome) {
    const std::string name = std::filesystem::path(outcome.file).filename();
    lines.push_back(name + (outcome.named ? "!" : "") + ": " + std::visit(Described{}, outcome.result));
  });
  return lines;
}

class Jobs : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Threads, Jobs, testing::Values(1U, 2U, 7U));

TEST_P(Jobs, AFolderIsWalkedByNamesWithoutItsLinks) {
  EXPECT_EQ(outcomes_of({fixture_path("folder")}, GetParam()),
            (std::vector<std::string>{
                "b_plugin.so: shared library", "a_clean.so: shared library", "c_cut.so: is malformed or truncated",
                "d_clean.debug: holds the debug information of another file", "notes.txt: ignored"}));
}

TEST_P(Jobs, MoreFilesThanTheWindowHoldsComeInOrder) {
  std::vector<std::filesystem::path> paths;
  paths.reserve(500);
  for (int i = 0; i < 500; ++i) paths.emplace_back(fixture_path(i % 2 == 0 ? "clean.so" : "clean.o"));
  const auto lines = outcomes_of(paths, GetParam());
  ASSERT_EQ(lines.size(), paths.size());
  for (std::size_t i = 0; i < lines.size(); ++i)
    EXPECT_EQ(lines[i], i % 2 == 0 ? "clean.so!: shared library" : "clean.o!: object file");
}

// What is said of the libraries of this program, with every finding's words.
std::vector<std::string> told_of_libraries(unsigned jobs) {
  std::vector<std::filesystem::path> paths;
  ::dl_iterate_phdr(
      [](::dl_phdr_info *object, std::size_t, void *into) {
        if (object->dlpi_name[0] == '/')
          static_cast<std::vector<std::filesystem::path> *>(into)->emplace_back(object->dlpi_name);
        return 0;
      },
      &paths);
  std::vector<std::string> lines;
  run({.paths = paths, .policy = {}, .jobs = jobs}, [&](const Outcome &outcome) {
    std::string line = outcome.file + ": " + std::visit(Described{}, outcome.result);
    if (const auto *inspection = std::get_if<Inspection>(&outcome.result))
      for (const Finding &finding : inspection->findings) line += "\n" + finding.summary;
    lines.push_back(std::move(line));
  });
  return lines;
}

TEST(Run, FourThreadsThatShareAListSayWhatOneSays) {
  const auto one = told_of_libraries(1);
  EXPECT_GE(one.size(), 4);
  EXPECT_EQ(told_of_libraries(4), one);
}

TEST(Run, AFileTheUserNamesIsAnErrorWhereItIsNoElfFile) {
  EXPECT_EQ(outcomes_of({fixture_path("folder/notes.txt")}, 1),
            std::vector<std::string>{"notes.txt!: is not an ELF file"});
}

TEST(Run, ALinkTheUserNamesIsFollowed) {
  EXPECT_EQ(outcomes_of({fixture_path("folder/link.so")}, 1), std::vector<std::string>{"link.so!: shared library"});
}

TEST(Run, WhatTheCallerThrowsEndsIt) {
  EXPECT_THROW(run({.paths = {fixture_path("folder")}, .policy = {}, .jobs = 2},
                   [](const Outcome &) { throw Error(Blame::Work, "standard output", "is full"); }),
               Error);
}

TEST(Walk, DoesNotEnterTheKernelsOwnFileSystems) {
  Walk walk({"/proc/self"});
  EXPECT_FALSE(walk.next().has_value());
}

}  // namespace
}  // namespace crossheap::inspect
