// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A std::pmr::vector over one side's memory resource is grown on the other side and destroyed by its owner. The
// resource travels with the container as a pointer to an object of its owner, so every growth goes home by itself: the
// C++ face of the allocation ABI needs no identity check for containers that know their resource.
#include <crossheap/allocator.hpp>

#include <memory_resource>
#include <vector>

#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

using Numbers = std::pmr::vector<std::uint32_t>;

void destroy(crossheap_handover *handover) {
  std::pmr::polymorphic_allocator<Numbers> allocator(crossheap::artifact_resource());
  auto *numbers = static_cast<Numbers *>(handover->block);
  std::destroy_at(numbers);
  allocator.deallocate(numbers, 1);
}

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  std::pmr::polymorphic_allocator<Numbers> allocator(crossheap::artifact_resource());
  Numbers *numbers = allocator.allocate(1);
  std::construct_at(numbers, 30, 7u, crossheap::artifact_resource());
  handover->block = numbers;
  handover->release = destroy;
  return 0;
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  auto &numbers = *static_cast<Numbers *>(handover->block);
  for (std::uint32_t i = 0; i < 1000; ++i) numbers.push_back(i);
  expect(*host, numbers.size() == 1030 && numbers[29] == 7 && numbers[1029] == 999,
         "the vector does not hold what was put into it");
  handover->release(handover);
  return 0;
}

CROSSHEAP_SCENARIO(kAbiContainer, kBothWays, CROSSHEAP_STAGING_NONE, 0, 'd', "abi-container",
                   "A std::pmr::vector over one side's resource is grown on the other side and destroyed by its owner.",
                   "abi", "abi", give, take);

}  // namespace
}  // namespace crossheap::scenarios
