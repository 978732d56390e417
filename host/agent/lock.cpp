// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/lock.h"

#include <sched.h>
#include <sys/mman.h>
#include <time.h>

#include "agent/identity.h"
#include "agent/memory.h"

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

namespace crossheap::agent {

namespace {

std::uint32_t last_generation = 1;  // copied into a child by fork

}  // namespace

namespace lock_detail {

std::uint32_t *wiped_on_fork;

// Only the forking thread exists in a child, and those it has made since: one of them counts.
std::uint32_t first_look_in_child() {
  std::uint32_t seen = 0;
  const std::uint32_t next = last_generation + 1;
  if (!__atomic_compare_exchange_n(wiped_on_fork, &seen, next, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return seen;
  __atomic_store_n(&last_generation, next, __ATOMIC_RELEASE);
  return next;
}

std::uint32_t without_page() {
  if (has_forked()) __atomic_add_fetch(&last_generation, 1, __ATOMIC_RELEASE);
  return __atomic_load_n(&last_generation, __ATOMIC_ACQUIRE);
}

}  // namespace lock_detail

void start_fork_detection() {
  if (is_quiet()) return;
  void *const page = map_pages(kPageBytes, false);
  if (page == nullptr || ::madvise(page, kPageBytes, MADV_WIPEONFORK) != 0) return;
  __atomic_store_n(static_cast<std::uint32_t *>(page), last_generation, __ATOMIC_RELAXED);
  lock_detail::wiped_on_fork = static_cast<std::uint32_t *>(page);
}

bool Lock::wait(std::uint64_t own) {
  constexpr unsigned kSpins = 1000;
  constexpr unsigned kYields = 1000;
  constexpr unsigned kNaps = 1000;
  constexpr unsigned kSpinsWhenQuiet = 20'000'000;
  for (unsigned spins = 0;; ++spins) {
    std::uint64_t found = 0;
    if (__atomic_compare_exchange_n(&word_, &found, own, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) return true;
    const bool of_another_process = ((found ^ own) >> kThreadBits) != 0;
    if (of_another_process &&
        __atomic_compare_exchange_n(&word_, &found, own, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
      return true;
    // A program that has restricted its system calls is waited for by spinning alone, for about as long.
    // So is one whose code has system calls of its own: it may have done so without our notice.
    const bool only_spins = is_quiet() || may_restrict_itself();
    const bool too_long = spins == (only_spins ? kSpinsWhenQuiet : kSpins + kYields + kNaps);
    if (too_long) __atomic_store_n(&given_up_, found, __ATOMIC_RELAXED);
    if (too_long || __atomic_load_n(&given_up_, __ATOMIC_RELAXED) == found) {
      thread_state.held = nullptr;
      return false;
    }
    constexpr timespec kNap{.tv_sec = 0, .tv_nsec = 1'000'000};
    if (spins < kSpins || only_spins)
      __builtin_ia32_pause();
    else if (spins < kSpins + kYields)
      ::sched_yield();
    else
      ::nanosleep(&kNap, nullptr);
  }
}

}  // namespace crossheap::agent
