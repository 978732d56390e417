// SPDX-License-Identifier: MIT OR Apache-2.0
#include "scenarios/scenario.h"

namespace crossheap::scenarios {

namespace {

// SplitMix64 (Steele, Lea, Flood 2014), a word a step: any two seeds differ in nearly every byte.
class Sequence {
public:
  explicit Sequence(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

private:
  std::uint64_t state_;
};

}  // namespace

// Full words are moved by the compiler's own copy, not by a call: this code is built with -fno-builtin, and a run of
// the experiment spends most of its instructions here.
void fill(void *block, std::size_t size, std::uint64_t seed) {
  auto *bytes = static_cast<unsigned char *>(block);
  Sequence sequence(seed);
  for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t)) {
    const std::uint64_t word = sequence.next();
    if (size - at >= sizeof word)
      __builtin_memcpy(bytes + at, &word, sizeof word);
    else
      __builtin_memcpy(bytes + at, &word, size - at);
  }
}

bool holds(const void *block, std::size_t size, std::uint64_t seed) {
  const auto *bytes = static_cast<const unsigned char *>(block);
  Sequence sequence(seed);
  for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t)) {
    const std::uint64_t word = sequence.next();
    std::uint64_t found = word;
    if (size - at >= sizeof word)
      __builtin_memcpy(&found, bytes + at, sizeof word);
    else
      __builtin_memcpy(&found, bytes + at, size - at);
    if (found != word) return false;
  }
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
