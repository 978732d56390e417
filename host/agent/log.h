// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Writes events to the log that is shared with the supervisor (event/format.h). Every function is silent when there
// is no log or no room: what is lost is counted, and the traced program never notices.
#pragma once

#include <cstdint>
#include <string_view>

#include "agent/identity.h"
#include "agent/objects.h"
#include "allocator/marks.h"
#include "event/format.h"

namespace crossheap::agent::log {

/// Maps the log named by the environment. False where there is none, or none of ours.
bool open(const char *path);
const event::Settings &settings();
inline bool is_auto() { return settings().depth == event::Depth::Auto; }
/// Whether blocks are known by their pages, and not each by itself.
inline bool is_by_pages() { return settings().depth == event::Depth::Ownership || is_auto(); }

void process();
/// Objects are told of when something is told about them, so a plugin that comes and goes ten thousand times without a
/// finding takes no room.
void object(Object &object);
/// Of an object that was told of.
void unload(const Object &object);
void instance(Object &object, std::string_view prefix, std::uint32_t interfaces, Family family, std::uint32_t watched,
              std::uint32_t unwatched);
/// \param object  null for the whole process, or a program whose path is then `function`
void unwatched(Object *object, std::string_view function, event::Refusal refusal);
/// The same for a program that `process` is about to become.
void unwatched_program(const ProcessIds &process, std::string_view path, event::Refusal refusal);
void opened(std::uint32_t number, const char *path, std::uint32_t flags, std::int64_t link_namespace,
            std::uint64_t caller);
void exited(std::uint32_t status);
void child_ended(std::uint32_t pid, std::uint32_t status);

struct Backtrace {
  const std::uint64_t *addresses;
  std::size_t count;
};

/// Tells of the objects that the backtraces lead through first. [any-thread] [in-malloc]
/// Answers its group; event::kGroups where there was no room.
/// \param times  how often it happened
std::size_t finding(event::FindingBody body, Backtrace release, Backtrace allocation, std::uint64_t times = 1);

/// It did not happen after all, once. [any-thread] [in-malloc]
void take_back(std::size_t group);

}  // namespace crossheap::agent::log
