// SPDX-License-Identifier: MIT OR Apache-2.0
#include "elf/byte_view.h"

#include <fmt/format.h>

namespace crossheap::elf {

Error malformed(std::string_view file, std::string_view reason) {
  return {Blame::Usage, file, fmt::format("{}{}", kMalformed, reason),
          "compare its size and checksum with the original, and build or copy it again"};
}

void ByteView::ends_outside(FileRange range, std::string_view what) const {
  throw malformed(file_ != nullptr ? std::string_view(*file_) : std::string_view(),
                  fmt::format("{} ({} bytes at offset {}) ends outside the {} bytes it must be in", what, range.size,
                              range.offset, size()));
}

void ByteView::unterminated(std::uint64_t offset) const {
  throw malformed(file_ != nullptr ? std::string_view(*file_) : std::string_view(),
                  fmt::format("the string at offset {} does not end inside its table of {} bytes", offset, size()));
}

}  // namespace crossheap::elf
