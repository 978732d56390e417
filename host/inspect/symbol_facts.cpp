// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Most of a million symbols are mangled C++ names, and all but a few kinds of these are dropped at their first letters.
// Of the rest each one is asked: is it of the malloc family, a mark of a family, a runtime's, the loader's?
//
// A file that defines malloc may reach its own malloc through a slot, and then another definition can take its place.
// The symbol does not tell; a relocation that names it does. So each definition of the family starts as a reference
// too, and is dropped again where no relocation names it.
#include "inspect/symbol_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "allocator/interfaces.h"
#include "allocator/libc_blocks.h"
#include "allocator/names.h"
#include "base/text.h"
#include "elf/relocations.h"

namespace crossheap::inspect {

namespace {

constexpr std::string_view kLoading[] = {"dlopen", "dlmopen", "dlsym", "dlvsym"};
constexpr std::string_view kObtaining[] = {"mmap", "mmap64", "sbrk", "brk", "mremap", "syscall"};
// Not __cxa_throw: sanitizers define that as well.
constexpr std::string_view kCppRuntime[] = {"__cxa_allocate_exception", "__gxx_personality_v0"};

struct LanguageMark {
  std::string_view start;
  std::string_view language;
};
constexpr LanguageMark kLanguageMarks[] = {
    {"_gfortran_", "Fortran"}, {"_FortranA", "Fortran"},        {"__gnat_", "Ada"},     {"_d_run_main", "D"},
    {"_D4core", "D"},          {"caml_startup", "OCaml"},       {"caml_main", "OCaml"}, {"swift_retain", "Swift"},
    {"hs_init", "Haskell"},    {"rust_eh_personality", "Rust"}, {"_cgo_", "Go"},
};

/// No name that says something here is longer. A hostile table can name one long text thousands of times.
constexpr std::size_t kLongestTelling = 256;

bool is_one_of(const auto &known, const auto &wanted) {
  return std::find(std::begin(known), std::end(known), wanted) != std::end(known);
}

// Most symbols are mangled C++ names; of those only the operators and a few namespaces say anything here.
bool is_irrelevant_mangled(std::string_view name) {
  if (!name.starts_with("_Z")) return false;
  return !name.starts_with("_Zn") && !name.starts_with("_Zd") && !name.starts_with("_ZN5scudo") &&
         !name.starts_with("_ZN8snmalloc") && !name.starts_with("_ZN8tcmalloc") &&
         !name.starts_with("_ZN15partition_alloc");
}

// __rust_alloc, or since 2025 mangled: _RNvCs1ReMA88vTEG_7___rustc12___rust_alloc
bool is_rust_shim(std::string_view name) {
  return name == "__rust_alloc" || (name.starts_with("_RNv") && name.ends_with("___rust_alloc"));
}

void note_language(std::string_view name, Traces &traces) {
  if (!name.starts_with('_') && !name.starts_with('c') && !name.starts_with('s') && !name.starts_with('h') &&
      !name.starts_with('r'))
    return;
  for (const LanguageMark &mark : kLanguageMarks)
    if (name.starts_with(mark.start)) add_once(traces.languages, mark.language);
}

class Collector {
public:
  Collector(Inspection &inspection, Traces &traces) : inspection_(inspection), traces_(traces) {}

