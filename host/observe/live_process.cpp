// SPDX-License-Identifier: MIT OR Apache-2.0
#include "observe/live_process.h"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <link.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <set>

#include "base/error.h"

namespace crossheap::observe {

namespace fs = std::filesystem;
using binding::kNoObject;

namespace {

// Far beyond any program, and read in seconds.
constexpr std::size_t kObjectsAtMost = 16'384;
constexpr std::size_t kDynamicEntriesAtMost = 4'096;
constexpr std::uint32_t kNamespacesAtMost = 64;  // glibc has 16
constexpr std::uint64_t kVdsoAtMost = 65'536;    // a few pages on every machine
constexpr std::size_t kPathAtMost = 4'096;

std::map<std::uint64_t, std::uint64_t> auxiliary_vector(const fs::path &folder) {
  std::map<std::uint64_t, std::uint64_t> values;
  std::ifstream stream(folder / "auxv", std::ios::binary);
  std::array<std::uint64_t, 2> entry{};
  // SAFETY: reading bytes into an array of integers; any bytes make valid ones.
  while (stream.read(reinterpret_cast<char *>(entry.data()), sizeof entry) && entry[0] != AT_NULL)
    values[entry[0]] = entry[1];
  return values;
}

}  // namespace

bool holds_an_address(elf::RelocationKind kind) noexcept {
  return kind == elf::RelocationKind::JumpSlot || kind == elf::RelocationKind::GlobDat ||
         kind == elf::RelocationKind::Absolute;
}

LiveProcess::LiveProcess(pid_t process, binding::Images &images)
    : process_(process), name_(fmt::format("process {}", process)) {
  const fs::path folder = fmt::format("/proc/{}", process);
  memory_ = OwnedFd(::open((folder / "mem").c_str(), O_RDONLY | O_CLOEXEC));
  if (!memory_)
    throw system_error(name_, "cannot be read", errno,
                       errno == ENOENT ? "check the number with `ps`"
                                       : "it must be your own, and kernel.yama.ptrace_scope must allow it");
  const auto auxiliary = auxiliary_vector(folder);
  if (const auto vdso = auxiliary.find(AT_SYSINFO_EHDR); vdso != auxiliary.end()) vdso_ = vdso->second;
  std::uint64_t debug = debug_structure(auxiliary);
  // struct r_debug: the version, the first link map, the breakpoint, the state, the loader's base; since version 2 the
  // structure of the next link namespace.
  for (std::uint32_t number = 0; debug != 0 && number < kNamespacesAtMost; ++number) {
    add_namespace(word_at(debug + offsetof(r_debug, r_map)), number, images);
    const bool extended = (word_at(debug) & UINT32_MAX) >= 2;
    debug = extended ? word_at(debug + sizeof(r_debug)) : 0;
  }
}

std::optional<std::uint64_t> LiveProcess::try_word_at(std::uint64_t address) const {
  std::uint64_t word = 0;
  const ssize_t count = ::pread(memory_.get(), &word, sizeof word, static_cast<off_t>(address));
  return count == sizeof word ? std::optional(word) : std::nullopt;
}

std::uint64_t LiveProcess::word_at(std::uint64_t address) const {
  if (const auto word = try_word_at(address)) return *word;
  throw Error(Blame::Work, name_, fmt::format("has no memory at {:#x}, where the loader's list leads", address),
              "it may have ended, or is no process of glibc's loader");
}

std::string LiveProcess::text_at(std::uint64_t address) const {
  std::string text;
  std::array<char, 256> part{};
  while (text.size() < kPathAtMost) {
    // Not over the end of the page: what follows may not be there.
    const std::size_t room = std::min<std::size_t>(part.size(), 4'096 - (address + text.size()) % 4'096);
    const ssize_t count = ::pread(memory_.get(), part.data(), room, static_cast<off_t>(address + text.size()));
    if (count <= 0) return text;
    const std::size_t length = ::strnlen(part.data(), static_cast<std::size_t>(count));
    text.append(part.data(), length);
    if (length < static_cast<std::size_t>(count)) return text;
  }
  return text;
}

// Where the loader's structure for debuggers is: DT_DEBUG of the executable holds its address.
std::uint64_t LiveProcess::debug_structure(const std::map<std::uint64_t, std::uint64_t> &auxiliary) const {
  const auto headers = auxiliary.find(AT_PHDR);
  const auto count = auxiliary.find(AT_PHNUM);
  if (headers == auxiliary.end() || count == auxiliary.end())
    throw Error(Blame::Work, name_, "does not show its auxiliary vector",
                "it must be your own, and a process of 64 bits that has not ended");
  std::uint64_t base = 0;
  std::uint64_t dynamic = 0;
  for (std::uint64_t i = 0; i < count->second && i < UINT16_MAX; ++i) {
    const std::uint64_t header = headers->second + i * sizeof(Elf64_Phdr);
    const std::uint64_t type = word_at(header) & UINT32_MAX;
    const std::uint64_t address = word_at(header + offsetof(Elf64_Phdr, p_vaddr));
    if (type == PT_PHDR) base = headers->second - address;
    if (type == PT_DYNAMIC) dynamic = address;
  }
  if (dynamic == 0)
    throw Error(Blame::Usage, name_, "is statically linked: no loader binds anything in it",
                "what it carries is shown by `crossheap inspect`");
  std::uint64_t entry = base + dynamic;
  for (std::size_t i = 0; i < kDynamicEntriesAtMost && word_at(entry) != DT_NULL; ++i, entry += sizeof(Elf64_Dyn))
    if (word_at(entry) == DT_DEBUG) return word_at(entry + offsetof(Elf64_Dyn, d_un));
  throw Error(Blame::Work, name_, "does not tell debuggers where its list of objects is",
              "only processes of glibc's loader do");
}

void LiveProcess::add_namespace(std::uint64_t first_map, std::uint32_t number, binding::Images &images) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t map = first_map; map != 0; map = word_at(map + offsetof(link_map, l_next))) {
    if (objects_.size() == kObjectsAtMost || !seen.insert(map).second)
      throw Error(Blame::Work, name_, "has a list of objects without end", "it may be damaged");
    LiveObject object;
    object.base = word_at(map + offsetof(link_map, l_addr));
    object.link_namespace = number;
    object.path = text_at(word_at(map + offsetof(link_map, l_name)));
    std::error_code failed;
    if (objects_.empty()) object.path = fs::read_symlink(fmt::format("/proc/{}/exe", process_), failed);
    if (fs::exists(object.path, failed)) object.image = images.open(object.path);
    objects_.push_back(std::move(object));
  }
}

