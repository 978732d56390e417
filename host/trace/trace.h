// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a traced run was, put together from its log: processes, allocators, what could not be watched, and the
// crossings, each once with a count, most frequent first. This is what the reports are written from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "event/reader.h"
#include "trace/launch.h"

namespace crossheap::trace {

struct Frame {
  std::uint64_t address = 0;
  std::string object;        ///< path; "" where it is in none
  std::uint64_t offset = 0;  ///< in the object's own terms
  std::string function;
  std::string file;
  int line = 0;
};

/// An allocator instance, or an object that took part as if it were one.
struct Party {
  std::string object;  ///< path; "" unknown
  std::string family;
  std::int64_t link_namespace = 0;
  bool unloaded = false;  ///< at the time it was already gone
  friend bool operator==(const Party &, const Party &) = default;
};

/// A call of dlopen or dlmopen.
struct OpenCall {
  std::string path;
  std::uint32_t flags = 0;
  std::int64_t link_namespace = 0;
  Frame caller;
};

struct Crossing {
  std::string hazard;  ///< "XH201"
  std::string detail;  ///< what kind: "routed", "released twice"; "" for a plain crossing
  std::uint64_t count = 0;
  std::string function;      ///< that received the block
  std::string allocated_by;  ///< function that handed it out; "" unknown
  std::optional<std::uint64_t> size;
  std::optional<std::uint64_t> given_size;
  std::uint64_t block = 0;
  Party owner;
  Party releaser;
  std::vector<Frame> release_stack;
  std::vector<Frame> allocation_stack;
  std::vector<std::uint32_t> pids;
  std::optional<OpenCall> opened;  ///< the call that brought the code which released the block
  std::string because;             ///< why it happened, in a sentence or two
  std::string next_step;           ///< what to do about it
};

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
  friend bool operator==(const UnwatchedSeen &, const UnwatchedSeen &) = default;
};

struct ProcessSeen {
  std::uint32_t pid = 0;
  std::string program;
  bool replaced = false;         ///< by another program, with exec
  std::optional<Ending> ending;  ///< nullopt: it was not ours to see
};

struct Trace {
  std::vector<Crossing> crossings;
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

}  // namespace crossheap::trace
