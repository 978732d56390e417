// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A std::unique_ptr is dropped on the other side.
#include "scenarios/scenario.h"

#include <array>
#include <memory>

namespace crossheap::scenarios {
namespace {

struct Record {
  std::array<std::uint64_t, 16> numbers;
};

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  auto record = std::make_unique<Record>();
  record->numbers.fill(handover->seed);
  handover->block = record.release();
  return 0;
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  const std::unique_ptr<Record> record(static_cast<Record *>(handover->block));
  expect(*host, record->numbers[15] == handover->seed, "the object does not hold what its giver wrote");
  return 0;
}

CROSSHEAP_SCENARIO(kUniquePtr, kBothWays, CROSSHEAP_STAGING_NONE, 0, 'a', "unique-ptr",
                   "A std::unique_ptr is dropped on the other side.", "operator new", "operator delete sized", give,
                   take);

}  // namespace
}  // namespace crossheap::scenarios
