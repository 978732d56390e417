// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a thread is in the middle of. A watched function that calls another one (tcmalloc's mmap calls libc's,
// mimalloc's realloc calls its own free) must be seen once, as the program called it; a signal handler that interrupts
// our own bookkeeping must not enter it again.
#pragma once

#include <cstdint>

namespace crossheap::agent {

struct ThreadState {
  std::uint32_t in_memory_call;  ///< inside mmap, sbrk...: their inner calls belong to the outer one
  std::uint32_t in_heap_call;    ///< inside so many functions of the malloc family (sites and stacks)
  std::uint32_t relays;          ///< so many of them, from the outermost, only hand on to another allocator
  std::uint32_t busy;            ///< inside our own bookkeeping
  std::uint32_t calling_out;     ///< inside a function of the program that we called
  std::uint64_t outermost;       ///< where the call of the outermost of them stands on the stack
  std::uint64_t probe;           ///< a block whose way is followed (crossing.cpp); 0 for none
};

// Initial-exec: no allocation and no call at first use. An audit module has 144 bytes of static TLS to itself.
// NOLINTNEXTLINE(bugprone-dynamic-static-initializers): it is valid as zero bytes
inline thread_local ThreadState thread_state __attribute__((tls_model("initial-exec")));

/// While it lives this thread is inside our bookkeeping: a signal handler that comes meanwhile is let through
/// unwatched. Whoever makes one has seen that `busy` is 0.
class Busy {
public:
  Busy() {
    thread_state.busy = 1;
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
