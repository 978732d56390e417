// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the two ends of a flow mean: which end hands out a fresh block, which one releases what it is given.
//
// An end says only which function is called and at which argument: `free`, argument 0. The tables of allocator/ say
// what the function does with it. These questions have no state, and every part that follows blocks asks them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "allocator/functions.h"
#include "flow/block_flow.h"
#include "flow/values.h"

namespace crossheap::flow {

/// Of an argument: what is negative for none, or for the result, has been asked for before.
std::size_t as_index(std::int8_t argument);

/// Where a call leaves what `atom` stands for.
std::int8_t place_of(const Atom &atom);

bool takes_block(const Function &function);

/// A call that may be one of the malloc family, and whose function can be told: a plugin's own `malloc` that is looked
/// up by a handle is another thing.
bool is_family_call(const FlowEnd &end);

/// A call that leaves the file.
bool is_call_out(FlowEnd::Kind kind);

bool is_release(const FlowEnd &end);

/// Whether a block that comes from there matters where it does not end in a release: only a fresh one does.
bool is_fresh(const FlowEnd &end);
bool is_fresh(std::string_view name, std::int8_t index);

/// malloc's own parameters, and what a release "returns", are no blocks.
bool is_size_only(const FlowEnd &from);

/// A call by a name that was looked up, or of another library: what others have in common with this one. A slot's
/// symbol must not be libc's.
bool is_relayed(const FlowEnd &end);

}  // namespace crossheap::flow
