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

/// Where a call begins, for as long as it is under way.
struct CallPlace {
  const std::uint64_t *return_address;  ///< where it stands on the stack
  std::uint64_t frame_pointer;          ///< the caller's rbp
};
inline CallPlace place_of(const Call &call) { return {&call.return_address, call.frame_pointer}; }

/// Where the calling thread's own stack certainly ends, if `place` is on it; 0 where it is on another one: a fiber's, a
/// signal handler's. [any-thread] [in-malloc]
std::uint64_t end_of_own_stack(std::uint64_t place);

/// How much is certainly free below `place`, a guard of some pages included, if it is on the calling thread's own
/// stack; 0 on another one. [any-thread]
std::uint64_t room_on_own_stack(std::uint64_t place);

/// At least one frame, at most `frames` or as many as there is room for. [any-thread] [in-malloc]
void take_trail(const Call &call, std::size_t frames, Trail &trail);

/// The same for a call that is still under way further up this thread's stack. [any-thread] [in-malloc]
void take_trail_from(const CallPlace &call, std::size_t frames, Trail &trail);

}  // namespace crossheap::agent
