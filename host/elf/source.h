// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The bytes of a file, or of one member of an archive, mapped for reading, with the name that messages use.
//
// A mapped file can shrink under its reader, and reading behind the new end raises SIGBUS. guard_against_truncation()
// turns that into an Error as well: the handler puts zeros in place of the lost page and remembers the source.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "elf/byte_view.h"

namespace crossheap::elf {

class Source {
public:
  /// Maps the regular file `path`. Throws Error where it cannot be opened, is no regular file or is empty.
  static std::shared_ptr<const Source> open(const std::filesystem::path &path);

  /// As open, but answers null, and maps nothing, where `wanted` does not accept the file's first bytes (kHeadSize of
  /// them, or the whole of a shorter file).
  static std::shared_ptr<const Source> open_if(const std::filesystem::path &path, bool (*wanted)(ByteView head));
  static constexpr std::size_t kHeadSize = 8;

  /// Bytes that are in memory already.
  static std::shared_ptr<const Source> from_memory(std::string name, std::vector<std::byte> bytes);

  /// The part `range` of `whole`, which it keeps alive. Throws Error where the part ends outside.
  static std::shared_ptr<const Source> part(std::shared_ptr<const Source> whole, FileRange range, std::string name);

  Source(const Source &) = delete;
  Source &operator=(const Source &) = delete;
  ~Source();

  const std::string &name() const noexcept { return name_; }
  ByteView bytes() const noexcept { return {bytes_, name_}; }

  /// Whether the kernel would start it in secure mode (setuid, setgid, file capabilities), in which ld.so ignores most
  /// of its environment. False for what is no file of its own.
  bool starts_in_secure_mode() const noexcept { return secure_; }

  /// Throws Error where the file shrank while it was read: what was read since may be zeros. To be called when the
  /// reading is done, before its results are believed.
  void verify_unchanged() const;

private:
  static std::shared_ptr<const Source> mapped(std::string name, int fd);
  Source(std::string name, std::span<const std::byte> bytes) : name_(std::move(name)), bytes_(bytes) {}

  std::string name_;
  std::span<const std::byte> bytes_;
  std::vector<std::byte> memory_;        // of from_memory
  std::shared_ptr<const Source> whole_;  // of part
  std::size_t guarded_slot_ = 0;         // of open: its entry in the handler's table, counted from 1; 0 without
  bool mapped_ = false;
  bool secure_ = false;
};

/// Installs the SIGBUS handler for every Source opened from now on; a SIGBUS that has nothing to do with them goes to
/// the handler that was there before. For programs, once, before threads start.
void guard_against_truncation();

}  // namespace crossheap::elf
