// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Room that a hook needs for a moment and does not take from the program's stack: a coroutine may have 1 KiB of it,
// with a page behind that must not be touched. There is one for each of 64 threads (or fewer) that need it at the same
// time; the next one is told so, and takes its own stack.
//
// A thread that left a hook by longjmp (out of a handler that interrupted it) never gives its room back; it finds it
// again by its own name. One that a fork left behind in the parent has lost its claim.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

#include "agent/lock.h"

namespace crossheap::agent {

template <class T, std::size_t kRooms = 64>
class Rooms {
public:
  /// Null where all are taken.
  T *take() {
    const std::uint64_t own = Lock::holder();
    for (std::size_t i = 0; i < kRooms; ++i)
      if (__atomic_load_n(&owners_[i], __ATOMIC_RELAXED) == own) return fresh(i);
    for (std::size_t i = 0; i < kRooms; ++i) {
      std::uint64_t owner = __atomic_load_n(&owners_[i], __ATOMIC_RELAXED);
      if (owner != 0 && Lock::same_process(owner, own)) continue;
      if (__atomic_compare_exchange_n(&owners_[i], &owner, own, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return fresh(i);
    }
    return nullptr;
  }
  void give_back(T *room) {
    if (room == nullptr) return;
    // SAFETY: one of ours, as an address.
    const auto offset = reinterpret_cast<std::uintptr_t>(room) - reinterpret_cast<std::uintptr_t>(rooms_);
    __atomic_store_n(&owners_[offset / sizeof(T)], 0, __ATOMIC_RELEASE);
  }

private:
  // As bytes: nothing of the agent is constructed at start.
  T *fresh(std::size_t i) { return new (rooms_[i]) T; }
  std::uint64_t owners_[kRooms];
  alignas(T) unsigned char rooms_[kRooms][sizeof(T)];
};

/// One of them while it lives.
template <class T, std::size_t kRooms = 64>
class Loan {
public:
  explicit Loan(Rooms<T, kRooms> &rooms) : rooms_(rooms), room_(rooms.take()) {}
  Loan(const Loan &) = delete;
  Loan &operator=(const Loan &) = delete;
  ~Loan() { rooms_.give_back(room_); }
  explicit operator bool() const { return room_ != nullptr; }
  T &operator*() const { return *room_; }

private:
  Rooms<T, kRooms> &rooms_;
  T *room_;
};

}  // namespace crossheap::agent
