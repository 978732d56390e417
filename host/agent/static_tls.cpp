// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The loader's way to the libraries is followed without running anything. The interpreter of a script comes first. Then
// a list grows while it is read: the program, LD_PRELOAD, and each object's DT_NEEDED behind them, breadth first, each
// looked for by RPATH, LD_LIBRARY_PATH, RUNPATH, the loader's cache, and the system's folders. What is not found needs
// nothing: the loader will not find it either. For instance:
//
//     0 program      needs libfoo.so and libc.so.6     its own TLS is laid out with its size known: not counted
//     1 libfoo.so    needs libjemalloc.so.2            no PT_TLS: nothing
//     2 libc.so.6    DF_STATIC_TLS                     the size of its PT_TLS and its alignment
//     3 libjemalloc  DF_STATIC_TLS                     the same
//
// The search is simpler than the loader's own (binding/library_search.cpp has all of it): folders for better processors
// are left out, as the build of a library in there is taken to need as much.
//
// All data stand in static memory under one lock: a child of posix_spawn has a stack of 32 KiB, and nothing may be
// allocated. Sources: ld.so(8), glibc elf/dl-load.c, and sysdeps/generic/dl-cache.h for the format of the cache.
#include "agent/static_tls.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "agent/lock.h"
#include "agent/mapped_file.h"

namespace crossheap::agent {

namespace {

constexpr std::size_t kMostLibraries = 768;
constexpr std::size_t kLongestPath = 4096;

class Path {
public:
  const char *c_str() const { return text_; }
  std::string_view view() const { return {text_, size_}; }
  void clear() { text_[size_ = 0] = 0; }
  void add(std::string_view more) {
    if (more.size() > sizeof text_ - 1 - size_) more = more.substr(0, sizeof text_ - 1 - size_);
    std::memcpy(text_ + size_, more.data(), more.size());
    text_[size_ += more.size()] = 0;
  }

private:
  char text_[kLongestPath];
  std::size_t size_;
};

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view(".") : path.substr(0, slash);
}

/// An object on the way, and what it says about where its own libraries are.
struct Library {
  std::uint32_t name;       ///< as it was asked for; all of these in `texts`
  std::uint32_t path;       ///< where it was found
  std::uint32_t loaded_by;  ///< whose RPATH counts too
  std::uint32_t rpath;      ///< 0: none
};

// One program at a time: a process that executes another one does nothing else, and the lock is not held long. All in
// memory that costs nothing until then: a child of posix_spawn has a stack of 32 KiB.
Lock lock;
struct Search {
  Library libraries[kMostLibraries];
  std::size_t count;
  char texts[std::size_t{256} << 10];
  std::size_t used;
  Path candidate;
  Path real;
  std::string_view library_path;
  std::uint64_t bytes;
  std::uint64_t programs_alignment;
  std::uint64_t widest_alignment;
  const MappedFile *cache;
} search;

std::uint32_t keep(std::string_view text) {
  if (text.size() + 1 > sizeof search.texts - search.used) return 0;
  const std::size_t at = search.used;
  std::memcpy(search.texts + at, text.data(), text.size());
  search.texts[at + text.size()] = 0;
  search.used = at + text.size() + 1;
  return static_cast<std::uint32_t>(at);
}
std::string_view kept(std::uint32_t at) { return search.texts + at; }

bool is_elf64(const MappedFile &file, Elf64_Ehdr &header) {
  return file.read(0, header) && std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
         header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_machine == EM_X86_64 &&
         header.e_phentsize == sizeof(Elf64_Phdr);
}

template <class Visit>
void for_each_segment(const MappedFile &file, const Elf64_Ehdr &header, Visit visit) {
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    if (!file.read(header.e_phoff + i * sizeof segment, segment)) return;
    visit(segment);
  }
}

