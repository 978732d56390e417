// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Functions of libc that hand out a block which the caller is to release with free. Their blocks come from the
// allocator that libc's own references are bound to, whatever the caller's are bound to (XH101, XH109).
//
// Sources: the man-pages of section 3, "the caller should free"; glibc's fortified names (debug/).
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

namespace crossheap {

inline constexpr std::string_view kLibcBlockFunctions[] = {"__asprintf",
                                                           "__asprintf_chk",
                                                           "__getdelim",
                                                           "__realpath_chk",
                                                           "__strdup",
                                                           "__strndup",
                                                           "__vasprintf_chk",
                                                           "argz_add",
                                                           "argz_append",
                                                           "argz_create",
                                                           "argz_create_sep",
                                                           "asprintf",
                                                           "backtrace_symbols",
                                                           "canonicalize_file_name",
                                                           "envz_add",
                                                           "get_current_dir_name",
                                                           "getcwd",
                                                           "getdelim",
                                                           "getline",
                                                           "open_memstream",
                                                           "open_wmemstream",
                                                           "realpath",
                                                           "scandir",
                                                           "scandir64",
                                                           "scandirat",
                                                           "strdup",
                                                           "strndup",
                                                           "tempnam",
                                                           "vasprintf",
                                                           "wcsdup"};

/// [any-thread]
inline bool hands_out_libc_block(std::string_view name) {
  return std::binary_search(std::begin(kLibcBlockFunctions), std::end(kLibcBlockFunctions), name);
}

/// Whether the function of libc hands out a block only where the caller gives it none of its own. [any-thread]
inline bool may_fill_callers_buffer(std::string_view name) {
  constexpr std::string_view kNames[] = {"__getdelim", "__realpath_chk", "getcwd", "getdelim", "getline", "realpath"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

}  // namespace crossheap
