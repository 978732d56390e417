// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One pass over a file's symbols that keeps what matters to allocators: of a million symbols of a system, a few
// thousand. What they mean together is decided later, in allocators.h and rules.h.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "allocator/families.h"
#include "elf/file.h"
#include "elf/symbols.h"
#include "inspect/inspection.h"

namespace crossheap::inspect {

/// The names by which a family was recognised, for AllocatorInside::evidence.
struct FamilyMarks {
  std::vector<std::string> exported;
  std::vector<std::string> hidden;
  std::vector<std::string> sections;
  std::vector<std::string> texts;
  bool has_message = false;  ///< one of the texts is more than a name that others use
  std::vector<std::string> prefixes;
  std::string version;

  bool any() const noexcept { return !exported.empty() || !hidden.empty() || !sections.empty() || !texts.empty(); }
};

/// Which texts a list holds already. A look at the list itself for each would take n * n.
class Once {
public:
  /// True for the first `text` of `list`, which is told by its address.
  template <typename List>
  bool is_new(const List &list, std::string_view text) {
    return seen_.emplace(&list, text).second;
  }

private:
  std::set<std::pair<const void *, std::string>> seen_;
};

/// What was seen that is no fact of its own, but decides how the facts are read.
struct Traces {
  std::map<Family, FamilyMarks> marks;
  bool obtains_memory = false;       ///< asks the kernel for memory: mmap, sbrk, a raw system call
  bool imports_cpp_runtime = false;  ///< needs the C++ runtime of another object
  bool defines_cpp_runtime = false;
  Once once;                           ///< for the lists of the Inspection and of `marks`
  std::vector<std::string> languages;  ///< by symbols: "Fortran", ...; each once
};

/// Adds the dynamic symbols of `file` with the relocations that name them, and what of them cannot be read.
void add_dynamic_symbols(const elf::File &file, Inspection &inspection, Traces &traces);

/// Adds .symtab: of a linked file the definitions that are not among the dynamic symbols, of an object file everything.
/// \param member  the archive member it is, "" for a file of its own
void add_static_symbols(const elf::File &file, std::string_view member, Inspection &inspection, Traces &traces);

}  // namespace crossheap::inspect
