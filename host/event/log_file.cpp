// SPDX-License-Identifier: MIT OR Apache-2.0
#include "event/log_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "base/error.h"

namespace crossheap::event {

namespace {

void write_header(int fd, const std::string &name, const Settings &settings) {
  const Header header{.magic = kMagic,
                      .version = kVersion,
                      .header_bytes = kRecordsOffset,
                      .capacity = kLogBytes,
                      .settings = settings,
                      .used = kRecordsOffset,
                      .lost = 0,
                      .images = 0};
  if (::ftruncate(fd, static_cast<off_t>(kLogBytes)) != 0)
    throw system_error(name, "cannot make room for the log", errno, "free space, or set TMPDIR to another directory");
  if (::pwrite(fd, &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header))
    throw system_error(name, "cannot write the log's header", errno);
}

}  // namespace

LogFile create_log(const Settings &settings) {
  if (::access("/proc/self/fd", X_OK) == 0) {
    OwnedFd fd(::memfd_create("crossheap-log", MFD_CLOEXEC));
    if (fd) {
      write_header(fd.get(), "the log in memory", settings);
      std::string path = fmt::format("/proc/{}/fd/{}", ::getpid(), fd.get());
      return {.fd = std::move(fd), .path = std::move(path), .named = false};
    }
  }
  const char *const directory = std::getenv("TMPDIR");
  for (const std::string &where : {std::string(directory == nullptr ? "" : directory), std::string("/dev/shm"),
                                   std::string("/tmp"), std::string("/var/tmp")}) {
    if (where.empty()) continue;
    std::string path = where + "/crossheap-log.XXXXXX";
    OwnedFd fd(::mkostemp(path.data(), O_CLOEXEC));
    if (!fd) continue;
    write_header(fd.get(), path, settings);
    return {.fd = std::move(fd), .path = std::move(path), .named = true};
  }
  throw Error(Blame::Work, "the log", "can be created neither in memory nor in a temporary directory",
              "mount /proc, or set TMPDIR to a directory that can be written");
}

LogFile create_log_at(const std::filesystem::path &path, const Settings &settings) {
  OwnedFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd) throw system_error(path.string(), "cannot create the log", errno);
  write_header(fd.get(), path.string(), settings);
  return {.fd = std::move(fd), .path = std::filesystem::absolute(path), .named = true};
}

}  // namespace crossheap::event
