// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The search for one symbol: glibc's _dl_lookup_symbol_x, do_lookup_x and check_match. A version is looked for by its
// name alone: since glibc 2.30 a symbol may have moved to another library than the one it was promised from.
#include <algorithm>

#include "binding/process.h"

namespace crossheap::binding {

namespace {

// Of the kinds of symbols those that stand for code or memory.
bool stands_for_something(const elf::Symbol &symbol) {
  switch (symbol.type) {
    case STT_NOTYPE:
    case STT_OBJECT:
    case STT_FUNC:
    case STT_COMMON:
    case STT_TLS:
    case STT_GNU_IFUNC:
      return true;
    default:
      return false;
  }
}

bool binds_locally(const elf::Symbol &symbol) {
  return symbol.visibility == STV_HIDDEN || symbol.visibility == STV_INTERNAL;
}

}  // namespace

TypeClass type_class_of(elf::RelocationKind kind) noexcept {
  switch (kind) {
    case elf::RelocationKind::JumpSlot:
    case elf::RelocationKind::TlsModule:
    case elf::RelocationKind::TlsOffset:
    case elf::RelocationKind::TlsStatic:
    case elf::RelocationKind::TlsDescriptor:
      return TypeClass::Plt;
    case elf::RelocationKind::Copy:
      return TypeClass::Copy;
    default:
      return TypeClass::Any;
  }
}

bool Process::is_known_as(ObjectIndex object, std::string_view name) const {
  const std::vector<std::string> &names = objects_[object].names;
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool Process::look_in(ObjectIndex object, const elf::HashedName &name, const elf::Version &version,
                      TypeClass type_class, Definition &found) const {
  const elf::DynamicSymbols &symbols = objects_[object].file->symbols;
  std::optional<elf::Symbol> match;
  std::optional<elf::Symbol> only_versioned;  // for a reference without a version: the default of a later version
  int versioned_defaults = 0;
  symbols.find(name, [&](const elf::Symbol &symbol) {
    const bool has_place = symbol.value != 0 || symbol.section == SHN_ABS || symbol.type == STT_TLS;
    if (!has_place || (type_class == TypeClass::Plt && !symbol.defined()) || !stands_for_something(symbol))
      return false;
    if (symbols.versioned()) {
      const elf::Version own = symbols.version(symbol.index);
      if (version.versioned()) {
        const bool wanted_one = own.name == version.name;
        if (!wanted_one && (own.versioned() || own.hidden)) return false;
      } else if (symbols.version_number(symbol.index) > 2) {
        if (!own.hidden && versioned_defaults++ == 0) only_versioned = symbol;
        return false;
      }
    }
    match = symbol;
    return true;
  });
  if (!match && versioned_defaults == 1) match = only_versioned;
  if (match && !binds_locally(*match) && !match->local()) {
    found = {object, *match};
    return true;
  }
  return false;
}

Search Process::search_scopes(ObjectIndex object, const elf::HashedName &name, const elf::Version &version,
                              TypeClass type_class) const {
  Search result;
  std::optional<Definition> weak;
  for (const Scope &scope : objects_[object].scopes) {
    const std::vector<ObjectIndex> itself{scope.owner};
    for (const ObjectIndex member : scope.itself_only ? itself : objects_[scope.owner].searchlist) {
      const ObjectIndex in = real(member);
      if (type_class == TypeClass::Copy && objects_[in].origin == Origin::Executable) continue;
      result.searched.push_back(in);
      Definition found;
      if (!look_in(in, name, version, type_class, found)) continue;
      // LD_DYNAMIC_WEAK: a weak one waits for a later one that is not.
      if (dynamic_weak_ && found.symbol.weak()) {
        if (!weak) weak = found;
        continue;
      }
      if (found.symbol.unique() && type_class != TypeClass::Copy) {
        const auto &table = namespaces_[objects_[object].link_namespace].unique;
        if (const auto entry = table.find(name.text()); entry != table.end()) found = entry->second;
      }
      result.definition = found;
      return result;
    }
  }
  result.definition = weak;
  return result;
}

Search Process::search(ObjectIndex object, const elf::Symbol &reference, const elf::Version &version,
                       TypeClass type_class) const {
  // A local symbol, and one that nobody else may see, needs no search.
  if (reference.local() || binds_locally(reference)) return {Definition{object, reference}, {object}};
  const elf::HashedName name(reference.name);
  Search result = search_scopes(object, name, version, type_class);
  if (reference.visibility != STV_PROTECTED || !result.definition || result.definition->object == object) return result;
  // A protected definition is found from inside, whoever stands before it; only a canonical PLT entry of the executable
  // keeps standing for its address, so that the address is the same for all.
  const bool keeps = type_class != TypeClass::Plt && [&] {
    const Search as_plt = search_scopes(object, name, version, TypeClass::Plt);
    return as_plt.definition && as_plt.definition->object == object;
  }();
  if (!keeps) result.definition = Definition{object, reference};
  return result;
}

Search Process::search(ObjectIndex object, std::uint32_t symbol, TypeClass type_class) const {
  const elf::DynamicSymbols &symbols = objects_[object].file->symbols;
  return search(object, symbols[symbol], symbols.version(symbol), type_class);
}

std::optional<Definition> Process::find_for(ObjectIndex object, std::string_view name) const {
  return search_scopes(object, elf::HashedName(name), {}, TypeClass::Plt).definition;
}

std::optional<Definition> Process::find_default(std::uint32_t link_namespace, std::string_view name) const {
  const elf::HashedName hashed(name);
  for (const ObjectIndex member : objects_[first_of(link_namespace)].searchlist) {
    Definition found;
    if (look_in(real(member), hashed, {}, TypeClass::Plt, found)) return found;
  }
  return std::nullopt;
}

}  // namespace crossheap::binding
