// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Any bytes at all, read as a file: whatever the elf layer can be asked for is asked for, and the file is inspected. An
// Error is a right answer; a crash, a sanitizer's report or a run without end is not.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "fuzz/read_everything.h"
#include "inspect/inspection.h"

namespace {

void inspect_all(const std::shared_ptr<const crossheap::elf::Source> &source) {
  using namespace crossheap;
  const inspect::Policy policy{.artifact = true};
  // A thin archive would open the files it names.
  if (elf::archive_kind(source->bytes()) == elf::ArchiveKind::Regular)
    inspect::inspect_archive(source, {}, policy);
  else
    inspect::inspect_file(elf::File(source), policy);
}

template <typename Act>
void expect_error_at_most(Act act) {
  try {
    act();
  } catch (const crossheap::Error &error) {
    crossheap::elf::touched(error.what());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  std::vector<std::byte> copy(size);
  if (size > 0) std::memcpy(copy.data(), bytes, size);
  const auto source = crossheap::elf::Source::from_memory("input", std::move(copy));
  expect_error_at_most([&] { crossheap::elf::read_everything(source); });
  expect_error_at_most([&] { inspect_all(source); });
  return 0;
}
