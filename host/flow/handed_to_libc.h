// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Blocks that a file gives to libc together with a function that is to release them.
//
//     __cxa_atexit(&free, block, handle);        libc calls free(block) when the process ends
//     pthread_key_create(&key, &my_free); ...    and what pthread_setspecific puts under the key, when a thread ends
//
// The release is not called here, so no argument of a call shows it; the table in handed_to_libc.cpp has the calls.
#pragma once

#include "flow/call_targets.h"
#include "flow/code.h"
#include "flow/ends.h"
#include "flow/flows.h"
#include "flow/sinks.h"

namespace crossheap::flow {

/// Adds these flows. `sinks` must know all of the file's own functions: propagate() was called.
void read_handed_to_libc(const Code &code, CallTargets &targets, Ends &ends, Sinks &sinks, Flows &flows);

}  // namespace crossheap::flow
