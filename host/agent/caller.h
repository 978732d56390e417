// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Who called a watched function. The return address says where the call comes back to, which is not always the caller:
// a function that ends by jumping to another one (a tail call) leaves its own caller's return address there. The call
// instruction before the return address tells the two apart: it names the function that was called by it.
#pragma once

#include <cstdint>

#include "agent/objects.h"

namespace crossheap::agent {

/// The function that is called by the instruction before `return_address`, which lies in `object`; 0 where the code
/// does not say (a call by a register or a table). Reads the code and the slots of the object. [any-thread] [in-malloc]
std::uint64_t called_from(const Object &object, std::uint64_t return_address);

/// The function that the code before a call's return address called, and that went on to the watched one by a jump; 0
/// where it called the watched one, or where it does not say. [any-thread] [in-malloc]
std::uint64_t passed_by_jump(const Call &call);
/// Whether the call was made by an address (a register, a table), which says nothing of who was meant. [any-thread]
/// [in-malloc]
bool is_by_pointer(const Call &call);

/// The object whose code called `site`, through a tail call as well; null for code in no object. [any-thread]
/// [in-malloc]
Object *calling_object(const Call &call);

}  // namespace crossheap::agent
