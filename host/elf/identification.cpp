// SPDX-License-Identifier: MIT OR Apache-2.0
#include "elf/identification.h"

#include <elf.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace crossheap::elf {

Identification identification_of(std::span<const std::byte> head) noexcept {
  std::array<std::uint8_t, offsetof(Elf64_Ehdr, e_version)> bytes{};
  std::memcpy(bytes.data(), head.data(), std::min(head.size(), bytes.size()));
  const auto number = [&](std::size_t at) {
    const bool little = bytes[EI_DATA] == ELFDATA2LSB;
    return static_cast<std::uint16_t>(little ? bytes[at] | bytes[at + 1] << 8 : bytes[at] << 8 | bytes[at + 1]);
  };
  return {.is_elf = std::memcmp(bytes.data(), ELFMAG, SELFMAG) == 0,
          .file_class = bytes[EI_CLASS],
          .byte_order = bytes[EI_DATA],
          .version = bytes[EI_VERSION],
          .os_abi = bytes[EI_OSABI],
          .abi_version = bytes[EI_ABIVERSION],
          .is_padding_zero = std::all_of(bytes.begin() + EI_PAD, bytes.begin() + EI_NIDENT,
                                         [](std::uint8_t byte) { return byte == 0; }),
          .type = number(offsetof(Elf64_Ehdr, e_type)),
          .machine = number(offsetof(Elf64_Ehdr, e_machine))};
}

}  // namespace crossheap::elf
