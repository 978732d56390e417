// SPDX-License-Identifier: MIT OR Apache-2.0
//
// There are two kinds of archive, and libelf reads one of them. In a regular one each member's header has its bytes
// behind it, at an even offset. A thin one has the headers only, and its members are files beside it. In both, a name
// over 15 characters is an offset into a table of names, the member called "//":
//
//     "libx.o/         "     the name itself
//     "/18             "     what stands at byte 18 of the table, up to "/\n"
//
// Nothing keeps two members from naming one text, so the length of a name is bounded.
#include "elf/archive.h"

#include <ar.h>
#include <fmt/format.h>
#include <libelf.h>

#include <charconv>
#include <cstring>
#include <memory>
#include <string_view>

#include "elf/bounded_name.h"

namespace crossheap::elf {

namespace {

constexpr std::string_view kThinMagic = "!<thin>\n";

struct EndElf {
  void operator()(Elf *elf) const noexcept { ::elf_end(elf); }
};
using OwnedElf = std::unique_ptr<Elf, EndElf>;

bool is_index(std::string_view name) { return name.empty() || name == "/" || name == "//" || name == "/SYM64/"; }

// libelf has cut the name out of a table, in which many members can name one long text.
void check_name(const Source &archive, const char *name) {
  if (::strnlen(name, kNameAtMost + 1) > kNameAtMost)
    throw malformed(archive.name(), "a member's name is longer than a path can be");
}

std::vector<Member> regular_members(const std::shared_ptr<const Source> &archive) {
  ::elf_version(EV_CURRENT);
  const std::span<const std::byte> bytes = archive->bytes().bytes();
  // SAFETY: elf_memory takes non-const bytes, but reads them only: it is libelf's word for ELF_C_READ_MMAP.
  auto *const start = const_cast<char *>(reinterpret_cast<const char *>(bytes.data()));
  const OwnedElf whole(::elf_memory(start, bytes.size()));
  if (!whole || ::elf_kind(whole.get()) != ELF_K_AR)
    throw malformed(archive->name(), "libelf does not know it as an archive");
  std::vector<Member> found;
  std::uint64_t end = SARMAG;
  while (const OwnedElf part{::elf_begin(-1, ELF_C_READ_MMAP, whole.get())}) {
    const Elf_Arhdr *const header = ::elf_getarhdr(part.get());
    const std::int64_t offset = ::elf_getbase(part.get());
    if (header == nullptr || header->ar_name == nullptr || header->ar_size < 0 || offset < 0)
      throw malformed(archive->name(), fmt::format("the header of member {} is unreadable", found.size() + 1));
    check_name(*archive, header->ar_name);
    const FileRange range{static_cast<std::uint64_t>(offset), static_cast<std::uint64_t>(header->ar_size)};
    end = range.offset + range.size;
    if (!is_index(header->ar_name)) {
      std::string label = fmt::format("{}({})", archive->name(), header->ar_name);
      found.push_back({header->ar_name, Source::part(archive, range, std::move(label))});
    }
    if (::elf_next(part.get()) == ELF_C_NULL) break;
  }
  // libelf ends at an unreadable header as it ends at the last member.
  if (end < bytes.size() && bytes.size() - end > 1)
    throw malformed(archive->name(), fmt::format("what follows its member {} is no member", found.size()));
  return found;
}

// A thin archive: the magic, then headers as in any archive, of which only the name table is followed by its bytes.
// Names longer than 15 characters are "/offset" into that table, where each ends with "/\n".
std::vector<Member> thin_members(const std::shared_ptr<const Source> &archive, const std::filesystem::path &directory) {
  const ByteView bytes = archive->bytes();
  std::string_view long_names;
  std::vector<Member> found;
  for (std::uint64_t at = kThinMagic.size(); at < bytes.size();) {
    const std::string_view header = bytes.slice({at, sizeof(ar_hdr)}, "a member's header").text();
    at += sizeof(ar_hdr);
    std::string_view name = header.substr(0, sizeof(ar_hdr::ar_name));
    name = name.substr(0, name.find_last_not_of(' ') + 1);
    const std::string_view digits = header.substr(offsetof(ar_hdr, ar_size), sizeof(ar_hdr::ar_size));
    std::uint64_t size = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), size).ec != std::errc())
      throw malformed(archive->name(), "a member's size is no number");
    if (is_index(name)) {
      const std::string_view contents = bytes.slice({at, size}, "the archive's index").text();
      if (name == "//") long_names = contents;
      at += size + size % 2;
      continue;
    }
    if (name.starts_with('/')) {
      std::uint64_t offset = 0;
      std::from_chars(name.data() + 1, name.data() + name.size(), offset);
      if (offset >= long_names.size())
        throw malformed(archive->name(), "a member's name is outside the table of names");
      const std::string_view rest = long_names.substr(offset, kNameAtMost + 1);
      if (rest.size() > kNameAtMost && rest.find('\n') == std::string_view::npos)
        throw malformed(archive->name(), "a member's name is longer than a path can be");
      name = rest.substr(0, rest.find('\n'));
    }
    if (name.ends_with('/')) name.remove_suffix(1);
    found.push_back({std::string(name), Source::open(directory / name)});
  }
  return found;
}

}  // namespace

ArchiveKind archive_kind(ByteView bytes) noexcept {
  if (bytes.text().starts_with(std::string_view(ARMAG, SARMAG))) return ArchiveKind::Regular;
  if (bytes.text().starts_with(kThinMagic)) return ArchiveKind::Thin;
  return ArchiveKind::None;
}

std::vector<Member> members(const std::shared_ptr<const Source> &archive, const std::filesystem::path &directory) {
  switch (archive_kind(archive->bytes())) {
    case ArchiveKind::Regular:
      return regular_members(archive);
    case ArchiveKind::Thin:
      return thin_members(archive, directory);
    case ArchiveKind::None:
      break;
  }
  throw Error(Blame::Usage, archive->name(), "is no static archive");
}

}  // namespace crossheap::elf
