// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The allocator that the host hands to a plugin: malloc and its family, which remember the blocks that they handed out.
//
// A plugin that was given these functions releases blocks with them. One that it releases and that did not come from
// here is foreign: the plugin allocated it elsewhere, as a rule before the functions were handed over. That is told.
#pragma once

#include <cstddef>

namespace crossheap::drill::handed {

/// Finds the module that remembers what was allocated while the plugin was opened, where it is in the process
/// (witness.c). To be called before the first call: dlsym has a lock.
void find_witness();

void *malloc(std::size_t size);
void *calloc(std::size_t count, std::size_t size);
void free(void *block);
void *realloc(void *block, std::size_t size);

}  // namespace crossheap::drill::handed
