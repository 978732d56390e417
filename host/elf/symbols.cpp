// SPDX-License-Identifier: MIT OR Apache-2.0
//
// ld.so's look-up by the GNU hash table, for "free" (hash 0x7c96f087, for example):
//
//     bloom filter    two bits of one word; unless both are set, the name is not here. Most look-ups end with this load
//     bucket          hash % bucket_count names the first symbol of the chain, or 0
//     chain           one word for each symbol from there on: its hash, the lowest bit replaced by "the last one"
//     symbol          where the other 31 bits agree, the name is compared
//
// Nothing says how many symbols there are: symbol_count has the four ways to find out, in their order.
//
// Version records are linked by offsets. A hostile file could make a ring of them, or share one among millions. So each
// link must lead forward, and there may be no more records than the table has room for.
#include "elf/symbols.h"
#include "elf/bounded_name.h"

#include <fmt/format.h>

#include <algorithm>

namespace crossheap::elf {

namespace {

std::uint64_t entry_size_of(ByteView table) { return table.encoding().wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym); }

constexpr std::uint16_t kVersionHidden = 0x8000;
constexpr std::uint16_t kVersionIndex = 0x7fff;

// A version's records are linked by offsets from one another. Each link must lead forward, so a walk ends.
std::uint64_t followed(std::uint64_t at, std::uint32_t step, std::uint64_t record_size, const std::string &file) {
  if (step < record_size) throw malformed(file, "a version record leads back into itself");
  return at + step;
}

}  // namespace

HashedName::HashedName(std::string_view name) noexcept : text_(name) {
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    gnu_ = gnu_ * 33 + byte;
    sysv_ = (sysv_ << 4) + byte;
    const std::uint32_t high = sysv_ & 0xf0000000U;
    sysv_ = (sysv_ ^ (high >> 24)) & ~high;
  }
}

SymbolTable::SymbolTable(ByteView symbols, ByteView strings) noexcept
    : symbols_(symbols),
      strings_(strings),
      count_(static_cast<std::uint32_t>(std::min<std::uint64_t>(symbols.size() / entry_size_of(symbols), UINT32_MAX))) {
}

Symbol SymbolTable::nameless(std::uint32_t index) const {
  const std::uint64_t size = entry_size_of(symbols_);
  Fields fields(symbols_, index * size);
  Symbol symbol;
  symbol.index = index;
  std::uint8_t info = 0;
  std::uint8_t other = 0;
  fields.next<std::uint32_t>();  // the name
  if (symbols_.encoding().wide) {
    info = fields.next<std::uint8_t>();
    other = fields.next<std::uint8_t>();
    symbol.section = fields.next<std::uint16_t>();
    symbol.value = fields.word();
    symbol.size = fields.word();
  } else {
    symbol.value = fields.word();
    symbol.size = fields.word();
    info = fields.next<std::uint8_t>();
    other = fields.next<std::uint8_t>();
    symbol.section = fields.next<std::uint16_t>();
  }
  symbol.type = ELF64_ST_TYPE(info);
  symbol.binding = ELF64_ST_BIND(info);
  symbol.visibility = ELF64_ST_VISIBILITY(other);
  return symbol;
}

std::string_view SymbolTable::name_of(std::uint32_t index) const {
  return symbol_name_at(strings_, symbols_.read<std::uint32_t>(index * entry_size_of(symbols_)));
}

bool SymbolTable::is_called(std::uint32_t index, std::string_view name) const {
  const std::uint64_t offset = symbols_.read<std::uint32_t>(index * entry_size_of(symbols_));
  if (!strings_.contains({offset, name.size() + 1})) return name.empty();
  return strings_.slice({offset, name.size() + 1}, "a name").string_or_nothing_at(0) == name;
}

bool SymbolTable::has_name(std::uint32_t index) const {
  return symbols_.read<std::uint32_t>(index * entry_size_of(symbols_)) != 0;
}

Symbol SymbolTable::operator[](std::uint32_t index) const {
  Symbol symbol = nameless(index);
  symbol.name = name_of(index);
  return symbol;
}

