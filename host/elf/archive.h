// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Static archives (`ar`), thin ones included: a list of members, each usually an object file.
//
// libelf finds the members and decodes their names; every range it answers is checked against the file again before a
// byte is read. A thin archive holds only names: its members are files beside it, and libelf does not read it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "elf/byte_view.h"
#include "elf/source.h"

namespace crossheap::elf {

struct Member {
  std::string name;
  std::shared_ptr<const Source> source;  ///< named "archive.a(member.o)"
};

enum class ArchiveKind : std::uint8_t { None, Regular, Thin };
ArchiveKind archive_kind(ByteView bytes) noexcept;

/// The members of the archive in order, without its symbol index and name table. Throws Error where `archive` is none
/// or is malformed. A thin archive's members are opened beside `directory`.
std::vector<Member> members(const std::shared_ptr<const Source> &archive, const std::filesystem::path &directory);

}  // namespace crossheap::elf
