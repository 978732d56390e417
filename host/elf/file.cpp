// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The order of reading follows what depends on what: header, sections, segments, interpreter, dynamic section, notes.
// The kind is decided twice. A debug file has segments without bytes and must not be read further. A PIE is told from a
// library by its dynamic section only.
//
// Strict where a loader is, lenient where it is not. A header or a segment that contradicts the file is an error. A
// section or a note that does is left out and named as damage, because the loader never looks at it.
//
// Odd facts: counts over 65,535 stand in the first section header (PN_XNUM, SHN_XINDEX). Old linkers do not mark a PIE,
// and libc.so.6 has an interpreter, as a PIE has.
#include "elf/file.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <string_view>

#include "elf/bounded_name.h"

namespace crossheap::elf {

namespace {

constexpr std::string_view kMagic("\177ELF", SELFMAG);

struct HeaderSizes {
  std::uint64_t segment;
  std::uint64_t section;
};
constexpr HeaderSizes kWideSizes{sizeof(Elf64_Phdr), sizeof(Elf64_Shdr)};
constexpr HeaderSizes kNarrowSizes{sizeof(Elf32_Phdr), sizeof(Elf32_Shdr)};

Segment segment_at(ByteView table, std::uint64_t offset) {
  Fields fields(table, offset);
  Segment segment;
  segment.type = fields.next<std::uint32_t>();
  if (table.encoding().wide) segment.flags = fields.next<std::uint32_t>();
  segment.in_file.offset = fields.word();
  segment.in_memory.address = fields.word();
  fields.word();  // the physical address
  segment.in_file.size = fields.word();
  segment.in_memory.size = fields.word();
  if (!table.encoding().wide) segment.flags = fields.next<std::uint32_t>();
  segment.align = fields.word();
  return segment;
}

struct NamelessSection {
  Section section;
  std::uint32_t name_offset;
};

NamelessSection section_at(ByteView table, std::uint64_t offset) {
  Fields fields(table, offset);
  NamelessSection read;
  read.name_offset = fields.next<std::uint32_t>();
  read.section.type = fields.next<std::uint32_t>();
  read.section.flags = fields.word();
  read.section.address = fields.word();
  read.section.in_file.offset = fields.word();
  read.section.in_file.size = fields.word();
  read.section.link = fields.next<std::uint32_t>();
  read.section.info = fields.next<std::uint32_t>();
  fields.word();  // the alignment
  read.section.entry_size = fields.word();
  return read;
}

}  // namespace

bool File::is_elf(ByteView bytes) noexcept { return bytes.text().starts_with(kMagic); }

File::File(std::shared_ptr<const Source> source) : source_(std::move(source)), bytes_(source_->bytes()) {
  read_header();
  kind_ = classified();
  if (kind_ == Kind::DebugFile) {
    read_notes();
    return;
  }
  verify_segments_inside();
  for (const Segment &segment : segments_)
    if (segment.type == PT_INTERP)
      damage_.part("the program interpreter",
                   [&] { interpreter_ = bytes_.slice(segment.in_file, "the interpreter's name").string_at(0); });
  dynamic_ = read_dynamic(*this, damage_);
  kind_ = classified();  // a PIE is told from a library by its dynamic section
  read_notes();
}

void File::read_header() {
  if (!is_elf(bytes_))
    throw Error(Blame::Usage, name(), "is not an ELF file", "name an executable, a library or an object file");
  const auto file_class = bytes_.read<std::uint8_t>(EI_CLASS);
  const auto byte_order = bytes_.read<std::uint8_t>(EI_DATA);
  if (file_class != ELFCLASS32 && file_class != ELFCLASS64)
    throw malformed(name(), fmt::format("its ELF class is {}, neither 32 nor 64 bits", file_class));
  if (byte_order != ELFDATA2LSB && byte_order != ELFDATA2MSB)
    throw malformed(name(), fmt::format("its byte order is {}, neither little nor big", byte_order));
  header_.encoding.wide = file_class == ELFCLASS64;
  header_.encoding.swapped = (byte_order == ELFDATA2LSB) != (std::endian::native == std::endian::little);
  header_.os_abi = bytes_.read<std::uint8_t>(EI_OSABI);
  bytes_ = bytes_.with(header_.encoding);

  Fields fields(bytes_, EI_NIDENT);
  header_.type = fields.next<std::uint16_t>();
  header_.machine = fields.next<std::uint16_t>();
  fields.next<std::uint32_t>();  // the version
  header_.entry = fields.word();
  const std::uint64_t segments_offset = fields.word();
  const std::uint64_t sections_offset = fields.word();
  header_.flags = fields.next<std::uint32_t>();
  fields.next<std::uint16_t>();  // the header's own size
  const auto segment_size = fields.next<std::uint16_t>();
  std::uint64_t segment_count = fields.next<std::uint16_t>();
  const auto section_size = fields.next<std::uint16_t>();
  std::uint64_t section_count = fields.next<std::uint16_t>();
  std::uint64_t names_index = fields.next<std::uint16_t>();

  // Counts that do not fit 16 bits stand in the first section header.
  const HeaderSizes &sizes = header_.encoding.wide ? kWideSizes : kNarrowSizes;
  if (sections_offset != 0 && bytes_.contains({sections_offset, sizes.section})) {
    const Section first = section_at(bytes_, sections_offset).section;
    if (section_count == 0) section_count = first.in_file.size;
    if (names_index == SHN_XINDEX) names_index = first.link;
    if (segment_count == PN_XNUM) segment_count = first.info;
  }
  if (sections_offset != 0 && section_count > 0) {
    try {
      read_sections(sections_offset, section_count, section_size, names_index);
    } catch (const Error &error) {
      if (header_.type == ET_REL) throw;  // an object file is nothing but sections
      sections_.clear();
      damage_.add("the sections", error.reason());
    }
  }
  if (segments_offset != 0 && segment_count > 0) read_segments(segments_offset, segment_count, segment_size);
}

void File::read_segments(std::uint64_t table_offset, std::uint64_t count, std::uint64_t entry_size) {
  const std::uint64_t expected = header_.encoding.wide ? kWideSizes.segment : kNarrowSizes.segment;
  if (entry_size != expected)
    throw malformed(
        name(), fmt::format("the file says that a program header has {} bytes instead of {}", entry_size, expected));
  // No wrap: the count has 32 bits at most.
  const ByteView table = bytes_.slice({table_offset, count * entry_size}, "the program header table");
  segments_.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) segments_.push_back(segment_at(table, i * entry_size));
}

