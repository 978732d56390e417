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

/// The object whose code called `site`, through a tail call as well; null for code in no object. [any-thread]
/// [in-malloc]
Object *calling_object(const Call &call);

}  // namespace crossheap::agent
