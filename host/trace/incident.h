// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A finding that was seen to happen. To what every finding has, it adds the event: the block, the two allocators, and
// both stacks. Reports that show events read these; all others read the Finding it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/finding.h"
#include "event/format.h"

namespace crossheap::trace {

/// One call of a backtrace.
struct Frame : Place {
  std::uint64_t address = 0;
  std::uint64_t offset = 0;  ///< in the object's own terms
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

/// What the agent saw happen: a block that reached an allocator which does not own it, or a misuse of one heap.
struct Incident : Finding {
  event::Detail detail = event::Detail::None;
  std::string function;      ///< that received the block
  std::string allocated_by;  ///< function that handed it out; "" unknown
  std::optional<std::uint64_t> size;
  std::optional<std::uint64_t> given_size;
  std::uint64_t block = 0;
  bool by_pointer = false;  ///< the caller called an address, and need not be bound to the function at all
  Party owner;
  Party releaser;
  std::vector<Frame> release_stack;
  std::vector<Frame> allocation_stack;
  std::vector<std::uint32_t> pids;
  std::optional<OpenCall> opened;  ///< the call that brought the code which released the block
};

/// "released twice", "routed to its owner"; "" for Detail::None.
std::string_view name_of(event::Detail detail) noexcept;

/// The inverse; nothing for other texts.
std::optional<event::Detail> find_detail(std::string_view text) noexcept;

}  // namespace crossheap::trace
