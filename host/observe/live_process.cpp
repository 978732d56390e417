// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The way in is the one of debuggers, and needs nothing of libc's own structures:
//
//     auxiliary vector    AT_PHDR: the program headers of the executable
//     DT_DEBUG            in its dynamic section: the address of r_debug
//     r_debug             the first link map; since version 2 also the r_debug of the next namespace
//     link_map            base, name, next
//
// Search lists (l_scope) are private to glibc and have no fixed place. They are found by their form: the one offset at
// which the link maps of the objects lead to arrays of lists of known link maps.
//
// A slot's word is an address. It becomes a definition where the object there has a symbol of that name at that very
// place. A word in the object's own PLT is a lazy slot that nobody has called yet: "waiting". What fits neither is left
// out, for code may have put anything there.
#include "observe/live_process.h"

#include <elf.h>
#include <fmt/format.h>
#include <link.h>

#include <algorithm>
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

}  // namespace

bool holds_an_address(elf::RelocationKind kind) noexcept {
  return kind == elf::RelocationKind::JumpSlot || kind == elf::RelocationKind::GlobDat ||
         kind == elf::RelocationKind::Absolute;
}

LiveProcess::LiveProcess(pid_t process, binding::ObjectFiles &files)
    : LiveProcess(std::make_unique<ProcessMemory>(process), files) {}

LiveProcess::LiveProcess(std::unique_ptr<const Memory> memory, binding::ObjectFiles &files)
    : memory_(std::move(memory)) {
  vdso_ = memory_->auxiliary(AT_SYSINFO_EHDR).value_or(0);
  std::uint64_t debug = debug_structure();
  // struct r_debug: the version, the first link map, the breakpoint, the state, the loader's base; since version 2 the
  // structure of the next link namespace.
  for (std::uint32_t number = 0; debug != 0 && number < kNamespacesAtMost; ++number) {
    add_namespace(word_at(debug + offsetof(r_debug, r_map)), number, files);
    const bool extended = (word_at(debug) & UINT32_MAX) >= 2;
    debug = extended ? word_at(debug + sizeof(r_debug)) : 0;
  }
  if (objects_.empty())
    throw Error(Blame::Work, memory_->name(), "has an empty list of objects: its loader had not begun",
                "read it when its main function runs");
  find_scopes();
}

// l_scope of a link_map: an array of pointers to lists, which ends with null. Where it stands in the structure is
// glibc's own affair and changes with its versions; but nothing else there has that form, and each list holds nothing
// but link maps that are known. The first offset at which that is so for the first 32 objects is taken.
void LiveProcess::find_scopes() {
  constexpr std::uint64_t kStructureAtMost = 2'048;
  constexpr std::size_t kLookedAt = 32;
  for (std::uint64_t offset = sizeof(link_map); offset < kStructureAtMost; offset += sizeof(std::uint64_t)) {
    std::size_t holds = 0;
    bool fails = false;
    for (std::size_t i = 0; i < objects_.size() && i < kLookedAt && !fails; ++i) {
      const auto array = memory_->word_at(objects_[i].map + offset);
      if (i != 0 && array == 0) continue;  // the loader's own map has none
      const auto lists = array ? lists_at(*array) : std::vector<std::vector<std::size_t>>();
      fails = lists.empty() || (i == 0 && lists.front().front() != 0);
      ++holds;
    }
    if (fails || holds < std::min<std::size_t>(objects_.size(), 3)) continue;
    scope_offset_ = offset;
    return;
  }
}

std::vector<std::vector<std::size_t>> LiveProcess::lists_at(std::uint64_t array) const {
  constexpr std::size_t kListsAtMost = 1'024;
  std::vector<std::vector<std::size_t>> lists;
  for (std::size_t i = 0; i < kListsAtMost; ++i) {
    const auto element = memory_->word_at(array + i * sizeof(std::uint64_t));
    if (!element) return {};
    if (*element == 0) return lists;
    // struct r_scope_elem: the list, and how many it has.
    const auto start = memory_->word_at(*element);
    const auto count = memory_->word_at(*element + sizeof(std::uint64_t));
    if (!start || !count || (*count & UINT32_MAX) == 0 || (*count & UINT32_MAX) > objects_.size()) return {};
    std::vector<std::uint64_t> maps(*count & UINT32_MAX);
    const auto bytes = std::as_writable_bytes(std::span(maps));
    if (memory_->read(*start, bytes) != bytes.size()) return {};
    std::vector<std::size_t> list;
    for (const std::uint64_t map : maps) {
      const auto known = by_map_.find(map);
      if (known == by_map_.end()) return {};
      list.push_back(known->second);
    }
    lists.push_back(std::move(list));
  }
  return {};
}

