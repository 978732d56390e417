// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Where an object lies in memory, by its program headers. An object tells its base address and its dynamic section, but
// not where its headers are: in most they stand at the base address; in one that was linked to begin elsewhere (as
// prelink does it) behind that, and in one linked with -N nowhere. So the file says where, and the dynamic section must
// agree with it. Without a file the base address is looked at, where that is memory.
#pragma once

#include <link.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crossheap::agent {

/// What the loader mapped, by the program headers.
struct Image {
  const ElfW(Phdr) * headers;
  std::size_t header_count;
  std::uint64_t base;   ///< is added to the addresses in the file
  std::uint64_t begin;  ///< of the first loaded segment
  std::uint64_t end;    ///< of the last
};

bool is_main_program(const link_map &map);

/// The file of the program that runs, ending in a zero: not that of the loader, where the program is its argument. At
/// start.
std::string_view program_path();

/// False for an object whose headers are not found.
bool read_image(const link_map &map, Image &image);

/// Whether `address` lies in a segment that is executable.
bool is_code(const Image &image, std::uint64_t address);
/// Whether it lies in one that is writable.
bool is_writable(const Image &image, std::uint64_t address);

}  // namespace crossheap::agent