std::uint64_t offset_of(const MappedFile &file, const Elf64_Ehdr &header, std::uint64_t address) {
  std::uint64_t offset = UINT64_MAX;
  for_each_segment(file, header, [&](const Elf64_Phdr &segment) {
    if (segment.p_type == PT_LOAD && address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
      offset = segment.p_offset + (address - segment.p_vaddr);
  });
  return offset;
}

template <class Visit>
void for_each_dynamic(const MappedFile &file, const Elf64_Ehdr &header, Visit visit) {
  Elf64_Phdr dynamic{};
  for_each_segment(file, header, [&](const Elf64_Phdr &segment) {
    if (segment.p_type == PT_DYNAMIC) dynamic = segment;
  });
  for (std::uint64_t at = 0; at + sizeof(Elf64_Dyn) <= dynamic.p_filesz; at += sizeof(Elf64_Dyn)) {
    Elf64_Dyn entry;
    if (!file.read(dynamic.p_offset + at, entry) || entry.d_tag == DT_NULL) return;
    visit(entry);
  }
}

bool is_library(const char *path) {
  if (::access(path, R_OK) != 0) return false;
  const MappedFile file(path);
  Elf64_Ehdr header;
  return is_elf64(file, header);
}

/// search.candidate: `folder`, with $ORIGIN and $LIB replaced, and `name` in it.
bool is_in(std::string_view folder, std::string_view origin, std::string_view name) {
  Path &path = search.candidate;
  path.clear();
  if (folder.empty()) folder = ".";
  while (!folder.empty()) {
    const std::size_t dollar = folder.find('$');
    path.add(folder.substr(0, dollar));
    if (dollar == std::string_view::npos) break;
    folder = folder.substr(dollar);
    struct Token {
      std::string_view written;
      std::string_view value;
    };
    const Token tokens[] = {{"$ORIGIN", origin},
                            {"${ORIGIN}", origin},
                            {"$LIB", "lib/x86_64-linux-gnu"},
                            {"${LIB}", "lib/x86_64-linux-gnu"},
                            {"$PLATFORM", "x86_64"},
                            {"${PLATFORM}", "x86_64"}};
    std::string_view value = "$";
    std::size_t length = 1;
    for (const Token &token : tokens)
      if (folder.starts_with(token.written)) {
        value = token.value;
        length = token.written.size();
      }
    path.add(value);
    folder = folder.substr(length);
  }
  path.add("/");
  path.add(name);
  return is_library(path.c_str());
}

bool is_in_list(std::string_view list, std::string_view separators, std::string_view origin, std::string_view name) {
  while (true) {
    const std::size_t end = list.find_first_of(separators);
    if (is_in(list.substr(0, end), origin, name)) return true;
    if (end == std::string_view::npos) return false;
    list = list.substr(end + 1);
  }
}

bool is_in_cache(std::string_view name) {
  struct Header {
    char magic[20];
    std::uint32_t entries;
    std::uint32_t string_bytes;
    std::uint32_t rest[5];
  } header;
  struct Entry {
    std::int32_t flags;
    std::uint32_t key;
    std::uint32_t value;
    std::uint32_t os_version;
    std::uint64_t hwcap;
  } entry;
  static_assert(sizeof(Header) == 48 && sizeof(Entry) == 24);
  constexpr std::int32_t kLibc6ForX8664 = 0x0303;
  if (!search.cache->read(0, header) || std::memcmp(header.magic, "glibc-ld.so.cache1.1", sizeof header.magic) != 0)
    return false;
  for (std::uint64_t i = 0; i < header.entries; ++i) {
    if (!search.cache->read(sizeof header + i * sizeof entry, entry)) return false;
    if (entry.flags != kLibc6ForX8664 || search.cache->text(entry.key) != name) continue;
    search.candidate.clear();
    search.candidate.add(search.cache->text(entry.value));
    if (is_library(search.candidate.c_str())) return true;
  }
  return false;
}

/// Leaves the path in search.candidate.
bool find_library(std::string_view name, std::size_t by, std::string_view runpath) {
  if (name.find('/') != std::string_view::npos) {
    search.candidate.clear();
    search.candidate.add(name);
    return is_library(search.candidate.c_str());
  }
  if (runpath.empty())
    for (std::size_t at = by;; at = search.libraries[at].loaded_by) {
      const Library &library = search.libraries[at];
      if (library.rpath != 0 && is_in_list(kept(library.rpath), ":", folder_of(kept(library.path)), name)) return true;
      if (at == library.loaded_by) break;
    }
  if (!search.library_path.empty() &&
      is_in_list(search.library_path, ":;", folder_of(kept(search.libraries[0].path)), name))
    return true;
  if (!runpath.empty() && is_in_list(runpath, ":", folder_of(kept(search.libraries[by].path)), name)) return true;
  if (is_in_cache(name)) return true;
  return is_in_list("/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:/lib64:/usr/lib64:/lib:/usr/lib", ":", {}, name);
}

bool is_known(std::string_view name) {
  for (std::size_t i = 1; i < search.count; ++i)
    if (kept(search.libraries[i].name) == name) return true;
  return false;
}

void add(std::string_view name, std::size_t by, std::string_view runpath) {
  if (name.empty() || is_known(name) || search.count == kMostLibraries) return;
  const bool found = find_library(name, by, runpath);
  if (!found) return;
  search.libraries[search.count++] = {.name = keep(name),
                                      .path = keep(search.candidate.view()),
                                      .loaded_by = static_cast<std::uint32_t>(by),
                                      .rpath = 0};
}

void read_library(std::size_t number) {
  Library &library = search.libraries[number];
  const MappedFile file(kept(library.path).data());
  Elf64_Ehdr header;
  if (!is_elf64(file, header)) return;
  std::uint64_t strings = UINT64_MAX;
  std::uint64_t rpath = 0;
  std::uint64_t runpath = 0;
  bool is_static = false;
  for_each_dynamic(file, header, [&](const Elf64_Dyn &entry) {
    if (entry.d_tag == DT_STRTAB) strings = offset_of(file, header, entry.d_un.d_val);
    if (entry.d_tag == DT_RPATH) rpath = entry.d_un.d_val;
    if (entry.d_tag == DT_RUNPATH) runpath = entry.d_un.d_val;
    if (entry.d_tag == DT_FLAGS) is_static = (entry.d_un.d_val & DF_STATIC_TLS) != 0;
  });
  for_each_segment(file, header, [&](const Elf64_Phdr &segment) {
    constexpr std::uint64_t kMost = std::uint64_t{64} << 20;
    if (segment.p_type != PT_TLS || segment.p_memsz >= kMost || segment.p_align >= kMost) return;
    if (number == 0) {  // the program's own is laid out with its size known
      search.programs_alignment = segment.p_align;
    } else if (is_static) {
      search.bytes += segment.p_memsz + segment.p_align;
      search.widest_alignment = std::max(search.widest_alignment, segment.p_align);
    }
  });
  if (strings == UINT64_MAX) return;
  if (rpath != 0 && runpath == 0) library.rpath = keep(file.text(strings + rpath));
  const std::string_view by_runpath = runpath == 0 ? std::string_view() : file.text(strings + runpath);
  for_each_dynamic(file, header, [&](const Elf64_Dyn &entry) {
    if (entry.d_tag == DT_NEEDED) add(file.text(strings + entry.d_un.d_val), number, by_runpath);
  });
}

/// The ELF file that the kernel will run, in search.candidate.
bool find_program(const char *program) {
  search.candidate.clear();
  search.candidate.add(program);
  constexpr int kMostScripts = 4;
  for (int depth = 0; depth <= kMostScripts; ++depth) {
    const MappedFile file(search.candidate.c_str());
    Elf64_Ehdr header;
    if (is_elf64(file, header)) return true;
    std::string_view line = file.text(0);
    line = line.substr(0, line.find('\n'));
    if (!line.starts_with("#!")) return false;
    const std::size_t begin = line.find_first_not_of(" \t", 2);
    if (begin == std::string_view::npos) return false;
    const std::size_t end = line.find_first_of(" \t", begin);
    search.real.clear();
    search.real.add(line.substr(begin, end == std::string_view::npos ? end : end - begin));
    search.candidate.clear();
    search.candidate.add(search.real.view());
  }
  return false;
}

/// search.candidate: the same file without links, which is what $ORIGIN counts from.
void resolve_links() {
  char of_descriptor[32] = "/proc/self/fd/";
  const int fd = ::open(search.candidate.c_str(), O_PATH | O_CLOEXEC);
  if (fd < 0) return;
  char digits[12];
  std::size_t count = 0;
  for (int rest = fd; count == 0 || rest != 0; rest /= 10) digits[count++] = static_cast<char>('0' + rest % 10);
  std::size_t at = std::strlen(of_descriptor);
  while (count != 0) of_descriptor[at++] = digits[--count];
  of_descriptor[at] = 0;
  static char link[kLongestPath];  // under the lock
  const ssize_t length = ::readlink(of_descriptor, link, sizeof link);
  ::close(fd);
  if (length <= 0) return;
  search.candidate.clear();
  search.candidate.add({link, static_cast<std::size_t>(length)});
}

}  // namespace