std::vector<std::vector<std::size_t>> LiveProcess::scopes_of(std::size_t object) const {
  if (scope_offset_ == 0) return {};
  const auto array = memory_->word_at(objects_[object].map + scope_offset_);
  return array ? lists_at(*array) : std::vector<std::vector<std::size_t>>();
}

std::uint64_t LiveProcess::word_at(std::uint64_t address) const {
  if (const auto word = memory_->word_at(address)) return *word;
  throw Error(Blame::Work, memory_->name(),
              fmt::format("has no memory at {:#x}, where the loader's list leads", address),
              "it may have ended, be cut short, or be no process of glibc's loader");
}

// Where the loader's structure for debuggers is: DT_DEBUG of the executable holds its address.
std::uint64_t LiveProcess::debug_structure() const {
  const auto headers = memory_->auxiliary(AT_PHDR);
  const auto count = memory_->auxiliary(AT_PHNUM);
  if (!headers || !count)
    throw Error(Blame::Work, memory_->name(), "does not show its auxiliary vector",
                "it must be your own, and a process of 64 bits that has not ended");
  std::uint64_t base = 0;
  std::uint64_t dynamic = 0;
  for (std::uint64_t i = 0; i < *count && i < UINT16_MAX; ++i) {
    const std::uint64_t header = *headers + i * sizeof(Elf64_Phdr);
    const std::uint64_t type = word_at(header) & UINT32_MAX;
    const std::uint64_t address = word_at(header + offsetof(Elf64_Phdr, p_vaddr));
    if (type == PT_PHDR) base = *headers - address;
    if (type == PT_DYNAMIC) dynamic = address;
  }
  if (dynamic == 0)
    throw Error(Blame::Usage, memory_->name(), "is statically linked: no loader binds anything in it",
                "what it carries is shown by `crossheap inspect`");
  std::uint64_t entry = base + dynamic;
  for (std::size_t i = 0; i < kDynamicEntriesAtMost && word_at(entry) != DT_NULL; ++i, entry += sizeof(Elf64_Dyn))
    if (word_at(entry) == DT_DEBUG) return word_at(entry + offsetof(Elf64_Dyn, d_un));
  throw Error(Blame::Work, memory_->name(), "does not tell debuggers where its list of objects is",
              "only processes of glibc's loader do");
}

void LiveProcess::add_namespace(std::uint64_t first_map, std::uint32_t number, binding::ObjectFiles &files) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t map = first_map; map != 0; map = word_at(map + offsetof(link_map, l_next))) {
    if (objects_.size() == kObjectsAtMost || !seen.insert(map).second)
      throw Error(Blame::Work, memory_->name(), "has a list of objects without end", "it may be damaged");
    LiveObject object;
    object.base = word_at(map + offsetof(link_map, l_addr));
    object.link_namespace = number;
    object.map = map;
    by_map_.emplace(map, objects_.size());
    object.path = objects_.empty() ? memory_->executable()
                                   : fs::path(memory_->text_at(word_at(map + offsetof(link_map, l_name))));
    read_file_of(object, files);
    objects_.push_back(std::move(object));
  }
}

void LiveProcess::read_file_of(LiveObject &object, binding::ObjectFiles &files) const {
  if (object.path.empty() || object.path.string().starts_with("linux-vdso.so") ||
      object.path.string().starts_with("linux-gate.so"))
    return;
  object.path = memory_->file(object.path);
  try {
    auto file = files.open(object.path);
    const std::string in_memory = build_id_in_memory(object, file->elf_file);
    if (!in_memory.empty() && in_memory != file->elf_file.build_id())
      object.why_not = "is another file now: its build id is not the one in the process";
    else
      object.file = std::move(file);
  } catch (const Error &error) {
    object.why_not = error.reason();
  }
}

// As the process has it mapped, by the notes of its own program headers; "" where that cannot be read.
std::string LiveProcess::build_id_in_memory(const LiveObject &object, const elf::File &file) const {
  if (file.segments().empty() || file.build_id().empty()) return {};
  // The header is mapped with the first segment; what the process has there decides, not what the file says.
  std::uint64_t start = UINT64_MAX;
  for (const elf::Segment &segment : file.segments())
    if (segment.type == PT_LOAD && segment.in_file.offset == 0) start = object.base + segment.in_memory.address;
  if (start == UINT64_MAX) return {};
  const auto offset = memory_->word_at(start + offsetof(Elf64_Ehdr, e_phoff));
  const auto counts = memory_->word_at(start + offsetof(Elf64_Ehdr, e_phentsize));
  const auto magic = memory_->word_at(start);
  if (!offset || !counts || !magic || (*magic & UINT32_MAX) != 0x464c457f) return {};
  const std::uint64_t count = (*counts >> 16U) & UINT16_MAX;
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, 64); ++i) {
    const std::uint64_t header = start + *offset + i * sizeof(Elf64_Phdr);
    const auto type = memory_->word_at(header);
    const auto address = memory_->word_at(header + offsetof(Elf64_Phdr, p_vaddr));
    const auto size = memory_->word_at(header + offsetof(Elf64_Phdr, p_memsz));
    const auto align = memory_->word_at(header + offsetof(Elf64_Phdr, p_align));
    if (!type || !address || !size || !align || (*type & UINT32_MAX) != PT_NOTE || *size > kVdsoAtMost) continue;
    std::vector<std::byte> notes(*size);
    if (memory_->read(object.base + *address, notes) != notes.size()) continue;
    const std::string name = memory_->name();
    std::vector<elf::Note> found;
    try {
      elf::append_notes(elf::ByteView(notes, name), *align, found);
    } catch (const Error &) {
      // Those before it are known.
    }
    if (std::string id = elf::build_id_in(found); !id.empty()) return id;
  }
  return {};
}

