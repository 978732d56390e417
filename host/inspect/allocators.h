// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which allocators are inside a file, from the traces of its symbols, sections and texts.
#pragma once

#include "elf/file.h"
#include "inspect/inspection.h"
#include "inspect/symbol_facts.h"

namespace crossheap::inspect {

/// Adds the sections of `file` that only one family makes and, where the file may carry an allocator, the texts in its
/// constants. A file that neither asks the kernel for memory nor names an allocator's functions is not searched.
void add_constants(const elf::File &file, Inspection &inspection, Traces &traces);

/// The allocators that the traces add up to, and what they serve.
std::vector<AllocatorInside> allocators_inside(const Inspection &inspection, const Traces &traces);

/// mimalloc tells its version by a function that returns a number: reads the number out of the function's code.
/// "" where `file` does not export it or the code looks otherwise.
std::string mimalloc_version(const elf::File &file);

/// The functions of the C family that glibc serves from its own heap and the file does not define, in the order of the
/// ONE table.
std::vector<std::string> missing_from_c_family(const Inspection &inspection);
/// A form of operator new and one of delete that belong together and end in different heaps.
struct SplitPair {
  std::string_view allocate;  ///< mangled
  std::string_view release;
  bool allocates_here =
      false;  ///< `allocate` ends in the file's own heap and `release` in libc's, or the other way round
  std::string_view libc_function;  ///< in which the other half ends: "free"
};
/// The pairs of operators of which the file replaces one half only. libstdc++'s forms lead to one another, so a form
/// that is not replaced may end in one that is.
std::vector<SplitPair> split_operators(const Inspection &inspection);

/// Whether the file asks the loader for functions by name, as a wrapper around malloc does.
bool asks_dlsym(const Inspection &inspection);
/// Whether it asks for malloc by name.
bool asks_dlsym_for_malloc(const Inspection &inspection);

/// Whether it exports malloc, has no allocator's code that we know, and asks the loader for another malloc by its name:
/// its blocks are those of the malloc behind it.
bool wraps_malloc(const Inspection &inspection);
/// As far as that can be so without the name, which a linker may have put inside of another text.
bool may_wrap_malloc(const Inspection &inspection);

}  // namespace crossheap::inspect
