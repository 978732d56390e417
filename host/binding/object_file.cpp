// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/object_file.h"

#include <sys/stat.h>

#include <cerrno>

#include "allocator/names.h"
#include "base/error.h"

namespace crossheap::binding {

namespace {

// Whether ld.so would let another object bind to it, or fill its slot from it.
bool is_definition(const elf::Symbol &symbol) {
  return !symbol.local() && (symbol.defined() || symbol.canonical_plt());
}

}  // namespace

bool is_of_malloc_family(std::string_view name) { return split_prefix(name).has_value(); }

bool is_any_symbol(std::string_view name) { return !name.empty(); }

FileId identity_of(const std::filesystem::path &path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw system_error(path.string(), "cannot be read", errno, "check the path");
  return {status.st_dev, status.st_ino};
}

ObjectFile::ObjectFile(const std::filesystem::path &path, FileId identity, Wanted wanted)
    : elf_file(elf::File::open(path)), symbols(elf_file), id(identity) {
  damage.add(elf_file.damage());
  damage.add(symbols.damage());
  if (!elf_file.is_dynamic())
    throw Error(Blame::Usage, path.string(), "is not dynamically linked: no loader binds its references",
                "what it carries itself is shown by `crossheap inspect`");
  std::vector<bool> is_wanted(symbols.count());
  bool any = false;
  for (std::uint32_t i = 1; i < symbols.count(); ++i) {
    if (!wanted(symbols.table().name_of(i))) continue;
    is_wanted[i] = any = true;
    if (is_definition(symbols.table().nameless(i))) definitions.push_back(i);
  }
  if (!any) return;
  elf::for_each_symbol_relocation(elf_file, damage, [&](const elf::Relocation &relocation) {
    if (relocation.symbol < is_wanted.size() && is_wanted[relocation.symbol])
      slots.push_back({relocation.symbol, relocation});
  });
}

const std::set<std::string, std::less<>> &ObjectFile::own_functions() const {
  return own_functions_.get([&] {
    std::set<std::string, std::less<>> functions;
    const auto add_all = [&](const elf::SymbolTable &table) {
      for (std::uint32_t i = 1; i < table.count(); ++i) {
        const elf::Symbol symbol = table.nameless(i);
        if (!symbol.defined() || !symbol.callable()) continue;
        if (const std::string_view name = table.name_of(i); is_of_malloc_family(name)) functions.emplace(name);
      }
    };
    add_all(symbols.table());
    elf::Damage ignored;
    ignored.part("the symbol table", [&] { add_all(elf::static_symbols(elf_file)); });
    return functions;
  });
}

const flow::BlockFlow &ObjectFile::block_flow() const {
  return block_flow_.get([&] { return flow::block_flow_of(elf_file, symbols); });
}

const inspect::Inspection &ObjectFile::inspection() const {
  return inspection_.get([&] { return inspect::inspect_file(elf_file); });
}

const std::vector<ObjectFile::StaticTlsUse> &ObjectFile::static_tls_uses() const {
  return static_tls_uses_.get([&] {
    std::vector<StaticTlsUse> uses;
    // Linkers say by a flag that there are such relocations; TLSDESC has no flag, but storage of one's own nearly
    // always.
    if (!elf_file.dynamic().static_tls() && !elf_file.thread_local_storage()) return uses;
    elf::Damage ignored;
    std::set<std::pair<std::uint32_t, bool>> seen;
    for (const elf::RelocationTable &table : elf::relocation_tables(elf_file, ignored))
      for (std::uint64_t i = 0; i < table.count(); ++i) {
        const elf::Relocation relocation = table[i];
        const bool optional = relocation.kind == elf::RelocationKind::TlsDescriptor;
        if (!optional && relocation.kind != elf::RelocationKind::TlsStatic) continue;
        if (seen.emplace(relocation.symbol, optional).second) uses.push_back({relocation.symbol, optional});
      }
    return uses;
  });
}

std::shared_ptr<const ObjectFile> ObjectFiles::open(const std::filesystem::path &path) {
  const FileId id = identity_of(path);
  std::shared_ptr<Entry> entry;
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Entry> &known = files_[id];
    if (!known) known = std::make_shared<Entry>();
    entry = known;
  }
  const std::lock_guard lock(entry->reading);
  if (!entry->file) entry->file = std::make_shared<const ObjectFile>(path, id, wanted_);
  return entry->file;
}

}  // namespace crossheap::binding
