// SPDX-License-Identifier: MIT OR Apache-2.0
//
// How much static TLS a program needs that is about to be executed: with an audit module, glibc lays it out before it
// has seen the program's libraries, so what these need must stand in GLIBC_TUNABLES before the loader starts
// (trace/program.h asks the loader itself; nobody can be asked from inside a program that calls execve).
#pragma once

#include <cstdint>
#include <string_view>

namespace crossheap::agent {

struct StaticTls {
  std::uint64_t bytes;
  /// A library of it wants it aligned more widely than the loader can do it once it has begun without the libraries:
  /// more than 64 bytes, or than the program's own.
  bool is_too_wide;
};
/// What the libraries of `program` need, in this environment. Opens and maps files. [any-thread]
/// \param folders  where the loader is told to look instead of LD_LIBRARY_PATH; empty where it is not
StaticTls static_tls_of(const char *program, const char *const *environment, std::string_view folders = {});

/// The value of a variable in an environment; null where it is not there. \param name  with the '='
const char *value_in(const char *const *environment, const char *name);

}  // namespace crossheap::agent
