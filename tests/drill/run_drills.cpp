// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Runs the drills on one plugin and prints what came of each, a line each, for the tests of this folder:
//   DRILL|STATE|HAZARDS|CALLS|REASON
//
//   run_drills PLUGIN [--mode MODE] [--preload LIBRARY] [--contract FILE] [--with PLUGIN]... [--deadline MILLISECONDS]
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <iostream>
#include <set>
#include <string>

#include "base/error.h"
#include "base/load_modes.h"
#include "contract/contract.h"
#include "drill/drill.h"

int main(int count, char **words) {
  using namespace crossheap;  // NOLINT(google-build-using-namespace): a program of one file
  drill::Subject subject;
  subject.mode = find_load_mode("local");
  std::optional<contract::Contract> calls;
  try {
    for (int i = 1; i < count; ++i) {
      const std::string option = words[i];
      if (!option.starts_with("--")) {
        subject.plugin = std::filesystem::absolute(option);
        continue;
      }
      if (++i == count) return 2;
      if (option == "--mode") subject.mode = find_load_mode(words[i]);
      if (option == "--preload") subject.preload = words[i];
      if (option == "--contract") calls = contract::read(words[i]);
      if (option == "--with") subject.with.push_back(std::filesystem::absolute(words[i]));
      if (option == "--deadline") subject.deadline = std::chrono::milliseconds(std::atoi(words[i]));
    }
    if (calls) subject.calls = &*calls;
    sandbox::Supervisor supervisor(2);
    const auto results = drill::run({subject}, supervisor, [](std::string_view, std::uint64_t, std::uint64_t) {});
    for (const drill::Result &result : results.at(0)) {
      std::set<std::string> hazards;
      for (const Finding &finding : result.findings) hazards.insert(name_of(finding.hazard));
      for (const trace::Incident &incident : result.incidents) hazards.insert(name_of(incident.hazard));
      fmt::print("{}|{}|{}|{}|{}\n", result.drill, drill::name_of(result.state), fmt::join(hazards, " "), result.calls,
                 result.reason);
    }
  } catch (const Error &error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
  return 0;
}