void File::read_sections(std::uint64_t table_offset, std::uint64_t count, std::uint64_t entry_size,
                         std::uint64_t names_index) {
  const std::uint64_t expected = header_.encoding.wide ? kWideSizes.section : kNarrowSizes.section;
  if (entry_size != expected)
    throw malformed(
        name(), fmt::format("the file says that a section header has {} bytes instead of {}", entry_size, expected));
  if (count > bytes_.size() / entry_size)
    throw malformed(name(), fmt::format("{} section headers do not fit the file", count));
  const ByteView table = bytes_.slice({table_offset, count * entry_size}, "the section header table");
  std::vector<std::uint32_t> name_offsets;
  name_offsets.reserve(count);
  sections_.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const NamelessSection read = section_at(table, i * entry_size);
    sections_.push_back(read.section);
    name_offsets.push_back(read.name_offset);
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    Section &section = sections_[i];
    if (section.type == SHT_NOBITS || section.type == SHT_NULL || bytes_.contains(section.in_file)) continue;
    damage_.add(fmt::format("section {}", i), fmt::format("{} bytes at offset {} end outside the file's {} bytes",
                                                          section.in_file.size, section.in_file.offset, bytes_.size()));
    section.in_file = {};
  }
  if (names_index == SHN_UNDEF) return;
  if (names_index >= count)
    return damage_.add("the names of the sections", fmt::format("they are in section {} of {}", names_index, count));
  const ByteView names = contents(sections_[names_index]);
  for (std::uint64_t i = 0; i < count; ++i)
    if (sections_[i].type != SHT_NULL)
      damage_.part(fmt::format("the name of section {}", i),
                   [&] { sections_[i].name = bounded_name_at(names, name_offsets[i], name()); });
}

void File::verify_segments_inside() const {
  for (const Segment &segment : segments_) {
    if (segment.type != PT_LOAD || bytes_.contains(segment.in_file)) continue;
    throw malformed(name(), fmt::format("a segment of {} bytes at offset {} ends outside the file's {} bytes",
                                        segment.in_file.size, segment.in_file.offset, bytes_.size()));
  }
}

