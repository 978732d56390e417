// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The way down is by names, the way up by "..", so that neither paths nor descriptors grow with the depth. The way up
// is compared with where we came from: should somebody have moved a folder meanwhile, what is there now is not ours.
#include "base/remove_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <new>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/owned_fd.h"

namespace crossheap {

namespace {

struct Level {
  std::string name;  ///< of the folder that was entered from here
  dev_t device = 0;
  ino_t inode = 0;
  std::set<std::string> stuck;  ///< what could not be removed from here
};

/// Entered for removal, so its owner may list and change it from here on.
OwnedFd enter(int parent, const char *name) {
  constexpr int kFlags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  OwnedFd folder(::openat(parent, name, O_RDONLY | kFlags));
  if (!folder && errno == EACCES && ::fchmodat(parent, name, S_IRWXU, 0) == 0)
    folder = OwnedFd(::openat(parent, name, O_RDONLY | kFlags));
  if (folder) ::fchmod(folder.get(), S_IRWXU);
  return folder;
}

/// Removes what is in `folder`, up to the first folder in it that is not empty. \return its name; "" where there is
/// none
std::string remove_files(int folder, std::set<std::string> &stuck) {
  OwnedFd own(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::unique_ptr<DIR, int (*)(DIR *)> entries(own ? ::fdopendir(own.get()) : nullptr, ::closedir);
  if (!entries) return {};
  (void)own.release();
  while (const dirent *const entry = ::readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || stuck.contains(std::string(name))) continue;
    if (::unlinkat(folder, entry->d_name, 0) == 0 || ::unlinkat(folder, entry->d_name, AT_REMOVEDIR) == 0) continue;
    if (errno == ENOTEMPTY || errno == EEXIST) return std::string(name);
    if (errno != ENOENT) stuck.emplace(name);
  }
  return {};
}

void remove_all_below(OwnedFd at) {
  std::vector<Level> way;
  std::set<std::string> stuck;
  for (;;) {
    if (std::string name = remove_files(at.get(), stuck); !name.empty()) {
      struct stat here {};
      OwnedFd below = enter(at.get(), name.c_str());
      if (!below || ::fstat(at.get(), &here) != 0) {
        stuck.insert(std::move(name));
        continue;
      }
      way.push_back({std::move(name), here.st_dev, here.st_ino, std::exchange(stuck, {})});
      at = std::move(below);
      continue;
    }
    if (way.empty()) return;
    struct stat above {};
    Level last = std::move(way.back());
    way.pop_back();
    OwnedFd parent(::openat(at.get(), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!parent || ::fstat(parent.get(), &above) != 0 || above.st_dev != last.device || above.st_ino != last.inode)
      return;
    at = std::move(parent);
    stuck = std::move(last.stuck);
    if (::unlinkat(at.get(), last.name.c_str(), AT_REMOVEDIR) != 0) stuck.insert(std::move(last.name));
  }
}

}  // namespace

void remove_tree(const std::filesystem::path &folder) noexcept {
  try {
    if (OwnedFd top = enter(AT_FDCWD, folder.c_str())) remove_all_below(std::move(top));
  } catch (const std::bad_alloc &) {
    // What is left stays.
  }
  if (::rmdir(folder.c_str()) != 0) ::unlink(folder.c_str());
}

}  // namespace crossheap
