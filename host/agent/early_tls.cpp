// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/early_tls.h"

#include <elf.h>

#include <cstring>

#include "agent/symbols.h"

namespace crossheap::agent {

namespace {

// What the loader keeps beside what the tunable asks for is hundreds of bytes, for all libraries together.
constexpr std::uint64_t kMostBytes = 256;
constexpr std::uint64_t kWidest = 64;
std::uint64_t used;

// For the copies.
constexpr std::size_t kRoom = (std::size_t{256} << 10) / sizeof(ElfW(Rela));
ElfW(Rela) room[kRoom];
std::size_t room_used;

std::uint64_t filled_in;  // by the loader; nobody reads it

/// With its alignment; 0 where it has none.
std::uint64_t tls_bytes(const Image &image) {
  for (std::size_t i = 0; i < image.header_count; ++i) {
    const ElfW(Phdr) &segment = image.headers[i];
    if (segment.p_type != PT_TLS || segment.p_memsz == 0) continue;
    return segment.p_align > kWidest || segment.p_memsz > kMostBytes ? kMostBytes + 1
                                                                     : segment.p_memsz + segment.p_align;
  }
  return 0;
}

}  // namespace

// SAFETY: addresses as numbers.
bool is_copied_table(std::uint64_t address) { return address - reinterpret_cast<std::uint64_t>(room) < sizeof room; }

void ask_for_static_tls(const link_map &map, const Image &image) {
  const std::uint64_t bytes = tls_bytes(image);
  if (bytes == 0 || used + bytes > kMostBytes || is_main_program(map) || !defines(map, "malloc")) return;
  ElfW(Dyn) *table = nullptr;
  ElfW(Dyn) *table_bytes = nullptr;
  for (ElfW(Dyn) *entry = map.l_ld; entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == DT_RELA) table = entry;
    if (entry->d_tag == DT_RELASZ) table_bytes = entry;
    if (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_STATIC_TLS) != 0) return;
  }
  // SAFETY: throughout, addresses as numbers, and of what the loader has mapped.
  if (table == nullptr || table_bytes == nullptr || !is_writable(image, reinterpret_cast<std::uint64_t>(table))) return;
  const std::uint64_t old_bytes = table_bytes->d_un.d_val;
  const std::uint64_t address = address_in(map, *table);
  const auto *const old = reinterpret_cast<const ElfW(Rela) *>(address);
  const std::size_t count = old_bytes / sizeof(ElfW(Rela));
  bool is_dynamic = false;
  for (std::size_t i = 0; i < count; ++i) is_dynamic = is_dynamic || ELF64_R_TYPE(old[i].r_info) == R_X86_64_DTPMOD64;
  if (!is_dynamic) return;
  if (kRoom - room_used <= count) return;
  ElfW(Rela) *const copy = room + room_used;
  const auto at = reinterpret_cast<std::uint64_t>(copy);
  room_used += count + 1;
  std::memcpy(copy, old, count * sizeof *copy);
  copy[count] = {.r_offset = reinterpret_cast<std::uint64_t>(&filled_in) - map.l_addr,
                 .r_info = ELF64_R_INFO(0, R_X86_64_TPOFF64),
                 .r_addend = 0};
  table->d_un.d_ptr = table->d_un.d_ptr == address ? at : at - map.l_addr;
  table_bytes->d_un.d_val = old_bytes + sizeof(ElfW(Rela));
  used += bytes;
}

}  // namespace crossheap::agent
