// SPDX-License-Identifier: MIT OR Apache-2.0
#include "scenarios/list.h"

#include <cxxabi.h>
#include <malloc.h>
#include <stdlib.h>  // reallocarray
#include <string.h>  // strdup

#include <new>

// The bounds of the section that CROSSHEAP_SCENARIO fills; the linker defines them (ld, "Orphan Sections").
extern "C" {
[[gnu::visibility("hidden")]] extern const crossheap_scenario *const __start_crossheap_scenarios;
[[gnu::visibility("hidden")]] extern const crossheap_scenario *const __stop_crossheap_scenarios;
}

namespace crossheap::scenarios {

namespace {

template <typename FunctionPointer>
const void *address_of(FunctionPointer function) {
  // SAFETY: POSIX (dlsym) guarantees that a function's address can be kept in a pointer to void; nobody calls through
  // it.
  return reinterpret_cast<const void *>(function);
}

}  // namespace

std::span<const crossheap_scenario *const> linked_scenarios() {
  return {&__start_crossheap_scenarios, &__stop_crossheap_scenarios};
}

std::span<const crossheap_binding> linked_bindings() {
  using New = void *(*)(std::size_t);
  using NewAligned = void *(*)(std::size_t, std::align_val_t);
  using NewNothrow = void *(*)(std::size_t, const std::nothrow_t &) noexcept;
  using Delete = void (*)(void *) noexcept;
  using DeleteSized = void (*)(void *, std::size_t) noexcept;
  using DeleteSizedAligned = void (*)(void *, std::size_t, std::align_val_t) noexcept;
  using DeleteNothrow = void (*)(void *, const std::nothrow_t &) noexcept;
  static const crossheap_binding kBindings[] = {
    {"malloc", address_of(&CROSSHEAP_HEAP(malloc))},
    {"realloc", address_of(&CROSSHEAP_HEAP(realloc))},
    {"free", address_of(&CROSSHEAP_HEAP(free))},
    {"malloc_usable_size", address_of(&CROSSHEAP_HEAP(malloc_usable_size))},
    {"operator new", address_of(static_cast<New>(&::operator new))},
    {"operator new[]", address_of(static_cast<New>(&::operator new[]))},
    {"operator new aligned", address_of(static_cast<NewAligned>(&::operator new))},
    {"operator new nothrow", address_of(static_cast<NewNothrow>(&::operator new))},
    {"operator delete", address_of(static_cast<Delete>(&::operator delete))},
    {"operator delete[]", address_of(static_cast<Delete>(&::operator delete[]))},
    {"operator delete sized", address_of(static_cast<DeleteSized>(&::operator delete))},
    {"operator delete aligned", address_of(static_cast<DeleteSizedAligned>(&::operator delete))},
    {"operator delete nothrow", address_of(static_cast<DeleteNothrow>(&::operator delete))},
    // libc's, but for images with a mimalloc 3, which brings its own.
    {"strdup", address_of(&::strdup)},
    // Stands for all functions of the C++ runtime that allocate for their caller.
    {"libstdc++", address_of(&abi::__cxa_demangle)},
#if CROSSHEAP_HEAP_HAS_MALLOCX
    {"mallocx", address_of(&CROSSHEAP_HEAP(mallocx))},
    {"sdallocx", address_of(&CROSSHEAP_HEAP(sdallocx))},
#endif
#if !defined(CROSSHEAP_HEAP_PREFIXED)  // jemalloc has neither, prefixed or not
    {"pvalloc", address_of(&::pvalloc)},
    {"reallocarray", address_of(&::reallocarray)},
#endif
  };
  return kBindings;
}

}  // namespace crossheap::scenarios
