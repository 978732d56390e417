// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One pass over the program headers makes two sorted lists, mappings and files, and reading an address is a binary
// search in the first. What a mapping lacks is of two kinds, and they must not be confused. The writer left it out,
// because it stands unchanged in a file: then the file is read instead. Or the dump was cut short: then nothing is
// known. A header says the first by a file size below the memory size; the second shows where the promised bytes end
// behind the end of the file.
//
//     mapping    libc's code: 1.5 MiB in memory, none in the dump    left out: read from libc.so.6
//     mapping    the heap: 132 KiB in both, the file ends in it      cut off: not known
//
// Sources: elf(5), the kernel's fs/binfmt_elf.c, and for NT_PRSTATUS its include/uapi/linux/elfcore.h.
#include "observe/core_dump.h"

#include <elf.h>
#include <fmt/format.h>
#include <sys/procfs.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "elf/file.h"

namespace crossheap::observe {

namespace fs = std::filesystem;
using elf::ByteView;

namespace {

#if defined(__x86_64__)
constexpr std::uint16_t kMachine = EM_X86_64;
constexpr std::size_t kStackPointer = 19;  // in elf_gregset_t: user_regs_struct's rsp
#elif defined(__aarch64__)
constexpr std::uint16_t kMachine = EM_AARCH64;
constexpr std::size_t kStackPointer = 31;
#else
constexpr std::uint16_t kMachine = EM_NONE;
constexpr std::size_t kStackPointer = 0;
#endif

constexpr std::size_t kThreadsAtMost = 65'536;
constexpr std::size_t kFilesAtMost = 262'144;  // vm.max_map_count is 65,530 as a rule

// What the kernel's elf_core_dump and gdb write: the owner "CORE", both parts padded to 4 bytes.

}  // namespace

CoreDump::CoreDump(const fs::path &path, fs::path sysroot, fs::path program)
    : path_(path), sysroot_(std::move(sysroot)), program_(std::move(program)), source_(elf::Source::open(path)) {
  name_ = path.string();
  const ByteView bytes = source_->bytes();
  if (!elf::File::is_elf(bytes))
    throw Error(Blame::Usage, name_, "is no core dump: it is not an ELF file",
                "a dump that is packed (zstd, lz4) must be unpacked first: `coredumpctl dump -o FILE` does that");
  if (!bytes.contains({0, sizeof(Elf64_Ehdr)})) throw elf::malformed(name_, "it ends inside its header");
  const auto type = bytes.read<std::uint16_t>(offsetof(Elf64_Ehdr, e_type));
  const bool narrow = bytes.read<std::uint8_t>(EI_CLASS) != ELFCLASS64;
  const bool foreign_order = bytes.read<std::uint8_t>(EI_DATA) != ELFDATA2LSB;
  const auto machine = bytes.read<std::uint16_t>(offsetof(Elf64_Ehdr, e_machine));
  if (narrow || foreign_order || machine != kMachine) {
    elf::Header header;
    header.machine = foreign_order ? __builtin_bswap16(machine) : machine;
    throw Error(Blame::Usage, name_,
                fmt::format("is a file for {} of {} bits, and only dumps of this machine's kind are read",
                            elf::machine_name(header), narrow ? 32 : 64),
                "run crossheap on a machine of that kind");
  }
  if (type != ET_CORE)
    throw Error(Blame::Usage, name_, "is no core dump but a program or a library",
                "name the dump with --core, and the program, if you must, with --host");
  std::uint64_t count = bytes.read<std::uint16_t>(offsetof(Elf64_Ehdr, e_phnum));
  const auto table = bytes.read<std::uint64_t>(offsetof(Elf64_Ehdr, e_phoff));
  if (count == PN_XNUM)  // more mappings than 16 bits count: in the one section header
    count = bytes.read<std::uint32_t>(bytes.read<std::uint64_t>(offsetof(Elf64_Ehdr, e_shoff)) +
                                      offsetof(Elf64_Shdr, sh_info));
  if (table > bytes.size() || count > (bytes.size() - table) / sizeof(Elf64_Phdr))
    throw elf::malformed(name_, "it ends inside its table of mappings");
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t at = table + i * sizeof(Elf64_Phdr);
    const auto kind = bytes.read<std::uint32_t>(at + offsetof(Elf64_Phdr, p_type));
    const auto offset = bytes.read<std::uint64_t>(at + offsetof(Elf64_Phdr, p_offset));
    const auto in_file = bytes.read<std::uint64_t>(at + offsetof(Elf64_Phdr, p_filesz));
    const std::uint64_t there = offset < bytes.size() ? std::min(in_file, bytes.size() - offset) : 0;
    missing_ += in_file - there;
    if (kind == PT_NOTE) read_notes(bytes.slice({offset < bytes.size() ? offset : 0, there}, "the notes"));
    if (kind != PT_LOAD) continue;
    MappedRange range;
    range.start = bytes.read<std::uint64_t>(at + offsetof(Elf64_Phdr, p_vaddr));
    range.size = bytes.read<std::uint64_t>(at + offsetof(Elf64_Phdr, p_memsz));
    range.offset = offset;
    range.kept = std::min(there, range.size);
    range.writable = (bytes.read<std::uint32_t>(at + offsetof(Elf64_Phdr, p_flags)) & PF_W) != 0;
    range.left_out = there == in_file && in_file < range.size;
    if (range.size <= UINT64_MAX - range.start) ranges_.push_back(range);
  }
  std::sort(ranges_.begin(), ranges_.end(),
            [](const MappedRange &one, const MappedRange &other) { return one.start < other.start; });
  std::sort(files_.begin(), files_.end(),
            [](const MappedFile &one, const MappedFile &other) { return one.start < other.start; });
}

