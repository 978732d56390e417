// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Puts the agent into a confined run and reads what it says, with stacks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "event/log_file.h"
#include "event/reader.h"
#include "sandbox/sandbox.h"
#include "trace/trace.h"

namespace crossheap::check {

struct Watched {
  bool watched = false;      ///< the agent was in the process
  bool overwritten = false;  ///< the run wrote over what the agent had written, which nobody does by mistake
  trace::Trace trace;
};

/// For one thread.
class AgentInJobs {
public:
  /// Throws Error where the agent is not there.
  AgentInJobs();

  /// The job's process will run under the agent, with a log of its own that is kept until take().
  /// \param static_tls  bytes that the program's own libraries need
  void put_into(sandbox::Job &job, std::uint64_t static_tls);
  Watched take(std::uint64_t job);

private:
  std::filesystem::path agent_;
  std::map<std::uint64_t, event::LogFile> logs_;  ///< by the job's id
};

}  // namespace crossheap::check
