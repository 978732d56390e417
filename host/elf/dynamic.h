// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The dynamic section: what the file asks of the loader, and where the loader finds its tables.
#pragma once

#include <elf.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "elf/byte_view.h"

namespace crossheap::elf {

class File;
class Damage;

struct Dynamic {
  bool present = false;

  // What it asks for, in the order of the file.
  std::vector<std::string_view> needed;
  std::optional<std::string_view> soname;
  std::optional<std::string_view> rpath;
  std::optional<std::string_view> runpath;
  std::vector<std::string_view> filters;      ///< DT_FILTER
  std::vector<std::string_view> auxiliaries;  ///< DT_AUXILIARY
  std::uint64_t flags = 0;                    ///< DF_*, with DT_SYMBOLIC, DT_BIND_NOW and DT_TEXTREL folded in
  std::uint64_t flags_1 = 0;                  ///< DF_1_*

  bool symbolic() const noexcept { return (flags & DF_SYMBOLIC) != 0; }
  bool bind_now() const noexcept { return (flags & DF_BIND_NOW) != 0 || (flags_1 & DF_1_NOW) != 0; }
  bool static_tls() const noexcept { return (flags & DF_STATIC_TLS) != 0; }
  bool no_delete() const noexcept { return (flags_1 & DF_1_NODELETE) != 0; }

  // Where the tables are: addresses before relocation; sizes in bytes unless they say otherwise.
  AddressRange strings;
  std::optional<std::uint64_t> symbols;
  std::optional<std::uint64_t> gnu_hash;
  std::optional<std::uint64_t> sysv_hash;
  std::optional<std::uint64_t> version_indices;  ///< DT_VERSYM
  std::optional<std::uint64_t> versions_defined;
  std::uint64_t versions_defined_count = 0;
  std::optional<std::uint64_t> versions_needed;
  std::uint64_t versions_needed_count = 0;
  std::optional<AddressRange> rela;
  std::optional<AddressRange> rel;
  std::optional<AddressRange> plt_relocations;
  bool plt_relocations_have_addends = false;
  std::optional<std::uint64_t> plt_got;  ///< DT_PLTGOT
  std::uint64_t init_array_size = 0;
  bool has_init = false;                ///< DT_INIT
  bool has_packed_relocations = false;  ///< DT_RELR

  /// The dynamic string table. Throws Error where it is not in the file.
  ByteView string_table(const File &file) const;
};

/// Reads the dynamic section of `file`, found by PT_DYNAMIC. `present` is false where there is none. What contradicts
/// the file is left out and named in `damage`.
Dynamic read_dynamic(const File &file, Damage &damage);

}  // namespace crossheap::elf
