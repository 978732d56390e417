// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What is mapped in this process, as /proc/self/maps says it. Only open, read and close, which the loader needs too.
#pragma once

#include <cstdint>
#include <string_view>

namespace crossheap::agent {

struct Mapping {
  std::uint64_t begin;
  std::uint64_t end;
  std::string_view path;  ///< of the file, or a name in brackets, or nothing; ends where the line does
};

/// Calls `visit(context, mapping)` for each until it answers true. False where there is no /proc, or nothing answered
/// true. One thread at a time. [any-thread]
bool for_each_mapping(bool (*visit)(void *, const Mapping &), void *context);

/// The file that is mapped at `address`; empty where there is none or it is not known. The text stays until the next
/// call.
std::string_view mapped_file(std::uint64_t address);

}  // namespace crossheap::agent
