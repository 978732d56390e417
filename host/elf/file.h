// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One ELF file: its header, segments, sections, dynamic section and notes.
//
// A loader reads program headers and the dynamic section only; a linker reads section headers. Both are read here,
// because a stripped or packed file may have one kind only: what the loader uses (dynamic.h's tables, symbols,
// relocations) is found by program headers, and what only sections can tell (.symtab, .comment) by section headers.
// Any class, byte order and machine is read; what needs the machine's numbers (relocation types) says so.
//
// Specification: the System V gABI, chapters 4 and 5; elf(5); glibc's elf/elf.h for the GNU extensions.
//
// Every string_view and view handed out lives as long as the File or a copy of it.
#pragma once

#include <elf.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "elf/byte_view.h"
#include "elf/damage.h"
#include "elf/dynamic.h"
#include "elf/notes.h"
#include "elf/source.h"

namespace crossheap::elf {

struct Header {
  Encoding encoding;
  std::uint16_t type = 0;     ///< ET_*
  std::uint16_t machine = 0;  ///< EM_*
  std::uint32_t flags = 0;    ///< EF_*
  std::uint64_t entry = 0;
  std::uint8_t os_abi = 0;  ///< ELFOSABI_*
};

struct Segment {
  std::uint32_t type = 0;   ///< PT_*
  std::uint32_t flags = 0;  ///< PF_*
  FileRange in_file;
  AddressRange in_memory;
  std::uint64_t align = 0;
};

struct Section {
  std::string_view name;
  std::uint32_t type = 0;   ///< SHT_*
  std::uint64_t flags = 0;  ///< SHF_*
  std::uint64_t address = 0;
  FileRange in_file;  ///< for SHT_NOBITS only its size means anything
  std::uint32_t link = 0;
  std::uint32_t info = 0;
  std::uint64_t entry_size = 0;
};

/// What the file is, as people say it.
enum class Kind : std::uint8_t {
  Object,         ///< ET_REL
  Executable,     ///< ET_EXEC, or ET_DYN that is meant to be run (PIE, static PIE)
  SharedLibrary,  ///< ET_DYN that is meant to be loaded, plugins included
  DebugFile,      ///< the debug information that was split off another file: no code, no symbols to bind
  Core,           ///< ET_CORE
  Unknown,
};

struct ThreadLocal {
  std::uint64_t size = 0;
  std::uint64_t align = 0;
};

class File {
public:
  /// Whether `bytes` begin as an ELF file does.
  static bool is_elf(ByteView bytes) noexcept;

  /// Reads headers, segments, sections and the dynamic section; the rest is read when it is asked for.
  /// Throws Error where `source` is no ELF file, or its header or segments contradict it; other parts that cannot be
  /// read are left out: see damage().
  explicit File(std::shared_ptr<const Source> source);
  static File open(const std::filesystem::path &path) { return File(Source::open(path)); }

  const std::string &name() const noexcept { return source_->name(); }
  const Source &source() const noexcept { return *source_; }
  ByteView bytes() const noexcept { return bytes_; }
  const Header &header() const noexcept { return header_; }
  Kind kind() const noexcept { return kind_; }
  const std::vector<Segment> &segments() const noexcept { return segments_; }
  /// Empty where the file has no section headers (sstrip) or none that can be trusted. One whose bytes are not all in
  /// the file has none.
  const std::vector<Section> &sections() const noexcept { return sections_; }
  /// What of headers, dynamic section and notes is left out. A loader would not care about sections and most notes.
  const Damage &damage() const noexcept { return damage_; }
  const Dynamic &dynamic() const noexcept { return dynamic_; }

  /// Whether it can be linked with shared libraries at all (it has a dynamic section).
  bool is_dynamic() const noexcept { return dynamic_.present; }
  bool is_pie() const noexcept { return kind_ == Kind::Executable && header_.type == ET_DYN; }
  bool is_stripped() const noexcept { return section_of_type(SHT_SYMTAB) == nullptr; }
  /// The program interpreter (PT_INTERP), "" without one.
  std::string_view interpreter() const noexcept { return interpreter_; }
  std::optional<ThreadLocal> thread_local_storage() const noexcept;
  /// Whether it asks for an executable stack. Without PT_GNU_STACK the loader gives one on most machines.
  bool wants_executable_stack() const noexcept;

  const std::vector<Note> &notes() const noexcept { return notes_; }
  /// The build id in lower-case hexadecimal, "" without one.
  std::string build_id() const;

  const Section *section_named(std::string_view name) const noexcept;
  const Section *section_of_type(std::uint32_t type) const noexcept;
  /// The section's bytes in the file; empty for SHT_NOBITS. Throws Error where they end outside the file.
  ByteView contents(const Section &section) const;

  /// The bytes that a loader puts at `range` from the file. Throws Error where they do not all come from one segment.
  ByteView at(AddressRange range, std::string_view what) const;
  /// All bytes of the file from `address` to the end of its segment. Throws Error where none are there.
  ByteView from(std::uint64_t address, std::string_view what) const;

private:
  void read_header();
  void read_segments(std::uint64_t table_offset, std::uint64_t count, std::uint64_t entry_size);
  void read_sections(std::uint64_t table_offset, std::uint64_t count, std::uint64_t entry_size,
                     std::uint64_t names_index);
  void read_notes();
  void verify_segments_inside() const;
  bool is_debug_file() const noexcept;
  Kind classified() const noexcept;

  std::shared_ptr<const Source> source_;
  ByteView bytes_;
  Header header_;
  std::vector<Segment> segments_;
  std::vector<Section> sections_;
  std::vector<Note> notes_;
  Damage damage_;
  Dynamic dynamic_;
  std::string_view interpreter_;
  Kind kind_ = Kind::Unknown;
};

/// "x86-64", "aarch64", ... as people call it, "machine 1234" for one we have no name for.
std::string machine_name(const Header &header);

}  // namespace crossheap::elf
