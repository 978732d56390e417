// SPDX-License-Identifier: MIT OR Apache-2.0
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "check/check.h"

namespace crossheap::check {
namespace {

// A library of this machine: the one that has this function.
std::filesystem::path some_library() {
  Dl_info info{};
  // SAFETY: only looked up.
  ::dladdr(reinterpret_cast<const void *>(&::dladdr), &info);
  return std::filesystem::canonical(info.dli_fname);
}

TEST(Interrupt, DuringTheLookAtFilesLeavesWhatWasNotLookedAtNotTried) {
  Request request;
  request.plugin = some_library();
  Chosen chosen;
  chosen.profile.name = "generic";
  chosen.profile.about = "any plugin";
  chosen.profile.modes = {find_load_mode("local"), find_load_mode("global")};
  chosen.match.matches = true;
  request.profiles = {chosen};
  request.allocators = {{"as-installed", {}, {}}};
  request.static_only = true;
  sandbox::Supervisor supervisor(1);
  const Check check = crossheap::check::check(
      request, supervisor, [&](std::string_view, std::uint64_t, std::uint64_t) { supervisor.stop(); });
  EXPECT_TRUE(check.interrupted);
  ASSERT_EQ(check.cells.size(), 2);
  for (const Cell &cell : check.cells) {
    EXPECT_EQ(cell.verdict, Verdict::NotTried);
    EXPECT_NE(cell.reason.find("interrupted"), std::string::npos) << cell.reason;
    EXPECT_TRUE(cell.findings.empty());
  }
}

}  // namespace
}  // namespace crossheap::check
