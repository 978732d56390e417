// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The files that fixtures.sh built, inspected.
#pragma once

#include <string>
#include <string_view>

#include "elf/archive.h"
#include "inspect/inspection.h"

namespace crossheap::inspect {

inline std::string fixture_path(std::string_view name) {
  return std::string(CROSSHEAP_FIXTURES "/") + std::string(name);
}

inline Inspection inspected_path(const std::string &path, const Policy &policy = {}) {
  const auto source = elf::Source::open(path);
  if (elf::archive_kind(source->bytes()) != elf::ArchiveKind::None) return inspect_archive(source, {}, policy);
  return inspect_file(elf::File(source), policy);
}

inline Inspection inspected(std::string_view name, const Policy &policy = {}) {
  return inspected_path(fixture_path(name), policy);
}

}  // namespace crossheap::inspect
