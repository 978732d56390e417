// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/backtrace.h"

#include <unwind.h>

namespace crossheap::agent {

namespace {

struct Walk {
  std::uint64_t first;
  std::uint64_t *to;
  std::size_t room;
  std::size_t taken;
};

_Unwind_Reason_Code step(_Unwind_Context *context, void *opaque) {
  auto &walk = *static_cast<Walk *>(opaque);
  const std::uint64_t address = _Unwind_GetIP(context);
  // The frames of the agent itself come first.
  if (walk.taken == 0 && address != walk.first) return _URC_NO_REASON;
  if (address == 0 || walk.taken == walk.room) return _URC_END_OF_STACK;
  walk.to[walk.taken++] = address;
  return _URC_NO_REASON;
}

}  // namespace

std::size_t take_backtrace(const Call &call, std::uint64_t *to, std::size_t room) {
  Walk walk{.first = call.return_address, .to = to, .room = room, .taken = 0};
  _Unwind_Backtrace(step, &walk);
  if (walk.taken == 0) {
    to[0] = call.return_address;
    walk.taken = 1;
  }
  return walk.taken;
}

}  // namespace crossheap::agent
