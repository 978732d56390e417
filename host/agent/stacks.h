// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Every distinct backtrace once, by a number.
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/log.h"
#include "agent/site.h"

namespace crossheap::agent::stacks {

using Id = std::uint32_t;
inline constexpr unsigned kIdBits = 24;
inline constexpr Id kNone = 0;  ///< not known: the tables are full

/// False when the kernel refuses the address space. \param frames  how many of a backtrace are kept
bool start(std::size_t frames);

/// The backtrace of this call. [any-thread] [in-malloc]
Id of_call(const Call &call);

/// Its addresses; they stay. [any-thread] [in-malloc]
log::Backtrace addresses(Id id);

}  // namespace crossheap::agent::stacks
