// SPDX-License-Identifier: MIT OR Apache-2.0
#include "event/log_file.h"

#include <fcntl.h>
#include <fmt/ranges.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace crossheap::event {

namespace fs = std::filesystem;

namespace {

void write_header(int fd, const std::string &name, const Settings &settings, std::uint64_t bytes = kLogBytes) {
  const Header header{.magic = kMagic,
                      .version = kVersion,
                      .header_bytes = kRecordsOffset,
                      .capacity = bytes,
                      .settings = settings,
                      .used = kRecordsOffset,
                      .lost = 0,
                      .images = 0,
                      .functions = kFunctionTable};
  if (::ftruncate(fd, static_cast<off_t>(bytes)) != 0)
    throw system_error(name, "cannot make room for the log", errno, "free space, or set TMPDIR to another directory");
  if (::pwrite(fd, &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header))
    throw system_error(name, "cannot write the log's header", errno);
}

/// A file that any user can write to who knows its name. The folder can be entered but not listed, so only processes
/// that were given the name know it.
std::optional<LogFile> create_for_all_users(const fs::path &where, const Settings &settings) {
  std::string folder = (where / "crossheap-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return std::nullopt;
  std::array<unsigned char, 16> secret{};
  if (::getrandom(secret.data(), secret.size(), 0) != static_cast<ssize_t>(secret.size())) return std::nullopt;
  fs::path path = fs::path(folder) / fmt::format("{:02x}", fmt::join(secret, ""));
  OwnedFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd || ::fchmod(fd.get(), 0666) != 0 || ::chmod(folder.c_str(), 0711) != 0) return std::nullopt;
  write_header(fd.get(), path.string(), settings);
  return LogFile(std::move(fd), std::move(path), folder);
}

std::vector<fs::path> writable_folders() {
  std::vector<fs::path> folders;
  if (const char *const chosen = std::getenv("TMPDIR")) folders.emplace_back(chosen);
  for (const char *const usual : {"/dev/shm", "/tmp", "/var/tmp"}) folders.emplace_back(usual);
  return folders;
}

}  // namespace

LogFile::LogFile(OwnedFd fd, fs::path path, fs::path remove_at_end)
    : fd_(std::move(fd)), path_(std::move(path)), remove_at_end_(std::move(remove_at_end)) {}

LogFile::LogFile(LogFile &&other) noexcept
    : fd_(std::move(other.fd_)),
      path_(std::move(other.path_)),
      remove_at_end_(std::exchange(other.remove_at_end_, fs::path())) {}

LogFile::~LogFile() {
  std::error_code ignored;
  if (!remove_at_end_.empty()) fs::remove_all(remove_at_end_, ignored);
}

LogFile create_log(const Settings &settings) {
  // What root starts may go on as another user (a daemon, initdb), who may not look into root's /proc.
  const bool has_proc = ::access("/proc/self/fd", X_OK) == 0;
  if (has_proc && ::geteuid() != 0) {
    OwnedFd fd(::memfd_create("crossheap-log", MFD_CLOEXEC));
    if (fd) {
      write_header(fd.get(), "the log in memory", settings);
      std::string path = fmt::format("/proc/{}/fd/{}", ::getpid(), fd.get());
      return {std::move(fd), std::move(path), {}};
    }
  }
  for (const fs::path &where : writable_folders())
    if (std::optional<LogFile> log = create_for_all_users(where, settings)) return std::move(*log);
  throw Error(Blame::Work, "the log", "can be created neither in memory nor in a temporary directory",
              "mount /proc, or set TMPDIR to a directory that can be written");
}

LogFile create_sealed_log(const Settings &settings, std::uint64_t bytes) {
  constexpr std::string_view kName = "the log in memory";
  OwnedFd fd(::memfd_create("crossheap-log", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) throw system_error(kName, "cannot be created", errno);
  write_header(fd.get(), std::string(kName), settings, bytes);
  if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    throw system_error(kName, "cannot be sealed", errno);
  std::string path = fmt::format("/proc/self/fd/{}", fd.get());
  return {std::move(fd), std::move(path), {}};
}

LogFile create_log_at(const fs::path &path, const Settings &settings) {
  OwnedFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd) throw system_error(path.string(), "cannot create the log", errno);
  write_header(fd.get(), path.string(), settings);
  return {std::move(fd), fs::absolute(path), {}};
}

}  // namespace crossheap::event
