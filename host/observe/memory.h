// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The memory of a process, read from outside: of one that runs, or what a core dump has kept of one that ended.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "base/owned_fd.h"

namespace crossheap::observe {

class Memory {
public:
  Memory() = default;
  Memory(const Memory &) = delete;
  Memory &operator=(const Memory &) = delete;
  virtual ~Memory() = default;

  /// For messages: "process 123", "core.123".
  const std::string &name() const noexcept { return name_; }

  /// Fills `bytes` from `address` on; answers how many could be read, 0 for none.
  virtual std::size_t read(std::uint64_t address, std::span<std::byte> bytes) const = 0;

  /// The file of the program, "" where that is not known.
  virtual std::filesystem::path executable() const = 0;

  /// Where a file of the process is to be looked for.
  virtual std::filesystem::path file(const std::filesystem::path &path) const { return path; }

  std::optional<std::uint64_t> word_at(std::uint64_t address) const;
  /// The NUL-terminated text at `address`, up to what can be read and 4,096 bytes.
  std::string text_at(std::uint64_t address) const;
  /// An entry of the auxiliary vector (AT_PHDR, ...).
  std::optional<std::uint64_t> auxiliary(std::uint64_t type) const;

protected:
  std::string name_;
  std::map<std::uint64_t, std::uint64_t> auxiliary_;
};

class ProcessMemory final : public Memory {
public:
  /// Throws Error where the process is not there or may not be read.
  explicit ProcessMemory(pid_t process);
  std::size_t read(std::uint64_t address, std::span<std::byte> bytes) const override;
  std::filesystem::path executable() const override;

private:
  pid_t process_;
  OwnedFd memory_;
};

}  // namespace crossheap::observe
