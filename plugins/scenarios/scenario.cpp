// SPDX-License-Identifier: MIT OR Apache-2.0
#include "scenarios/scenario.h"

#include "scenarios/contents.h"

namespace crossheap::scenarios {

void fill(void *block, std::size_t size, std::uint64_t seed) { crossheap_contents_write(block, size, seed); }

bool holds(const void *block, std::size_t size, std::uint64_t seed) {
  return crossheap_contents_hold(block, size, seed) != 0;
}

std::int32_t give_block(crossheap_handover &handover, void *block, std::size_t size, std::size_t align) {
  if (block == nullptr) return 1;
  fill(block, size, handover.seed);
  handover.block = block;
  handover.size = size;
  handover.align = align;
  return 0;
}

void check_contents(const crossheap_host &host, const crossheap_handover &handover) {
  expect(host, holds(handover.block, handover.size, handover.seed), "the block does not hold what its giver wrote");
}

void expect(const crossheap_host &host, bool holds_true, const char *what) {
  if (!holds_true) crossheap_experiment_of(&host)->report_wrong(what);
}

}  // namespace crossheap::scenarios
