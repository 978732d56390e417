// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The functions to which weak references and IFUNCs lead. A file of its own: the compiler must not see them from a
// loop.
#include "resolutions.h"

#include "direct.h"

namespace {

using Allocate = void *(*)(std::size_t);
using Release = void (*)(void *);

}  // namespace

extern "C" {

void *crossheap_bench_weak_allocate(std::size_t size) { return DIRECT(malloc)(size); }
void crossheap_bench_weak_release(void *block) { DIRECT(free)(block); }

// Called by the loader's relocation, before main and before constructors: nothing but an address is read here.
static Allocate resolve_allocate() { return &DIRECT(malloc); }
static Release resolve_release() { return &DIRECT(free); }
[[gnu::ifunc("resolve_allocate")]] void *crossheap_bench_ifunc_allocate(std::size_t size);
[[gnu::ifunc("resolve_release")]] void crossheap_bench_ifunc_release(void *block);
}
