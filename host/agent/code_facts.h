// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the code of a function of the malloc family says about how it may be watched.
#pragma once

#include <string_view>

#include "agent/objects.h"
#include "agent/relocate.h"

namespace crossheap::agent {

/// Whether it looks at its return address (__builtin_return_address), to say who called: it would find the agent where
/// the agent stands around it.
bool reads_return_address(const Body &body);

/// Whether it takes its first argument in rcx, as Windows passes it: it uses rcx, which it was not given, before rdi.
/// For functions of fewer than four arguments.
bool takes_windows_arguments(const Body &body);

/// Whether it reaches for arguments on the stack, above its return address. What stands around a function moves them
/// away, and no function of the malloc family has so many.
bool takes_stack_arguments(const Body &body);

/// Whether the object's code has system call instructions. Large objects are not searched, and said to have none.
bool has_system_calls(const Image &image);

/// Whether it ends in a jump to a function of another object that `wanted` knows. Called by that one, the kernel's
/// memory comes back to its own caller, who knows nothing of it.
bool jumps_to(const Object &object, const Body &body, bool (*wanted)(std::string_view name));

}  // namespace crossheap::agent
