// SPDX-License-Identifier: MIT OR Apache-2.0
#include "scenarios/scenario.h"

namespace crossheap::scenarios {

namespace {

// SplitMix64's step (Steele, Lea, Flood 2014), one byte a step: any two seeds differ in nearly every byte.
std::uint8_t next_byte(std::uint64_t &state) {
  state += 0x9e3779b97f4a7c15u;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return static_cast<std::uint8_t>(z >> 56);
}

}  // namespace

void fill(void *block, std::size_t size, std::uint64_t seed) {
  auto *bytes = static_cast<std::uint8_t *>(block);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = next_byte(seed);
}

bool holds(const void *block, std::size_t size, std::uint64_t seed) {
  const auto *bytes = static_cast<const std::uint8_t *>(block);
  for (std::size_t i = 0; i < size; ++i)
    if (bytes[i] != next_byte(seed)) return false;
  return true;
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
  if (!holds_true) host.report_wrong(what);
}

}  // namespace crossheap::scenarios
