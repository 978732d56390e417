// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The relocations of a loadable file that name a symbol: where the loader stores what it found. Those of an object
// file, which are for the linker, are read as well.
//
// A reference to `free` is a slot somewhere in the file's data, and three kinds of relocation fill such slots.
// JUMP_SLOT is for a call through the PLT. GLOB_DAT is for a call or an address through the GOT, and the only kind with
// -fno-plt. The absolute data relocation, R_X86_64_64, is for a function pointer in a table. Who looks at one kind
// misses the others.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "elf/byte_view.h"
#include "elf/file.h"

namespace crossheap::elf {

/// What a relocation does, whatever its number on this machine.
enum class RelocationKind : std::uint8_t {
  JumpSlot,       ///< a slot of the PLT, filled at the first call or at load
  GlobDat,        ///< a slot of the GOT
  Absolute,       ///< an address in data: a table of functions, a vtable
  Copy,           ///< the symbol's bytes are copied into the executable, which becomes its definition
  TlsModule,      ///< DTPMOD: dynamic TLS
  TlsOffset,      ///< DTPOFF: dynamic TLS
  TlsStatic,      ///< TPOFF: static TLS (initial exec)
  TlsDescriptor,  ///< TLSDESC
  Relative,       ///< no symbol: the load address is added
  Indirect,       ///< IRELATIVE, no symbol: the slot gets what a resolver function answers
  Call,           ///< in an object file: a call, which the linker leads to the function or to a PLT entry
  GotLoad,        ///< in an object file: an address by way of the GOT, which the linker makes
  Other,          ///< anything else, or a machine we do not know
};

/// "JUMP_SLOT", "GLOB_DAT", "data", ...
std::string_view name_of(RelocationKind kind) noexcept;

struct Relocation {
  std::uint64_t address = 0;  ///< of the slot, before the load address is added
  std::uint32_t symbol = 0;   ///< index into the dynamic symbols; 0 where it names none
  std::uint32_t type = 0;     ///< the machine's number
  RelocationKind kind = RelocationKind::Other;
  std::int64_t addend = 0;  ///< 0 where it stands in the slot itself (REL)
};

RelocationKind relocation_kind(std::uint16_t machine, std::uint32_t type) noexcept;

/// One table of relocations of `file`, decoded entry by entry.
class RelocationTable {
public:
  RelocationTable(ByteView entries, bool has_addends, Header header) noexcept;
  std::uint64_t count() const noexcept { return count_; }
  Relocation operator[](std::uint64_t index) const;
  /// Only the symbol of entry `index`: what a scan reads first, since most relocations name none.
  std::uint32_t symbol_of(std::uint64_t index) const;

private:
  struct Info {
    std::uint32_t symbol;
    std::uint32_t type;
  };
  Info info(std::uint64_t index) const;

  ByteView entries_;
  bool has_addends_;
  Header header_;
  std::uint64_t entry_size_;
  std::uint64_t count_;
};

/// The tables of the dynamic section, in the order in which ld.so works through them; none twice. One that is not in
/// the file is left out.
std::vector<RelocationTable> relocation_tables(const File &file, Damage &damage);

/// The tables of an object file, which sections hold: what the linker is to do.
std::vector<RelocationTable> object_relocation_tables(const File &file);

/// Calls `visit(Relocation)` for each relocation of `file` that names a symbol, but for tables that are left out.
template <typename Visit>
void for_each_symbol_relocation(const File &file, Damage &damage, Visit visit) {
  for (const RelocationTable &table : relocation_tables(file, damage))
    for (std::uint64_t i = 0; i < table.count(); ++i)
      if (table.symbol_of(i) != 0) visit(table[i]);
}

}  // namespace crossheap::elf
