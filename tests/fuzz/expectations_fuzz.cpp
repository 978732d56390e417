// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Any bytes at all, read as an --expect file and compared with no results.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include "base/error.h"
#include "matrix/expectation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  using namespace crossheap;
  // SAFETY: any byte is a char.
  std::istringstream text(std::string(reinterpret_cast<const char *>(bytes), size));
  try {
    matrix::compare(matrix::Results{}, matrix::read_expectations(text, "input"));
  } catch (const Error &) {
  }
  return 0;
}
