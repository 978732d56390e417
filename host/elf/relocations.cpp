// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The numbers differ from machine to machine, and what they do hardly does. So each machine has a row that translates
// its numbers to kinds, and nothing else in the program knows them:
//
//     R_X86_64_JUMP_SLOT 7    R_AARCH64_JUMP_SLOT 1026    R_390_JMP_SLOT 11      all JumpSlot
//
// Entries are decoded when they are asked for: in a large library nearly all are RELATIVE and name no symbol, and a
// scan reads their symbol's number only. DT_REL and DT_RELA may cover the PLT's relocations at their end; those are
// left to DT_JMPREL, as in ld.so, or each would count twice.
//
// Sources: the psABI supplement of each machine, by way of glibc's elf/elf.h; elf/dynamic-link.h for the overlap.
#include "elf/relocations.h"

#include <array>

namespace crossheap::elf {

namespace {

struct MachineRelocations {
  std::uint16_t machine;
  struct Number {
    std::uint32_t type;
    RelocationKind kind;
  };
  std::array<Number, 11> numbers;
};

constexpr MachineRelocations kMachines[] = {
    {EM_X86_64,
     {{{R_X86_64_JUMP_SLOT, RelocationKind::JumpSlot},
       {R_X86_64_GLOB_DAT, RelocationKind::GlobDat},
       {R_X86_64_64, RelocationKind::Absolute},
       {R_X86_64_32, RelocationKind::Absolute},
       {R_X86_64_COPY, RelocationKind::Copy},
       {R_X86_64_DTPMOD64, RelocationKind::TlsModule},
       {R_X86_64_DTPOFF64, RelocationKind::TlsOffset},
       {R_X86_64_TPOFF64, RelocationKind::TlsStatic},
       {R_X86_64_TLSDESC, RelocationKind::TlsDescriptor},
       {R_X86_64_RELATIVE, RelocationKind::Relative},
       {R_X86_64_IRELATIVE, RelocationKind::Indirect}}}},
    {EM_386,
     {{{R_386_JMP_SLOT, RelocationKind::JumpSlot},
       {R_386_GLOB_DAT, RelocationKind::GlobDat},
       {R_386_32, RelocationKind::Absolute},
       {R_386_COPY, RelocationKind::Copy},
       {R_386_TLS_DTPMOD32, RelocationKind::TlsModule},
       {R_386_TLS_DTPOFF32, RelocationKind::TlsOffset},
       {R_386_TLS_TPOFF, RelocationKind::TlsStatic},
       {R_386_TLS_TPOFF32, RelocationKind::TlsStatic},
       {R_386_TLS_DESC, RelocationKind::TlsDescriptor},
       {R_386_RELATIVE, RelocationKind::Relative},
       {R_386_IRELATIVE, RelocationKind::Indirect}}}},
    {EM_AARCH64,
     {{{R_AARCH64_JUMP_SLOT, RelocationKind::JumpSlot},
       {R_AARCH64_GLOB_DAT, RelocationKind::GlobDat},
       {R_AARCH64_ABS64, RelocationKind::Absolute},
       {R_AARCH64_ABS32, RelocationKind::Absolute},
       {R_AARCH64_COPY, RelocationKind::Copy},
       {R_AARCH64_TLS_DTPMOD, RelocationKind::TlsModule},
       {R_AARCH64_TLS_DTPREL, RelocationKind::TlsOffset},
       {R_AARCH64_TLS_TPREL, RelocationKind::TlsStatic},
       {R_AARCH64_TLSDESC, RelocationKind::TlsDescriptor},
       {R_AARCH64_RELATIVE, RelocationKind::Relative},
       {R_AARCH64_IRELATIVE, RelocationKind::Indirect}}}},
    {EM_ARM,
     {{{R_ARM_JUMP_SLOT, RelocationKind::JumpSlot},
       {R_ARM_GLOB_DAT, RelocationKind::GlobDat},
       {R_ARM_ABS32, RelocationKind::Absolute},
       {R_ARM_COPY, RelocationKind::Copy},
       {R_ARM_TLS_DTPMOD32, RelocationKind::TlsModule},
       {R_ARM_TLS_DTPOFF32, RelocationKind::TlsOffset},
       {R_ARM_TLS_TPOFF32, RelocationKind::TlsStatic},
       {R_ARM_TLS_DESC, RelocationKind::TlsDescriptor},
       {R_ARM_RELATIVE, RelocationKind::Relative},
       {R_ARM_IRELATIVE, RelocationKind::Indirect},
       {R_ARM_NONE, RelocationKind::Other}}}},
    // RISC-V has no GLOB_DAT: a slot of the GOT and an address in data are both R_RISCV_64.
    {EM_RISCV,
     {{{R_RISCV_JUMP_SLOT, RelocationKind::JumpSlot},
       {R_RISCV_64, RelocationKind::Absolute},
       {R_RISCV_32, RelocationKind::Absolute},
       {R_RISCV_COPY, RelocationKind::Copy},
       {R_RISCV_TLS_DTPMOD64, RelocationKind::TlsModule},
       {R_RISCV_TLS_DTPREL64, RelocationKind::TlsOffset},
       {R_RISCV_TLS_TPREL64, RelocationKind::TlsStatic},
       {R_RISCV_TLS_DTPMOD32, RelocationKind::TlsModule},
       {R_RISCV_RELATIVE, RelocationKind::Relative},
       {R_RISCV_IRELATIVE, RelocationKind::Indirect},
       {R_RISCV_NONE, RelocationKind::Other}}}},
    {EM_PPC64,
     {{{R_PPC64_JMP_SLOT, RelocationKind::JumpSlot},
       {R_PPC64_GLOB_DAT, RelocationKind::GlobDat},
       {R_PPC64_ADDR64, RelocationKind::Absolute},
       {R_PPC64_ADDR32, RelocationKind::Absolute},
       {R_PPC64_COPY, RelocationKind::Copy},
       {R_PPC64_DTPMOD64, RelocationKind::TlsModule},
       {R_PPC64_DTPREL64, RelocationKind::TlsOffset},
       {R_PPC64_TPREL64, RelocationKind::TlsStatic},
       {R_PPC64_RELATIVE, RelocationKind::Relative},
       {R_PPC64_IRELATIVE, RelocationKind::Indirect},
       {R_PPC64_NONE, RelocationKind::Other}}}},
    {EM_S390,
     {{{R_390_JMP_SLOT, RelocationKind::JumpSlot},
       {R_390_GLOB_DAT, RelocationKind::GlobDat},
       {R_390_64, RelocationKind::Absolute},
       {R_390_32, RelocationKind::Absolute},
       {R_390_COPY, RelocationKind::Copy},
       {R_390_TLS_DTPMOD, RelocationKind::TlsModule},
       {R_390_TLS_DTPOFF, RelocationKind::TlsOffset},
       {R_390_TLS_TPOFF, RelocationKind::TlsStatic},
       {R_390_RELATIVE, RelocationKind::Relative},
       {R_390_IRELATIVE, RelocationKind::Indirect},
       {R_390_NONE, RelocationKind::Other}}}},
};

// What a compiler leaves to the linker, in object files. Each number once for each machine; none is a number above.
struct ObjectRelocation {
  std::uint32_t type;
  std::uint16_t machine;
  RelocationKind kind;
};

constexpr ObjectRelocation kObjectRelocations[] = {
    {R_X86_64_PLT32, EM_X86_64, RelocationKind::Call},
    {R_X86_64_PC32, EM_X86_64, RelocationKind::Call},
    {R_X86_64_GOTPCREL, EM_X86_64, RelocationKind::GotLoad},
    {R_X86_64_GOTPCRELX, EM_X86_64, RelocationKind::GotLoad},
    {R_X86_64_REX_GOTPCRELX, EM_X86_64, RelocationKind::GotLoad},
    {R_386_PLT32, EM_386, RelocationKind::Call},
    {R_386_PC32, EM_386, RelocationKind::Call},
    {R_386_GOT32X, EM_386, RelocationKind::GotLoad},
    {R_AARCH64_CALL26, EM_AARCH64, RelocationKind::Call},
    {R_AARCH64_JUMP26, EM_AARCH64, RelocationKind::Call},
    {R_AARCH64_ADR_GOT_PAGE, EM_AARCH64, RelocationKind::GotLoad},
    {R_AARCH64_LD64_GOT_LO12_NC, EM_AARCH64, RelocationKind::GotLoad},
    {R_ARM_CALL, EM_ARM, RelocationKind::Call},
    {R_ARM_JUMP24, EM_ARM, RelocationKind::Call},
    {R_ARM_GOT_PREL, EM_ARM, RelocationKind::GotLoad},
    {R_RISCV_CALL, EM_RISCV, RelocationKind::Call},
    {R_RISCV_CALL_PLT, EM_RISCV, RelocationKind::Call},
    {R_RISCV_GOT_HI20, EM_RISCV, RelocationKind::GotLoad},
    {R_PPC64_REL24, EM_PPC64, RelocationKind::Call},
    {R_390_PLT32DBL, EM_S390, RelocationKind::Call},
    {R_390_GOTENT, EM_S390, RelocationKind::GotLoad},
};

std::uint64_t size_of_entry(bool wide, bool has_addends) noexcept {
  if (wide) return has_addends ? sizeof(Elf64_Rela) : sizeof(Elf64_Rel);
  return has_addends ? sizeof(Elf32_Rela) : sizeof(Elf32_Rel);
}

}  // namespace

std::string_view name_of(RelocationKind kind) noexcept {
  switch (kind) {
    case RelocationKind::JumpSlot:
      return "JUMP_SLOT";
    case RelocationKind::GlobDat:
      return "GLOB_DAT";
    case RelocationKind::Absolute:
      return "data";
    case RelocationKind::Copy:
      return "COPY";
    case RelocationKind::TlsModule:
      return "DTPMOD";
    case RelocationKind::TlsOffset:
      return "DTPOFF";
    case RelocationKind::TlsStatic:
      return "TPOFF";
    case RelocationKind::TlsDescriptor:
      return "TLSDESC";
    case RelocationKind::Relative:
      return "RELATIVE";
    case RelocationKind::Indirect:
      return "IRELATIVE";
    case RelocationKind::Call:
      return "call";
    case RelocationKind::GotLoad:
      return "GOT";
    case RelocationKind::Other:
      break;
  }
  return "other";
}

RelocationKind relocation_kind(std::uint16_t machine, std::uint32_t type) noexcept {
  for (const MachineRelocations &known : kMachines) {
    if (known.machine != machine) continue;
    for (const auto &number : known.numbers)
      if (number.type == type) return number.kind;
  }
  for (const ObjectRelocation &known : kObjectRelocations)
    if (known.machine == machine && known.type == type) return known.kind;
  return RelocationKind::Other;
}

RelocationTable::RelocationTable(ByteView entries, bool has_addends, Header header) noexcept
    : entries_(entries),
      has_addends_(has_addends),
      header_(header),
      entry_size_(size_of_entry(header.encoding.wide, has_addends)),
      count_(entries.size() / entry_size_) {}

RelocationTable::Info RelocationTable::info(std::uint64_t index) const {
  const std::uint64_t packed = entries_.word(index * entry_size_ + entries_.word_size());
  if (header_.encoding.wide)
    return {static_cast<std::uint32_t>(ELF64_R_SYM(packed)), static_cast<std::uint32_t>(ELF64_R_TYPE(packed))};
  return {static_cast<std::uint32_t>(ELF32_R_SYM(packed)), static_cast<std::uint32_t>(ELF32_R_TYPE(packed))};
}

std::uint32_t RelocationTable::symbol_of(std::uint64_t index) const { return info(index).symbol; }

Relocation RelocationTable::operator[](std::uint64_t index) const {
  const Info packed = info(index);
  Relocation relocation;
  relocation.address = entries_.word(index * entry_size_);
  relocation.symbol = packed.symbol;
  relocation.type = packed.type;
  relocation.kind = relocation_kind(header_.machine, packed.type);
  if (has_addends_) {
    const std::uint64_t raw = entries_.word(index * entry_size_ + 2 * entries_.word_size());
    relocation.addend = header_.encoding.wide ? static_cast<std::int64_t>(raw)
                                              : static_cast<std::int64_t>(static_cast<std::int32_t>(raw));
  }
  return relocation;
}

std::vector<RelocationTable> object_relocation_tables(const File &file) {
  std::vector<RelocationTable> tables;
  for (const Section &section : file.sections())
    if (section.type == SHT_RELA || section.type == SHT_REL)
      tables.emplace_back(file.contents(section), section.type == SHT_RELA, file.header());
  return tables;
}

std::vector<RelocationTable> relocation_tables(const File &file, Damage &damage) {
  const Dynamic &dynamic = file.dynamic();
  std::vector<RelocationTable> tables;
  const auto add = [&](AddressRange range, bool has_addends, std::string_view what) {
    if (range.size > 0)
      damage.part(what, [&] { tables.emplace_back(file.at(range, "its bytes"), has_addends, file.header()); });
  };
  // On some machines the PLT's relocations are the end of the others; ld.so does not do them twice either.
  const auto without_plt = [&](AddressRange range) {
    const std::uint64_t plt = dynamic.plt_relocations ? dynamic.plt_relocations->address : 0;
    if (plt >= range.address && plt - range.address < range.size) range.size = plt - range.address;
    return range;
  };
  if (dynamic.rel) add(without_plt(*dynamic.rel), false, "the table of relocations");
  if (dynamic.rela) add(without_plt(*dynamic.rela), true, "the table of relocations");
  if (dynamic.plt_relocations)
    add(*dynamic.plt_relocations, dynamic.plt_relocations_have_addends, "the table of PLT relocations");
  return tables;
}

}  // namespace crossheap::elf
