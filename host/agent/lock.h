// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A lock that survives fork. Another thread may hold it while a thread forks; in the child nobody is left to release
// it. The child notices by a page the kernel wipes on fork, and takes every lock of the past as free. What such a
// lock protects must therefore be usable at every moment: its changes are published by single stores. The same holds
// for a thread whose handler leaves by longjmp what it interrupted.
#pragma once

#include <cstdint>

#include "agent/guard.h"

namespace crossheap::agent {

/// Which process of a family of forks this is: 1 in the first, more in each child. [any-thread] [signal-safe]
inline std::uint32_t fork_generation();

class Lock {
public:
  /// False when its holder has had it for a second, which a holder that runs does not: nothing is waited for any more
  /// until that thread comes back to us.
  [[nodiscard]] bool take() {
    const std::uint64_t own = holder();
    std::uint64_t found = 0;
    thread_state.held = this;
    return __atomic_compare_exchange_n(&word_, &found, own, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED) || wait(own);
  }
  void release() {
    come_back();
    __atomic_store_n(&word_, 0, __ATOMIC_RELEASE);
    thread_state.held = nullptr;
  }
  /// Releases it if this thread holds it: a handler that interrupted the thread was left by longjmp.
  void abandon() {
    std::uint64_t own = holder();
    if (__atomic_load_n(&word_, __ATOMIC_RELAXED) == own) come_back();
    __atomic_compare_exchange_n(&word_, &own, 0, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
    thread_state.held = nullptr;
  }

  /// This thread of this process, as a number that is not 0.
  static std::uint64_t holder() {
    // SAFETY: an address as a number, below 2^47.
    const auto thread = reinterpret_cast<std::uint64_t>(__builtin_thread_pointer());
    return thread | std::uint64_t{fork_generation()} << kThreadBits;
  }
  static bool same_process(std::uint64_t one, std::uint64_t other) { return (one ^ other) >> kThreadBits == 0; }

private:
  static constexpr unsigned kThreadBits = 48;

  bool wait(std::uint64_t own);
  // The holder is there after all: when it takes the lock again, it is waited for again.
  void come_back() {
    if (__atomic_load_n(&given_up_, __ATOMIC_RELAXED) != 0) __atomic_store_n(&given_up_, 0, __ATOMIC_RELAXED);
  }

  /// 0 free, else who took it: the thread, and the generation (count of forks) of its process.
  std::uint64_t word_ = 0;
  std::uint64_t given_up_ = 0;  ///< who had it too long
};

class Locked {
public:
  explicit Locked(Lock &lock) : lock_(lock), taken_(lock_.take()) {}
  Locked(const Locked &) = delete;
  Locked &operator=(const Locked &) = delete;
  ~Locked() {
    if (taken_) lock_.release();
  }
  /// Whether it was taken; what it protects may not be touched otherwise.
  explicit operator bool() const { return taken_; }

private:
  Lock &lock_;
  bool taken_;
};

/// Prepares the page that is wiped on fork. Without it (a kernel before 4.14, a filter that may forbid to ask for it)
/// only children by libc's fork are known, by the id of the thread that forked.
void start_fork_detection();

namespace lock_detail {

/// The generation of the process that wrote it; 0 in a child that did not look yet. Null where there is no such page.
// NOLINTNEXTLINE(bugprone-dynamic-static-initializers): it is valid as zero bytes
extern std::uint32_t *wiped_on_fork;
std::uint32_t first_look_in_child();
std::uint32_t without_page();

}  // namespace lock_detail

inline std::uint32_t fork_generation() {
  if (lock_detail::wiped_on_fork == nullptr) return lock_detail::without_page();
  const std::uint32_t seen = __atomic_load_n(lock_detail::wiped_on_fork, __ATOMIC_ACQUIRE);
  return seen != 0 ? seen : lock_detail::first_look_in_child();
}

}  // namespace crossheap::agent