// objcopy --only-keep-debug turns every section that would be loaded into SHT_NOBITS, but for notes.
bool File::is_debug_file() const noexcept {
  bool has_emptied_code = false;
  for (const Section &section : sections_) {
    if ((section.flags & SHF_ALLOC) == 0 || section.type == SHT_NOTE) continue;
    if (section.type != SHT_NOBITS) return false;
    if ((section.flags & SHF_EXECINSTR) != 0) has_emptied_code = true;
  }
  return has_emptied_code || (!sections_.empty() && segments_.empty() && header_.type == ET_DYN);
}

Kind File::classified() const noexcept {
  switch (header_.type) {
    case ET_REL:
      return Kind::Object;
    case ET_CORE:
      return Kind::Core;
    case ET_EXEC:
      return is_debug_file() ? Kind::DebugFile : Kind::Executable;
    case ET_DYN: {
      if (is_debug_file()) return Kind::DebugFile;
      const bool says_pie = (dynamic_.flags_1 & DF_1_PIE) != 0;
      // Older linkers do not say so. libc.so.6 can be run as well, but has a soname.
      const bool looks_like_pie = !interpreter_.empty() && !dynamic_.soname;
      return says_pie || looks_like_pie ? Kind::Executable : Kind::SharedLibrary;
    }
    default:
      return Kind::Unknown;
  }
}

std::optional<ThreadLocal> File::thread_local_storage() const noexcept {
  for (const Segment &segment : segments_)
    if (segment.type == PT_TLS) return ThreadLocal{segment.in_memory.size, segment.align};
  return std::nullopt;
}

bool File::wants_executable_stack() const noexcept {
  for (const Segment &segment : segments_)
    if (segment.type == PT_GNU_STACK) return (segment.flags & PF_X) != 0;
  return kind_ == Kind::Executable || kind_ == Kind::SharedLibrary;
}

// A debug file keeps PT_NOTE though the bytes may have stayed in the file it was split off.
void File::read_notes() {
  for (const Segment &segment : segments_)
    if (segment.type == PT_NOTE && kind_ != Kind::DebugFile)
      damage_.part("notes",
                   [&] { append_notes(bytes_.slice(segment.in_file, "a note segment"), segment.align, notes_); });
  if (!notes_.empty()) return;
  for (const Section &section : sections_)
    if (section.type == SHT_NOTE)
      damage_.part("notes", [&] {
        append_notes(contents(section), section.name == ".note.gnu.property" && header_.encoding.wide ? 8 : 4, notes_);
      });
}

std::string File::build_id() const { return build_id_in(notes()); }

const Section *File::section_named(std::string_view name) const noexcept {
  const auto found =
      std::find_if(sections_.begin(), sections_.end(), [name](const Section &s) { return s.name == name; });
  return found == sections_.end() ? nullptr : &*found;
}

const Section *File::section_of_type(std::uint32_t type) const noexcept {
  const auto found =
      std::find_if(sections_.begin(), sections_.end(), [type](const Section &s) { return s.type == type; });
  return found == sections_.end() ? nullptr : &*found;
}

ByteView File::contents(const Section &section) const {
  if (section.type == SHT_NOBITS) return bytes_.slice({0, 0}, section.name);
  return bytes_.slice(section.in_file, section.name);
}

ByteView File::at(AddressRange range, std::string_view what) const {
  return from(range.address, what).slice({0, range.size}, what);
}

ByteView File::from(std::uint64_t address, std::string_view what) const {
  for (const Segment &segment : segments_) {
    if (segment.type != PT_LOAD || address < segment.in_memory.address) continue;
    const std::uint64_t into = address - segment.in_memory.address;
    if (into >= segment.in_file.size) continue;
    return bytes_.slice(segment.in_file, what).slice({into, segment.in_file.size - into}, what);
  }
  throw malformed(name(), fmt::format("{} is at address {:#x}, which no segment fills from the file", what, address));
}

std::string machine_name(const Header &header) {
  switch (header.machine) {
    case EM_X86_64:
      return header.encoding.wide ? "x86-64" : "x32";
    case EM_386:
      return "i386";
    case EM_AARCH64:
      return "aarch64";
    case EM_ARM:
      return "arm";
    case EM_RISCV:
      return header.encoding.wide ? "riscv64" : "riscv32";
    case EM_S390:
      return header.encoding.wide ? "s390x" : "s390";
    case EM_PPC64:
      return "ppc64";
    case EM_PPC:
      return "ppc";
    case EM_MIPS:
      return "mips";
    case EM_LOONGARCH:
      return "loongarch";
    default:
      return fmt::format("machine {}", header.machine);
  }
}

}  // namespace crossheap::elf
