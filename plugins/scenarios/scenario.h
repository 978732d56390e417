// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What every scenario file uses. A scenario is one way in which ownership passes between a host and a plugin: one file,
// one sentence, two functions. Both sides are compiled from the same file, so "the host gives" and "the plugin gives"
// are one piece of code in two images on two heaps. The runner only chooses whose `give` and whose `take` it calls.
//
// Plain scenarios call the malloc family through CROSSHEAP_HEAP(malloc), which is `malloc` in every build but the
// prefixed ones, where it is `je_malloc`: that is how code carries a prefixed allocator in practice.
//
// A file registers its scenario with CROSSHEAP_SCENARIO. The linker gathers the registrations of an image in the
// section `crossheap_scenarios`, so that a new scenario is a new file and nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <system_error>
#include <thread>

#include "scenarios/experiment.h"

#if defined(CROSSHEAP_HEAP_PREFIXED)
extern "C" {
void *je_malloc(std::size_t size);
void *je_calloc(std::size_t count, std::size_t size);
void *je_realloc(void *block, std::size_t size);
void je_free(void *block);
void *je_aligned_alloc(std::size_t align, std::size_t size);
int je_posix_memalign(void **out, std::size_t align, std::size_t size);
void *je_memalign(std::size_t align, std::size_t size);
std::size_t je_malloc_usable_size(void *block);
void *je_mallocx(std::size_t size, int flags);
void je_sdallocx(void *block, std::size_t size, int flags);
}
#define CROSSHEAP_HEAP(function) je_##function
#else
#if defined(CROSSHEAP_HEAP_JEMALLOC)
extern "C" {
void *mallocx(std::size_t size, int flags);
void sdallocx(void *block, std::size_t size, int flags);
}
#endif
#define CROSSHEAP_HEAP(function) function
#endif

/// Set where this image calls jemalloc's extended interface by name.
#if defined(CROSSHEAP_HEAP_PREFIXED) || defined(CROSSHEAP_HEAP_JEMALLOC)
#define CROSSHEAP_HEAP_HAS_MALLOCX 1
#else
#define CROSSHEAP_HEAP_HAS_MALLOCX 0
#endif

namespace crossheap::scenarios {

inline constexpr std::uint32_t kToHost = CROSSHEAP_DIRECTION_TO_HOST;
inline constexpr std::uint32_t kToPlugin = CROSSHEAP_DIRECTION_TO_PLUGIN;
inline constexpr std::uint32_t kInside = CROSSHEAP_DIRECTION_INSIDE;
inline constexpr std::uint32_t kBothWays = kToHost | kToPlugin;
inline constexpr std::uint32_t kEveryWay = kBothWays | kInside;

/// The size of an ordinary block: a small size class in every allocator.
inline constexpr std::size_t kOrdinary = 120;

/// Writes the byte sequence that `seed` starts over `size` bytes.
void fill(void *block, std::size_t size, std::uint64_t seed);

/// Whether `size` bytes hold the sequence that `seed` starts.
bool holds(const void *block, std::size_t size, std::uint64_t seed);

/// The end of every plain `give`: fills `block`, describes it in `handover`, 0; or 1 where `block` is null.
std::int32_t give_block(crossheap_handover &handover, void *block, std::size_t size, std::size_t align = 0);

/// The start of every `take`: reports contents other than those the giver wrote.
void check_contents(const crossheap_host &host, const crossheap_handover &handover);

/// Reports `what` unless `holds_true`.
void expect(const crossheap_host &host, bool holds_true, const char *what);

/// Runs `work` on a thread of its own, and waits for it. 0, or CROSSHEAP_SCENARIO_NO_THREAD.
template <class Work>
std::int32_t on_thread(Work work) {
  try {
    std::thread(work).join();
    return 0;
  } catch (const std::system_error &) {
    return CROSSHEAP_SCENARIO_NO_THREAD;
  }
}

/// Puts a crossheap_scenario into the image's list.
#define CROSSHEAP_SCENARIO(identifier, ...)                                                                      \
  static const crossheap_scenario identifier = {sizeof(crossheap_scenario), __VA_ARGS__};                        \
  [[gnu::used, gnu::section("crossheap_scenarios")]] static const crossheap_scenario *const identifier##_entry = \
      &identifier

}  // namespace crossheap::scenarios
