// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/will_open.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

namespace crossheap::agent {

namespace {

bool has_capabilities() {
  struct {
    std::uint32_t version;
    int pid;
  } header{0x20080522, 0};  // _LINUX_CAPABILITY_VERSION_3
  struct {
    std::uint32_t effective;
    std::uint32_t permitted;
    std::uint32_t inheritable;
  } sets[2]{};
  return ::syscall(SYS_capget, &header, sets) == 0 && (sets[0].effective | sets[1].effective) != 0;
}

bool is_in_group(gid_t group) {
  constexpr int kMost = 64;
  gid_t groups[kMost];
  const int count = ::getgroups(kMost, groups);
  for (int i = 0; i < count; ++i)
    if (groups[i] == group) return true;
  return ::getegid() == group;
}

/// By the file's mode alone. \param wanted  as in one digit of a mode
bool allows(const char *path, unsigned wanted) {
  struct stat status {};
  if (::stat(path, &status) != 0) return false;
  constexpr unsigned kOwner = 6;
  constexpr unsigned kGroup = 3;
  const unsigned shift = status.st_uid == ::geteuid() ? kOwner : is_in_group(status.st_gid) ? kGroup : 0;
  return (status.st_mode >> shift & wanted) == wanted;
}

/// Whether the folders on the way and the file are open to the user by their modes. Its text is long, and the stack of
/// who executes a program may be a page: apart, so that it is there only where it is needed.
[[gnu::noinline]] bool modes_allow(const char *path, int how) {
  char folder[4096];
  const std::size_t length = std::strlen(path);
  if (length >= sizeof folder) return true;
  constexpr unsigned kEnter = 1;
  constexpr unsigned kRead = 4;
  constexpr unsigned kReadWrite = 6;
  for (std::size_t i = 1; i < length; ++i) {
    if (path[i] != '/') continue;
    std::memcpy(folder, path, i);
    folder[i] = 0;
    if (!allows(folder, kEnter)) return false;
  }
  return allows(path, how == O_RDWR ? kReadWrite : kRead);
}

}  // namespace

bool will_open(const char *path, int how) {
  const int fd = ::open(path, how | O_CLOEXEC);
  if (fd < 0) return false;
  ::close(fd);
  if (::geteuid() == 0 || !has_capabilities()) return true;
  return modes_allow(path, how);
}

}  // namespace crossheap::agent
