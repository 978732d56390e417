// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/references.h"

#include <Zydis/Zydis.h>

#include <cstring>

#include "agent/relocate.h"

namespace crossheap::agent {

namespace {

using event::Refusal;

constexpr std::uint64_t kSmall = std::uint64_t{1} << 20;
constexpr std::uint64_t kLargest = std::uint64_t{64} << 20;
constexpr std::uint64_t kLongestMoved = 24;  // bytes of the instructions that a jump covers, at most

class Entries {
public:
  Entries(EntryBytes *entries, std::size_t count) : entries_(entries), count_(count) {
    if (count == 0) return;
    lowest_ = entries[0].jump;
    span_ = entries[count - 1].jump + kJumpBytes - lowest_;
  }

  /// Something leads to `address`.
  void led_to(std::uint64_t address) {
    if (address - lowest_ >= span_) return;
    for (std::size_t i = 0; i < count_; ++i)
      if (address > entries_[i].jump && address < entries_[i].jump + kJumpBytes)
        entries_[i].refusal = Refusal::BranchIntoEntry;
  }
  /// The loader writes eight bytes at `address`.
  void written(std::uint64_t address) {
    for (std::size_t i = 0; i < count_; ++i)
      if (address < entries_[i].jump + kLongestMoved && address + sizeof(std::uint64_t) > entries_[i].jump)
        entries_[i].refusal = Refusal::TextRelocation;
  }

private:
  EntryBytes *entries_;
  std::size_t count_;
  std::uint64_t lowest_ = 0;
  std::uint64_t span_ = 0;
};

// SAFETY: throughout, addresses lie in segments of an object that the loader has just mapped.
template <class T>
T at(std::uint64_t address) {
  T value{};
  std::memcpy(&value, reinterpret_cast<const void *>(address), sizeof value);
  return value;
}

void scan_code(std::uint64_t begin, std::uint64_t end, Entries &entries) {
  constexpr std::uint64_t kBranchBytes = 5;
  if (end - begin < kBranchBytes) return;
  const auto *const bytes = reinterpret_cast<const std::uint8_t *>(begin);
  const std::uint64_t last = end - begin - kBranchBytes;
  for (std::uint64_t i = 0; i <= last; ++i) {
    // E8, E9, and 80 to 8F (which a 0F precedes).
    if ((bytes[i] & 0xfe) != 0xe8 && (bytes[i] & 0xf0) != 0x80) continue;
    if ((bytes[i] & 0xf0) == 0x80 && (i == 0 || bytes[i - 1] != 0x0f)) continue;
    const std::int64_t distance = at<std::int32_t>(begin + i + 1);
    entries.led_to(begin + i + kBranchBytes + static_cast<std::uint64_t>(distance));
  }
}

/// Decodes from the begin of one function to that of another, for branches of one byte.
void scan_function(std::uint64_t begin, std::uint64_t end, Entries &entries) {
  constexpr std::uint64_t kAtMost = 4096;
  if (begin == 0 || begin >= end) return;
  if (end - begin > kAtMost) return;
  ZydisDecoder decoder;
  ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  ZydisDecodedInstruction decoded;
  for (std::uint64_t here = begin; here < end; here += decoded.length) {
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&decoder, nullptr, reinterpret_cast<const void *>(here), end - here,
                                                    &decoded)))
      return;
    if (decoded.raw.imm[0].is_relative)
      entries.led_to(here + decoded.length + static_cast<std::uint64_t>(decoded.raw.imm[0].value.s));
  }
}

void scan_data(std::uint64_t begin, std::uint64_t end, std::uint64_t base, Entries &entries) {
  begin = (begin + 7) & ~std::uint64_t{7};
  for (; begin + sizeof(std::uint64_t) <= end; begin += sizeof(std::uint64_t)) {
    const auto word = at<std::uint64_t>(begin);
    entries.led_to(word);
    if (base != 0) entries.led_to(base + word);
  }
}

struct Relocations {
  std::uint64_t table = 0;
  std::uint64_t bytes = 0;
  bool in_text = false;
};

Relocations relocations_of(const link_map &map) {
  Relocations found;
  for (const ElfW(Dyn) *entry = map.l_ld; entry->d_tag != DT_NULL; ++entry) {
    const std::uint64_t value = entry->d_un.d_val;
    if (entry->d_tag == DT_RELA) found.table = value < map.l_addr ? value + map.l_addr : value;
    if (entry->d_tag == DT_RELASZ) found.bytes = value;
    if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS && (value & DF_TEXTREL) != 0)) found.in_text = true;
  }
  return found;
}

}  // namespace

void find_references(const link_map &map, const Image &image, EntryBytes *list, std::size_t count, bool everywhere) {
  Entries entries(list, count);
  if (count == 0) return;
  const Relocations relocations = relocations_of(map);
  const std::uint64_t bytes = image.end - image.begin;
  const bool looked_at = bytes <= kSmall || (everywhere && bytes <= kLargest);
  if (relocations.table != 0 && (looked_at || relocations.in_text)) {
    const auto *const table = reinterpret_cast<const ElfW(Rela) *>(relocations.table);
    for (std::uint64_t i = 0; i < relocations.bytes / sizeof *table; ++i) {
      if (relocations.in_text) entries.written(image.base + table[i].r_offset);
      if (ELF64_R_TYPE(table[i].r_info) == R_X86_64_RELATIVE)
        entries.led_to(image.base + static_cast<std::uint64_t>(table[i].r_addend));
    }
  }
  if (!looked_at) return;
  for (std::size_t i = 0; i < image.header_count; ++i) {
    const ElfW(Phdr) &segment = image.headers[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_R) == 0) continue;
    const std::uint64_t begin = image.base + segment.p_vaddr;
    if ((segment.p_flags & PF_X) != 0)
      scan_code(begin, begin + segment.p_filesz, entries);
    else
      scan_data(begin, begin + segment.p_filesz, image.base, entries);
  }
  for (std::size_t i = 0; i < count; ++i) {
    scan_function(list[i].previous, list[i].jump, entries);
    constexpr std::uint64_t kShortReach = 128 + 16;
    if (list[i].next != 0 && list[i].next - list[i].jump < kShortReach)
      scan_function(list[i].next, list[i].jump + kShortReach, entries);
  }
}

}  // namespace crossheap::agent
