// SPDX-License-Identifier: MIT OR Apache-2.0
#include "observe/memory.h"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/error.h"

namespace crossheap::observe {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kTextAtMost = 4'096;
constexpr std::size_t kPage = 4'096;

}  // namespace

std::optional<std::uint64_t> Memory::word_at(std::uint64_t address) const {
  std::uint64_t word = 0;
  const auto bytes = std::as_writable_bytes(std::span(&word, 1));
  return read(address, bytes) == bytes.size() ? std::optional(word) : std::nullopt;
}

std::string Memory::text_at(std::uint64_t address) const {
  std::string text;
  std::array<char, 256> part{};
  while (text.size() < kTextAtMost) {
    // Not over the end of the page: what follows may not be there.
    const std::size_t room = std::min<std::size_t>(part.size(), kPage - (address + text.size()) % kPage);
    const std::size_t count = read(address + text.size(), std::as_writable_bytes(std::span(part.data(), room)));
    if (count == 0) return text;
    const std::size_t length = ::strnlen(part.data(), count);
    text.append(part.data(), length);
    if (length < count) return text;
  }
  return text;
}

std::optional<std::uint64_t> Memory::auxiliary(std::uint64_t type) const {
  const auto found = auxiliary_.find(type);
  return found == auxiliary_.end() ? std::nullopt : std::optional(found->second);
}

ProcessMemory::ProcessMemory(pid_t process) : process_(process) {
  name_ = fmt::format("process {}", process);
  const fs::path folder = fmt::format("/proc/{}", process);
  memory_ = OwnedFd(::open((folder / "mem").c_str(), O_RDONLY | O_CLOEXEC));
  if (!memory_)
    throw system_error(name_, "cannot be read", errno,
                       errno == ENOENT ? "check the number with `ps`"
                                       : "it must be your own, and kernel.yama.ptrace_scope must allow it");
  std::ifstream stream(folder / "auxv", std::ios::binary);
  std::array<std::uint64_t, 2> entry{};
  // SAFETY: reading bytes into an array of integers; any bytes make valid ones.
  while (stream.read(reinterpret_cast<char *>(entry.data()), sizeof entry) && entry[0] != AT_NULL)
    auxiliary_[entry[0]] = entry[1];
}

std::size_t ProcessMemory::read(std::uint64_t address, std::span<std::byte> bytes) const {
  const ssize_t count = ::pread(memory_.get(), bytes.data(), bytes.size(), static_cast<off_t>(address));
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

fs::path ProcessMemory::executable() const {
  std::error_code failed;
  return fs::read_symlink(fmt::format("/proc/{}/exe", process_), failed);
}

}  // namespace crossheap::observe