  // Answers whether it is a function of the family.
  // \param exported  others can bind to it
  bool defined(const elf::Symbol &symbol, const elf::Version &version, bool exported, std::string_view member) {
    const std::string_view name = symbol.name;
    if (exported && symbol.unique()) {
      if (inspection_.unique_symbols++ == 0) inspection_.first_unique_symbol = name;
    }
    if (name.size() > kLongestTelling || is_irrelevant_mangled(name)) return false;
    if (is_one_of(kCppRuntime, name)) traces_.defines_cpp_runtime = true;
    if (exported && name == "__libc_start_main") inspection_.is_libc = true;
    // By place as well: two that were made local, each with its library, have one name.
    if (is_rust_shim(name))
      add(inspection_.rust_shims,
          fmt::format("{} at {:#x}{}{}", name, symbol.value, member.empty() ? "" : " in ", member));
    note_language(name, traces_);
    if (symbol.type == STT_OBJECT && (name == "malloc_conf" || name.ends_with("_malloc_conf")))
      add(inspection_.configuration, name);
    if (exported && name.starts_with("crossheap_")) add(inspection_.allocation_abi, name);

    const auto split = split_prefix(name);
    if (split && is_new_definition(name, version, exported, member))
      inspection_.definitions.push_back({.name = std::string(name),
                                         .version = std::string(version.name),
                                         .exported = exported,
                                         .weak = symbol.weak(),
                                         .indirect = symbol.type == STT_GNU_IFUNC,
                                         .visibility = symbol.visibility,
                                         .member = std::string(member)});
    const Family family = family_of_symbol(name);
    if (family == Family::Unknown) return split.has_value();
    FamilyMarks &marks = traces_.marks[family];
    add(exported ? marks.exported : marks.hidden, name);
    if (split && !split->prefix.empty()) add(marks.prefixes, split->prefix);
    return split.has_value();
  }

  // Answers whether the symbol became a reference; most are none that matters.
  bool undefined(const elf::Symbol &symbol, const elf::Version &version) {
    const std::string_view name = symbol.name;
    if (name.size() > kLongestTelling || is_irrelevant_mangled(name)) return false;
    if (is_one_of(kCppRuntime, name)) traces_.imports_cpp_runtime = true;
    note_language(name, traces_);
    if (is_one_of(kLoading, name)) add(inspection_.loading, name);
    if (is_one_of(kObtaining, name)) traces_.obtains_memory = true;
    if (hands_out_libc_block(name)) add(inspection_.libc_blocks, name);
    const bool extended = has_interface(family_of_symbol(name));
    if (!extended && !split_prefix(name)) return false;
    if (extended && symbol.weak() && !name.starts_with("_Z")) add(inspection_.weak_probes, name);
    add_reference(symbol, version);
    return true;
  }

  void add_reference(const elf::Symbol &symbol, const elf::Version &version) {
    inspection_.references.push_back({.name = std::string(symbol.name),
                                      .version = std::string(version.name),
                                      .version_file = std::string(version.file),
                                      .weak = symbol.weak(),
                                      .defined_here = symbol.defined(),
                                      .relocations = {}});
  }

private:
  void add(std::vector<std::string> &names, std::string_view name) {
    if (traces_.once.is_new(names, name)) names.emplace_back(name);
  }

  // A name comes again for its other versions and members, and among the static symbols, where it says nothing new.
  bool is_new_definition(std::string_view name, const elf::Version &version, bool exported, std::string_view member) {
    const auto &list = inspection_.definitions;
    if (traces_.once.is_new(list, name)) return true;
    return exported && traces_.once.is_new(list, fmt::format("{}@{} in {}", name, version.name, member));
  }

