// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The allocator's own functions, by the names that a program without the allocation ABI would call.
#pragma once

#include <cstddef>
#include <cstdlib>

#if defined(CROSSHEAP_BENCH_JEMALLOC)
#include <jemalloc/jemalloc.h>
#ifdef JEMALLOC_NO_RENAME
#define DIRECT(name) je_##name
#else
#define DIRECT(name) name
#endif
#elif defined(CROSSHEAP_BENCH_MIMALLOC)
#include <mimalloc.h>
#define DIRECT(name) mi_##name
#elif defined(CROSSHEAP_BENCH_TCMALLOC)
#include <gperftools/tcmalloc.h>
#define DIRECT(name) tc_##name
#else
#define DIRECT(name) name
#endif
#if defined(CROSSHEAP_BENCH_SNMALLOC)
extern "C" void sn_rust_dealloc(void *block, std::size_t align, std::size_t size);
#endif

namespace crossheap::bench {

struct Direct {
  static void *allocate(std::size_t size) { return DIRECT(malloc)(size); }
  static void release(void *block, std::size_t) { DIRECT(free)(block); }
};

struct DirectSized {
  static void *allocate(std::size_t size) { return DIRECT(malloc)(size); }
#if defined(CROSSHEAP_BENCH_JEMALLOC)
  static void release(void *block, std::size_t size) { DIRECT(sdallocx)(block, size, 0); }
#elif defined(CROSSHEAP_BENCH_MIMALLOC)
  static void release(void *block, std::size_t size) { mi_free_size(block, size); }
#elif defined(CROSSHEAP_BENCH_TCMALLOC)
  static void release(void *block, std::size_t size) { tc_free_sized(block, size); }
#elif defined(CROSSHEAP_BENCH_SNMALLOC)
  static void release(void *block, std::size_t size) { sn_rust_dealloc(block, 8, size); }
#else
  static void release(void *block, std::size_t) { free(block); }
#endif
};

}  // namespace crossheap::bench
