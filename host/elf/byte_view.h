// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The one door to the bytes of a file we do not trust.
//
// Offsets, sizes and counts in an ELF file are a stranger's numbers. A ByteView is a window on the file's bytes that
// checks each of them before it reads. It knows the file's word size and byte order, so the rest of this layer is
// written once for all of them. A check that fails throws a crossheap::Error that names the file.
//
// Comparisons subtract instead of adding: offset + size may wrap in a hostile file.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace crossheap::elf {

/// Where something stands in a file.
struct FileRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

/// Where something stands in the memory of a process, before the load address is added.
struct AddressRange {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
};

/// How a file writes its numbers.
struct Encoding {
  bool wide = true;      ///< ELFCLASS64: addresses and sizes are 8 bytes
  bool swapped = false;  ///< the byte order is not this machine's
};

/// The Error for a file whose bytes contradict each other. `reason` is a clause: "the dynamic section ends outside".
Error malformed(std::string_view file, std::string_view reason);
/// How the reason of such an Error begins.
inline constexpr std::string_view kMalformed = "is malformed or truncated: ";

class ByteView {
public:
  ByteView() noexcept = default;

  /// \param file  the name for messages; it and the bytes must outlive the view
  ByteView(std::span<const std::byte> bytes, const std::string &file, Encoding encoding = {}) noexcept
      : bytes_(bytes), file_(&file), encoding_(encoding) {}

  ByteView with(Encoding encoding) const noexcept { return {bytes_, file_, encoding}; }

  std::uint64_t size() const noexcept { return bytes_.size(); }
  bool empty() const noexcept { return bytes_.empty(); }
  Encoding encoding() const noexcept { return encoding_; }
  std::uint64_t word_size() const noexcept { return encoding_.wide ? 8 : 4; }
  std::span<const std::byte> bytes() const noexcept { return bytes_; }
  std::string_view text() const noexcept {
    // SAFETY: char may alias any object, and the range is the view's own.
    return {reinterpret_cast<const char *>(bytes_.data()), bytes_.size()};
  }

  bool contains(FileRange range) const noexcept {
    return range.offset <= size() && range.size <= size() - range.offset;
  }

  /// The window `range` of this one; `what` names it in the message where it ends outside.
  ByteView slice(FileRange range, std::string_view what) const {
    if (!contains(range)) ends_outside(range, what);
    return {bytes_.subspan(range.offset, range.size), file_, encoding_};
  }

  /// The unsigned number at `offset`.
  template <std::unsigned_integral Number>
  Number read(std::uint64_t offset) const {
    if (!contains({offset, sizeof(Number)})) ends_outside({offset, sizeof(Number)}, "a number");
    Number number;
    std::memcpy(&number, bytes_.data() + offset, sizeof number);
    return encoding_.swapped ? byte_swapped(number) : number;
  }

  /// The address or size at `offset`: 4 or 8 bytes by class.
  std::uint64_t word(std::uint64_t offset) const {
    return encoding_.wide ? read<std::uint64_t>(offset) : read<std::uint32_t>(offset);
  }

  /// The NUL-terminated string at `offset`, without its NUL, which must be inside as well.
  std::string_view string_at(std::uint64_t offset) const {
    const std::string_view text = string_or_nothing_at(offset);
    if (text.data() == nullptr) unterminated(offset);
    return text;
  }

  /// As string_at, but "" where no string is.
  std::string_view string_or_nothing_at(std::uint64_t offset) const noexcept {
    if (offset >= size()) return {};
    const std::byte *const start = bytes_.data() + offset;
    const void *const end = std::memchr(start, 0, size() - offset);
    if (end == nullptr) return {};
    // SAFETY: char may alias any object, and `end` was found inside the view.
    return {reinterpret_cast<const char *>(start), static_cast<const char *>(end)};
  }

private:
  ByteView(std::span<const std::byte> bytes, const std::string *file, Encoding encoding) noexcept
      : bytes_(bytes), file_(file), encoding_(encoding) {}

  template <std::unsigned_integral Number>
  static Number byte_swapped(Number number) noexcept {
    if constexpr (sizeof(Number) == 8)
      return __builtin_bswap64(number);
    else if constexpr (sizeof(Number) == 4)
      return __builtin_bswap32(number);
    else if constexpr (sizeof(Number) == 2)
      return __builtin_bswap16(number);
    else
      return number;
  }

  [[noreturn]] void ends_outside(FileRange range, std::string_view what) const;
  [[noreturn]] void unterminated(std::uint64_t offset) const;

  std::span<const std::byte> bytes_;
  const std::string *file_ = nullptr;
  Encoding encoding_;
};

/// Reads one record field by field, in the order of the specification.
class Fields {
public:
  Fields(ByteView view, std::uint64_t offset) noexcept : view_(view), offset_(offset) {}

  template <std::unsigned_integral Number>
  Number next() {
    const auto number = view_.read<Number>(offset_);
    offset_ += sizeof(Number);
    return number;
  }
  std::uint64_t word() {
    const std::uint64_t number = view_.word(offset_);
    offset_ += view_.word_size();
    return number;
  }

private:
  ByteView view_;
  std::uint64_t offset_;
};

}  // namespace crossheap::elf
