// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A case under the agent. The prediction says from the bindings whether a block crosses; the agent sees whether one
// does. Each case that the experiment plays can be played again with the agent in it, and the two must agree.
//
// The run is confined as ever. Its log is memory of fixed size that it inherits as a descriptor, for its confinement
// lets it open no other file for writing. It is read when the run is over. What a plugin scribbles there changes only
// its own case.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "catalog/ids.h"
#include "event/format.h"
#include "event/log_file.h"
#include "matrix/experiment.h"
#include "matrix/outcome.h"
#include "sandbox/sandbox.h"

namespace crossheap::matrix {

/// What to do with every case besides playing it.
struct Tracing {
  event::Depth depth = event::Depth::Ownership;
  bool route = false;  ///< also play those that fail by a crossing with each block handed to its owner
};

/// "ownership", "sites", "stacks", and the inverse, which throws Error (Blame::Usage) about `object`.
std::string_view name_of(event::Depth depth);
event::Depth parse_depth(std::string_view name, std::string_view object);

/// One finding of the agent.
struct Reported {
  HazardId hazard{};
  std::string function;  ///< that received the block
  event::Detail detail = event::Detail::None;
  std::string owner;  ///< the file's name, with #N in link namespace N; "" unknown
  std::string releaser;
  std::uint64_t count = 0;
};

struct TracedRun {
  bool watched = false;  ///< the agent was in the process, and had its table
  Outcome outcome;
  std::vector<Reported> reports;

  /// Whether one of them is a block that came to an allocator that does not own it (XH201 to XH203).
  bool crossing_reported() const;
};

/// Puts the agent into runs and reads what it says. For one thread.
class AgentInRuns {
public:
  /// Throws Error where the agent is not there.
  AgentInRuns(const std::vector<HostBuild> &hosts, const event::Settings &settings);

  /// The job's process will run under the agent, with a log of its own that is kept until take().
  void put_into(sandbox::Job &job, const HostBuild &host);
  /// What the agent said in that job, which is over; `outcome` is how it ended.
  TracedRun take(const sandbox::Job &job, Outcome outcome);

private:
  std::filesystem::path agent_;
  event::Settings settings_;
  std::map<std::string, std::uint64_t, std::less<>> static_tls_;  ///< of each host's own libraries
  std::map<std::uint64_t, event::LogFile> logs_;                  ///< by the job's id
};

}  // namespace crossheap::matrix
