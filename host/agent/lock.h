// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A lock that survives fork. Another thread may hold it while a thread forks; in the child nobody is left to release
// it. The child notices by a page the kernel wipes on fork, and takes every lock of the past as free. What such a
// lock protects must therefore be usable at every moment: its changes are published by single stores.
#pragma once

#include <cstdint>

namespace crossheap::agent {

/// Which process of a family of forks this is: 1 in the first, more in each child. [any-thread] [signal-safe]
inline std::uint32_t fork_generation();

class Lock {
public:
  void take() {
    const std::uint32_t generation = fork_generation();
    std::uint32_t holder = 0;
    if (!__atomic_compare_exchange_n(&word_, &holder, generation, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
      wait(generation);
  }
  void release() { __atomic_store_n(&word_, 0, __ATOMIC_RELEASE); }

private:
  void wait(std::uint32_t generation);

  std::uint32_t word_ = 0;  ///< 0 free, else the generation (count of forks) in which it was taken
};

class Locked {
public:
  explicit Locked(Lock &lock) : lock_(lock) { lock_.take(); }
  Locked(const Locked &) = delete;
  Locked &operator=(const Locked &) = delete;
  ~Locked() { lock_.release(); }

private:
  Lock &lock_;
};

/// Prepares the page that is wiped on fork. Without it (a kernel before 4.14) a child may inherit a held lock.
void start_fork_detection();

namespace lock_detail {

/// The generation of the process that wrote it; 0 in a child that did not look yet. Null where there is no such page.
extern std::uint32_t *wiped_on_fork;
std::uint32_t first_look_in_child();

}  // namespace lock_detail

inline std::uint32_t fork_generation() {
  if (lock_detail::wiped_on_fork == nullptr) return 1;
  const std::uint32_t seen = __atomic_load_n(lock_detail::wiped_on_fork, __ATOMIC_ACQUIRE);
  return seen != 0 ? seen : lock_detail::first_look_in_child();
}

}  // namespace crossheap::agent
