// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Finds the file behind a library's name as ld.so does: the RPATHs of those who ask, LD_LIBRARY_PATH, the RUNPATH of
// the one who asks, /etc/ld.so.cache, the system's folders. In each folder, first what fits this processor best
// (glibc-hwcaps, then the legacy folders tls, x86_64, haswell and avx512_1).
//
// The first file of the name that can be opened decides. One of another machine or word size is passed over; one that
// is broken (empty, a folder, no ELF file, a core dump) ends the search: the loader refuses, and looks no further.
//
// Sources: ld.so(8); glibc 2.36 elf/dl-load.c (open_verify, open_path), elf/dl-hwcaps.c, sysdeps/x86/cpu-features.c.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "binding/loader_cache.h"
#include "elf/file.h"

namespace crossheap::binding {

/// Somebody whose search paths count.
struct Asker {
  const elf::File *file = nullptr;
  std::filesystem::path origin;  ///< the folder that $ORIGIN stands for
};

struct SearchSettings {
  std::string library_path;       ///< as LD_LIBRARY_PATH: folders separated by ':' or ';'
  std::filesystem::path sysroot;  ///< the root of another system; empty for this one
  std::string tunables;           ///< as GLIBC_TUNABLES
  bool dynamic_weak = false;      ///< LD_DYNAMIC_WEAK: a weak definition gives way to a later one
  /// Secure mode (setuid, setgid, file capabilities): the variables do not count, and of the preloads only names.
  bool secure = false;
};

/// Settings with our own LD_LIBRARY_PATH, GLIBC_TUNABLES and LD_DYNAMIC_WEAK, which a program that we start would
/// inherit.
SearchSettings own_settings();

/// The value of `name` ("glibc.rtld.optional_static_tls") in `tunables`; "" where it is not set.
std::string_view tunable(std::string_view tunables, std::string_view name);

/// What a search came to.
struct Found {
  std::optional<std::filesystem::path> file;
  std::string refusal;     ///< why the loader stops here, with its words; "" where the file is taken or none is there
  bool list_ends = false;  ///< nothing is found, and the rest of this list of folders is not looked at

  bool ended() const noexcept { return file || !refusal.empty(); }
};

class LibrarySearch {
public:
  /// \param machine  of the process: files for others are passed over
  LibrarySearch(SearchSettings settings, elf::Header machine);

  /// The file that `name` stands for.
  /// \param name    a NEEDED entry, a preload or what is given to dlopen; with a slash it is a path
  /// \param askers  who asks, who loaded that one, and so on; empty where nobody in particular asks
  /// \param main    the executable, whose RPATH counts as well
  Found find(std::string_view name, std::span<const Asker> askers, const Asker &main) const;

  /// A name from LD_PRELOAD of a process in secure mode: only the system's folders count, and only setuid files.
  Found find_in_secure_mode(std::string_view name) const;

  /// What stands for `path`, a path inside the system, on this machine.
  std::filesystem::path in_system(const std::filesystem::path &path) const;

private:
  Found in_folders(std::string_view folders, std::string_view separators, std::string_view name, const Asker &asker,
                   bool &wrong_class) const;
  const std::vector<std::filesystem::path> &folders_in(std::string_view folders, std::string_view separators,
                                                       const Asker &asker) const;
  Found in_folder(const std::filesystem::path &folder, std::string_view name, bool &wrong_class) const;
  Found in_system_folders(std::string_view name, bool &wrong_class) const;
  std::string expanded(std::string_view text, const Asker &asker) const;
  bool is_trusted(const std::filesystem::path &folder) const;
  Found verified(const std::filesystem::path &file, bool &wrong_class) const;
  bool is_looked_behind(const std::filesystem::path &folder, std::string_view name) const;

  SearchSettings settings_;
  elf::Header machine_;
  std::vector<std::string> hwcaps_;   ///< below glibc-hwcaps
  std::vector<std::string> folders_;  ///< below each folder, in order: with the legacy ones, and "" for itself
  std::vector<std::filesystem::path> system_folders_;
  std::shared_ptr<const LoaderCache> cache_;
  // The folders of each list that was searched, by where its text stands, and for whom.
  mutable std::map<std::tuple<const char *, std::size_t, std::filesystem::path>, std::vector<std::filesystem::path>>
      lists_;
};

}  // namespace crossheap::binding
