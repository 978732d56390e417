// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A file, mapped read-only for as long as this lives: no allocation, and no descriptor kept. Nothing in it is trusted.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace crossheap::agent {

/// Opens a file to read it, or gives -1 for what is no regular file. To open a queue waits for its other end, and to
/// open a device may do something, while the kernel and the loader refuse both before they open them.
inline int open_regular(const char *path) {
  struct stat status {};
  if (::stat(path, &status) != 0) return -1;
  if (!S_ISREG(status.st_mode)) {
    errno = EACCES;
    return -1;
  }
  return ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // another process may put a queue there meanwhile
}

class MappedFile {
public:
  /// Empty where `path` is no regular file that can be read. Sets errno then.
  explicit MappedFile(const char *path) {
    const int fd = open_regular(path);
    if (fd < 0) return;
    struct stat status {};
    if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
      void *const got = ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
      if (got != MAP_FAILED) {
        bytes_ = static_cast<const std::uint8_t *>(got);
        size_ = static_cast<std::size_t>(status.st_size);
      }
    }
    ::close(fd);
  }
  MappedFile(const MappedFile &) = delete;
  MappedFile &operator=(const MappedFile &) = delete;
  ~MappedFile() {
    if (bytes_ != nullptr) ::munmap(const_cast<std::uint8_t *>(bytes_), size_);
  }

  /// `count` things of type T at `offset`, or null where the file does not hold them, or not aligned.
  template <class T>
  const T *at(std::uint64_t offset, std::uint64_t count) const {
    if (bytes_ == nullptr || offset > size_ || count > (size_ - offset) / sizeof(T) || offset % alignof(T) != 0)
      return nullptr;
    // SAFETY: inside the mapping, aligned, and any bytes make a T.
    return reinterpret_cast<const T *>(bytes_ + offset);
  }

  /// A copy of what stands at `offset`, however it is aligned. False where the file does not hold it.
  template <class T>
  bool read(std::uint64_t offset, T &value) const {
    if (offset > size_ || sizeof value > size_ - offset) return false;
    std::memcpy(&value, bytes_ + offset, sizeof value);
    return true;
  }

  /// The text at `offset`, up to its terminator or the file's end.
  std::string_view text(std::uint64_t offset) const {
    if (offset >= size_) return {};
    // SAFETY: inside the mapping.
    const char *const begin = reinterpret_cast<const char *>(bytes_ + offset);
    return {begin, ::strnlen(begin, size_ - offset)};
  }

private:
  const std::uint8_t *bytes_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace crossheap::agent