  Inspection &inspection_;
  Traces &traces_;
};

// \param unique  the symbols that are GNU_UNIQUE and defined here; empty for none
void add_relocations(const std::vector<elf::RelocationTable> &tables, const std::vector<std::uint32_t> &reference_of,
                     const std::vector<bool> &unique, Inspection &inspection) {
  const bool watch_tls = inspection.exports("malloc");
  for (const elf::RelocationTable &table : tables)
    for (std::uint64_t i = 0; i < table.count(); ++i) {
      const std::uint32_t symbol = table.symbol_of(i);
      const bool named = symbol < reference_of.size() && reference_of[symbol] != 0;
      if (symbol < unique.size() && unique[symbol]) inspection.pins_itself = true;
      if (!named && !watch_tls) continue;
      const elf::Relocation relocation = table[i];
      if (relocation.kind == elf::RelocationKind::TlsModule || relocation.kind == elf::RelocationKind::TlsDescriptor)
        inspection.dynamic_tls = true;
      if (!named) continue;
      auto &kinds = inspection.references[reference_of[symbol] - 1].relocations;
      if (!is_one_of(kinds, relocation.kind)) kinds.push_back(relocation.kind);
    }
}

void add_unnamed(std::uint32_t count, std::string_view what, elf::Damage &damage) {
  if (count > 0)
    damage.add(fmt::format("{} of the {}", count, what),
               "their names are outside the table of strings, or longer than 16,384 bytes");
}

}  // namespace

void add_dynamic_symbols(const elf::File &file, Inspection &inspection, Traces &traces) {
  const elf::DynamicSymbols symbols(file);
  Collector collector(inspection, traces);
  std::vector<std::uint32_t> reference_of(symbols.count());  // by symbol, counted from 1
  std::vector<bool> unique;                                  // by symbol
  std::uint32_t nameless = 0;
  for (std::uint32_t i = 1; i < symbols.count(); ++i) {
    const elf::Symbol symbol = symbols[i];
    if (symbol.name.empty() && symbols.table().has_name(i)) ++nameless;
    if (symbol.local() || symbol.name.empty()) continue;
    const bool visible = symbol.visibility == STV_DEFAULT || symbol.visibility == STV_PROTECTED;
    // The versions a file defines stand among its symbols as well, by their names.
    if (symbol.section == SHN_ABS && symbol.type == STT_OBJECT) continue;
    if (symbol.unique() && symbol.defined()) {
      unique.resize(symbols.count());
      unique[i] = true;
    }
    bool is_reference = false;
    if (symbol.defined()) {
      // Whether the file reaches its own function through a slot, only its relocations tell.
      is_reference = collector.defined(symbol, symbols.version(i), visible, {});
      if (is_reference) collector.add_reference(symbol, symbols.version(i));
    } else {
      is_reference = collector.undefined(symbol, symbols.version(i));
    }
    if (is_reference) reference_of[i] = static_cast<std::uint32_t>(inspection.references.size());
  }
  elf::Damage damage = symbols.damage();
  add_relocations(elf::relocation_tables(file, damage), reference_of, unique, inspection);
  add_unnamed(nameless, "dynamic symbols", damage);
  inspection.damage.add(damage);
  std::erase_if(inspection.references, [](const Reference &r) { return r.defined_here && r.relocations.empty(); });
}

void add_static_symbols(const elf::File &file, std::string_view member, Inspection &inspection, Traces &traces) {
  const bool is_object = file.kind() == elf::Kind::Object;
  elf::SymbolTable symbols;
  inspection.damage.part("the symbol table", [&] { symbols = elf::static_symbols(file); });
  std::uint32_t nameless = 0;
  Collector collector(inspection, traces);
  std::vector<std::uint32_t> reference_of(is_object ? symbols.count() : 0);  // by symbol, counted from 1
  for (std::uint32_t i = 1; i < symbols.count(); ++i) {
    const elf::Symbol symbol = symbols[i];
    if (symbol.name.empty() && symbols.has_name(i)) ++nameless;
    if (symbol.name.empty() || symbol.type == STT_FILE || symbol.type == STT_SECTION) continue;
    const bool visible = symbol.visibility == STV_DEFAULT || symbol.visibility == STV_PROTECTED;
    if (symbol.defined())
      collector.defined(symbol, {}, is_object && !symbol.local() && visible, member);
    else if (is_object && (inspection.reference(symbol.name) != nullptr || collector.undefined(symbol, {})))
      reference_of[i] =
          static_cast<std::uint32_t>(inspection.reference(symbol.name) - inspection.references.data()) + 1;
  }
  add_unnamed(nameless, "symbols", inspection.damage);
  if (is_object) add_relocations(elf::object_relocation_tables(file), reference_of, {}, inspection);
}

}  // namespace crossheap::inspect
