// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The dynamic symbols are read from memory. Their table says neither how many they are nor where it ends: the hash
// table does. In GNU's, the defined symbols follow the undefined ones. Each bucket names its first symbol, and a set
// lowest bit in the chain ends a bucket, so the last symbol ends the chain of the highest bucket:
//
//     buckets   7, 0, 12      chain from 12:  hash, hash, hash|1      the last symbol is 14
//
// The full symbol table is in no segment, so it is read from the file.
//
// Relocations are read where somebody asks what a slot is for. That walks the list each time, which is fine for the few
// functions of which it is asked. Sources: System V ABI, chapter 5; for DT_GNU_HASH, binutils and glibc.
#include "agent/symbols.h"

#include <sys/auxv.h>
#include <unistd.h>

#include <cstring>

#include "agent/early_tls.h"
#include "agent/mapped_file.h"
#include "agent/memory.h"

namespace crossheap::agent {

namespace {

// SAFETY: throughout this file, addresses are those of an object that the loader has just mapped and accepted.
template <class T>
const T *at_address(std::uint64_t address) {
  return reinterpret_cast<const T *>(address);
}

/// What is the same for all symbols of an object.
struct Scope {
  const Image &image;
  bool can_be_replaced;  ///< its exported definitions; not those of a program, or of an object bound to itself
};

void report(const ElfW(Sym) & symbol, std::string_view name, const Scope &scope,
            void (*with)(void *, const Definition &), void *context) {
  const unsigned type = ELF64_ST_TYPE(symbol.st_info);
  if (symbol.st_shndx == SHN_UNDEF || symbol.st_value == 0) return;
  const std::uint64_t address = scope.image.base + symbol.st_value;
  const bool is_untyped = type == STT_NOTYPE && symbol.st_shndx != SHN_ABS && is_code(scope.image, address);
  if (type != STT_FUNC && type != STT_GNU_IFUNC && !is_untyped) return;
  const bool interposable = scope.can_be_replaced && ELF64_ST_BIND(symbol.st_info) != STB_LOCAL &&
                            ELF64_ST_VISIBILITY(symbol.st_other) == STV_DEFAULT;
  with(context, {.name = name,
                 .address = address,
                 .size = symbol.st_size,
                 .indirect = type == STT_GNU_IFUNC,
                 .is_untyped = is_untyped,
                 .is_local = ELF64_ST_BIND(symbol.st_info) == STB_LOCAL,
                 .interposable = interposable});
}

struct DynamicTables {
  const ElfW(Sym) *symbols = nullptr;
  const char *strings = nullptr;
  const std::uint32_t *gnu_hash = nullptr;
  const std::uint32_t *sysv_hash = nullptr;
  bool symbolic = false;                   ///< -Bsymbolic
  const ElfW(Rela) * relocations[2] = {};  ///< of data, of the procedure linkage table
  std::uint64_t relocation_bytes[2] = {};
};

DynamicTables dynamic_tables(const link_map &map) {
  DynamicTables tables;
  for (const ElfW(Dyn) *entry = map.l_ld; entry->d_tag != DT_NULL; ++entry) {
    const std::uint64_t value = address_in(map, *entry);
    switch (entry->d_tag) {
      case DT_SYMTAB:
        tables.symbols = at_address<ElfW(Sym)>(value);
        break;
      case DT_STRTAB:
        tables.strings = at_address<char>(value);
        break;
      case DT_GNU_HASH:
        tables.gnu_hash = at_address<std::uint32_t>(value);
        break;
      case DT_HASH:
        tables.sysv_hash = at_address<std::uint32_t>(value);
        break;
      case DT_SYMBOLIC:
        tables.symbolic = true;
        break;
      case DT_FLAGS:
        tables.symbolic = tables.symbolic || (entry->d_un.d_val & DF_SYMBOLIC) != 0;
        break;
      case DT_RELA:
        tables.relocations[0] = at_address<ElfW(Rela)>(value);
        break;
      case DT_RELASZ:
        tables.relocation_bytes[0] = entry->d_un.d_val;
        break;
      case DT_JMPREL:
        tables.relocations[1] = at_address<ElfW(Rela)>(value);
        break;
      case DT_PLTRELSZ:
        tables.relocation_bytes[1] = entry->d_un.d_val;
        break;
      default:
        break;
    }
  }
  return tables;
}

/// The defined symbols are [first, last): the GNU table leaves out the undefined ones before `first`.
struct SymbolRange {
  std::size_t first = 0;
  std::size_t last = 0;
};

SymbolRange defined_symbols(const DynamicTables &tables) {
  if (tables.gnu_hash != nullptr) {
    const std::uint32_t buckets = tables.gnu_hash[0];
    const std::uint32_t first = tables.gnu_hash[1];
    const std::uint32_t *const bucket = tables.gnu_hash + 4 + std::size_t{tables.gnu_hash[2]} * 2;
    const std::uint32_t *const chain = bucket + buckets;
    std::uint32_t last = 0;
    for (std::uint32_t i = 0; i < buckets; ++i)
      if (bucket[i] > last) last = bucket[i];
    if (last < first) return {};
    while ((chain[last - first] & 1) == 0) ++last;
    return {first, last + std::size_t{1}};
  }
  if (tables.sysv_hash != nullptr) return {0, tables.sysv_hash[1]};
  return {};
}

bool for_each_in_file(const char *path, const Image &image, const Scope &scope,
                      void (*with)(void *, const Definition &), void *context) {
  const MappedFile file(path);
  const auto *const header = file.at<ElfW(Ehdr)>(0, 1);
  if (header == nullptr || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return false;
  const auto *const headers = file.at<ElfW(Phdr)>(header->e_phoff, header->e_phnum);
  if (headers == nullptr || header->e_phnum != image.header_count ||
      std::memcmp(headers, image.headers, image.header_count * sizeof(ElfW(Phdr))) != 0)
    return false;
  const auto *const sections = file.at<ElfW(Shdr)>(header->e_shoff, header->e_shnum);
  if (sections == nullptr) return false;
  bool found = false;
  for (std::size_t i = 0; i < header->e_shnum; ++i) {
    if (sections[i].sh_type != SHT_SYMTAB || sections[i].sh_link >= header->e_shnum) continue;
    const ElfW(Shdr) &names = sections[sections[i].sh_link];
    const std::size_t count = sections[i].sh_size / sizeof(ElfW(Sym));
    const auto *const symbols = file.at<ElfW(Sym)>(sections[i].sh_offset, count);
    const char *const text = file.at<char>(names.sh_offset, names.sh_size);
    if (symbols == nullptr || text == nullptr) continue;
    found = true;
    for (std::size_t s = 0; s < count; ++s) {
      if (symbols[s].st_name >= names.sh_size) continue;
      const std::size_t length = ::strnlen(text + symbols[s].st_name, names.sh_size - symbols[s].st_name);
      report(symbols[s], {text + symbols[s].st_name, length}, scope, with, context);
    }
  }
  return found;
}

/// Calls `with(symbol, name, slot)` for each relocation that refers to a symbol, until it answers true.
template <class With>
bool any_reference(const DynamicTables &tables, std::uint64_t base, With with) {
  if (tables.symbols == nullptr || tables.strings == nullptr) return false;
  for (std::size_t list = 0; list < 2; ++list) {
    const ElfW(Rela) *const begin = tables.relocations[list];
    if (begin == nullptr) continue;
    for (const ElfW(Rela) *r = begin; r != begin + tables.relocation_bytes[list] / sizeof *r; ++r) {
      if (ELF64_R_SYM(r->r_info) == 0) continue;
      const ElfW(Sym) &symbol = tables.symbols[ELF64_R_SYM(r->r_info)];
      if (with(symbol, std::string_view(tables.strings + symbol.st_name), base + r->r_offset)) return true;
    }
  }
  return false;
}

}  // namespace

bool is_in_dynamic_function(const link_map &map, std::uint64_t address, bool (*wanted)(std::string_view name)) {
  const DynamicTables tables = dynamic_tables(map);
  if (tables.symbols == nullptr || tables.strings == nullptr) return false;
  const SymbolRange range = defined_symbols(tables);
  for (std::size_t i = range.first; i < range.last; ++i) {
    const ElfW(Sym) &symbol = tables.symbols[i];
    const std::uint64_t begin = map.l_addr + symbol.st_value;
    const bool holds = address == begin || (address > begin && address - begin < symbol.st_size);
    if (symbol.st_shndx != SHN_UNDEF && holds && wanted(tables.strings + symbol.st_name)) return true;
  }
  return false;
}

Reference reference_in_slot(const link_map &map, std::uint64_t slot) {
  Reference found{{}, 0};
  any_reference(dynamic_tables(map), map.l_addr,
                [&](const ElfW(Sym) & symbol, std::string_view name, std::uint64_t place) {
                  if (place != slot) return false;
                  found = {name, symbol.st_shndx == SHN_UNDEF ? 0 : map.l_addr + symbol.st_value};
                  return true;
                });
  return found;
}

std::uint64_t definition_of(const link_map &map, std::string_view name) {
  const DynamicTables tables = dynamic_tables(map);
  if (tables.symbols == nullptr || tables.strings == nullptr) return 0;
  const SymbolRange range = defined_symbols(tables);
  for (std::size_t i = range.first; i < range.last; ++i)
    if (tables.symbols[i].st_shndx != SHN_UNDEF && name == tables.strings + tables.symbols[i].st_name)
      return map.l_addr + tables.symbols[i].st_value;
  return 0;
}

bool refers_to(const link_map &map, bool (*wanted)(std::string_view name)) {
  return any_reference(dynamic_tables(map), map.l_addr,
                       [&](const ElfW(Sym) & symbol, std::string_view name, std::uint64_t) {
                         return symbol.st_shndx == SHN_UNDEF && wanted(name);
                       });
}

bool is_own_name_bound_elsewhere(const link_map &map, bool (*wanted)(std::string_view name)) {
  return any_reference(dynamic_tables(map), map.l_addr,
                       [&](const ElfW(Sym) & symbol, std::string_view name, std::uint64_t slot) {
                         if (symbol.st_shndx == SHN_UNDEF || !wanted(name)) return false;
                         // Other than the definition: another object's, or a stub that will look for it.
                         return *at_address<std::uint64_t>(slot) != map.l_addr + symbol.st_value;
                       });
}

std::uint64_t address_in(const link_map &map, const ElfW(Dyn) & entry) {
  const std::uint64_t value = entry.d_un.d_ptr;
  return value < map.l_addr && !is_copied_table(value) ? value + map.l_addr : value;
}

bool for_each_definition(const link_map &map, const Image &image, void (*with)(void *, const Definition &),
                         void *context) {
  const DynamicTables tables = dynamic_tables(map);
  const Scope scope{image, !is_main_program(map) && !tables.symbolic};
  if (tables.symbols != nullptr && tables.strings != nullptr) {
    const SymbolRange range = defined_symbols(tables);
    for (std::size_t i = range.first; i < range.last; ++i)
      report(tables.symbols[i], tables.strings + tables.symbols[i].st_name, scope, with, context);
  }
  const char *path = map.l_name;
  // The program's file may be another one by now, or in no folder: what runs is read.
  if (is_main_program(map))
    path =
        ::getauxval(AT_BASE) != 0 && ::access("/proc/self/exe", R_OK) == 0 ? "/proc/self/exe" : program_path().data();
  return std::strchr(path, '/') != nullptr && for_each_in_file(path, image, scope, with, context);
}

}  // namespace crossheap::agent
