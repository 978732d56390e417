// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One walk over the entries up to DT_NULL notes what each says; strings come last, because DT_STRTAB may stand behind
// the entries that refer to it. An entry that leads nowhere is left out and named as damage, and the rest is kept: a
// file that is hostile in one entry must not hide what the others say.
//
// A hostile file may name one string of a megabyte in each of a million entries. So all names together may not be much
// longer than the string table that they stand in.
#include "elf/dynamic.h"

#include <algorithm>

#include "elf/bounded_name.h"
#include "elf/file.h"

namespace crossheap::elf {

namespace {

constexpr std::uint64_t kPackedRelocations = 36;  // DT_RELR, which older headers do not name

// Strings come first by offset, because DT_STRTAB may stand behind the entries that refer to it.
struct StringOffsets {
  std::vector<std::uint64_t> needed;
  std::vector<std::uint64_t> filters;
  std::vector<std::uint64_t> auxiliaries;
  std::optional<std::uint64_t> soname;
  std::optional<std::uint64_t> rpath;
  std::optional<std::uint64_t> runpath;
};

// Reads the strings; one that is not in the table is left out.
struct Strings {
  ByteView table;
  Damage &damage;
  const std::string &file;

  std::optional<std::string_view> at(std::optional<std::uint64_t> offset, std::string_view what) const {
    std::optional<std::string_view> text;
    if (offset) damage.part(what, [&] { text = table.string_at(*offset); });
    return text;
  }
  // Names of libraries. All of them together are hardly longer than the table that they stand in: a linker shares the
  // ends of names only.
  std::vector<std::string_view> all_at(const std::vector<std::uint64_t> &offsets, std::string_view what) const {
    std::vector<std::string_view> strings;
    std::uint64_t room = kRoomAnyway + kSharedAtMost * table.size();
    for (const std::uint64_t offset : offsets) {
      std::string_view text;
      damage.part(what, [&] { text = bounded_name_at(table, offset, file); });
      if (text.data() == nullptr) continue;
      if (text.size() >= room) {
        damage.add(what, "the names are longer than their table has room for");
        break;
      }
      room -= text.size() + 1;
      strings.push_back(text);
    }
    return strings;
  }
  static constexpr std::uint64_t kRoomAnyway = 65'536;
  static constexpr std::uint64_t kSharedAtMost = 4;
};

}  // namespace

ByteView Dynamic::string_table(const File &file) const { return file.at(strings, "the dynamic string table"); }

Dynamic read_dynamic(const File &file, Damage &damage) {
  Dynamic dynamic;
  const auto &segments = file.segments();
  const auto segment =
      std::find_if(segments.begin(), segments.end(), [](const Segment &s) { return s.type == PT_DYNAMIC; });
  // A debug file keeps PT_DYNAMIC though the bytes stayed in the file it was split off.
  if (segment == segments.end() || file.kind() == Kind::DebugFile) return dynamic;
  dynamic.present = true;

  ByteView table = file.bytes().slice({0, 0}, "the dynamic section");
  damage.part("the dynamic section", [&] { table = file.bytes().slice(segment->in_file, "its segment"); });
  const std::uint64_t entry_size = 2 * table.word_size();
  StringOffsets offsets;
  std::optional<std::uint64_t> rela;
  std::optional<std::uint64_t> rel;
  std::optional<std::uint64_t> plt;
  std::uint64_t rela_size = 0;
  std::uint64_t rel_size = 0;
  std::uint64_t plt_size = 0;
  for (std::uint64_t at = 0; at + entry_size <= table.size(); at += entry_size) {
    const std::uint64_t tag = table.word(at);
    const std::uint64_t value = table.word(at + table.word_size());
    if (tag == DT_NULL) break;
    switch (tag) {
      case DT_NEEDED:
        offsets.needed.push_back(value);
        break;
      case DT_SONAME:
        offsets.soname = value;
        break;
      case DT_RPATH:
        offsets.rpath = value;
        break;
      case DT_RUNPATH:
        offsets.runpath = value;
        break;
      case DT_FILTER:
        offsets.filters.push_back(value);
        break;
      case DT_AUXILIARY:
        offsets.auxiliaries.push_back(value);
        break;
      case DT_SYMBOLIC:
        dynamic.flags |= DF_SYMBOLIC;
        break;
      case DT_BIND_NOW:
        dynamic.flags |= DF_BIND_NOW;
        break;
      case DT_TEXTREL:
        dynamic.flags |= DF_TEXTREL;
        break;
      case DT_FLAGS:
        dynamic.flags |= value;
        break;
      case DT_FLAGS_1:
        dynamic.flags_1 = value;
        break;
      case DT_STRTAB:
        dynamic.strings.address = value;
        break;
      case DT_STRSZ:
        dynamic.strings.size = value;
        break;
      case DT_SYMTAB:
        dynamic.symbols = value;
        break;
      case DT_GNU_HASH:
        dynamic.gnu_hash = value;
        break;
      case DT_HASH:
        dynamic.sysv_hash = value;
        break;
      case DT_VERSYM:
        dynamic.version_indices = value;
        break;
      case DT_VERDEF:
        dynamic.versions_defined = value;
        break;
      case DT_VERDEFNUM:
        dynamic.versions_defined_count = value;
        break;
      case DT_VERNEED:
        dynamic.versions_needed = value;
        break;
      case DT_VERNEEDNUM:
        dynamic.versions_needed_count = value;
        break;
      case DT_RELA:
        rela = value;
        break;
      case DT_RELASZ:
        rela_size = value;
        break;
      case DT_REL:
        rel = value;
        break;
      case DT_RELSZ:
        rel_size = value;
        break;
      case DT_JMPREL:
        plt = value;
        break;
      case DT_PLTRELSZ:
        plt_size = value;
        break;
      case DT_PLTREL:
        dynamic.plt_relocations_have_addends = value == DT_RELA;
        break;
      case DT_PLTGOT:
        dynamic.plt_got = value;
        break;
      case DT_INIT_ARRAYSZ:
        dynamic.init_array_size = value;
        break;
      case kPackedRelocations:
        dynamic.has_packed_relocations = true;
        break;
      case DT_INIT:
        dynamic.has_init = true;
        break;
      default:
        break;
    }
  }
  if (rela) dynamic.rela = AddressRange{*rela, rela_size};
  if (rel) dynamic.rel = AddressRange{*rel, rel_size};
  if (plt) dynamic.plt_relocations = AddressRange{*plt, plt_size};

  // A static PIE has a dynamic section without strings.
  Strings strings{ByteView({}, file.name()), damage, file.name()};
  if (dynamic.strings.size > 0)
    damage.part("the dynamic string table", [&] { strings.table = dynamic.string_table(file); });
  dynamic.needed = strings.all_at(offsets.needed, "a NEEDED entry");
  dynamic.filters = strings.all_at(offsets.filters, "a FILTER entry");
  dynamic.auxiliaries = strings.all_at(offsets.auxiliaries, "an AUXILIARY entry");
  dynamic.soname = strings.at(offsets.soname, "the soname");
  dynamic.rpath = strings.at(offsets.rpath, "the RPATH");
  dynamic.runpath = strings.at(offsets.runpath, "the RUNPATH");
  return dynamic;
}

}  // namespace crossheap::elf
