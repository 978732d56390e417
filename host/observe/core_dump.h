// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A core dump: what the kernel, or gdb's gcore, wrote of a process that crashed.
//
// It is an ELF file of the type ET_CORE. Each PT_LOAD is a mapping of the process; its bytes are in the file as far as
// the writer kept them (core(5), coredump_filter: code that is unchanged in its file is left out), and as far as the
// disk or a limit did not cut the file short. PT_NOTE has the rest: the registers of each thread, the crashed one
// first, the signal, the auxiliary vector, and which file stood where (NT_FILE).
//
// Nothing in it is believed: every range is checked against the file.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "elf/source.h"
#include "observe/memory.h"

namespace crossheap::observe {

/// A stretch of the process's address space.
struct MappedRange {
  std::uint64_t start = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;  ///< of its bytes in the dump
  std::uint64_t kept = 0;    ///< how many of them are there
  bool writable = false;
  bool left_out = false;  ///< by the writer; else what is missing was cut off
};

struct MappedFile {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::uint64_t offset = 0;  ///< in the file
  std::string path;
};

class CoreDump final : public Memory {
public:
  /// Throws Error where `path` is no core dump of a process of this machine's kind.
  /// \param sysroot  the root below which the files of the process are; "" for /
  /// \param program  the executable, where the user knows it better than the dump; may be ""
  CoreDump(const std::filesystem::path &path, std::filesystem::path sysroot, std::filesystem::path program);

  std::size_t read(std::uint64_t address, std::span<std::byte> bytes) const override;
  std::filesystem::path executable() const override;
  std::filesystem::path file(const std::filesystem::path &path) const override;

  const std::filesystem::path &path() const noexcept { return path_; }
  /// The crashed thread; 0 where the dump names none.
  pid_t thread() const noexcept { return thread_; }
  /// Stack pointers of all threads, the crashed one's first.
  const std::vector<std::uint64_t> &stack_pointers() const noexcept { return stack_pointers_; }
  /// The signal that ended it, 0 for none (a dump of a process that went on).
  int signal() const noexcept { return signal_; }
  /// Bytes that the headers promise and the file does not have.
  std::uint64_t missing() const noexcept { return missing_; }
  /// The mapping that `address` is in, null for none.
  const MappedRange *range_at(std::uint64_t address) const;
  /// The file that stood at `address`, null for none.
  const MappedFile *file_at(std::uint64_t address) const;

private:
  void read_notes(elf::ByteView area);
  void read_files(elf::ByteView note);
  std::size_t read_from_file(std::uint64_t address, std::span<std::byte> bytes) const;

  std::filesystem::path path_;
  std::filesystem::path sysroot_;
  std::filesystem::path program_;
  std::shared_ptr<const elf::Source> source_;
  std::vector<MappedRange> ranges_;  // by address
  std::vector<MappedFile> files_;    // by address
  mutable std::map<std::string, std::shared_ptr<const elf::Source>> opened_;
  std::vector<std::uint64_t> stack_pointers_;
  pid_t thread_ = 0;
  int signal_ = 0;
  std::uint64_t missing_ = 0;
};

}  // namespace crossheap::observe