void CoreDump::read_notes(ByteView area) {
  std::vector<elf::Note> notes;
  try {
    constexpr std::uint64_t kAlign = 4;
    elf::append_notes(area, kAlign, notes);
  } catch (const Error &) {
    // Cut off: what stands before is as good as it was.
  }
  for (const auto &[owner, type, note] : notes) {
    if (owner != "CORE") continue;
    if (type == NT_PRSTATUS && note.size() >= sizeof(prstatus_t) && stack_pointers_.size() < kThreadsAtMost) {
      if (stack_pointers_.empty()) {
        thread_ = static_cast<pid_t>(note.read<std::uint32_t>(offsetof(prstatus_t, pr_pid)));
        signal_ = note.read<std::uint16_t>(offsetof(prstatus_t, pr_cursig));
      }
      stack_pointers_.push_back(note.read<std::uint64_t>(offsetof(prstatus_t, pr_reg) + kStackPointer * 8));
    } else if (type == NT_AUXV) {
      for (std::uint64_t entry = 0; note.contains({entry, 16}); entry += 16)
        auxiliary_[note.read<std::uint64_t>(entry)] = note.read<std::uint64_t>(entry + 8);
    } else if (type == NT_FILE) {
      read_files(note);
    }
  }
}

// NT_FILE: how many, the size of a page, for each start, end and page in the file, and then all the names.
void CoreDump::read_files(ByteView note) {
  if (!note.contains({0, 16})) return;
  const auto count = note.read<std::uint64_t>(0);
  const auto page = note.read<std::uint64_t>(8);
  if (count > kFilesAtMost || count > (note.size() - 16) / 24) return;
  std::uint64_t name = 16 + count * 24;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view text = note.string_or_nothing_at(name);
    if (text.empty()) return;
    name += text.size() + 1;
    MappedFile file;
    file.start = note.read<std::uint64_t>(16 + i * 24);
    file.end = note.read<std::uint64_t>(24 + i * 24);
    file.offset = note.read<std::uint64_t>(32 + i * 24) * page;
    file.path = text;
    if (file.end > file.start) files_.push_back(std::move(file));
  }
}

const MappedRange *CoreDump::range_at(std::uint64_t address) const {
  const auto behind = std::upper_bound(ranges_.begin(), ranges_.end(), address,
                                       [](std::uint64_t at, const MappedRange &range) { return at < range.start; });
  if (behind == ranges_.begin()) return nullptr;
  const MappedRange &range = *std::prev(behind);
  return address - range.start < range.size ? &range : nullptr;
}

const MappedFile *CoreDump::file_at(std::uint64_t address) const {
  const auto behind = std::upper_bound(files_.begin(), files_.end(), address,
                                       [](std::uint64_t at, const MappedFile &file) { return at < file.start; });
  if (behind == files_.begin()) return nullptr;
  const MappedFile &file = *std::prev(behind);
  return address < file.end ? &file : nullptr;
}

std::size_t CoreDump::read(std::uint64_t address, std::span<std::byte> bytes) const {
  const MappedRange *const range = range_at(address);
  if (range == nullptr) return 0;
  const std::uint64_t into = address - range->start;
  if (into >= range->kept) return range->left_out && !range->writable ? read_from_file(address, bytes) : 0;
  const std::uint64_t count = std::min<std::uint64_t>(bytes.size(), range->kept - into);
  std::memcpy(bytes.data(), source_->bytes().bytes().data() + range->offset + into, count);
  return count;
}

// What the writer left out because it stands unchanged in a file.
std::size_t CoreDump::read_from_file(std::uint64_t address, std::span<std::byte> bytes) const {
  const MappedFile *const mapped = file_at(address);
  if (mapped == nullptr) return 0;
  const auto [entry, is_new] = opened_.try_emplace(mapped->path);
  if (is_new) {
    try {
      entry->second = elf::Source::open(file(mapped->path));
    } catch (const Error &) {
      entry->second = nullptr;  // gone; whoever needs it says so
    }
  }
  if (!entry->second) return 0;
  const auto content = entry->second->bytes().bytes();
  const std::uint64_t from = mapped->offset + (address - mapped->start);
  if (from >= content.size()) return 0;
  const auto count = std::min<std::uint64_t>({bytes.size(), content.size() - from, mapped->end - address});
  std::memcpy(bytes.data(), content.data() + from, count);
  return count;
}

fs::path CoreDump::executable() const {
  if (!program_.empty()) return program_;
  if (const auto headers = auxiliary(AT_PHDR))
    if (const MappedFile *const file = file_at(*headers)) return file->path;
  const auto name = auxiliary(AT_EXECFN);
  return name ? fs::path(text_at(*name)) : fs::path();
}

fs::path CoreDump::file(const fs::path &path) const {
  fs::path file = path;
  // A name that the program gave relative to its folder; the mappings have the whole one.
  if (path.is_relative() && path != program_)
    for (const MappedFile &mapped : files_)
      if (fs::path(mapped.path).filename() == path.filename()) {
        file = mapped.path;
        break;
      }
  if (sysroot_.empty() || path == program_) return file;
  return sysroot_ / file.relative_path();
}

}  // namespace crossheap::observe
