// SPDX-License-Identifier: MIT OR Apache-2.0
//
// From a symbol's name to its row in the ONE table, with the prefix a prefixed build put in front.
#pragma once

#include <optional>
#include <string_view>

#include "allocator/functions.h"

namespace crossheap {

/// The row called exactly `name`, or null. Sorted look-up, no allocation. [any-thread]
const Function *find_function(std::string_view name);

struct PrefixedFunction {
  const Function *function;
  std::string_view prefix;  ///< "" for an unprefixed name; a view into the name that was looked up
};

/// As find_function, but also knows prefixed builds: the C functions of Interface::Standard and Interface::Jemalloc
/// behind a prefix whose last word is "je", "jem", "rjem" or "jemalloc" (jemalloc's --with-jemalloc-prefix: je_malloc,
/// _rjem_malloc, duckdb_je_free), and those of Interface::Mimalloc behind any prefix (arrow_mi_malloc). [any-thread]
std::optional<PrefixedFunction> split_prefix(std::string_view name);

/// The row of split_prefix(name), or null. [any-thread]
const Function *family_function(std::string_view name);

}  // namespace crossheap