const char *value_in(const char *const *environment, const char *name) {
  const std::string_view wanted(name);
  for (; environment != nullptr && *environment != nullptr; ++environment)
    if (std::string_view(*environment).starts_with(wanted)) return *environment + wanted.size();
  return nullptr;
}

StaticTls static_tls_of(const char *program, const char *const *environment, std::string_view folders) {
  const Locked locked(lock);
  if (!locked) return {};
  search.count = 0;
  search.used = 1;  // 0 is none
  search.bytes = search.programs_alignment = search.widest_alignment = 0;
  const char *const library_path = value_in(environment, "LD_LIBRARY_PATH=");
  search.library_path = !folders.empty() || library_path == nullptr ? folders : std::string_view(library_path);
  if (!find_program(program)) return {};
  resolve_links();
  const MappedFile cache("/etc/ld.so.cache");
  search.cache = &cache;
  search.libraries[search.count++] = {.name = 0, .path = keep(search.candidate.view()), .loaded_by = 0, .rpath = 0};
  if (const char *preload = value_in(environment, "LD_PRELOAD=")) {
    std::string_view list(preload);
    while (!list.empty()) {
      const std::size_t end = list.find_first_of(": ");
      add(list.substr(0, end), 0, {});
      if (end == std::string_view::npos) break;
      list = list.substr(end + 1);
    }
  }
  for (std::size_t i = 0; i < search.count; ++i) read_library(i);
  search.cache = nullptr;  // it ends with this call
  constexpr std::uint64_t kLoadersOwn = 64;
  return {search.bytes, search.widest_alignment > std::max(search.programs_alignment, kLoadersOwn)};
}

}  // namespace crossheap::agent
