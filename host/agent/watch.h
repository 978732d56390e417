// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Puts an object under watch, before its code runs: finds its malloc family (and the functions by which memory and
// objects are obtained), writes an island for each and the jump into its entry.
#pragma once

#include "agent/objects.h"
#include "agent/symbols.h"

namespace crossheap::agent {

/// Called for each object once, by the loader's thread. Reports what could not be watched.
void watch(Object &object, const Image &image);
/// Takes back the islands of an object that is about to be unmapped.
void unwatch(Object &object);

}  // namespace crossheap::agent