std::optional<std::uint64_t> LiveProcess::value_of(std::size_t object, const binding::Slot &slot) const {
  const auto word = memory_->word_at(objects_[object].base + slot.relocation.address);
  if (!word) return std::nullopt;
  const bool has_addend = slot.relocation.kind == elf::RelocationKind::Absolute;
  return has_addend && *word != 0 ? *word - static_cast<std::uint64_t>(slot.relocation.addend) : *word;
}

std::optional<std::size_t> LiveProcess::object_at(std::uint64_t address) const {
  for (std::size_t i = 0; i < objects_.size(); ++i) {
    if (!objects_[i].file) continue;
    for (const elf::Segment &segment : objects_[i].file->elf_file.segments()) {
      const std::uint64_t start = objects_[i].base + segment.in_memory.address;
      if (segment.type == PT_LOAD && address >= start && address - start < segment.in_memory.size) return i;
    }
  }
  return std::nullopt;
}

bool LiveProcess::is_in_vdso(std::uint64_t address) const noexcept {
  return vdso_ != 0 && address >= vdso_ && address - vdso_ < kVdsoAtMost;
}

Seen seen_in(const LiveProcess &live) {
  Seen seen;
  binding::Snapshot &snapshot = seen.snapshot;
  std::vector<binding::ObjectIndex> &index_of = seen.index_of;
  index_of.assign(live.objects().size(), kNoObject);
  for (std::size_t i = 0; i < live.objects().size(); ++i) {
    const LiveObject &object = live.objects()[i];
    if (!object.file) continue;
    index_of[i] = snapshot.objects.size();
    binding::Object in_model;
    in_model.file = object.file;
    in_model.path = object.path;
    in_model.link_namespace = object.link_namespace;
    in_model.origin = i == 0 ? binding::Origin::Executable : binding::Origin::StartUp;
    snapshot.objects.push_back(std::move(in_model));
  }
  for (std::size_t i = 0; i < live.objects().size(); ++i) {
    if (index_of[i] == kNoObject) continue;
    std::vector<std::vector<binding::ObjectIndex>> scopes;
    for (const std::vector<std::size_t> &list : live.scopes_of(i)) {
      std::vector<binding::ObjectIndex> members;
      for (const std::size_t member : list)
        if (index_of[member] != kNoObject) members.push_back(index_of[member]);
      if (!members.empty()) scopes.push_back(std::move(members));
    }
    seen.scopes.push_back(std::move(scopes));
    const binding::ObjectFile &file = *live.objects()[i].file;
    for (const binding::Slot &slot : file.slots) {
      if (!holds_an_address(slot.relocation.kind)) continue;
      const auto value = live.value_of(i, slot);
      if (!value) continue;
      binding::Binding bound;
      bound.object = index_of[i];
      bound.slot = slot;
      bound.symbol = file.symbols[slot.symbol];
      bound.version = file.symbols.version(slot.symbol);
      const auto at = *value == 0 ? std::nullopt : live.object_at(*value);
      if (!at && *value != 0) continue;  // in an object whose file cannot be read
      if (at && index_of[*at] != kNoObject) {
        binding::Definition definition;
        const binding::ObjectFile &provider = *live.objects()[*at].file;
        const bool defines = provider.symbols.find(elf::HashedName(bound.symbol.name), [&](const elf::Symbol &symbol) {
          definition = {index_of[*at], symbol};
          const bool stands_there = symbol.defined() || symbol.canonical_plt();
          return stands_there && (symbol.type == STT_GNU_IFUNC || live.objects()[*at].base + symbol.value == *value);
        });
        // Its own PLT, not a function: the loader binds it when it is first called.
        if (!defines && *at == i && slot.relocation.kind == elf::RelocationKind::JumpSlot) {
          seen.waiting.push_back(bound);
          continue;
        }
        if (!defines) continue;
        bound.definition = definition;
      }
      snapshot.bindings.push_back(bound);
    }
  }
  return seen;
}

}  // namespace crossheap::observe
