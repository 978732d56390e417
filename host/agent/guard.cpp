// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/guard.h"

#include <csignal>

#include "agent/backtrace.h"
#include "agent/identity.h"
#include "agent/lock.h"

namespace crossheap::agent {

bool is_still_busy(const Call &call) {
  ThreadState &state = thread_state;
  if (stack_of(call) < state.busy) return true;
  // Places on a signal's own stack say nothing about those on the thread's. Nor do those of fibers: one that a handler
  // has left in the middle of our bookkeeping comes back to it.
  const std::uint64_t end = end_of_own_stack(stack_of(call));
  if (end == 0 || end_of_own_stack(state.busy) != end || is_quiet()) return true;
  stack_t stack{};
  if (::sigaltstack(nullptr, &stack) != 0 || (stack.ss_flags & SS_ONSTACK) != 0) return true;
  if (state.held != nullptr) state.held->abandon();
  state.busy = 0;
  return false;
}

}  // namespace crossheap::agent
