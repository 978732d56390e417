// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Writes events to the log that is shared with the supervisor (event/format.h). Every function is silent when there
// is no log or no room: what is lost is counted, and the traced program never notices.
#pragma once

#include <cstdint>
#include <string_view>

#include "agent/objects.h"
#include "event/format.h"

namespace crossheap::agent::log {

/// Maps the log named by the environment. False where there is none, or none of ours.
bool open(const char *path);
const event::Settings &settings();

void process();
void object(const Object &object, const char *path, std::uint32_t opened_by);
void unload(std::uint32_t object_number, std::uint64_t live_blocks);
void instance(const Object &object, std::string_view prefix, std::uint32_t interfaces, std::uint32_t watched,
              std::uint32_t unwatched);
void unwatched(std::uint32_t object_number, std::string_view function, event::Refusal refusal);
/// Returns the number of this call in this process.
std::uint32_t opened(const char *path, int flags, std::int64_t link_namespace, std::uint64_t caller);
void exited(std::uint32_t status);

struct Backtrace {
  const std::uint64_t *addresses;
  std::size_t count;
};

/// [any-thread] [in-malloc]
void finding(event::FindingBody body, Backtrace release, Backtrace allocation);

}  // namespace crossheap::agent::log
