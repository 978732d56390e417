// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/backtrace.h"

#include "agent/unwind.h"

namespace crossheap::agent {

void take_trail_from(const CallPlace &call, std::size_t frames, Trail &trail) {
  // SAFETY: addresses as numbers.
  const auto first = reinterpret_cast<std::uint64_t>(call.return_address);
  unwind::Frame frame{.address = *call.return_address,
                      .stack = first + sizeof(std::uint64_t),
                      .frame_pointer = call.frame_pointer,
                      .interrupted = false};
  const std::size_t wanted = frames < event::kMaxFrames ? frames : event::kMaxFrames;
  trail.addresses[0] = frame.address;
  trail.distances[0] = 0;
  trail.count = 1;
  while (trail.count < wanted && unwind::step(frame) && frame.address != 0) {
    const std::uint64_t distance = frame.stack - sizeof(std::uint64_t) - first;
    // Another stack (a signal's, a coroutine's) begins here: its places say nothing about this one.
    if (distance > UINT32_MAX) break;
    trail.addresses[trail.count] = frame.address;
    trail.distances[trail.count] = static_cast<std::uint32_t>(distance);
    ++trail.count;
  }
}

void take_trail(const Call &call, std::size_t frames, Trail &trail) { take_trail_from(place_of(call), frames, trail); }

}  // namespace crossheap::agent
