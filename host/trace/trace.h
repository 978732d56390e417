// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a traced run was, put together from its log: processes, allocators, what could not be watched, and the
// incidents, each once with a count, most frequent first. This is what the reports are written from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "event/reader.h"
#include "trace/incident.h"
#include "trace/launch.h"
#include "trace/running.h"

namespace crossheap::trace {

struct InstanceSeen {
  Party party;
  std::string prefix;
  std::uint32_t watched = 0;
  std::uint32_t unwatched = 0;
};

struct UnwatchedSeen {
  std::string object;  ///< "" for a whole process
  std::string function;
  std::string reason;
  bool is_process = false;  ///< a whole process or program, so that the report says nothing of it
  friend bool operator==(const UnwatchedSeen &, const UnwatchedSeen &) = default;
};

struct ProcessSeen {
  std::uint32_t pid = 0;
  std::string program;
  bool replaced = false;         ///< by another program, with exec
  std::optional<Ending> ending;  ///< nullopt: not observed
  bool is_running = false;       ///< when the report was written
};

struct Trace {
  std::vector<Incident> incidents;
  std::vector<InstanceSeen> instances;
  std::vector<UnwatchedSeen> unwatched;
  std::vector<ProcessSeen> processes;
  std::uint64_t suppressed = 0;  ///< findings
  std::uint64_t lost = 0;        ///< records of the log
};

/// Whether functions and source lines are looked up for the frames; that reads the debugging information of objects.
enum class Names : std::uint8_t { LookUp, Leave };

/// \param run  how the program ended, where this supervisor started it
Trace understand(const event::Log &log, const std::optional<Run> &run, Names names = Names::LookUp);

/// Says of those processes that they still run.
void add_running(Trace &trace, const std::vector<Running> &running);

}  // namespace crossheap::trace
