// SPDX-License-Identifier: MIT OR Apache-2.0
#include "fixture.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace crossheap::sandbox {

Job fixture(std::string_view name, std::vector<std::string> arguments) {
  Job job;
  // The same tests are run a second time with programs that are started once and forked for each run.
  job.command.forked = std::getenv("CROSSHEAP_FORKED_FIXTURES") != nullptr;
  job.command.program = std::filesystem::path(CROSSHEAP_FIXTURES) / (job.command.forked ? "forked" : "") / name;
  job.command.arguments = std::move(arguments);
  job.limits.deadline = std::chrono::seconds(60);
  return job;
}

Job hanging_fixture(std::string_view name, std::chrono::milliseconds deadline) {
  Job job = fixture(name);
  job.limits.deadline = deadline;
  return job;
}

std::string in_words(const Ending &ending) {
  struct Words {
    std::string operator()(const Exited &exited) const { return "exited " + std::to_string(exited.status); }
    std::string operator()(const Killed &killed) const { return "killed " + std::to_string(killed.signal); }
    std::string operator()(const TimedOut &) const { return "timed out"; }
    std::string operator()(const Refused &) const { return "refused"; }
    std::string operator()(const NotStarted &failed) const {
      return "not started: " + failed.doing + ": " + std::strerror(failed.errno_value);
    }
  };
  return std::visit(Words{}, ending);
}

std::string ending_of(const Job &job) { return in_words(run_one(job).ending); }

bool group_is_gone(pid_t group) { return ::kill(-group, 0) < 0 && errno == ESRCH; }

}  // namespace crossheap::sandbox
