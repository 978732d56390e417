// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What confinement costs a start: runs a program confined and, in turns, by a plain posix_spawn, and prints the
// medians of processor time a start and of starts a second. The processor time holds still on a busy machine,
// the rate does not.
//
//   spawn_rate JOBS STARTS PROGRAM   (a program that prints nothing)
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sandbox/sandbox.h"

namespace {

using namespace crossheap::sandbox;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 7;

struct Cost {
  double processor_us;
  double starts_per_second;
};

double processor_us() {
  double total = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage used{};
    ::getrusage(who, &used);
    total += static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
             static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
  }
  return total;
}

Cost measure(int starts, const std::function<void()> &start_all) {
  const double processor_before = processor_us();
  const Clock::time_point began = Clock::now();
  start_all();
  const std::chrono::duration<double> took = Clock::now() - began;
  return {(processor_us() - processor_before) / starts, starts / took.count()};
}

void start_confined(Supervisor &supervisor, const std::string &program, int starts) {
  int left = starts;
  supervisor.run(
      [&]() -> std::optional<Job> {
        if (left-- == 0) return std::nullopt;
        Job job;
        job.command.program = program;
        return job;
      },
      [&](const Job &, const Observation &seen) {
        if (std::holds_alternative<Exited>(seen.ending)) return;
        fmt::print(stderr, "{}: did not run to its end\n", program);
        std::exit(3);
      });
}

void start_plainly(std::string program, int starts) {
  for (int i = 0; i < starts; ++i) {
    char *arguments[] = {program.data(), nullptr};
    char *environment[] = {nullptr};
    pid_t pid = 0;
    if (::posix_spawn(&pid, program.c_str(), nullptr, nullptr, arguments, environment) == 0) ::waitpid(pid, nullptr, 0);
  }
}

void print_median(const char *what, const std::vector<Cost> &costs) {
  const auto median = [&](double Cost::*member) {
    std::vector<double> values;
    values.reserve(costs.size());
    for (const Cost &cost : costs) values.push_back(cost.*member);
    std::nth_element(values.begin(), values.begin() + kRounds / 2, values.end());
    return values[kRounds / 2];
  };
  fmt::print("{:<28} {:>6.0f} us of processor a start, {:>6.0f} starts a second\n", what, median(&Cost::processor_us),
             median(&Cost::starts_per_second));
}

}  // namespace

int main(int count, char **arguments) {
  const int jobs = count == 4 ? std::atoi(arguments[1]) : 0;
  const int starts = count == 4 ? std::atoi(arguments[2]) : 0;
  if (jobs < 1 || starts < 1) {
    fmt::print(stderr, "usage: spawn_rate JOBS STARTS PROGRAM\n");
    return 2;
  }
  const std::string program = arguments[3];
  Supervisor supervisor(static_cast<unsigned>(jobs));
  std::vector<Cost> confined;
  std::vector<Cost> plain;
  for (int round = 0; round < kRounds; ++round) {
    confined.push_back(measure(starts, [&] { start_confined(supervisor, program, starts); }));
    plain.push_back(measure(starts, [&] { start_plainly(program, starts); }));
  }
  print_median(fmt::format("confined, {} at a time", jobs).c_str(), confined);
  print_median("posix_spawn, 1 at a time", plain);
  return 0;
}