std::optional<std::uint64_t> LiveProcess::value_of(std::size_t object, const binding::Slot &slot) const {
  const auto word = try_word_at(objects_[object].base + slot.relocation.address);
  if (!word) return std::nullopt;
  const bool has_addend = slot.relocation.kind == elf::RelocationKind::Absolute;
  return has_addend && *word != 0 ? *word - static_cast<std::uint64_t>(slot.relocation.addend) : *word;
}

std::optional<std::size_t> LiveProcess::object_at(std::uint64_t address) const {
  for (std::size_t i = 0; i < objects_.size(); ++i) {
    if (!objects_[i].image) continue;
    for (const elf::Segment &segment : objects_[i].image->file.segments()) {
      const std::uint64_t start = objects_[i].base + segment.in_memory.address;
      if (segment.type == PT_LOAD && address >= start && address - start < segment.in_memory.size) return i;
    }
  }
  return std::nullopt;
}

bool LiveProcess::is_in_vdso(std::uint64_t address) const noexcept {
  return vdso_ != 0 && address >= vdso_ && address - vdso_ < kVdsoAtMost;
}

binding::Snapshot snapshot_of(const LiveProcess &live, std::uint64_t &waiting) {
  binding::Snapshot snapshot;
  waiting = 0;
  std::vector<binding::ObjectIndex> index_of(live.objects().size(), kNoObject);
  for (std::size_t i = 0; i < live.objects().size(); ++i) {
    const LiveObject &object = live.objects()[i];
    if (!object.image) continue;
    index_of[i] = snapshot.objects.size();
    binding::Object in_model;
    in_model.image = object.image;
    in_model.path = object.path;
    in_model.link_namespace = object.link_namespace;
    in_model.origin = i == 0 ? binding::Origin::Executable : binding::Origin::StartUp;
    snapshot.objects.push_back(std::move(in_model));
  }
  for (std::size_t i = 0; i < live.objects().size(); ++i) {
    if (index_of[i] == kNoObject) continue;
    const binding::Image &image = *live.objects()[i].image;
    for (const binding::Slot &slot : image.slots) {
      if (!holds_an_address(slot.relocation.kind)) continue;
      const auto value = live.value_of(i, slot);
      if (!value) continue;
      binding::Binding bound;
      bound.object = index_of[i];
      bound.slot = slot;
      bound.symbol = image.symbols[slot.symbol];
      bound.version = image.symbols.version(slot.symbol);
      const auto at = *value == 0 ? std::nullopt : live.object_at(*value);
      if (at && index_of[*at] != kNoObject) {
        binding::Definition definition;
        const binding::Image &provider = *live.objects()[*at].image;
        const bool defines = provider.symbols.find(elf::HashedName(bound.symbol.name), [&](const elf::Symbol &symbol) {
          definition = {index_of[*at], symbol};
          const bool stands_there = symbol.defined() || symbol.canonical_plt();
          return stands_there && (symbol.type == STT_GNU_IFUNC || live.objects()[*at].base + symbol.value == *value);
        });
        // Its own PLT, not a function: the loader binds it when it is first called.
        if (!defines && *at == i && slot.relocation.kind == elf::RelocationKind::JumpSlot) {
          ++waiting;
          continue;
        }
        if (!defines) continue;
        bound.definition = definition;
      }
      snapshot.bindings.push_back(bound);
    }
  }
  return snapshot;
}

}  // namespace crossheap::observe
