// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Return addresses of the calling thread, by the unwind tables of the objects.
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/site.h"
#include "event/format.h"

namespace crossheap::agent {

/// The return addresses from the watched call outwards, the first being the one in its caller, and for each where it
/// stands on the stack, in bytes above the first.
struct Trail {
  std::size_t count;
  std::uint64_t addresses[event::kMaxFrames];
  std::uint32_t distances[event::kMaxFrames];
};

/// At least one frame, at most `frames` or as many as there is room for. [any-thread] [in-malloc]
void take_trail(const Call &call, std::size_t frames, Trail &trail);

/// The same for a call that is still under way further up this thread's stack: `return_address` is where its return
/// address stands. May find nothing. [any-thread] [in-malloc]
void take_trail_from(const std::uint64_t *return_address, std::size_t frames, Trail &trail);

}  // namespace crossheap::agent
