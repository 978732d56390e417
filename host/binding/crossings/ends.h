// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the end of a flow means where it is compared with another one: whether a block is there, and whether two ends
// are of one kind of block. These questions need no process.
#pragma once

#include <string>

#include "allocator/functions.h"
#include "allocator/libc_blocks.h"
#include "flow/block_flow.h"

namespace crossheap::binding {

using flow::Flow;
using flow::FlowEnd;

bool releases_block(const Function &function);

/// A call whose function can be told.
bool is_call(const FlowEnd &end);

bool is_family_or_libc(const FlowEnd &end);

/// A call that releases, resizes or measures the block that it is given.
bool is_release_end(const FlowEnd &end);

/// Whether a block is where `end` says that one comes from: strndup returns it, asprintf stores it behind its first
/// argument, and what else such a function may have written to is none.
bool hands_out(const FlowEnd &end);

/// The object of libc's own, a FILE, that a call leaves there; null for none.
const LibcObject *object_given(const FlowEnd &end);

/// Whether what comes from the one end is what the other releases: fclose takes no block, and of a FILE nobody gives
/// free the first one.
bool go_together(const FlowEnd &from, const FlowEnd &to);

/// Whether two ends are the same argument or result, and the same part of it.
bool same_place(const FlowEnd &one, const FlowEnd &other);

/// "malloc", "operator new": what stands at an end.
std::string told(const FlowEnd &end);

/// "plugin_take", "the function at 0x1200".
std::string function_word(const FlowEnd &end);

/// The symbol by which two objects share a variable: of "state", of what it leads to ("state->"), and of the object
/// that a function returns the address of ("state()").
std::string_view symbol_of_variable(std::string_view variable);

/// A template's or an inline function's copy, which every object that uses it has.
bool is_mangled(std::string_view name);

}  // namespace crossheap::binding
