// SPDX-License-Identifier: MIT OR Apache-2.0
//
// /etc/ld.so.cache: which file a library's name stands for, as ldconfig wrote it down.
//
// The format is described only by its implementation (glibc sysdeps/generic/dl-cache.h, version 1.1): a header, entries
// sorted by name, strings, and an extension that names the glibc-hwcaps folders some entries are for.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "elf/source.h"

namespace crossheap::binding {

class LoaderCache {
public:
  /// An empty cache, which knows nothing.
  LoaderCache() noexcept = default;

  /// Reads the cache `file`. Throws Error where it is malformed; a file that is not there gives an empty cache, as in
  /// ld.so.
  explicit LoaderCache(const std::filesystem::path &file);

  /// The same; a file that has not changed since it was last asked for is not read again. [any-thread]
  static std::shared_ptr<const LoaderCache> shared(const std::filesystem::path &file);

  /// The paths that `name` may stand for, best first.
  /// \param hwcaps  names of glibc-hwcaps folders this machine can use ("x86-64-v3"), best first
  std::vector<std::string> find(std::string_view name, const std::vector<std::string> &hwcaps) const;

  /// Every path in it, in the order of the names.
  std::vector<std::string> paths() const;

private:
  struct Entry {
    std::string path;
    std::string hwcap;  ///< "" for an entry that every machine can use
  };
  std::multimap<std::string, Entry, std::less<>> entries_;
};

}  // namespace crossheap::binding
