// SPDX-License-Identifier: MIT OR Apache-2.0
//
// How to tell which allocator family a file carries, when nobody says so.
//
// Three kinds of marks, by how much they survive: a symbol that only one family defines (gone when it is hidden and
// stripped), a text that only one family prints (there as long as its code is linked in), and the name that a family's
// own shared library has. A text counts only where more text follows it, so that a program which merely knows the
// beginnings, as this one does, is not taken for an allocator.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "allocator/libc_names.h"
#include "allocator/marks.h"

namespace crossheap {

/// "glibc", "jemalloc", ... as docs/glossary.md has them.
std::string_view name_of(Family family) noexcept;

/// The family that alone defines a symbol of this name, prefix included: mallctl, _rjem_mallctl, mi_heap_new.
/// Unknown for names that several define, such as malloc. [any-thread]
Family family_of_symbol(std::string_view name) noexcept;

/// The family whose own shared library is called so: libjemalloc.so.2. Unknown for all others. [any-thread]
Family family_of_library(std::string_view soname) noexcept;

/// The family that alone puts code into a section of this name. Unknown for all others. [any-thread]
Family family_of_section(std::string_view name) noexcept;

/// A text that only one family contains.
struct TextMark {
  std::string_view start;  ///< how the text begins; more follows
  Family family;
  /// The name of a property or of a variable of the environment: whoever asks for it or sets it has the text as well.
  bool is_name = false;
};

/// The marks found in `bytes`, each once, in the order in which they were found. One pass. [any-thread]
std::vector<TextMark> text_marks_in(std::string_view bytes);

/// Whether text_marks_in knows texts of `family`: then its code is not there without them.
bool has_text_marks(Family family) noexcept;

/// How many different marks of one family say that its code is there, not only its name. One of them must be more than
/// a name that others use.
inline constexpr std::size_t kEnoughTextMarks = 2;

/// The version of `family` that `bytes`, the constants of a file that carries it, tell; "" where they do not.
std::string version_in(Family family, std::string_view bytes);

}  // namespace crossheap
