// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Whether a file may ask for a function by its name, told from its bytes alone. Who passes a name to dlsym has it as a
// text, or puts it together from pieces that are texts: "PyInit_" and "%s". Reading the code of a large library takes
// a second, looking for texts in it a few milliseconds; where no text fits, its code cannot show the name.
//
// However many names there are, the bytes are gone through once. A text ends at a zero byte, or at the % of a
// conversion, so only what stands before those is looked at: its last four bytes must stand in a name.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "elf/file.h"

namespace crossheap::binding {

/// A piece of a name is at least that long; shorter ones are in every file.
inline constexpr std::size_t kShortestPiece = 4;

class LookedUpNames {
public:
  explicit LookedUpNames(const std::vector<std::string_view> &names);

  /// Whether the bytes hold one of the names with a zero byte behind it, or a text that is the beginning or the end of
  /// one. Behind a beginning and before an end a conversion of printf may stand. A name of four to seven characters may
  /// stand in any file: "%s%s", "ma", "ke". [any-thread]
  bool may_stand_in(std::string_view bytes) const;

  /// The same of what the code of `file` can read. The names of its own symbols are none of its texts. [any-thread]
  bool may_stand_in(const elf::File &file) const;

private:
  /// Four bytes of a name, and how many of it there are up to their end.
  struct Piece {
    std::uint32_t bytes;
    std::uint32_t name;
    std::uint32_t end;
  };

  static constexpr std::size_t kFilterBits = std::size_t{1} << 16;
  static std::size_t place(std::uint32_t bytes) noexcept { return bytes * 2'654'435'761U >> 16; }
  bool fits(std::string_view bytes, std::size_t end, std::uint32_t last) const;

  bool any_pieces_ = false;  // one name is so short that both halves of it may be texts which are not looked for
  std::vector<std::string> names_;
  std::vector<std::string> short_names_;  // with their zero byte
  std::vector<Piece> pieces_;             // by their bytes
  std::bitset<kFilterBits> filter_;       // of the pieces' bytes
};

}  // namespace crossheap::binding
