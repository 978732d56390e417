// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A lock that survives fork. Another thread may hold it while a thread forks; in the child nobody is left to release
// it. The child notices by a page the kernel wipes on fork, and takes every lock of the past as free. What such a
// lock protects must therefore be usable at every moment: its changes are published by single stores.
#pragma once

#include <cstdint>

namespace crossheap::agent {

class Lock {
public:
  void take();
  void release() { __atomic_store_n(&word_, 0, __ATOMIC_RELEASE); }

private:
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

/// Which process of a family of forks this is: 1 in the first, more in each child. [any-thread] [signal-safe]
std::uint32_t fork_generation();

}  // namespace crossheap::agent
