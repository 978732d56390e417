// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Three places for the log, by who is to write to it. Each must be safe against the writers: a mapping of a file that
// somebody cuts ends in SIGBUS, for the program or for us.
//
//     memory without a name     our own user's processes, by a path in /proc. Seals keep its size
//     a file in a folder        where /proc is not there, or another group writes. 128 random bits in its name, in a
//                               folder that can be entered and not listed: only who was told the name finds it
//     a file that the user names     stays; a link, another user's file or one with further names is refused
//
// Room in a file is reserved beforehand, halved until there is enough: a page that cannot be had when it is written to
// would be SIGBUS for the traced program.
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
#include "base/remove_tree.h"

namespace crossheap::event {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kLogBytesAtLeast = std::uint64_t{1} << 20;

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

/// Reserves room in a file, less where there is less. \return how much, or 0
std::uint64_t reserve(int fd) {
  for (std::uint64_t bytes = kLogBytes; bytes >= kLogBytesAtLeast; bytes /= 2) {
    const int failed = ::posix_fallocate(fd, 0, static_cast<off_t>(bytes));
    if (failed == 0) return bytes;
    if (::ftruncate(fd, 0) != 0) return 0;
    errno = failed;
    if (failed != ENOSPC && failed != EFBIG && failed != EDQUOT) return 0;
  }
  return 0;
}

/// For us, and for the group where there is one.
bool give_to_group(int fd, const fs::path &path, std::optional<gid_t> group, mode_t mode, mode_t mode_with_group) {
  if (group && (fd >= 0 ? ::fchown(fd, static_cast<uid_t>(-1), *group)
                        : ::chown(path.c_str(), static_cast<uid_t>(-1), *group)) != 0)
    return false;
  const mode_t wanted = group ? mode_with_group : mode;
  return (fd >= 0 ? ::fchmod(fd, wanted) : ::chmod(path.c_str(), wanted)) == 0;
}

/// A file in a folder of its own, which can be entered but not listed, so only processes that were given the name know
/// it.
std::optional<LogFile> create_in(const fs::path &where, const Settings &settings, std::optional<gid_t> group) {
  std::string folder = (where / "crossheap-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return std::nullopt;
  LogFile log({}, {}, folder);  // from here on it is removed
  std::array<unsigned char, 16> secret{};
  if (::getrandom(secret.data(), secret.size(), 0) != static_cast<ssize_t>(secret.size())) return std::nullopt;
  fs::path path = fs::path(folder) / fmt::format("{:02x}", fmt::join(secret, ""));
  OwnedFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd || !give_to_group(fd.get(), path, group, 0600, 0660) || !give_to_group(-1, folder, group, 0700, 0710))
    return std::nullopt;
  const std::uint64_t bytes = reserve(fd.get());
  if (bytes == 0) return std::nullopt;
  write_header(fd.get(), path.string(), settings, bytes);
  return LogFile(std::move(fd), std::move(path), log.release_removal());
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

LogFile::~LogFile() { remove_path(); }

void LogFile::remove_path() noexcept {
  const fs::path folder = release_removal();
  if (!folder.empty()) remove_tree(folder);
}

LogFile create_log(const Settings &settings, std::optional<gid_t> group) {
  const bool has_proc = ::access("/proc/self/fd", X_OK) == 0;
  if (has_proc && !group) {
    OwnedFd fd(::memfd_create("crossheap-log", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (fd) {
      write_header(fd.get(), "the log in memory", settings);
      ::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
      std::string path = fmt::format("/proc/{}/fd/{}", ::getpid(), fd.get());
      return {std::move(fd), std::move(path), {}};
    }
  }
  for (const fs::path &where : writable_folders())
    if (std::optional<LogFile> log = create_in(where, settings, group)) return std::move(*log);
  throw Error(Blame::Work, "the log",
              fmt::format("can be created in no temporary directory, which needs {} MiB", kLogBytesAtLeast >> 20),
              group ? "set TMPDIR to a directory with room, and give a --log-group that you are in"
                    : "mount /proc, or set TMPDIR to a directory that can be written and has room");
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

LogFile create_log_at(const fs::path &path, const Settings &settings, std::optional<gid_t> group) {
  const std::string name = path.string();
  OwnedFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600));
  if (!fd && errno == ELOOP)
    throw Error(Blame::Usage, name, "is a symbolic link, and the log must be the file itself", "give another path");
  if (!fd) throw system_error(name, "cannot create the log", errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw system_error(name, "cannot be looked at", errno);
  if (!S_ISREG(status.st_mode)) throw Error(Blame::Usage, name, "is no regular file", "give another path");
  if (status.st_uid != ::geteuid() || status.st_nlink != 1)
    throw Error(Blame::Usage, name,
                status.st_nlink == 1 ? "belongs to another user" : "has other names, which would become the log too",
                "give a path where no file is, or one of your own");
  if (::ftruncate(fd.get(), 0) != 0) throw system_error(name, "cannot be emptied", errno);
  if (!give_to_group(fd.get(), path, group, 0600, 0660))
    throw system_error(name, "cannot be given to the group", errno, "give a --log-group that you are in");
  const std::uint64_t bytes = reserve(fd.get());
  if (bytes == 0)
    throw system_error(name, fmt::format("cannot reserve {} MiB for the log", kLogBytesAtLeast >> 20), errno,
                       "free space, or give a path on another file system");
  write_header(fd.get(), name, settings, bytes);
  return {std::move(fd), fs::absolute(path), {}};
}

}  // namespace crossheap::event
