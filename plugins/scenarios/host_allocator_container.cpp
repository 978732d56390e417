// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A std::vector over the host's allocator is grown on the other side and destroyed there.
#include "scenarios/scenario.h"

#include <new>
#include <vector>

namespace crossheap::scenarios {
namespace {

// An allocator that carries the host's table, so that the container's memory goes home from wherever it is released.
template <typename T>
struct HostAllocator {
  using value_type = T;

  const crossheap_party *party;

  explicit HostAllocator(const crossheap_party &host_party) : party(&host_party) {}
  template <typename U>
  HostAllocator(const HostAllocator<U> &other)
      : party(other.party) {}  // NOLINT(google-explicit-constructor): allocators convert

  T *allocate(std::size_t count) {
    void *block = party->allocate(count * sizeof(T), alignof(T));
    if (block == nullptr) throw std::bad_alloc();
    return static_cast<T *>(block);
  }
  void deallocate(T *block, std::size_t count) { party->release(block, count * sizeof(T), alignof(T)); }
  bool operator==(const HostAllocator &other) const { return party == other.party; }
};

using Numbers = std::vector<std::uint32_t, HostAllocator<std::uint32_t>>;

std::int32_t give(const crossheap_host *host, crossheap_handover *handover) {
  void *place = host->party.allocate(sizeof(Numbers), alignof(Numbers));
  if (place == nullptr) return 1;
  handover->block = new (place) Numbers(30, 7u, HostAllocator<std::uint32_t>(host->party));
  return 0;
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  auto *numbers = static_cast<Numbers *>(handover->block);
  for (std::uint32_t i = 0; i < 1000; ++i) numbers->push_back(i);
  expect(*host, numbers->size() == 1030 && (*numbers)[29] == 7 && (*numbers)[1029] == 999,
         "the vector does not hold what was put into it");
  numbers->~Numbers();
  host->party.release(numbers, sizeof(Numbers), alignof(Numbers));
  return 0;
}

CROSSHEAP_SCENARIO(kHostAllocatorContainer, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'c', "host-allocator-container",
                   "A std::vector over the host's allocator is grown on the other side and destroyed there.", "host",
                   "host", give, take);

}  // namespace
}  // namespace crossheap::scenarios
