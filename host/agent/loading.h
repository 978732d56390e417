// SPDX-License-Identifier: MIT OR Apache-2.0
//
// dlopen, dlmopen and dlclose: which call brought which object, and with which flags. That is why a crossing happened.
#pragma once

#include "agent/backtrace.h"
#include "agent/hook_table.h"

namespace crossheap::agent {

/// At start.
void start_loading();
HookTable loading_hooks();

/// The number of the dlopen call this thread is in, 0 at program start. Calls that are alike in everything have one
/// number. Asked while the loader maps an object.
std::uint32_t current_open();
/// Writes the call to the log, once. [any-thread] [in-malloc]
void tell_of_open(std::uint32_t number);
/// The dlclose call that this thread is in; its return address is null where it is in none. [any-thread]
CallPlace current_close();

/// The loader has finished what it was asked for.
void loading_done();

}  // namespace crossheap::agent
