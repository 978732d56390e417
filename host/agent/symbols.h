// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The functions an object defines that we care about: from its dynamic symbols in memory, and from the full symbol
// table in its file where there is one (static and prefixed allocators have their names only there).
//
// The object is the program's own, mapped by the loader, which has accepted it; its file may have been replaced
// since. So memory is trusted as far as the loader trusts it, the file not at all: every offset is checked, and the
// file's program headers must be those in memory.
#pragma once

#include <elf.h>
#include <link.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crossheap::agent {

/// What the loader mapped, by the program headers.
struct Image {
  const ElfW(Phdr) * headers;
  std::size_t header_count;
  std::uint64_t base;   ///< is added to the addresses in the file
  std::uint64_t begin;  ///< of the first loaded segment
  std::uint64_t end;    ///< of the last
};

/// False for an object whose headers are not in memory where they always are.
bool read_image(const link_map &map, Image &image);

/// Whether `address` lies in a segment that is executable and not writable.
bool is_code(const Image &image, std::uint64_t address);

struct Definition {
  std::string_view name;
  std::uint64_t address;
  std::uint64_t size;
  bool indirect;      ///< an IFUNC
  bool interposable;  ///< another object's definition could take its place: no compiler has looked into it for its
                      ///< callers
};

/// Calls `with(context, definition)` for each function symbol with a definition, dynamic ones first. A function may
/// come several times, by all its names.
void for_each_definition(const link_map &map, const Image &image, void (*with)(void *, const Definition &),
                         void *context);

/// Whether `address` lies in a function that the object exports under a name that `wanted` knows.
bool is_in_dynamic_function(const link_map &map, std::uint64_t address, bool (*wanted)(std::string_view name));

/// Whether the object refers to a symbol that it does not define itself and that `wanted` knows.
bool refers_to(const link_map &map, bool (*wanted)(std::string_view name));

/// Whether a slot of the object for a symbol that it defines itself and that `wanted` knows is bound, or may be bound
/// later, to another object's definition.
bool is_own_name_bound_elsewhere(const link_map &map, bool (*wanted)(std::string_view name));

}  // namespace crossheap::agent
