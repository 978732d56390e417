// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The four measurements of `crossheap bench`: workloads under allocators, claims, the allocation ABI, the agent.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/results.h"
#include "bench/series.h"
#include "bench/ways.h"

namespace crossheap::bench {

struct Request {
  Kind kind = Kind::Workloads;
  std::vector<std::string> only;        ///< names or globs of workloads, claims, providers or loads; empty: all
  std::vector<std::string> allocators;  ///< as typed; empty: those of LD_PRELOAD that are here, without settings
  double scale = 1;                     ///< of the amount of work
  std::uint32_t rounds = 9;
  double minutes = 15;  ///< for all together; 0: as long as it takes
  Shard shard;
  bool others = false;  ///< with the agent: memcheck, heaptrack and ASan as well
};

/// Called before each run with what is measured, how many loads are done, and of how many.
using Progress = std::function<void(std::string_view doing, std::uint64_t done, std::uint64_t of)>;

/// Throws Error (Blame::Usage) for a name that is none. Ends early, with what was measured, when the user interrupts
/// (measure::Interrupts).
Results run(const Request &request, const Progress &progress);

/// What can be asked for.
struct Listed {
  std::string name;
  std::string about;
  std::string missing;  ///< why it takes no part here
};
struct Lists {
  std::vector<Listed> loads;
  std::vector<Listed> allocators;
};
Lists lists(Kind kind);

// The parts of run(), one file each. They append to `results`.

/// The loads among `all` that `only` names and the shard has. Throws Error (Blame::Usage) where one of `only` names
/// none.
std::vector<std::string> selected(const std::vector<std::string> &all, const Request &request, std::string_view what);

/// A series that runs the workload or program `load` under each of `ways`.
Series series_of(const std::string &load, const std::string &arguments, const std::vector<Way> &ways, double scale);

void run_claims(const Request &request, const Progress &progress, Results &results);
void run_abi(const Request &request, const Progress &progress, Results &results);
void run_agent(const Request &request, const Progress &progress, Results &results);

/// The providers whose programs are here: "system", "jemalloc-static".
std::vector<std::string> abi_providers();
/// All figures of one provider. \param launches  of its program, each with `rounds` rounds
void measure_abi(const std::string &provider, std::uint32_t launches, std::uint32_t rounds, Results &results,
                 const std::function<void()> &progress);

std::vector<Listed> agent_loads();

}  // namespace crossheap::bench
