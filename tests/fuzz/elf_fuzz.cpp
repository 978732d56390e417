// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Any bytes at all, read as a file: whatever the elf layer can be asked for is asked for. An Error is a right answer;
// a crash, a sanitizer's report or a run without end is not.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "read_everything.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  std::vector<std::byte> copy(size);
  if (size > 0) std::memcpy(copy.data(), bytes, size);
  try {
    crossheap::elf::read_everything(crossheap::elf::Source::from_memory("input", std::move(copy)));
  } catch (const crossheap::Error &error) {
    crossheap::elf::touched(error.what());
  }
  return 0;
}
