// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The files that fixtures.sh built, and files made of their bytes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "elf/file.h"
#include "elf/source.h"

namespace crossheap::elf {

inline std::string fixture_path(std::string_view name) {
  return std::string(CROSSHEAP_FIXTURES "/") + std::string(name);
}

inline File fixture(std::string_view name) { return File::open(fixture_path(name)); }

inline std::vector<std::byte> fixture_bytes(std::string_view name) {
  const auto source = Source::open(fixture_path(name));
  const auto bytes = source->bytes().bytes();
  return {bytes.begin(), bytes.end()};
}

inline std::vector<std::byte> bytes_of(std::string_view text) {
  std::vector<std::byte> bytes;
  for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

/// The whole message of the Error that `act` throws; "" where it throws none.
template <typename Act>
std::string error_of(Act act) {
  try {
    act();
  } catch (const Error &error) {
    return error.what();
  }
  return {};
}

}  // namespace crossheap::elf
