// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/own_stack.h"

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

#include "agent/backtrace.h"
#include "agent/memory.h"

/// In entry.S: calls body(context) on the stack that ends at `top`.
extern "C" __attribute__((visibility("hidden"))) void crossheap_agent_call_on(void *top, void (*body)(void *),
                                                                              void *context);

namespace crossheap::agent {

namespace {

// Address space, of which a few pages are ever used. As much as a handler may want that comes meanwhile.
constexpr std::size_t kBytes = std::size_t{256} << 10;
constexpr std::uint64_t kEnough = std::uint64_t{64} << 10;

std::uint8_t *lowest;  // null: there is none
std::uint8_t in_use;

}  // namespace

void start_own_stack() {
  lowest = static_cast<std::uint8_t *>(map_pages(kBytes, true));
  if (lowest != nullptr) ::mprotect(lowest, kPageBytes, PROT_NONE);  // a handler may want more than there is
}

void call_with_room(void (*body)(void *), void *context) {
  // SAFETY: an address as a number.
  const auto here = reinterpret_cast<std::uint64_t>(__builtin_frame_address(0));
  if (lowest == nullptr || in_use != 0 || room_on_own_stack(here) >= kEnough) {
    body(context);
    return;
  }
  in_use = 1;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  crossheap_agent_call_on(lowest + kBytes, body, context);
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  in_use = 0;
}

}  // namespace crossheap::agent
