// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/input.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace crossheap::cli {

namespace {

constexpr unsigned kMemoryDevices = 1;
constexpr unsigned kNull = 3;

// The null device has an end at once. Source: null(4).
bool has_an_end(const struct stat &status) {
  return S_ISREG(status.st_mode) || S_ISFIFO(status.st_mode) ||
         (S_ISCHR(status.st_mode) && status.st_rdev == makedev(kMemoryDevices, kNull));
}

}  // namespace

std::ifstream opened(const std::string &file, std::string_view next_step) {
  const auto refuse = [&](std::string_view reason) {
    throw Error(Blame::Usage, file, fmt::format("cannot be read: {}", reason), std::string(next_step));
  };
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) refuse(std::strerror(errno));
  if (S_ISDIR(status.st_mode)) refuse(std::strerror(EISDIR));
  if (!has_an_end(status)) refuse("it is no regular file");
  errno = 0;
  std::ifstream stream(file);
  if (!stream) refuse(std::strerror(errno));
  return stream;
}

}  // namespace crossheap::cli
