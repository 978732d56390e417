// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Says in two loads that a name is none of many known ones, by its last two characters. A system has a million dynamic
// symbols and a few hundred of them matter here; nearly all others end otherwise than any name we know.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crossheap {

class TailFilter {
public:
  constexpr void add(std::string_view name) {
    const std::size_t bit = bit_of(name);
    words_[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  /// False where no added name has this ending.
  constexpr bool may_contain(std::string_view name) const {
    if (name.size() < 2) return false;
    const std::size_t bit = bit_of(name);
    return (words_[bit / 64] >> (bit % 64) & 1) != 0;
  }

private:
  static constexpr std::size_t kBits = std::size_t{1} << 14;
  static constexpr std::size_t bit_of(std::string_view name) {
    const auto last = static_cast<unsigned char>(name[name.size() - 1]);
    const auto before = static_cast<unsigned char>(name[name.size() - 2]);
    return (before * std::size_t{128} + last) % kBits;  // names of symbols are ASCII
  }
  std::array<std::uint64_t, kBits / 64> words_{};
};

}  // namespace crossheap
