// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A file is replaced as a whole. The new contents go to a file without a name in the same folder (O_TMPFILE), which
// gets the name at the end: a signal at any moment leaves the old file or the new one. Only SIGKILL between two system
// calls can leave litter. Where the file system knows no such files, the new file has a name of its own until then.
//
// Each descriptor is closed by exec. A program that we start must neither hold the report open nor see a descriptor
// that it would not have alone.
#include "cli/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <ext/stdio_filebuf.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/owned_fd.h"

namespace crossheap::cli {

namespace {

/// While it lives, a signal waits that would end the program.
class SignalsWait {
public:
  SignalsWait() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  SignalsWait(const SignalsWait &) = delete;
  SignalsWait &operator=(const SignalsWait &) = delete;
  ~SignalsWait() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
  sigset_t before_;
};

constexpr mode_t kAsAnyNewFile = 0666;
constexpr unsigned kAttempts = 100;

// The permissions that the old file has.
std::optional<mode_t> permissions_of(const std::string &file) {
  struct stat old {};
  if (::stat(file.c_str(), &old) != 0) return std::nullopt;
  return old.st_mode & 07777;
}

// A link stays a link: what it leads to is replaced.
std::string real_path_of(const std::string &file) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(file.c_str(), nullptr), &std::free);
  return real ? std::string(real.get()) : file;
}

}  // namespace

struct Output::File {
  std::string option;     // by which the user gave it
  std::string name;       // as the user gave it
  std::string real;       // what is replaced
  OwnedFd nameless;       // the new contents, where they have no name
  std::string temporary;  // their name, until it is `real`
  __gnu_cxx::stdio_filebuf<char> buffer;
  std::ostream stream{nullptr};

  File(std::string given, std::string_view given_by)
      : option(given_by), name(std::move(given)), real(real_path_of(name)) {
    struct stat old {};
    const bool exists = ::stat(name.c_str(), &old) == 0;
    const bool is_writable = exists && ::access(real.c_str(), W_OK) == 0;
    OwnedFd fd;
    errno = 0;
    if (exists && !is_writable)
      errno = EACCES;
    else if (!exists || S_ISREG(old.st_mode))
      fd = open_beside();
    // A device or a pipe; or a file that can be written, in a folder that takes no new one.
    if (!fd && is_writable) fd = OwnedFd(::open(real.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
    if (!fd)
      throw system_error(name, "cannot be opened for writing", errno,
                         fmt::format("choose another file with {}", option));
    buffer = __gnu_cxx::stdio_filebuf<char>(fd.release(), std::ios::out | std::ios::binary);
    stream.rdbuf(&buffer);
  }
  File(const File &) = delete;
  File &operator=(const File &) = delete;
  ~File() {
    if (!temporary.empty()) ::unlink(temporary.c_str());
  }

  OwnedFd open_beside() {
    const std::filesystem::path folder = std::filesystem::path(real).parent_path();
    nameless = OwnedFd(::open(folder.empty() ? "." : folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, kAsAnyNewFile));
    // A second descriptor, since the first is needed when the stream has closed its own. Without /proc a nameless file
    // could not be named.
    if (nameless && ::access(path_of_nameless().c_str(), F_OK) == 0)
      return OwnedFd(::fcntl(nameless.get(), F_DUPFD_CLOEXEC, 0));
    nameless.reset();
    for (unsigned attempt = 0; attempt < kAttempts; ++attempt) {
      std::string path = temporary_name(attempt);
      OwnedFd fd(::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, kAsAnyNewFile));
      if (!fd && errno == EEXIST) continue;
      if (fd) temporary = std::move(path);
      return fd;
    }
    return {};
  }

  std::string path_of_nameless() const { return fmt::format("/proc/self/fd/{}", nameless.get()); }
  std::string temporary_name(unsigned attempt) const { return fmt::format("{}.{}.{}", real, ::getpid(), attempt); }

  // False, with errno, where it could not be done.
  bool give_name() {
    for (unsigned attempt = 0; attempt < kAttempts; ++attempt) {
      std::string path = temporary_name(attempt);
      if (::linkat(AT_FDCWD, path_of_nameless().c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0) {
        temporary = std::move(path);
        return true;
      }
      if (errno != EEXIST) return false;
    }
    return false;
  }

  bool finish() {
    stream.flush();
    // The stream keeps no reason; whatever it is, it still holds.
    if (!stream && errno == 0 && ::write(buffer.fd(), "\n", 1) == 1) errno = EIO;
    const int reason = errno;
    const bool closed = buffer.close() != nullptr;
    if (!stream) errno = reason;
    if (!closed || !stream) return false;
    const SignalsWait wait;  // between its two names the new file has one that nobody knows
    if (nameless && !give_name()) return false;
    if (temporary.empty()) return true;  // it was written directly
    if (const auto permissions = permissions_of(real); permissions && ::chmod(temporary.c_str(), *permissions) != 0)
      return false;
    if (::rename(temporary.c_str(), real.c_str()) != 0) return false;
    temporary.clear();
    return true;
  }
};

Output::Output(std::string file, std::string_view option) : file_(std::make_unique<File>(std::move(file), option)) {}
Output::Output(std::ostream &standard_stream) : standard_stream_(&standard_stream) {}
Output::~Output() = default;
Output::Output(Output &&) noexcept = default;

std::ostream &Output::stream() { return file_ ? file_->stream : *standard_stream_; }

void Output::write(const report::Document &document, const report::Format &format) { format.write(stream(), document); }

void Output::finish() {
  errno = 0;
  if (file_ ? file_->finish() : static_cast<bool>(standard_stream_->flush())) return;
  if (standard_stream_ == &std::cout) throw_standard_output_unwritten();
  throw_unwritten(file_ ? file_->name : "standard error", errno, file_ ? file_->option : "-o");
}

void throw_unwritten(const std::string &name, int error, std::string_view option) {
  throw system_error(name, "the result could not be written", error == 0 ? EIO : error,
                     error == EPIPE ? fmt::format("read it to its end, or write it to a file with {}", option)
                                    : fmt::format("make room on the disk, or choose another file with {}", option));
}

void throw_standard_output_unwritten() {
  // Whatever the reason is, it still holds.
  errno = EIO;
  if (::write(STDOUT_FILENO, "\n", 1) == 1) errno = EIO;
  throw_unwritten("standard output", errno);
}

}  // namespace crossheap::cli
