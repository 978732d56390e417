// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Finds the file behind a library's name as ld.so does: the RPATHs of those who ask, LD_LIBRARY_PATH, the RUNPATH of
// the one who asks, /etc/ld.so.cache, the system's folders; in each folder first what fits this processor best
// (glibc-hwcaps). A file of another machine or word size is passed over.
//
// Sources: ld.so(8); glibc 2.36 elf/dl-load.c.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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
};

/// Our own LD_LIBRARY_PATH; "" where it is not set.
std::string own_library_path();

class LibrarySearch {
public:
  /// \param machine  of the process: files for others are passed over
  LibrarySearch(SearchSettings settings, elf::Header machine);

  /// The file that `name` stands for; nullopt where there is none.
  /// \param name    a NEEDED entry, a preload or what is given to dlopen; with a slash it is a path
  /// \param askers  who asks, who loaded that one, and so on; empty where nobody in particular asks
  /// \param main    the executable, whose RPATH counts as well
  std::optional<std::filesystem::path> find(std::string_view name, std::span<const Asker> askers,
                                            const Asker &main) const;

  /// What stands for `path`, a path inside the system, on this machine.
  std::filesystem::path in_system(const std::filesystem::path &path) const;

private:
  std::optional<std::filesystem::path> in_folders(std::string_view folders, std::string_view name,
                                                  const Asker &asker) const;
  std::optional<std::filesystem::path> in_folder(const std::filesystem::path &folder, std::string_view name) const;
  std::string expanded(std::string_view text, const Asker &asker) const;
  bool fits(const std::filesystem::path &file) const;

  SearchSettings settings_;
  elf::Header machine_;
  std::vector<std::string> hwcaps_;
  std::vector<std::filesystem::path> system_folders_;
  LoaderCache cache_;
};

}  // namespace crossheap::binding
