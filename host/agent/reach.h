// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Whether a release function can get at another allocator at all, by its code: a pool's operator delete that counts and
// returns cannot, whatever else its object calls.
#pragma once

#include "agent/objects.h"
#include "agent/site.h"

namespace crossheap::agent {

/// Decodes up to some thousand instructions: for the first foreign block of a function only. [any-thread]
Reach reach_of(const Site &site);

}  // namespace crossheap::agent
