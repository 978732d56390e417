// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/lock.h"

#include <sched.h>
#include <sys/mman.h>

#include "agent/memory.h"

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

namespace crossheap::agent {

namespace {

std::uint32_t *wiped_on_fork;       // generation of the process that wrote it; 0 in a child that did not look yet
std::uint32_t last_generation = 1;  // copied into a child by fork

}  // namespace

void start_fork_detection() {
  void *const page = map_pages(kPageBytes, false);
  if (page == nullptr || ::madvise(page, kPageBytes, MADV_WIPEONFORK) != 0) return;
  wiped_on_fork = static_cast<std::uint32_t *>(page);
  __atomic_store_n(wiped_on_fork, last_generation, __ATOMIC_RELAXED);
}

std::uint32_t fork_generation() {
  if (wiped_on_fork == nullptr) return 1;
  std::uint32_t seen = __atomic_load_n(wiped_on_fork, __ATOMIC_ACQUIRE);
  if (seen != 0) return seen;
  // The first look in a child. Only the forking thread exists, and those it has made since: one of them counts.
  std::uint32_t expected = last_generation;
  const std::uint32_t next = expected + 1;
  if (__atomic_compare_exchange_n(wiped_on_fork, &seen, next, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    __atomic_store_n(&last_generation, next, __ATOMIC_RELEASE);
    return next;
  }
  return seen;
}

void Lock::take() {
  const std::uint32_t generation = fork_generation();
  for (unsigned spins = 0;; ++spins) {
    std::uint32_t holder = 0;
    if (__atomic_compare_exchange_n(&word_, &holder, generation, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) return;
    if (holder != generation &&
        __atomic_compare_exchange_n(&word_, &holder, generation, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
      return;
    if (spins % 64 == 63)
      ::sched_yield();
    else
      __builtin_ia32_pause();
  }
}

}  // namespace crossheap::agent
