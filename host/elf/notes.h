// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "elf/byte_view.h"

namespace crossheap::elf {

/// What a linker or the kernel noted: a build id, an ABI, the state of a thread in a core dump. [System V ABI, "Note
/// Section"]
struct Note {
  std::string_view owner;  ///< "GNU", "Go", "CORE", ...
  std::uint32_t type = 0;
  ByteView description;
};

/// Adds the notes of a segment or section to `notes`. They lie in `area`.
/// \param align  what the segment or section says: 8, or anything else for 4
/// Throws Error at a note that does not fit in; those before it are in `notes` then.
void append_notes(ByteView area, std::uint64_t align, std::vector<Note> &notes);

/// The build id (NT_GNU_BUILD_ID) in hexadecimal digits; "" where none of them is one.
std::string build_id_in(const std::vector<Note> &notes);

}  // namespace crossheap::elf
