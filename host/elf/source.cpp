// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The handler of SIGBUS may run between any two instructions of any thread, while another thread opens or closes a
// file. So it looks at a fixed table of atomics. A place is taken by setting `start` from 0 and its size after that:
// until then the handler finds nothing at the address. It puts a page of zeros in place of the lost one and goes on:
//
//     reader    a byte on page 7 of a file that was cut to 3 pages      SIGBUS
//     handler   page 7 becomes zeros, "shrank" is set                   the reader goes on with a zero
//     reader    is done: verify_unchanged() throws                      the zeros were never believed
//
// A SIGBUS that is not ours goes to the action from before: it is put back, and the instruction faults again. The 257th
// open file has no place in the table and is read unguarded.
#include "elf/source.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/owned_fd.h"

namespace crossheap::elf {

namespace {

// What the handler may look at: plain atomics, because it runs between any two instructions of any thread. A slot is
// taken by setting `start` from 0; sources beyond the table's size are read without the guard.
struct GuardedMapping {
  std::atomic<std::uintptr_t> start{0};
  std::atomic<std::size_t> size{0};
  std::atomic<bool> shrank{false};
};
constexpr std::size_t kGuardedMappings = 256;
std::array<GuardedMapping, kGuardedMappings> guarded_mappings;
std::atomic<bool> guard_installed{false};
struct sigaction previous_action;

std::size_t page_size() {
  static const auto kSize = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return kSize;
}

std::size_t enter(std::uintptr_t start, std::size_t size) {
  if (!guard_installed) return 0;
  for (std::size_t i = 0; i < kGuardedMappings; ++i) {
    std::uintptr_t none = 0;
    if (!guarded_mappings[i].start.compare_exchange_strong(none, start)) continue;
    guarded_mappings[i].shrank = false;
    guarded_mappings[i].size = size;
    return i + 1;
  }
  return 0;
}

void leave(std::size_t slot) {
  if (slot == 0) return;
  guarded_mappings[slot - 1].size = 0;
  guarded_mappings[slot - 1].start = 0;
}

// [signal-safe]
bool replace_lost_page(std::uintptr_t address) {
  for (GuardedMapping &mapping : guarded_mappings) {
    const std::uintptr_t start = mapping.start;
    if (start == 0 || address < start || address - start >= mapping.size) continue;
    const std::size_t page = page_size();
    // SAFETY: the page belongs to one of our own read-only mappings, which this replaces by zeros.
    void *const lost = reinterpret_cast<void *>(address & ~(page - 1));
    if (::mmap(lost, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) return false;
    mapping.shrank = true;
    return true;
  }
  return false;
}

void on_sigbus(int, siginfo_t *info, void *) {
  const int errno_value = errno;
  // SAFETY: the address is compared, never read.
  const bool ours = info != nullptr && replace_lost_page(reinterpret_cast<std::uintptr_t>(info->si_addr));
  // Not ours: with the previous action back in place the instruction faults again, under it.
  if (!ours) ::sigaction(SIGBUS, &previous_action, nullptr);
  errno = errno_value;
}

}  // namespace

void guard_against_truncation() {
  if (guard_installed) return;
  page_size();  // sysconf is not for signal handlers
  struct sigaction action {};
  action.sa_sigaction = on_sigbus;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  if (::sigaction(SIGBUS, &action, &previous_action) == 0) guard_installed = true;
}

namespace {

OwnedFd opened(const std::filesystem::path &path) {
  OwnedFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (fd) return fd;
  const int errno_value = errno;
  if (errno_value == ENOENT || errno_value == ENOTDIR)
    throw Error(Blame::Usage, path.native(), "does not exist", "check the path");
  throw system_error(path.native(), "cannot be opened", errno_value, "check the permissions");
}

}  // namespace

std::shared_ptr<const Source> Source::mapped(std::string name, int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) {
    const int errno_value = errno;
    throw system_error(name, "cannot be examined", errno_value);
  }
  if (!S_ISREG(status.st_mode)) throw Error(Blame::Usage, name, "is no regular file", "name a file");
  if (status.st_size <= 0) throw Error(Blame::Usage, name, "is empty", "build or copy it again");
  const auto size = static_cast<std::size_t>(status.st_size);
  void *const start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (start == MAP_FAILED) {
    const int errno_value = errno;
    throw system_error(name, "cannot be mapped", errno_value);
  }
  std::shared_ptr<Source> source(new Source(std::move(name), {static_cast<const std::byte *>(start), size}));
  source->mapped_ = true;
  source->secure_ =
      (status.st_mode & (S_ISUID | S_ISGID)) != 0 || ::fgetxattr(fd, "security.capability", nullptr, 0) > 0;
  // SAFETY: the address is compared, never read.
  source->guarded_slot_ = enter(reinterpret_cast<std::uintptr_t>(start), size);
  return source;
}

std::shared_ptr<const Source> Source::open(const std::filesystem::path &path) {
  return mapped(path.native(), opened(path).get());
}

std::shared_ptr<const Source> Source::open_if(const std::filesystem::path &path, bool (*wanted)(ByteView head)) {
  const OwnedFd fd = opened(path);
  std::array<std::byte, kHeadSize> head{};
  const ssize_t size = ::pread(fd.get(), head.data(), head.size(), 0);
  if (size < 0) {
    const int errno_value = errno;
    throw system_error(path.native(), "cannot be read", errno_value);
  }
  if (!wanted({std::span(head).first(static_cast<std::size_t>(size)), path.native()})) return nullptr;
  return mapped(path.native(), fd.get());
}

std::shared_ptr<const Source> Source::from_memory(std::string name, std::vector<std::byte> bytes) {
  std::shared_ptr<Source> source(new Source(std::move(name), {}));
  source->memory_ = std::move(bytes);
  source->bytes_ = source->memory_;
  return source;
}

std::shared_ptr<const Source> Source::part(std::shared_ptr<const Source> whole, FileRange range, std::string name) {
  const ByteView bytes = whole->bytes().slice(range, name);
  std::shared_ptr<Source> source(new Source(std::move(name), bytes.bytes()));
  source->whole_ = std::move(whole);
  return source;
}

Source::~Source() {
  if (!mapped_) return;
  leave(guarded_slot_);
  // munmap takes a pointer to non-const, but the mapping was made by mmap, not declared const.
  ::munmap(const_cast<std::byte *>(bytes_.data()), bytes_.size());
}

void Source::verify_unchanged() const {
  if (whole_) return whole_->verify_unchanged();
  if (guarded_slot_ != 0 && guarded_mappings[guarded_slot_ - 1].shrank)
    throw Error(Blame::Work, name_, "became shorter while it was read", "inspect it again when nobody writes to it");
}

}  // namespace crossheap::elf
