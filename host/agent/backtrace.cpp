// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/backtrace.h"

#include <dlfcn.h>
#include <unwind.h>

namespace crossheap::agent {

namespace {

struct Walk {
  std::uint64_t first;  ///< where the first return address stands
  Trail &trail;
  std::size_t wanted;
};

_Unwind_Reason_Code step(_Unwind_Context *context, void *opaque) {
  auto &[first, trail, wanted] = *static_cast<Walk *>(opaque);
  if (trail.count == wanted) return _URC_END_OF_STACK;
  const std::uint64_t address = _Unwind_GetIP(context);
  // A frame's return address was pushed just below the stack pointer its caller had, which is what this one begins
  // with.
  const std::uint64_t slot = _Unwind_GetCFA(context) - sizeof(std::uint64_t);
  if (slot < first) return _URC_NO_REASON;  // the frames of the agent itself
  const std::uint64_t distance = slot - first;
  // Another stack (a signal's, a coroutine's) begins here: its places say nothing about this one.
  if (address == 0 || distance > UINT32_MAX || (trail.count == 0 && distance != 0)) return _URC_END_OF_STACK;
  trail.addresses[trail.count] = address;
  trail.distances[trail.count] = static_cast<std::uint32_t>(distance);
  ++trail.count;
  return _URC_NO_REASON;
}

// libgcc's unwinder starts from its own frame and aborts where that has no unwind tables. glibc 2.36 loses ours when a
// second audit module is loaded; then one frame must do.
bool can_unwind() {
  dl_find_object found{};
  // SAFETY: an address of our own code.
  return ::_dl_find_object(reinterpret_cast<void *>(&step), &found) == 0 && found.dlfo_eh_frame != nullptr;
}

}  // namespace

void take_trail_from(const std::uint64_t *return_address, std::size_t frames, Trail &trail) {
  trail.count = 0;
  if (frames <= 1 || !can_unwind()) return;
  // SAFETY: addresses as numbers.
  Walk walk{reinterpret_cast<std::uint64_t>(return_address), trail,
            frames < event::kMaxFrames ? frames : event::kMaxFrames};
  _Unwind_Backtrace(step, &walk);
}

void take_trail(const Call &call, std::size_t frames, Trail &trail) {
  take_trail_from(&call.return_address, frames, trail);
  if (trail.count > 0) return;
  trail.addresses[0] = call.return_address;
  trail.distances[0] = 0;
  trail.count = 1;
}

}  // namespace crossheap::agent
