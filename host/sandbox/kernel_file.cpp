// SPDX-License-Identifier: MIT OR Apache-2.0
#include "sandbox/kernel_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "base/owned_fd.h"

namespace crossheap::sandbox {

std::string read_kernel_file(const std::filesystem::path &path) {
  const OwnedFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 8192> part;
  if (!file) return text;
  for (ssize_t count = 0; (count = ::read(file.get(), part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(count));
  return text;
}

bool write_kernel_file(const std::filesystem::path &path, std::string_view text) {
  const OwnedFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace crossheap::sandbox
