// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Any bytes at all, read as a contract. One that is accepted is a contract also when it comes back from words.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "contract/arguments.h"
#include "contract/contract.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  using namespace crossheap::contract;
  try {
    // SAFETY: any byte is a char.
    const Contract contract = parse({reinterpret_cast<const char *>(bytes), size}, "input");
    std::vector<std::string> words = as_arguments(contract);
    std::vector<char *> pointers;
    for (std::string &word : words) pointers.push_back(word.data());
    const auto again = from_arguments(pointers);
    if (!again || as_arguments(*again) != words) std::abort();
  } catch (const crossheap::Error &) {
  }
  return 0;
}
