// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A child that was forked, and how long it may take.
//
// Whether it hangs is told by its processor time, not by the clock: on a busy machine one that does not hang may take
// long for what the parent did in a moment.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string_view>

namespace crossheap::drill {

/// How long the calls of the contract take, by the clock and of a processor.
struct Pace {
  std::chrono::nanoseconds calls{};
  std::chrono::nanoseconds processor{};
};

std::chrono::nanoseconds processor_time_of(pid_t process);

/// Waits for the child, which holds `alive` open, no longer than a deadline. False where it did not end well, which is
/// told. \param when  it was forked, in words
bool await_child(pid_t child, int alive, std::string_view when, const Pace &pace);

}  // namespace crossheap::drill
