// SPDX-License-Identifier: MIT OR Apache-2.0
#include "elf/compressed.h"

#include <elf.h>

#include <algorithm>
#include <cstdint>

#include "base/error.h"
#include "elf/file.h"
#include "elf/source.h"

namespace crossheap::elf {

namespace {

/// What the section says that it holds; its own size where it is not compressed.
std::uint64_t unpacked_size(const File &file, const Section &section) {
  const ByteView packed = file.contents(section);
  if ((section.flags & SHF_COMPRESSED) != 0) {
    Fields header(packed, 0);
    header.next<std::uint32_t>();                              // the method
    if (packed.encoding().wide) header.next<std::uint32_t>();  // reserved
    return header.word();
  }
  // "ZLIB" and eight bytes, the highest first.
  constexpr std::uint64_t kOldHeader = 12;
  if (!section.name.starts_with(".zdebug") || packed.size() < kOldHeader) return packed.size();
  std::uint64_t size = 0;
  for (std::uint64_t i = 4; i < kOldHeader; ++i) size = size << 8 | packed.read<std::uint8_t>(i);
  return size;
}

}  // namespace

bool unpacks_beyond_reason(const std::filesystem::path &path) {
  // zlib packs zeros 1,000 times, and debugging information 3 to 5 times.
  constexpr std::uint64_t kTimes = 64;
  constexpr std::uint64_t kAlways = std::uint64_t{64} << 20;
  std::uint64_t size = 0;
  try {
    const auto source = Source::open_if(path, File::is_elf);
    if (source == nullptr) return false;
    const File file(source);
    for (const Section &section : file.sections()) {
      if (section.type == SHT_NOBITS || section.type == SHT_NULL) continue;
      const std::uint64_t adds = unpacked_size(file, section);
      size = adds > UINT64_MAX - size ? UINT64_MAX : size + adds;
    }
    return size > std::max(kAlways, source->bytes().size() * kTimes);
  } catch (const Error &) {
    return false;
  }
}

}  // namespace crossheap::elf