DynamicSymbols::DynamicSymbols(const File &file) {
  const Dynamic &dynamic = file.dynamic();
  if (!dynamic.present || !dynamic.symbols || dynamic.strings.size == 0) return;
  if (dynamic.gnu_hash) damage_.part("the GNU hash table", [&] { read_gnu_hash(file); });
  if (dynamic.sysv_hash) damage_.part("the hash table", [&] { read_sysv_hash(file); });
  damage_.part("the dynamic symbols", [&] {
    const ByteView strings = dynamic.string_table(file);
    const ByteView behind = file.from(*dynamic.symbols, "the dynamic symbol table");
    const std::uint64_t count = symbol_count(file);
    if (count > behind.size() / entry_size_of(behind))
      throw malformed(file.name(), fmt::format("{} dynamic symbols do not fit their segment", count));
    table_ = SymbolTable(behind.slice({0, count * entry_size_of(behind)}, "the dynamic symbol table"), strings);
    read_versions(file, strings);
  });
}

void DynamicSymbols::read_versions(const File &file, ByteView strings) {
  const Dynamic &dynamic = file.dynamic();
  // Also of a file whose table of indices is lost: the loader asks for the needed versions all the same.
  if (dynamic.versions_needed) damage_.part("the versions needed", [&] { read_needed_versions(file, strings); });
  if (dynamic.versions_defined) damage_.part("the versions defined", [&] { read_defined_versions(file, strings); });
  if (dynamic.version_indices)
    damage_.part("the versions of the symbols", [&] {
      version_indices_ =
          file.at({*dynamic.version_indices, table_.count() * std::uint64_t{sizeof(std::uint16_t)}}, "their table");
    });
}

void DynamicSymbols::read_gnu_hash(const File &file) {
  const ByteView table = file.from(*file.dynamic().gnu_hash, "the GNU hash table");
  Fields fields(table, 0);
  GnuHash hash;
  hash.bucket_count = fields.next<std::uint32_t>();
  hash.first_symbol = fields.next<std::uint32_t>();
  hash.bloom_words = fields.next<std::uint32_t>();
  hash.bloom_shift = fields.next<std::uint32_t>();
  if (hash.bucket_count == 0 || hash.bloom_words == 0)
    throw malformed(file.name(), "the GNU hash table has no buckets");
  // No wrap: the counts have 32 bits.
  const std::uint64_t bloom_size = hash.bloom_words * table.word_size();
  const std::uint64_t buckets_size = std::uint64_t{hash.bucket_count} * 4;
  hash.bloom = table.slice({16, bloom_size}, "the GNU hash table's filter");
  hash.buckets = table.slice({16 + bloom_size, buckets_size}, "the GNU hash table's buckets");
  const std::uint64_t chains_at = 16 + bloom_size + buckets_size;
  hash.chains = table.slice({chains_at, table.size() - chains_at}, "the GNU hash table's chains");
  gnu_hash_ = hash;
}

void DynamicSymbols::read_sysv_hash(const File &file) {
  const ByteView table = file.from(*file.dynamic().sysv_hash, "the hash table");
  SysvHash hash;
  hash.wide_entries =
      file.header().encoding.wide && (file.header().machine == EM_S390 || file.header().machine == EM_ALPHA);
  const std::uint64_t entry = hash.wide_entries ? 8 : 4;
  const auto count_at = [&](std::uint64_t offset) {
    const std::uint64_t count =
        hash.wide_entries ? table.read<std::uint64_t>(offset) : table.read<std::uint32_t>(offset);
    if (count > table.size() / entry) throw malformed(file.name(), "the hash table does not fit its segment");
    return static_cast<std::uint32_t>(count);
  };
  hash.bucket_count = count_at(0);
  hash.chain_count = count_at(entry);
  hash.buckets = table.slice({2 * entry, hash.bucket_count * entry}, "the hash table's buckets");
  hash.chains = table.slice({(2 + std::uint64_t{hash.bucket_count}) * entry, hash.chain_count * entry},
                            "the hash table's chains");
  sysv_hash_ = hash;
}

