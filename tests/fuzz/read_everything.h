// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Asks the elf layer for all it can answer about some bytes. For the fuzzer, and for the tests of damaged files.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "elf/archive.h"
#include "elf/relocations.h"
#include "elf/symbols.h"

namespace crossheap::elf {

// Reads the text, so that the sanitizers see every byte that was handed out.
inline std::size_t touched(std::string_view text) {
  std::size_t sum = 0;
  for (const char c : text) sum += static_cast<unsigned char>(c);
  return sum;
}

inline void read_symbols(const File &file) {
  const DynamicSymbols symbols(file);
  for (std::uint32_t i = 0; i < symbols.count(); ++i) {
    const Symbol symbol = symbols[i];
    const Version version = symbols.version(i);
    touched(version.name);
    touched(version.file);
    symbols.find(HashedName(symbol.name), [](const Symbol &found) { return touched(found.name) == 1; });
  }
  symbols.find(HashedName("malloc"), [](const Symbol &) { return false; });
  for (const std::string_view name : symbols.defined_versions()) touched(name);
}

inline void read_file(const std::shared_ptr<const Source> &source) {
  const File file(source);
  for (const Section &section : file.sections()) touched(file.contents(section).text());
  for (const Note &note : file.notes()) touched(note.description.text());
  touched(file.build_id());
  const SymbolTable table = static_symbols(file);
  for (std::uint32_t i = 0; i < table.count(); ++i) touched(table[i].name);
  Damage damage;
  for_each_symbol_relocation(file, damage, [](const Relocation &) {});
  read_symbols(file);
}

// Each member may be wrong on its own; one Error must not keep the others from being read.
inline void read_archive(const std::shared_ptr<const Source> &source) {
  for (const Member &member : members(source, {})) {
    try {
      read_file(member.source);
    } catch (const Error &error) {
      touched(error.what());
    }
  }
}

/// Throws what the layer throws.
inline void read_everything(const std::shared_ptr<const Source> &source) {
  if (archive_kind(source->bytes()) == ArchiveKind::Regular)
    read_archive(source);
  else
    read_file(source);
}

}  // namespace crossheap::elf
