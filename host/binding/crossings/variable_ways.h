// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One object puts a block into a variable, another one releases what stands there.
#pragma once

#include "binding/crossings/heaps.h"
#include "binding/crossings/ways.h"

namespace crossheap::binding {

/// `taker` releases what stands in a variable of `giver`; the flow `release` of `taker` says so.
void note_variable_way(const Heaps &heaps, Ways &ways, ObjectIndex giver, ObjectIndex taker, const Flow &release);

}  // namespace crossheap::binding
