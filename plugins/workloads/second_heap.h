// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The other allocator of a process that has two: je_malloc where the program carries a prefixed jemalloc, and malloc
// again where it does not. Which, the build decides (second_heap.cpp).
#pragma once

#include <cstddef>

namespace crossheap::workload {

void *second_allocate(std::size_t size);
void second_release(void *block);
/// "" where it is malloc.
const char *second_heap_name();

/// The version of the allocator that this build links from sources; "" where the build links none of these.
const char *linked_version();

}  // namespace crossheap::workload
