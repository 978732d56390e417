// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Functions of libc that hand out a block which the caller is to release with free. Their blocks come from the
// allocator that libc's own references are bound to, whatever the caller's are bound to (XH101, XH109).
//
// Some return the block, some store it where an argument points. Some hand one out only when they are given no buffer:
// getcwd and realpath a null argument, getline a null behind its argument.
//
// Sources: the man-pages of section 3, "the caller should free"; glibc's fortified names (debug/).
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace crossheap {

struct LibcBlockFunction {
  static constexpr std::int8_t kNone = -1;
  std::string_view name;
  std::int8_t out = kNone;     ///< the argument behind which the block is stored; kNone: it is the result
  std::int8_t buffer = kNone;  ///< the argument that must be null for a block to be handed out
  bool grows = false;          ///< what stands behind `out` already is resized: it must be libc's own block, or null
};

// clang-format off
inline constexpr LibcBlockFunction kLibcBlockFunctions[] = {
    {.name = "__asprintf", .out = 0},
    {.name = "__asprintf_chk", .out = 0},
    {.name = "__getcwd_chk", .buffer = 0},
    {.name = "__getdelim", .out = 0, .grows = true},
    {.name = "__realpath_chk", .buffer = 1},
    {.name = "__strdup"},
    {.name = "__strndup"},
    {.name = "__vasprintf_chk", .out = 0},
    {.name = "argz_add", .out = 0, .grows = true},
    {.name = "argz_append", .out = 0, .grows = true},
    {.name = "argz_create", .out = 1},
    {.name = "argz_create_sep", .out = 2},
    {.name = "asprintf", .out = 0},
    {.name = "backtrace_symbols"},
    {.name = "canonicalize_file_name"},
    {.name = "envz_add", .out = 0, .grows = true},
    {.name = "get_current_dir_name"},
    {.name = "getcwd", .buffer = 0},
    {.name = "getdelim", .out = 0, .grows = true},
    {.name = "getline", .out = 0, .grows = true},
    {.name = "open_memstream", .out = 0},
    {.name = "open_wmemstream", .out = 0},
    {.name = "realpath", .buffer = 1},
    {.name = "scandir", .out = 1},
    {.name = "scandir64", .out = 1},
    {.name = "scandirat", .out = 2},
    {.name = "scandirat64", .out = 2},
    {.name = "strdup"},
    {.name = "strndup"},
    {.name = "tempnam"},
    {.name = "vasprintf", .out = 0},
    {.name = "wcsdup"},
};
// clang-format on

/// The row called exactly `name`, or null. [any-thread]
inline const LibcBlockFunction *find_libc_block_function(std::string_view name) {
  const auto *const found =
      std::lower_bound(std::begin(kLibcBlockFunctions), std::end(kLibcBlockFunctions), name,
                       [](const LibcBlockFunction &one, std::string_view other) { return one.name < other; });
  return found != std::end(kLibcBlockFunctions) && found->name == name ? found : nullptr;
}

/// [any-thread]
inline bool hands_out_libc_block(std::string_view name) { return find_libc_block_function(name) != nullptr; }

/// Whether the function of libc returns what it is given first: strcpy(malloc(n), text) is the block. [any-thread]
inline bool returns_its_first_argument(std::string_view name) {
  constexpr std::string_view kNames[] = {"memcpy", "memmove", "memset",  "strcat",  "strcpy",  "strncat",  "strncpy",
                                         "wcscat", "wcscpy",  "wcsncat", "wcsncpy", "wmemcpy", "wmemmove", "wmemset"};
  // The names of _FORTIFY_SOURCE: __memcpy_chk.
  if (name.starts_with("__") && name.ends_with("_chk")) name = name.substr(2, name.size() - 6);
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

/// Whether the function of libc hands out a block only where the caller gives it none of its own. [any-thread]
inline bool may_fill_callers_buffer(std::string_view name) {
  const LibcBlockFunction *const function = find_libc_block_function(name);
  return function != nullptr && (function->buffer != LibcBlockFunction::kNone || function->grows);
}

/// An object of libc's own that a function of libc releases. It is made of blocks of libc's allocator, and belongs to
/// the copy of libc that made it: fclose of one link namespace aborts on a FILE of another one.
struct LibcObject {
  std::string_view maker;
  std::string_view release;                    ///< which takes it as its first argument
  std::int8_t out = LibcBlockFunction::kNone;  ///< the argument behind which it is stored; kNone: it is the result
  bool is_block = false;                       ///< it begins a block, so that free would take it to a heap
  bool is_filled = false;                      ///< a structure of the caller's, whose blocks it holds; not a pointer
};

// clang-format off
inline constexpr LibcObject kLibcObjects[] = {
    {.maker = "catopen", .release = "catclose"},
    {.maker = "duplocale", .release = "freelocale"},
    {.maker = "fdopen", .release = "fclose"},
    {.maker = "fdopendir", .release = "closedir"},
    {.maker = "fmemopen", .release = "fclose"},
    {.maker = "fopen", .release = "fclose"},
    {.maker = "fopen64", .release = "fclose"},
    {.maker = "fopencookie", .release = "fclose"},
    {.maker = "fts_open", .release = "fts_close"},
    {.maker = "getaddrinfo", .release = "freeaddrinfo", .out = 3, .is_block = true},
    {.maker = "getifaddrs", .release = "freeifaddrs", .out = 0, .is_block = true},
    {.maker = "glob", .release = "globfree", .out = 3, .is_filled = true},
    {.maker = "glob64", .release = "globfree64", .out = 3, .is_filled = true},
    {.maker = "iconv_open", .release = "iconv_close"},
    {.maker = "if_nameindex", .release = "if_freenameindex", .is_block = true},
    {.maker = "newlocale", .release = "freelocale"},
    {.maker = "open_memstream", .release = "fclose"},
    {.maker = "open_wmemstream", .release = "fclose"},
    {.maker = "opendir", .release = "closedir"},
    {.maker = "popen", .release = "pclose"},
    {.maker = "regcomp", .release = "regfree", .out = 0, .is_filled = true},
    {.maker = "setmntent", .release = "endmntent"},
    {.maker = "tmpfile", .release = "fclose"},
    {.maker = "tmpfile64", .release = "fclose"},
    {.maker = "wordexp", .release = "wordfree", .out = 1, .is_filled = true},
};
// clang-format on

/// The first argument that the scanf function called `name` stores behind, -1 where it is none. What it stores there
/// and somebody releases is a block of `%ms`. [any-thread]
inline std::int8_t first_scanned(std::string_view name) {
  for (const std::string_view prefix : {"__isoc99_", "__isoc23_"})
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  if (name == "sscanf" || name == "fscanf" || name == "swscanf" || name == "fwscanf") return 2;
  return name == "scanf" || name == "wscanf" ? std::int8_t{1} : std::int8_t{-1};
}

/// Whether scanf stores a block of its own for one of the conversions of `format`: "%ms", "%20m[a-z]". [any-thread]
inline bool scans_a_block(std::string_view format) {
  for (std::size_t i = format.find('%'); i < format.size(); i = format.find('%', i + 1)) {
    i = format.find_first_not_of("*'I$0123456789", i + 1);
    if (i == std::string_view::npos) return false;
    if (format[i] == 'm') return true;
  }
  return false;
}

/// The object that the function called `name` leaves at `place`: behind that argument, or, negative, as its result.
/// Null for none. [any-thread]
inline const LibcObject *find_libc_object(std::string_view name, std::int8_t place) {
  static constexpr LibcObject kScanned{.maker = "scanf", .release = {}, .out = 1, .is_block = true};
  if (const std::int8_t first = first_scanned(name); first > 0 && place >= first) return &kScanned;
  for (const LibcObject &object : kLibcObjects)
    if (object.maker == name && (object.out == place || (object.out < 0 && place == LibcBlockFunction::kNone)))
      return &object;
  return nullptr;
}

/// Whether the function of libc releases an object of libc's. [any-thread]
inline bool releases_libc_object(std::string_view name) {
  return std::any_of(std::begin(kLibcObjects), std::end(kLibcObjects),
                     [&](const LibcObject &object) { return object.release == name; });
}

/// Whether the function of libc is given the address of a structure whose blocks it releases: wordfree. [any-thread]
inline bool empties_structure(std::string_view name) {
  return std::any_of(std::begin(kLibcObjects), std::end(kLibcObjects),
                     [&](const LibcObject &object) { return object.is_filled && object.release == name; });
}

}  // namespace crossheap
