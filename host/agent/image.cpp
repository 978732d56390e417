// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The loader's link_map names an object's base address and its dynamic section, but not its program headers. In most
// objects these stand at the base address. An object that was linked to begin elsewhere (as prelink does it) has them
// behind that, and one linked with -N has them in no memory. So there are three sources:
//
//     the program      the kernel says where they are (AT_PHDR)
//     other objects    their file says so
//     no file          the base address is looked at, where that is readable memory: the vDSO
//
// The file may have been replaced since it was mapped. Its headers, like the program's, count only if the dynamic
// section that they name is the one that the loader has. Those that are in no memory are copied.
#include "agent/image.h"

#include <fcntl.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <cstring>

#include "agent/identity.h"
#include "agent/mapped_file.h"
#include "agent/mappings.h"
#include "agent/memory.h"
#include "agent/readable.h"

namespace crossheap::agent {

namespace {

constexpr std::size_t kMostHeaders = 64;

// SAFETY: throughout this file, addresses are those of an object that the loader has just mapped and accepted.
template <class T>
const T *at_address(std::uint64_t address) {
  return reinterpret_cast<const T *>(address);
}

std::uint64_t address_of(const void *p) { return reinterpret_cast<std::uint64_t>(p); }

bool is_readable(std::uint64_t address) {
  return !is_restricted() && Readable().has(at_address<std::uint8_t>(address), sizeof(ElfW(Ehdr)));
}

bool is_header(const ElfW(Ehdr) & header) {
  return std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS64 &&
         header.e_phentsize == sizeof(ElfW(Phdr)) && header.e_phnum != 0;
}

/// The dynamic section stands where these say.
bool agrees(const link_map &map, const ElfW(Phdr) * headers, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    if (headers[i].p_type == PT_DYNAMIC) return map.l_addr + headers[i].p_vaddr == address_of(map.l_ld);
  return false;
}

/// Where the headers of the object are in memory, by its file; a copy where they are in none.
const ElfW(Phdr) * headers_by_file(const link_map &map, std::size_t &count) {
  if (std::strchr(map.l_name, '/') == nullptr) return nullptr;
  const int fd = open_regular(map.l_name);
  if (fd < 0) return nullptr;
  ElfW(Ehdr) header{};
  // Libraries are opened on small stacks too, and under the loader's lock.
  static ElfW(Phdr) headers[kMostHeaders];
  const bool good = ::pread(fd, &header, sizeof header, 0) == static_cast<ssize_t>(sizeof header) &&
                    is_header(header) && header.e_phnum <= kMostHeaders;
  const std::size_t bytes = good ? header.e_phnum * sizeof(ElfW(Phdr)) : 0;
  const bool read =
      good && ::pread(fd, headers, bytes, static_cast<off_t>(header.e_phoff)) == static_cast<ssize_t>(bytes);
  ::close(fd);
  if (!read || !agrees(map, headers, header.e_phnum)) return nullptr;
  count = header.e_phnum;
  for (std::size_t i = 0; i < count; ++i) {
    const ElfW(Phdr) &segment = headers[i];
    if (segment.p_type == PT_LOAD && header.e_phoff >= segment.p_offset &&
        header.e_phoff + bytes <= segment.p_offset + segment.p_filesz)
      return at_address<ElfW(Phdr)>(map.l_addr + segment.p_vaddr + (header.e_phoff - segment.p_offset));
  }
  auto *const copy = static_cast<ElfW(Phdr) *>(arena_allocate(bytes));
  if (copy != nullptr) std::memcpy(copy, headers, bytes);
  return copy;
}

const ElfW(Phdr) * headers_at_base(const link_map &map, std::size_t &count) {
  const bool is_kernels = map.l_addr == ::getauxval(AT_SYSINFO_EHDR);
  if (map.l_addr == 0 || (!is_kernels && !is_readable(map.l_addr))) return nullptr;
  const auto *const header = at_address<ElfW(Ehdr)>(map.l_addr);
  if (!is_header(*header)) return nullptr;
  count = header->e_phnum;
  return at_address<ElfW(Phdr)>(map.l_addr + header->e_phoff);
}

const ElfW(Phdr) * segment_with(const Image &image, std::uint64_t address) {
  for (std::size_t i = 0; i < image.header_count; ++i) {
    const ElfW(Phdr) &segment = image.headers[i];
    const std::uint64_t begin = image.base + segment.p_vaddr;
    if (segment.p_type == PT_LOAD && address >= begin && address - begin < segment.p_filesz) return &segment;
  }
  return nullptr;
}

}  // namespace

bool is_main_program(const link_map &map) { return map.l_name[0] == 0 && map.l_prev == nullptr; }

std::string_view program_path() {
  static char path[4096];
  static std::size_t length;
  if (length != 0) return {path, length};
  // What the kernel has executed is the loader where no interpreter was asked for: then the program is its argument.
  const bool is_by_kernel = ::getauxval(AT_BASE) != 0 && !is_quiet();
  const ssize_t got = is_by_kernel ? ::readlink("/proc/self/exe", path, sizeof path - 1) : 0;
  if (got > 0) {
    length = static_cast<std::size_t>(got);
  } else {
    std::string_view text = mapped_file(::getauxval(AT_PHDR));
    // SAFETY: without /proc, the kernel's own string of what was executed.
    if (text.empty()) text = reinterpret_cast<const char *>(::getauxval(AT_EXECFN));
    length = text.size() < sizeof path ? text.size() : sizeof path - 1;
    std::memcpy(path, text.data(), length);
  }
  path[length] = 0;
  return {path, length};
}

bool read_image(const link_map &map, Image &image) {
  image = {};
  image.base = map.l_addr;
  if (is_main_program(map)) {
    image.headers = at_address<ElfW(Phdr)>(::getauxval(AT_PHDR));
    image.header_count = ::getauxval(AT_PHNUM);
    if (image.headers != nullptr && !agrees(map, image.headers, image.header_count)) image.headers = nullptr;
  } else {
    image.headers = headers_by_file(map, image.header_count);
    if (image.headers == nullptr) image.headers = headers_at_base(map, image.header_count);
  }
  if (image.headers == nullptr) return false;
  image.begin = UINT64_MAX;
  for (std::size_t i = 0; i < image.header_count; ++i) {
    const ElfW(Phdr) &segment = image.headers[i];
    if (segment.p_type != PT_LOAD) continue;
    const std::uint64_t begin = image.base + segment.p_vaddr;
    if (begin < image.begin) image.begin = page_down(begin);
    if (begin + segment.p_memsz > image.end) image.end = page_up(begin + segment.p_memsz);
  }
  return image.begin < image.end;
}

bool is_code(const Image &image, std::uint64_t address) {
  const ElfW(Phdr) *const segment = segment_with(image, address);
  return segment != nullptr && (segment->p_flags & PF_X) != 0;
}

bool is_writable(const Image &image, std::uint64_t address) {
  const ElfW(Phdr) *const segment = segment_with(image, address);
  return segment != nullptr && (segment->p_flags & PF_W) != 0;
}

}  // namespace crossheap::agent
