// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "check/check.h"

namespace crossheap::check {
namespace {

// What a look at the files in every load mode concludes: the verdict of each cell, and each finding.
std::vector<std::string> concluded(unsigned jobs) {
  Request request;
  request.plugin = CROSSHEAP_CHECKED_PLUGIN;
  Chosen chosen;
  chosen.profile.name = "generic";
  chosen.profile.about = "any plugin";
  chosen.profile.modes = {find_load_mode("local"), find_load_mode("deepbind"), find_load_mode("global"),
                          find_load_mode("namespace")};
  chosen.match.matches = true;
  request.profiles = {chosen};
  request.allocators = usual_allocators();
  request.static_only = true;
  request.jobs = jobs;
  sandbox::Supervisor supervisor(jobs);
  const Check check =
      crossheap::check::check(request, supervisor, [](std::string_view, std::uint64_t, std::uint64_t) {});
  std::vector<std::string> lines;
  for (const Cell &cell : check.cells)
    lines.push_back(std::string(cell.mode->name) + ": " + std::string(name_of(cell.verdict)) + ", " + cell.reason);
  for (const Found &found : check.findings) lines.push_back(found.finding.summary);
  return lines;
}

TEST(Threads, ThatShareTheFilesTheyReadConcludeWhatOneThreadDoes) {
  const auto one = concluded(1);
  EXPECT_GE(one.size(), 4);
  EXPECT_EQ(concluded(4), one);
}

}  // namespace
}  // namespace crossheap::check
