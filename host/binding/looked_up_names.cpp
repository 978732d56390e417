// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/looked_up_names.h"

#include <elf.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"

namespace crossheap::binding {

namespace {

std::uint32_t four_bytes(const char *at) {
  std::uint32_t bytes = 0;
  std::memcpy(&bytes, at, sizeof bytes);
  return bytes;
}

// Whether the text that ends with the zero byte at `end`, and whose last bytes are the name's, is the end of the name.
bool is_end(std::string_view bytes, std::size_t end, std::string_view name) {
  // Backwards from the four that are known to fit.
  std::size_t at = end - kShortestPiece;
  std::size_t left = name.size() - kShortestPiece;
  while (left > 0 && at > 0 && bytes[at - 1] == name[left - 1]) --left, --at;
  // "register" in any text: nobody puts a name together whose first part ends in the mark between them.
  if (left > 0 && name[left - 1] == '_') return false;
  if (at == 0 || bytes[at - 1] == '\0') return true;
  // "%s_init", "%.8s_init": the s has been taken for a letter of the name where that has one there.
  const std::string_view before = bytes.substr(at > 8 ? at - 8 : 0, std::min<std::size_t>(at, 8) + 1);
  const std::size_t percent = before.rfind('%');
  return percent != std::string_view::npos &&
         before.find_first_not_of("0123456789.*-lzs", percent + 1) >= before.size() - 1;
}

}  // namespace

LookedUpNames::LookedUpNames(const std::vector<std::string_view> &names) {
  for (const std::string_view name : names) {
    if (name.size() < kShortestPiece) {
      short_names_.push_back(std::string(name) + '\0');
      continue;
    }
    any_pieces_ = any_pieces_ || name.size() < 2 * kShortestPiece;
    for (std::size_t end = kShortestPiece; end <= name.size(); ++end)
      pieces_.push_back({four_bytes(name.data() + end - kShortestPiece), static_cast<std::uint32_t>(names_.size()),
                         static_cast<std::uint32_t>(end)});
    names_.emplace_back(name);
  }
  std::sort(pieces_.begin(), pieces_.end(),
            [](const Piece &one, const Piece &other) { return one.bytes < other.bytes; });
  for (const Piece &piece : pieces_) filter_.set(place(piece.bytes));
}

bool LookedUpNames::may_stand_in(std::string_view bytes) const {
  if (any_pieces_ && !bytes.empty()) return true;
  for (const std::string &name : short_names_)
    if (::memmem(bytes.data(), bytes.size(), name.data(), name.size()) != nullptr) return true;
  if (names_.empty()) return false;
  for (std::size_t end = kShortestPiece; end < bytes.size(); ++end) {
    if (bytes[end] != '\0' && bytes[end] != '%') continue;
    const std::uint32_t last = four_bytes(bytes.data() + end - kShortestPiece);
    if (filter_.test(place(last)) && fits(bytes, end, last)) return true;
  }
  return false;
}

// Whether what stands before `end`, whose last four bytes are `last`, is a beginning or an end of a name.
bool LookedUpNames::fits(std::string_view bytes, std::size_t end, std::uint32_t last) const {
  for (auto piece = std::lower_bound(pieces_.begin(), pieces_.end(), last,
                                     [](const Piece &one, std::uint32_t wanted) { return one.bytes < wanted; });
       piece != pieces_.end() && piece->bytes == last; ++piece) {
    const std::string_view name = names_[piece->name];
    if (piece->end <= end && bytes.substr(end - piece->end, piece->end) == name.substr(0, piece->end)) return true;
    if (piece->end == name.size() && bytes[end] == '\0' && is_end(bytes, end, name)) return true;
  }
  return false;
}

bool LookedUpNames::may_stand_in(const elf::File &file) const {
  elf::FileRange own{};
  try {
    const elf::ByteView strings = file.dynamic().string_table(file);
    own = {static_cast<std::uint64_t>(strings.bytes().data() - file.bytes().bytes().data()), strings.size()};
  } catch (const Error &) {  // it has none
  }
  const std::string_view all = file.bytes().text();
  return std::any_of(file.segments().begin(), file.segments().end(), [&](const elf::Segment &segment) {
    if (segment.type != PT_LOAD || !file.bytes().contains(segment.in_file)) return false;
    const std::uint64_t begin = segment.in_file.offset;
    const std::uint64_t end = begin + segment.in_file.size;
    const std::uint64_t before = std::clamp(own.offset, begin, end);
    const std::uint64_t behind = std::clamp(own.offset + own.size, begin, end);
    return may_stand_in(all.substr(begin, before - begin)) || may_stand_in(all.substr(behind, end - behind));
  });
}

}  // namespace crossheap::binding