// The dynamic section does not say how many symbols there are. In this order: the old hash table has one chain entry
// for each; a section header says it; the last chain of the GNU hash table ends with the last defined one. An object
// without definitions has nothing in its GNU hash table: there linkers put the strings right behind the symbols.
std::uint64_t DynamicSymbols::symbol_count(const File &file) const {
  if (sysv_hash_) return sysv_hash_->chain_count;
  const Dynamic &dynamic = file.dynamic();
  if (const Section *section = file.section_of_type(SHT_DYNSYM);
      section != nullptr && section->address == *dynamic.symbols)
    return section->in_file.size / entry_size_of(file.bytes());
  std::uint64_t last = 0;
  if (gnu_hash_) {
    for (std::uint64_t i = 0; i < gnu_hash_->bucket_count; ++i)
      last = std::max<std::uint64_t>(last, gnu_hash_->buckets.read<std::uint32_t>(i * 4));
    if (last != 0) {
      if (last < gnu_hash_->first_symbol)
        throw malformed(file.name(), "a bucket of the GNU hash table leads before its first symbol");
      while ((gnu_hash_->chains.read<std::uint32_t>((last - gnu_hash_->first_symbol) * 4) & 1) == 0) ++last;
      return last + 1;
    }
  }
  if (dynamic.strings.address > *dynamic.symbols)
    return (dynamic.strings.address - *dynamic.symbols) / entry_size_of(file.bytes());
  return 0;
}

DynamicSymbols::VersionEntry &DynamicSymbols::version_entry(std::uint16_t index) {
  const std::size_t at = index & kVersionIndex;
  if (at >= versions_.size()) versions_.resize(at + 1);
  versions_[at].known = true;
  return versions_[at];
}

void DynamicSymbols::read_needed_versions(const File &file, ByteView strings) {
  const ByteView area = file.from(*file.dynamic().versions_needed, "the versions needed");
  std::uint64_t at = 0;
  std::uint64_t room = area.size() / sizeof(Elf64_Vernaux);  // records that share their place are no more than that
  for (std::uint64_t left = file.dynamic().versions_needed_count; left > 0; --left) {
    Fields record(area, at);
    record.next<std::uint16_t>();  // the revision of the format
    const auto count = record.next<std::uint16_t>();
    const std::string_view from = bounded_name_at(strings, record.next<std::uint32_t>(), file.name());
    const auto first = record.next<std::uint32_t>();
    const auto next = record.next<std::uint32_t>();
    std::uint64_t at_version = at + first;
    for (std::uint16_t i = 0; i < count; ++i) {
      Fields fields(area, at_version);
      Version version;
      version.hash = fields.next<std::uint32_t>();
      version.weak = (fields.next<std::uint16_t>() & VER_FLG_WEAK) != 0;
      const auto index = fields.next<std::uint16_t>();
      version.name = bounded_name_at(strings, fields.next<std::uint32_t>(), file.name());
      if (room-- == 0) throw malformed(file.name(), "more versions are needed than the table has room for");
      version.file = from;
      const auto step = fields.next<std::uint32_t>();
      version_entry(index).version = version;
      needed_versions_.push_back({from, version.name, version.weak});
      if (step == 0) break;
      at_version = followed(at_version, step, sizeof(Elf64_Vernaux), file.name());
    }
    if (next == 0) break;
    at = followed(at, next, sizeof(Elf64_Verneed), file.name());
  }
}

void DynamicSymbols::read_defined_versions(const File &file, ByteView strings) {
  const ByteView area = file.from(*file.dynamic().versions_defined, "the versions defined");
  std::uint64_t at = 0;
  for (std::uint64_t left = file.dynamic().versions_defined_count; left > 0; --left) {
    Fields record(area, at);
    record.next<std::uint16_t>();  // the revision of the format
    const auto flags = record.next<std::uint16_t>();
    const auto index = record.next<std::uint16_t>();
    record.next<std::uint16_t>();  // how many names: the first is the version's, the others are its parents
    Version version;
    version.hash = record.next<std::uint32_t>();
    const auto first = record.next<std::uint32_t>();
    const auto next = record.next<std::uint32_t>();
    version.name = bounded_name_at(strings, area.read<std::uint32_t>(at + first), file.name());
    version.weak = (flags & VER_FLG_WEAK) != 0;
    // The base version is the file's own name and no version of a symbol.
    if ((flags & VER_FLG_BASE) == 0) version_entry(index).version = version;
    if (next == 0) break;
    at = followed(at, next, sizeof(Elf64_Verdef), file.name());
  }
}

