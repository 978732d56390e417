// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Notes stand one behind the other, each part padded to 4 bytes, or to 8 where the segment says so. mold puts notes of
// both kinds into one segment that says 8: a note is padded to 4 where that leads to another note, or to the end.
//
//     owner's bytes | description's bytes | type | "GNU\0" | description, padded | the next one
#include "elf/notes.h"

#include <elf.h>
#include <fmt/format.h>

#include <string>

namespace crossheap::elf {

namespace {

constexpr std::uint64_t kNoteHeaderSize = sizeof(Elf64_Nhdr);

// `offset` rounded up to `align`, a power of two; the notes' own numbers have 32 bits, so nothing wraps.
std::uint64_t padded(std::uint64_t offset, std::uint64_t align) { return (offset + align - 1) & ~(align - 1); }

struct NoteHeader {
  std::uint64_t owner_size;
  std::uint64_t description_size;
  std::uint32_t type;
};

NoteHeader note_header_at(ByteView area, std::uint64_t at) {
  Fields fields(area, at);
  NoteHeader header{};
  header.owner_size = fields.next<std::uint32_t>();
  header.description_size = fields.next<std::uint32_t>();
  header.type = fields.next<std::uint32_t>();
  return header;
}

// Where the description stands, and the next note, counted from the beginning of the note.
std::uint64_t description_offset(const NoteHeader &header, std::uint64_t align) {
  return padded(kNoteHeaderSize + header.owner_size, align);
}
std::uint64_t next_offset(const NoteHeader &header, std::uint64_t align) {
  return padded(description_offset(header, align) + header.description_size, align);
}

// Whether the area ends at `at`, or a note may begin there: an owner that ends with NUL, and both parts inside.
bool may_follow(ByteView area, std::uint64_t at) {
  if (at >= area.size()) return at - area.size() < 8;
  if (!area.contains({at, kNoteHeaderSize})) return false;
  const NoteHeader header = note_header_at(area, at);
  if (header.owner_size == 0 || !area.contains({at, kNoteHeaderSize + header.owner_size})) return false;
  if (area.read<std::uint8_t>(at + kNoteHeaderSize + header.owner_size - 1) != 0) return false;
  return area.contains({at + description_offset(header, 4), header.description_size});
}

}  // namespace

void append_notes(ByteView area, std::uint64_t align, std::vector<Note> &notes) {
  std::uint64_t at = 0;
  while (at < area.size() && area.size() - at >= kNoteHeaderSize) {
    const NoteHeader header = note_header_at(area, at);
    const std::uint64_t padding = align != 8 || may_follow(area, at + next_offset(header, 4)) ? 4 : 8;
    Note note;
    note.type = header.type;
    note.owner = area.slice({at + kNoteHeaderSize, header.owner_size}, "a note's owner").text();
    if (note.owner.ends_with('\0')) note.owner.remove_suffix(1);
    note.description =
        area.slice({at + description_offset(header, padding), header.description_size}, "a note's description");
    notes.push_back(note);
    at += next_offset(header, padding);
  }
}

std::string build_id_in(const std::vector<Note> &notes) {
  std::string digits;
  for (const Note &note : notes) {
    if (note.owner != "GNU" || note.type != NT_GNU_BUILD_ID) continue;
    for (const std::byte byte : note.description.bytes())
      digits += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    break;
  }
  return digits;
}

}  // namespace crossheap::elf
