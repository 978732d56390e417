// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The variants whose code is compiled or linked in a way of its own, each in its own file.
#pragma once

#include "loops.h"

namespace crossheap::bench {

/// Compiled with -fno-plt.
Variant no_plt();
/// Compiled, together with a copy of the provider, for link-time optimisation.
Variant link_time_optimised();

}  // namespace crossheap::bench

/// Resolved by a function of the program when it starts (STT_GNU_IFUNC).
extern "C" void *crossheap_bench_ifunc_allocate(std::size_t size);
extern "C" void crossheap_bench_ifunc_release(void *block);
/// Defined elsewhere, or not at all: a weak reference, which is compared with null before each call.
extern "C" [[gnu::weak]] void *crossheap_bench_weak_allocate(std::size_t size);
extern "C" [[gnu::weak]] void crossheap_bench_weak_release(void *block);
/// Other names of the allocator's functions (ld --defsym).
extern "C" void *crossheap_bench_alias_allocate(std::size_t size);
extern "C" void crossheap_bench_alias_release(void *block);
