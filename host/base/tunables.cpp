// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/tunables.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace crossheap {

namespace {

constexpr std::string_view kTunable = "glibc.rtld.optional_static_tls=";

}  // namespace

std::uint64_t static_tls_in(std::string_view tunables) {
  std::uint64_t bytes = 512;
  for (const std::string_view one : split(tunables, ':')) {
    if (!one.starts_with(kTunable)) continue;
    const std::string_view digits = one.substr(kTunable.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), bytes);
  }
  return bytes;
}

std::string raise_static_tls(std::string_view tunables, std::uint64_t bytes) {
  const std::uint64_t before = static_tls_in(tunables);
  std::string others;
  for (const std::string_view one : split(tunables, ':')) {
    if (one.empty()) continue;
    if (!one.starts_with(kTunable)) others += fmt::format("{}:", one);
  }
  return fmt::format("{}{}{}", others, kTunable, before + bytes);
}

}  // namespace crossheap
