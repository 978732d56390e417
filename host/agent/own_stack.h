// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A stack of the agent's own, for what the loader asks of it while somebody opens or closes a library. To read an
// object's symbols and code takes some KiB, and who opens it may be a fiber with one page, which is enough for the
// loader alone. The loader's lock is held meanwhile, so one stack is enough.
//
// A thread that certainly has room stays where it is: handlers of signals that come meanwhile, and whoever looks at
// stack pointers, find what they know.
#pragma once

namespace crossheap::agent {

/// At start. Where there is no memory for it, everything stays on the program's stacks.
void start_own_stack();

/// Calls body(context). A handler that interrupts this and opens a library itself stays on the stack that it has, and
/// so does everybody after one that was left by longjmp.
void call_with_room(void (*body)(void *), void *context);

/// The same for anything that can be called. It is never inlined: its variables would stand on the caller's stack.
template <class Act>
void with_room(Act act) {
  call_with_room(
      [](void *context) __attribute__((noinline)) { (*static_cast<Act *>(context))(); }, &act);
}

}  // namespace crossheap::agent
