// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The first bytes of a file as a loader weighs them before it believes anything else: nothing is refused here, because
// which field is wrong decides whether ld.so looks on or gives up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace crossheap::elf {

struct Identification {
  bool is_elf = false;  ///< begins with ELF's magic number; without it nothing else here means anything
  std::uint8_t file_class = 0;
  std::uint8_t byte_order = 0;
  std::uint8_t version = 0;
  std::uint8_t os_abi = 0;
  std::uint8_t abi_version = 0;
  bool is_padding_zero = false;
  std::uint16_t type = 0;  ///< in the byte order that the file names; big-endian where it names none
  std::uint16_t machine = 0;
};

/// What `head` begins with. What lies behind its end counts as zero.
Identification identification_of(std::span<const std::byte> head) noexcept;

}  // namespace crossheap::elf
