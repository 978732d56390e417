// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Symbol tables, symbol versions, and the look-up of a name by hash that ld.so does in each object of a scope.
//
// A table is a window: entry i is decoded when it is asked for, so looking up one name in a library of 30,000 costs
// one name. Specification: gABI chapter 4; the GNU hash table is described only by its implementation
// (glibc elf/dl-lookup.c) and symbol versioning by Drepper, "ELF Symbol Versioning".
#pragma once

#include <elf.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "elf/byte_view.h"
#include "elf/file.h"

namespace crossheap::elf {

struct Symbol {
  std::string_view name;
  std::uint32_t index = 0;  ///< in its table
  std::uint64_t value = 0;
  std::uint64_t size = 0;
  std::uint16_t section = SHN_UNDEF;
  std::uint8_t type = STT_NOTYPE;         ///< STT_*
  std::uint8_t binding = STB_LOCAL;       ///< STB_*
  std::uint8_t visibility = STV_DEFAULT;  ///< STV_*

  bool defined() const noexcept { return section != SHN_UNDEF; }
  bool local() const noexcept { return binding == STB_LOCAL; }
  bool weak() const noexcept { return binding == STB_WEAK; }
  bool unique() const noexcept { return binding == STB_GNU_UNIQUE; }
  bool callable() const noexcept { return type == STT_FUNC || type == STT_GNU_IFUNC; }
  /// A non-PIE executable's own PLT stub stands for the function in every object: undefined, but with an address.
  bool canonical_plt() const noexcept { return !defined() && value != 0 && type == STT_FUNC; }
};

/// A symbol's version. For a definition the one it is defined in, for a reference the one it asks for.
struct Version {
  std::string_view name;  ///< "GLIBC_2.2.5"; "" for an unversioned symbol
  std::string_view file;  ///< for a reference: the soname the version is needed from; "" otherwise
  std::uint32_t hash = 0;
  bool hidden = false;  ///< a definition that only references asking for this version may bind to (name@VERSION)
  bool weak = false;    ///< VER_FLG_WEAK

  bool versioned() const noexcept { return !name.empty(); }
};

/// A name with its hashes, computed once for a whole scope.
class HashedName {
public:
  explicit HashedName(std::string_view name) noexcept;
  std::string_view text() const noexcept { return text_; }
  std::uint32_t gnu() const noexcept { return gnu_; }
  std::uint32_t sysv() const noexcept { return sysv_; }

private:
  std::string_view text_;
  std::uint32_t gnu_ = 5381;
  std::uint32_t sysv_ = 0;
};

/// The symbols of one table, .dynsym or .symtab, with their names.
class SymbolTable {
public:
  SymbolTable() noexcept = default;
  /// \param symbols  whole entries; a rest that is no whole entry is ignored
  SymbolTable(ByteView symbols, ByteView strings) noexcept;

  std::uint32_t count() const noexcept { return count_; }
  /// Throws Error where there is no symbol `index`. A name outside the string table is "", as is one of over
  /// 16,384 bytes, since a small file could hold thousands of them.
  Symbol operator[](std::uint32_t index) const;

  /// The entry without its name: what a scan that looks at few names reads first.
  Symbol nameless(std::uint32_t index) const;
  std::string_view name_of(std::uint32_t index) const;
  /// Whether name_of would answer `name`, without a look at how long the entry's own name is.
  bool is_called(std::uint32_t index, std::string_view name) const;
  /// Whether name_of would answer for entry `index`.
  bool has_name(std::uint32_t index) const;

private:
  ByteView symbols_;
  ByteView strings_;
  std::uint32_t count_ = 0;
};

/// The dynamic symbols of a file with what belongs to them.
class DynamicSymbols {
public:
  /// The tables named by the dynamic section; empty without one. `file` must outlive it. A table that contradicts the
  /// file is left out, as are symbols whose names do: see damage().
  explicit DynamicSymbols(const File &file);

  const Damage &damage() const noexcept { return damage_; }

  const SymbolTable &table() const noexcept { return table_; }
  std::uint32_t count() const noexcept { return table_.count(); }
  Symbol operator[](std::uint32_t index) const { return table_[index]; }

  bool versioned() const noexcept { return !version_indices_.empty(); }
  /// The version of symbol `index`; unversioned where the file has none for it.
  Version version(std::uint32_t index) const;
  /// The number of symbol `index`'s version without the hidden bit: 0 local, 1 the file's base, 2 its first, ...
  std::uint16_t version_number(std::uint32_t index) const;
  /// The versions the file defines, without the one that stands for the file itself.
  std::vector<std::string_view> defined_versions() const;
  struct NeededVersion {
    std::string_view file;
    std::string_view name;
    bool weak;
  };
  const std::vector<NeededVersion> &needed_versions() const noexcept { return needed_versions_; }

  /// Calls `visit(Symbol)` for each entry called `name` that the file's hash table leads to, in the order in which
  /// ld.so sees them, until it answers true. Whether an entry is defined and fits is the visitor's question.
  /// Answers whether a visit did. Without a hash table nothing is found, as in ld.so.
  template <typename Visit>
  bool find(const HashedName &name, Visit visit) const {
    std::uint32_t steps = count();  // a hostile chain may be a ring
    for (std::uint32_t at = first_candidate(name); at != kNone && steps > 0; at = next_candidate(name, at), --steps)
      if (table_.is_called(at, name.text()) && visit(table_[at])) return true;
    return false;
  }

private:
  static constexpr std::uint32_t kNone = 0;  // entry 0 is never a symbol

  struct GnuHash {
    ByteView bloom;
    ByteView buckets;
    ByteView chains;
    std::uint32_t bucket_count = 0;
    std::uint32_t first_symbol = 0;
    std::uint32_t bloom_words = 0;
    std::uint32_t bloom_shift = 0;
  };
  struct SysvHash {
    ByteView buckets;
    ByteView chains;
    std::uint32_t bucket_count = 0;
    std::uint32_t chain_count = 0;
    bool wide_entries = false;  // s390x and alpha write them in 8 bytes
  };
  struct VersionEntry {
    Version version;
    bool known = false;
  };

  void read_versions(const File &file, ByteView strings);
  void read_gnu_hash(const File &file);
  void read_sysv_hash(const File &file);
  std::uint64_t symbol_count(const File &file) const;
  void read_needed_versions(const File &file, ByteView strings);
  void read_defined_versions(const File &file, ByteView strings);
  VersionEntry &version_entry(std::uint16_t index);
  std::uint32_t first_candidate(const HashedName &name) const;
  std::uint32_t next_candidate(const HashedName &name, std::uint32_t after) const;
  std::uint32_t gnu_candidate(const HashedName &name, std::uint64_t from) const;
  std::uint32_t sysv_candidate(std::uint64_t index) const;
  std::uint64_t sysv_entry(ByteView table, std::uint64_t index) const;

  SymbolTable table_;
  std::optional<GnuHash> gnu_hash_;
  std::optional<SysvHash> sysv_hash_;
  ByteView version_indices_;
  std::vector<VersionEntry> versions_;  // by index
  std::vector<NeededVersion> needed_versions_;
  Damage damage_;
};

/// .symtab, empty for a stripped file. `file` must outlive it.
SymbolTable static_symbols(const File &file);

}  // namespace crossheap::elf
