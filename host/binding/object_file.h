// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A file as the loader sees it: its dynamic symbols, and the slots that it asks the loader to fill.
//
// Of the many slots only those are kept whose symbol somebody wants to know about (the malloc family, as a rule). A
// file is read once, however many processes and load modes it takes part in, and on however many threads they are
// built: one ObjectFiles serves them all.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "elf/file.h"
#include "elf/relocations.h"
#include "elf/symbols.h"
#include "flow/block_flow.h"
#include "inspect/inspection.h"

namespace crossheap::binding {

/// Says whether references to the symbol called so are to be followed.
using Wanted = bool (*)(std::string_view name);

/// The malloc family, its extended interfaces and prefixed builds: whatever is in the ONE table.
bool is_of_malloc_family(std::string_view name);

/// Every name there is.
bool is_any_symbol(std::string_view name);

/// Two paths with one FileId are one file: ld.so maps it once.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;
  auto operator<=>(const FileId &) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 sees a 0
};

/// A place that the loader fills with the address of a symbol.
struct Slot {
  std::uint32_t symbol = 0;  ///< index into the file's dynamic symbols
  elf::Relocation relocation;
};

struct ObjectFile {
  elf::File elf_file;
  elf::Damage damage;           ///< what of its tables could not be read and is left out
  elf::DynamicSymbols symbols;  ///< refers to `elf_file`: an ObjectFile is not moved
  FileId id;
  std::vector<Slot> slots;                 ///< those of wanted symbols, in the order in which ld.so fills them
  std::vector<std::uint32_t> definitions;  ///< wanted symbols that others may bind to

  /// Throws Error where `path` is no dynamic ELF file or contradicts itself.
  ObjectFile(const std::filesystem::path &path, FileId identity, Wanted wanted);
  ObjectFile(const ObjectFile &) = delete;
  ObjectFile &operator=(const ObjectFile &) = delete;

  /// Whether the loader must find a place in the block of static TLS for the storage of `symbol`'s object, or of this
  /// one where `symbol` is 0.
  struct StaticTlsUse {
    std::uint32_t symbol = 0;
    bool optional = false;  ///< TLSDESC: the loader tries, and does without
  };
  /// Each once, in the order of the relocations. Read when it is first asked for. [any-thread]
  const std::vector<StaticTlsUse> &static_tls_uses() const;

  /// The malloc-family functions that it defines, exported or not, as far as its symbol tables tell. Read when it is
  /// first asked for. [any-thread]
  const std::set<std::string, std::less<>> &own_functions() const;

  /// What its code does with blocks. Read when it is first asked for. [any-thread]
  const flow::BlockFlow &block_flow() const;

  /// What `crossheap inspect` finds in it. Read when it is first asked for. [any-thread]
  const inspect::Inspection &inspection() const;

private:
  /// What is read once, by whoever asks first.
  template <typename T>
  class Lazy {
  public:
    template <typename Read>
    const T &get(const Read &read) const {
      std::call_once(once_, [&] { value_ = read(); });
      return value_;
    }

  private:
    mutable std::once_flag once_;
    mutable T value_{};
  };

  Lazy<std::vector<StaticTlsUse>> static_tls_uses_;
  Lazy<std::set<std::string, std::less<>>> own_functions_;
  Lazy<flow::BlockFlow> block_flow_;
  Lazy<inspect::Inspection> inspection_;
};

/// Is told the files whose code is wanted next, and may read several of them at a time.
using ReadAhead = std::function<void(const std::vector<const ObjectFile *> &files)>;

/// The files read so far, by identity. [any-thread]
class ObjectFiles {
public:
  explicit ObjectFiles(Wanted wanted) noexcept : wanted_(wanted) {}

  /// The file `path`. Throws Error where it cannot be read, is no ELF file or contradicts itself.
  std::shared_ptr<const ObjectFile> open(const std::filesystem::path &path);

private:
  struct Entry {
    std::mutex reading;
    std::shared_ptr<const ObjectFile> file;
  };
  Wanted wanted_;
  std::mutex mutex_;  // of the map, not of what is read
  std::map<FileId, std::shared_ptr<Entry>> files_;
};

/// The identity of the file `path`; throws Error where there is none.
FileId identity_of(const std::filesystem::path &path);

}  // namespace crossheap::binding
