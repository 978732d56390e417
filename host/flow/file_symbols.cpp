// SPDX-License-Identifier: MIT OR Apache-2.0
#include "flow/file_symbols.h"

#include "allocator/families.h"
#include "allocator/names.h"

namespace crossheap::flow {

namespace {

bool is_in_std(std::string_view name) {
  if (name.starts_with("N")) name.remove_prefix(name.starts_with("NK") ? 2 : 1);
  return name.starts_with("St") && !name.starts_with("St3__1");  // libc++, which has no versions
}

// The C++ runtime's functions and tables of virtual functions, in a file that it was linked into: nobody but this
// file's own code calls them. The runtime itself gives its symbols versions.
bool is_of_cxx_runtime(std::string_view name) {
  for (const std::string_view table : {"_ZTV", "_ZThn", "_ZTv0"})
    if (name.starts_with(table)) return is_in_std(name.substr(name.find_first_not_of("0123456789_n", table.size())));
  if (!name.starts_with("_ZN")) return name.starts_with("_ZSt");
  return is_in_std(name.substr(name.starts_with("_ZNK") ? 4 : 3));
}

bool is_versioned(const elf::DynamicSymbols &symbols, std::uint32_t i) { return !symbols.version(i).name.empty(); }

}  // namespace

FileSymbols::FileSymbols(const elf::File &file, const elf::DynamicSymbols &symbols) {
  note(symbols, symbols.table(), true);
  note(symbols, elf::static_symbols(file), false);
  for (std::uint32_t i = 1; i < symbols.count(); ++i)
    if (!symbols.table().nameless(i).defined() && libc_called(symbols.version(i).file) == Family::Glibc)
      of_libc.insert(symbols.table().name_of(i));
}

void FileSymbols::note(const elf::DynamicSymbols &symbols, const elf::SymbolTable &table, bool dynamic) {
  for (std::uint32_t i = 1; i < table.count(); ++i) {
    const elf::Symbol symbol = table.nameless(i);
    if (!symbol.defined()) continue;
    const std::string_view name = table.name_of(i);
    if (is_of_cxx_runtime(name) && !(dynamic && is_versioned(symbols, i))) note_of_runtime(symbol);
    if (dynamic && symbol.type == STT_OBJECT && !symbol.local())
      variables.try_emplace(symbol.value, Variable{symbol.size, name});
    if (!symbol.callable()) continue;
    if (family_function(name) != nullptr) note_own(symbol.value, name);
    if (!dynamic || symbol.local()) continue;
    by_name.emplace(name, symbol.value);
    if (symbol.visibility == STV_DEFAULT || symbol.visibility == STV_PROTECTED)
      exported[symbol.value].emplace_back(name);
  }
}

void FileSymbols::note_of_runtime(const elf::Symbol &symbol) {
  if (symbol.callable())
    runtimes_functions.insert(symbol.value);
  else if (symbol.type == STT_OBJECT)
    runtimes_tables.emplace(symbol.value, symbol.size);
}

// free, cfree, tc_free and __libc_free are often one address: it is called by the first of them in the ONE table.
void FileSymbols::note_own(std::uint64_t address, std::string_view name) {
  const auto [entry, is_new] = own.emplace(address, name);
  if (!is_new && family_function(name) < family_function(entry->second)) entry->second = name;
}

std::vector<FlowEnd> FileSymbols::called_by_others(const Code &code, std::uint64_t address) const {
  std::vector<FlowEnd> ends;
  if (const auto names = exported.find(address); names != exported.end())
    for (const std::string &name : names->second)
      ends.push_back({.kind = FlowEnd::Kind::Function, .address = address, .name = name});
  if (ends.empty() && code.address_taken().contains(address))
    ends.push_back({.kind = FlowEnd::Kind::Function, .address = address, .name = {}});
  return ends;
}

}  // namespace crossheap::flow
