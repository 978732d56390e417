// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Where an object lies in memory, by its program headers.
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
