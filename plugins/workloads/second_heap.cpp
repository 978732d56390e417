// SPDX-License-Identifier: MIT OR Apache-2.0
#include "workloads/second_heap.h"

#include <cstdlib>

#ifdef CROSSHEAP_SECOND_HEAP_JEMALLOC
#include <jemalloc/jemalloc.h>
#endif

namespace crossheap::workload {

#ifdef CROSSHEAP_SECOND_HEAP_JEMALLOC
void *second_allocate(std::size_t size) { return je_malloc(size); }
void second_release(void *block) { je_free(block); }
const char *second_heap_name() { return "je_malloc"; }
#else
void *second_allocate(std::size_t size) { return std::malloc(size); }
void second_release(void *block) { std::free(block); }
const char *second_heap_name() { return ""; }
#endif

#ifndef CROSSHEAP_LINKED_VERSION
#define CROSSHEAP_LINKED_VERSION ""
#endif
const char *linked_version() { return CROSSHEAP_LINKED_VERSION; }

}  // namespace crossheap::workload
