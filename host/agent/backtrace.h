// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Return addresses of the calling thread, by the unwind tables of the objects.
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/site.h"

namespace crossheap::agent {

/// Fills `to` with the return addresses from the watched call outwards: the first is the one in its caller. At least
/// one, at most `room`. [any-thread] [in-malloc]
std::size_t take_backtrace(const Call &call, std::uint64_t *to, std::size_t room);

}  // namespace crossheap::agent
