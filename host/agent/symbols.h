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

#include "agent/image.h"

namespace crossheap::agent {

struct Definition {
  std::string_view name;
  std::uint64_t address;
  std::uint64_t size;
  bool indirect;      ///< an IFUNC
  bool is_untyped;    ///< hand-written assembly that does not say what it is; in code
  bool is_local;      ///< known in its own file alone
  bool interposable;  ///< another object's definition could take its place: no compiler has looked into it for its
                      ///< callers
};

/// Where an entry of the object's dynamic section leads that is about an address. The loader has made these absolute,
/// except where the section is read-only.
std::uint64_t address_in(const link_map &map, const ElfW(Dyn) & entry);

/// Calls `with(context, definition)` for each function symbol with a definition, dynamic ones first. A function may
/// come several times, by all its names. \return whether the full symbol table was there
bool for_each_definition(const link_map &map, const Image &image, void (*with)(void *, const Definition &),
                         void *context);

/// Whether `address` lies in a function that the object exports under a name that `wanted` knows.
bool is_in_dynamic_function(const link_map &map, std::uint64_t address, bool (*wanted)(std::string_view name));

/// Whether the object refers to a symbol that it does not define itself and that `wanted` knows.
bool refers_to(const link_map &map, bool (*wanted)(std::string_view name));

/// What the loader binds a slot of the object to, by its relocation.
struct Reference {
  std::string_view name;  ///< empty where no relocation is about the slot
  std::uint64_t address;  ///< of the object's own definition; 0 where it has none
};
Reference reference_in_slot(const link_map &map, std::uint64_t slot);

/// Where the object's exported definition of this name stands; 0 where it has none.
std::uint64_t definition_of(const link_map &map, std::string_view name);
inline bool defines(const link_map &map, std::string_view name) { return definition_of(map, name) != 0; }

/// Whether a slot of the object for a symbol that it defines itself and that `wanted` knows is bound, or may be bound
/// later, to another object's definition.
bool is_own_name_bound_elsewhere(const link_map &map, bool (*wanted)(std::string_view name));

}  // namespace crossheap::agent