Version DynamicSymbols::version(std::uint32_t index) const {
  if (version_indices_.empty()) return {};
  const auto entry = version_indices_.read<std::uint16_t>(std::uint64_t{index} * 2);
  const std::size_t at = entry & kVersionIndex;
  Version version;
  if (at > VER_NDX_GLOBAL && at < versions_.size() && versions_[at].known) version = versions_[at].version;
  version.hidden = (entry & kVersionHidden) != 0;
  return version;
}

std::uint16_t DynamicSymbols::version_number(std::uint32_t index) const {
  return version_indices_.read<std::uint16_t>(std::uint64_t{index} * 2) & kVersionIndex;
}

std::vector<std::string_view> DynamicSymbols::defined_versions() const {
  std::vector<std::string_view> names;
  for (const VersionEntry &entry : versions_)
    if (entry.known && entry.version.file.empty()) names.push_back(entry.version.name);
  return names;
}

std::uint32_t DynamicSymbols::first_candidate(const HashedName &name) const {
  if (gnu_hash_) {
    const GnuHash &hash = *gnu_hash_;
    const std::uint64_t bits = 8 * hash.bloom.word_size();
    const std::uint64_t word = hash.bloom.word(((name.gnu() / bits) % hash.bloom_words) * hash.bloom.word_size());
    const std::uint64_t second = hash.bloom_shift < 32 ? name.gnu() >> hash.bloom_shift : 0;
    // Two bits of one word must be set for every name that is in the table.
    if (((word >> (name.gnu() % bits)) & (word >> (second % bits)) & 1) == 0) return kNone;
    const auto bucket = hash.buckets.read<std::uint32_t>(std::uint64_t{name.gnu() % hash.bucket_count} * 4);
    return bucket < hash.first_symbol ? kNone : gnu_candidate(name, bucket);
  }
  if (sysv_hash_ && sysv_hash_->bucket_count > 0)
    return sysv_candidate(sysv_entry(sysv_hash_->buckets, name.sysv() % sysv_hash_->bucket_count));
  return kNone;
}

std::uint32_t DynamicSymbols::next_candidate(const HashedName &name, std::uint32_t after) const {
  if (!gnu_hash_) return sysv_candidate(sysv_entry(sysv_hash_->chains, after));
  const std::uint64_t at = std::uint64_t{after - gnu_hash_->first_symbol} * 4;
  if (!gnu_hash_->chains.contains({at, 4})) return kNone;
  const auto link = gnu_hash_->chains.read<std::uint32_t>(at);
  return (link & 1) != 0 ? kNone : gnu_candidate(name, std::uint64_t{after} + 1);
}

// The chain of a bucket holds the hashes of its symbols, in order of the table; the lowest bit marks the last.
std::uint32_t DynamicSymbols::gnu_candidate(const HashedName &name, std::uint64_t from) const {
  for (std::uint64_t index = from; index < table_.count(); ++index) {
    const std::uint64_t at = (index - gnu_hash_->first_symbol) * 4;
    if (!gnu_hash_->chains.contains({at, 4})) break;
    const auto link = gnu_hash_->chains.read<std::uint32_t>(at);
    if (((link ^ name.gnu()) >> 1) == 0) return static_cast<std::uint32_t>(index);
    if ((link & 1) != 0) break;
  }
  return kNone;
}

std::uint32_t DynamicSymbols::sysv_candidate(std::uint64_t index) const {
  return index < table_.count() ? static_cast<std::uint32_t>(index) : kNone;
}

std::uint64_t DynamicSymbols::sysv_entry(ByteView table, std::uint64_t index) const {
  return sysv_hash_->wide_entries ? table.read<std::uint64_t>(index * 8) : table.read<std::uint32_t>(index * 4);
}

SymbolTable static_symbols(const File &file) {
  const Section *section = file.section_of_type(SHT_SYMTAB);
  if (section == nullptr) return {};
  if (section->link >= file.sections().size())
    throw malformed(file.name(), fmt::format("the symbol table's strings are in section {} of {}", section->link,
                                             file.sections().size()));
  return {file.contents(*section), file.contents(file.sections()[section->link])};
}

}  // namespace crossheap::elf
