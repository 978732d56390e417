// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A jump at the entry takes five bytes. Hand-written assembly may jump to the second instruction of another function,
// to leave out a prologue. It would land in the middle of our jump. And where the object has text relocations, the
// loader writes addresses into instructions after we have moved them. Compilers produce neither, so this is looked for
// where it costs little: in small objects, and in those whose functions no other object can replace, where hand-written
// code is.
//
//     direct branches   every E8, E9, 0F 8x and lea of the executable segments, taken as an instruction wherever it
//                       stands: four bytes that happen to lead into one of a few spans of four are one in ten million
//     short branches    only from the functions next to it, which are decoded
//     pointers          words of the data, and what the relocations will make of them
//     jump tables       of distances (a switch): a list of words that all lead from its start into code, one of them
//                       into the span, and whose start is taken by a lea
//
// A false alarm costs a function that is not watched, and is named. A reference that is missed may crash the program.
#include "agent/references.h"

#include <Zydis/Zydis.h>

#include <cstring>

#include "agent/relocate.h"
#include "agent/symbols.h"

namespace crossheap::agent {

namespace {

using event::Refusal;

constexpr std::uint64_t kSmall = std::uint64_t{1} << 20;
constexpr std::uint64_t kLargest = std::uint64_t{64} << 20;
constexpr std::uint64_t kLongestMoved = 24;  // bytes of the instructions that a jump covers, at most

/// Distances in a jump table, at most.
constexpr std::uint64_t kLongestTable = 4096;

class Entries {
public:
  Entries(EntryBytes *entries, std::size_t count) : entries_(entries), count_(count) {
    if (count == 0) return;
    lowest_ = entries[0].entry;
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
  /// At `address` stands a word that may be a distance in a jump table. `is_table(begin)` looks at what is before it.
  template <class IsTable>
  void distance_at(std::uint64_t address, std::int32_t distance, IsTable is_table) {
    const std::uint64_t target = address + static_cast<std::uint64_t>(std::int64_t{distance});
    // From the table's begin, which is less than its length away, it leads that much less far.
    if (target - lowest_ >= span_ + kLongestTable) return;
    for (std::size_t i = 0; i < count_; ++i)
      for (std::uint64_t inside = entries_[i].jump + 1; inside < entries_[i].jump + kJumpBytes; ++inside) {
        const std::uint64_t begin = inside - static_cast<std::uint64_t>(std::int64_t{distance});
        if (begin % 4 != 0 || begin > address || address - begin >= kLongestTable) continue;
        if (table_count_ < kMostTables && is_table(begin)) tables_[table_count_++] = {begin, i};
      }
  }
  /// Code takes this address, by a lea: of a table, perhaps, or of code.
  void taken(std::uint64_t address) {
    led_to(address);
    for (std::size_t i = 0; i < table_count_; ++i)
      if (tables_[i].begin == address) entries_[tables_[i].entry].refusal = Refusal::BranchIntoEntry;
  }

private:
  static constexpr std::size_t kMostTables = 64;
  struct Table {
    std::uint64_t begin;
    std::size_t entry;
  };
  EntryBytes *entries_;
  std::size_t count_;
  std::uint64_t lowest_ = 0;
  std::uint64_t span_ = 0;
  Table tables_[kMostTables]{};
  std::size_t table_count_ = 0;
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
    // E8, E9, 80 to 8F (which a 0F precedes), and 8D with an address relative to the next instruction.
    const bool is_call = (bytes[i] & 0xfe) == 0xe8;
    if (!is_call && (bytes[i] & 0xf0) != 0x80) continue;
    const bool is_lea = bytes[i] == 0x8d && (bytes[i + 1] & 0xc7) == 0x05 && i < last;
    const std::uint64_t field = begin + i + (is_lea ? 2 : 1);
    const std::uint64_t target = field + 4 + static_cast<std::uint64_t>(std::int64_t{at<std::int32_t>(field)});
    if (is_lea)
      entries.taken(target);
    else if (is_call || (i != 0 && bytes[i - 1] == 0x0f))
      entries.led_to(target);
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

void scan_for_tables(std::uint64_t begin, std::uint64_t end, const Image &image, Entries &entries) {
  begin = (begin + 3) & ~std::uint64_t{3};
  for (std::uint64_t here = begin; here + sizeof(std::int32_t) <= end; here += sizeof(std::int32_t))
    entries.distance_at(here, at<std::int32_t>(here), [&](std::uint64_t table) {
      if (table < begin) return false;
      for (std::uint64_t one = table; one < here; one += sizeof(std::int32_t))
        if (!is_code(image, table + static_cast<std::uint64_t>(std::int64_t{at<std::int32_t>(one)}))) return false;
      return true;
    });
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
    if (entry->d_tag == DT_RELA) found.table = address_in(map, *entry);
    if (entry->d_tag == DT_RELASZ) found.bytes = value;
    if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS && (value & DF_TEXTREL) != 0)) found.in_text = true;
  }
  return found;
}

}  // namespace

bool is_called(const Image &image, std::uint64_t address) {
  constexpr std::uint8_t kCall = 0xe8;
  constexpr std::uint64_t kCallBytes = 5;
  for (std::size_t i = 0; i < image.header_count; ++i) {
    const ElfW(Phdr) &segment = image.headers[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & (PF_R | PF_X)) != (PF_R | PF_X)) continue;
    const std::uint64_t begin = image.base + segment.p_vaddr;
    for (std::uint64_t here = begin; here + kCallBytes <= begin + segment.p_filesz; ++here)
      if (at<std::uint8_t>(here) == kCall &&
          here + kCallBytes + static_cast<std::uint64_t>(std::int64_t{at<std::int32_t>(here + 1)}) == address)
        return true;
  }
  return false;
}

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
  const auto for_each_segment = [&](auto visit) {
    for (std::size_t i = 0; i < image.header_count; ++i) {
      const ElfW(Phdr) &segment = image.headers[i];
      if (segment.p_type != PT_LOAD || (segment.p_flags & PF_R) == 0) continue;
      const std::uint64_t begin = image.base + segment.p_vaddr;
      visit(begin, begin + segment.p_filesz, segment.p_flags);
    }
  };
  // Tables first: only then it is known which addresses that code takes are of interest.
  for_each_segment([&](std::uint64_t begin, std::uint64_t end, std::uint32_t flags) {
    if ((flags & PF_X) == 0) scan_data(begin, end, image.base, entries);
    if ((flags & PF_W) == 0) scan_for_tables(begin, end, image, entries);
  });
  for_each_segment([&](std::uint64_t begin, std::uint64_t end, std::uint32_t flags) {
    if ((flags & PF_X) != 0) scan_code(begin, end, entries);
  });
  for (std::size_t i = 0; i < count; ++i) {
    scan_function(list[i].previous, list[i].jump, entries);
    constexpr std::uint64_t kShortReach = 128 + 16;
    if (list[i].next != 0 && list[i].next - list[i].jump < kShortReach)
      scan_function(list[i].next, list[i].jump + kShortReach, entries);
  }
}

}  // namespace crossheap::agent
