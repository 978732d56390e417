// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Reads a log back. The processes that wrote it could write anything at all, so nothing in it is trusted: lengths
// and counts are checked against what is there, records that are not complete or make no sense are skipped and
// counted, and what is handed on are copies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "event/format.h"

namespace crossheap::event {

struct Process {
  std::string path;
};
struct Object {
  ObjectBody body;
  std::string path;
};
struct Unload {
  UnloadBody body;
};
struct Instance {
  InstanceBody body;
  std::string prefix;
};
struct Unwatched {
  UnwatchedBody body;
  std::string function;
};
struct Open {
  OpenBody body;
  std::string path;
};
struct Finding {
  FindingBody body;
  std::uint64_t count = 0;
  std::vector<std::uint64_t> release_stack;
  std::vector<std::uint64_t> allocation_stack;
};
struct Exit {
  std::uint32_t status = 0;
};
struct ChildEnd {
  ChildEndBody body;
};

struct Record {
  std::uint32_t pid = 0;
  std::uint32_t tid = 0;
  std::uint32_t parent = 0;
  std::uint32_t image = 0;  ///< program start this process comes from, by forks
  std::variant<Process, Object, Unload, Instance, Unwatched, Open, Finding, Exit, ChildEnd> what;
};

struct Log {
  std::vector<Record> records;   ///< in the order in which they were begun
  std::uint64_t lost = 0;        ///< there was no room for them
  std::uint64_t incomplete = 0;  ///< their writer died, or they make no sense
};

/// Throws Error where the bytes are no log at all.
Log read_log(std::span<const std::byte> bytes);

/// Reads the file; throws Error where it is none, or no log. It may change meanwhile.
Log read_log_file(int fd, const std::string &name);

}  // namespace crossheap::event
