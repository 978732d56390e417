// SPDX-License-Identifier: MIT OR Apache-2.0
//
// By interface: one object leaves a block with libc, and another one releases what it finds there.
//
//     pthread_setspecific(key, block);     the key was made with a function that releases such values
//     tsearch(block, &root, compare);      tdestroy(root, free), or free(*(char **)tfind(...))
//     hsearch((ENTRY){block, x}, ENTER);   free(hsearch(..., FIND)->key)
//
// Which of several keys, or trees, a block is for is not followed. So only an object that makes no key itself is asked,
// and all keys of the other one must release their values. A tree counts only if others gave its root.
#pragma once

#include "binding/crossings/heaps.h"
#include "binding/crossings/ways.h"

namespace crossheap::binding {

/// Notes the ways between all objects of the process.
void note_ways_through_libc(const Heaps &heaps, Ways &ways);

}  // namespace crossheap::binding
