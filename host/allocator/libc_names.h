// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The names of C libraries and of their loaders: the one place that knows them. Header only, because the agent and the
// runners have no library of ours.
//
//     libc.so.6  libc-2.31.so              glibc, as others need it, and as its file was called before 2.34
//     libc.so  libc.musl-x86_64.so.1       musl
//     ld-linux-x86-64.so.2  ld.so          the loader of glibc
//     ld-musl-x86_64.so.1                  the loader of musl, which is its libc as well
#pragma once

#include <string_view>

#include "allocator/marks.h"

namespace crossheap {

/// `path` without its folders. [any-thread]
constexpr std::string_view file_name_of(std::string_view path) noexcept {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// The C library that is called so, by its file or by the name that others need it by: Glibc, Musl, or Unknown for what
/// is none. A file may bear any name: whoever acts on the answer looks for evidence inside as well. [any-thread]
constexpr Family libc_called(std::string_view name) noexcept {
  // Alpha's and Itanium's is libc.so.6.1.
  if (name.starts_with("libc.so.6") || (name.starts_with("libc-2.") && name.ends_with(".so"))) return Family::Glibc;
  if (name == "libc.so" || name.starts_with("libc.musl-") || name.starts_with("ld-musl-")) return Family::Musl;
  return Family::Unknown;
}

/// The C library whose loader this is, by its path or name, as a program's PT_INTERP has it. [any-thread]
constexpr Family libc_of_loader(std::string_view path) noexcept {
  const std::string_view name = file_name_of(path);
  if (name.starts_with("ld-musl-")) return Family::Musl;
  // ld64.so.2 is that of 64-bit POWER, ld-2.31.so a file before 2.34, and ld.so the one that Debian puts into PATH.
  const bool is_glibc = name.starts_with("ld-linux") || name.starts_with("ld64.so") || name.starts_with("ld-2.") ||
                        name == "ld.so" || name == "ld.so.1";
  return is_glibc ? Family::Glibc : Family::Unknown;
}

/// The options of glibc's loader that take the next word as their value (ld.so --help); all others stand alone.
inline constexpr std::string_view kLoaderLibraryPath = "--library-path";
inline constexpr std::string_view kLoaderOptionsWithValue[] = {
    kLoaderLibraryPath,       "--inhibit-rpath",    "--audit", "--preload", "--argv0",
    "--glibc-hwcaps-prepend", "--glibc-hwcaps-mask"};

}  // namespace crossheap
