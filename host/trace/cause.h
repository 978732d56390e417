// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Why a finding happened and what to do about it, in words, from what is known of the run.
#pragma once

#include <string>

#include "trace/trace.h"

namespace crossheap::trace {

/// Fills `because` and `next_step` from the rest of the crossing.
void explain(Crossing &crossing);

/// "RTLD_NOW | RTLD_DEEPBIND"
std::string words_for_flags(std::uint32_t dlopen_flags);

/// "libjemalloc.so.2 (jemalloc)"; with the namespace where it is not the program's own.
std::string words_for(const Party &party);

}  // namespace crossheap::trace
