// SPDX-License-Identifier: MIT OR Apache-2.0
//
// By interface: one object sets a thread's value, and another one has made the key with a function that releases such
// values when the thread ends.
//
// A key is a number, and which of several a value is for is not followed: only an object that makes no key itself is
// asked, and all keys of the other one must release their values.
#pragma once

#include "binding/crossings/heaps.h"
#include "binding/crossings/ways.h"

namespace crossheap::binding {

/// Notes the ways between all objects of the process.
void note_thread_key_ways(const Heaps &heaps, Ways &ways);

}  // namespace crossheap::binding
