// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a thread is in the middle of. A watched function that calls another one (mimalloc's realloc calls its own free)
// must be seen once, as the program called it. A signal handler that interrupts our own bookkeeping must not enter it
// again.
//
// Nobody tells us when a call is left by longjmp, out of itself or out of a handler that interrupted it. So what is
// noted of a call is where it stands on the stack: a call that stands further out says that the noted one is over.
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/entry_layout.h"
#include "agent/site.h"

namespace crossheap::agent {

class Lock;
struct Pending;

struct ThreadState {
  std::uint64_t busy;           ///< the call whose hook is inside our own bookkeeping; 0 for none
  std::uint64_t outermost;      ///< the outermost call of a function of the malloc family (sites and stacks)
  std::uint64_t taken;          ///< the block that it took back, where that was right; 0 for none
  std::uint32_t in_heap_call;   ///< inside so many of them
  std::uint32_t relays;         ///< so many of them, from the outermost, only hand on to another allocator
  std::uint32_t calling_out;    ///< inside a function of the program that we called
  std::uint8_t taken_by;        ///< the mark of the object that took it
  std::uint8_t changes_stacks;  ///< it may be inside such functions on stacks that it has left, and come back to them
  Pending *pending;             ///< the innermost block whose way is followed (crossing.h); null for none
  Lock *held;                   ///< the lock that our bookkeeping holds; it never holds two
};

static_assert(offsetof(ThreadState, busy) == CROSSHEAP_STATE_BUSY &&
              offsetof(ThreadState, outermost) == CROSSHEAP_STATE_OUTERMOST &&
              offsetof(ThreadState, taken) == CROSSHEAP_STATE_TAKEN &&
              offsetof(ThreadState, in_heap_call) == CROSSHEAP_STATE_IN_HEAP_CALL &&
              offsetof(ThreadState, relays) == CROSSHEAP_STATE_IN_HEAP_CALL + 4);

// Initial-exec: no allocation and no call at first use. An audit module has 144 bytes of static TLS to itself.
// NOLINTNEXTLINE(bugprone-dynamic-static-initializers): it is valid as zero bytes
inline thread_local ThreadState thread_state __attribute__((tls_model("initial-exec")));

// SAFETY: an address as a number.
inline std::uint64_t stack_of(const Call &call) { return reinterpret_cast<std::uint64_t>(&call); }

/// Whether this call came while the thread was inside our bookkeeping, by a signal handler: it is let through
/// unwatched. [any-thread] [in-malloc] [signal-safe]
bool is_still_busy(const Call &call);
inline bool is_busy(const Call &call) { return thread_state.busy != 0 && is_still_busy(call); }

/// While it lives this thread is inside our bookkeeping. Whoever makes one has seen that it was not.
class Busy {
public:
  explicit Busy(const Call &call) {
    thread_state.busy = stack_of(call);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
  }
  Busy(const Busy &) = delete;
  Busy &operator=(const Busy &) = delete;
  ~Busy() {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    thread_state.busy = 0;
  }
};

}  // namespace crossheap::agent
