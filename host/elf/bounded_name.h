// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Names that tables refer to by offset. A table of a few bytes an entry can refer to one long text thousands of times.
// Then what is read is no longer in proportion to the file. A name that no loader could use is not read to its end.
#pragma once

#include <algorithm>
#include <string_view>

#include "elf/byte_view.h"

namespace crossheap::elf {

/// PATH_MAX: nothing longer can be found, and no linker writes a longer name of a library or version.
inline constexpr std::uint64_t kNameAtMost = 4'096;

/// A symbol may have a longer one: C++ writes types into it. The longest of a whole Debian desktop has 1,500 bytes.
inline constexpr std::uint64_t kSymbolNameAtMost = 16'384;

/// The NUL-terminated name of a symbol at `offset`, "" where there is none, or where it is longer.
inline std::string_view symbol_name_at(ByteView strings, std::uint64_t offset) {
  if (offset >= strings.size()) return {};
  return strings.slice({offset, std::min(strings.size() - offset, kSymbolNameAtMost + 1)}, "a name")
      .string_or_nothing_at(0);
}

/// The NUL-terminated string at `offset`. Throws Error where there is none, or where it is longer than kNameAtMost.
inline std::string_view bounded_name_at(ByteView strings, std::uint64_t offset, std::string_view file) {
  if (offset >= strings.size()) return strings.string_at(offset);  // which says so
  const std::uint64_t room = std::min(strings.size() - offset, kNameAtMost + 1);
  const std::string_view text = strings.slice({offset, room}, "a name").string_or_nothing_at(0);
  if (text.data() != nullptr) return text;
  if (room == kNameAtMost + 1) throw malformed(file, "a name is longer than a path can be");
  return strings.string_at(offset);
}

}  // namespace crossheap::elf
