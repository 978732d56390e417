// SPDX-License-Identifier: MIT OR Apache-2.0
//
// How much static TLS a program needs that is about to be executed: with an audit module, glibc lays it out before it
// has seen the program's libraries, so what these need must stand in GLIBC_TUNABLES before the loader starts
// (trace/program.h asks the loader itself; nobody can be asked from inside a program that calls execve).
//
// So the loader's way to the libraries is followed here, without running anything: the interpreter of a script,
// LD_PRELOAD, DT_NEEDED from object to object, each looked for by RPATH, LD_LIBRARY_PATH, RUNPATH, the loader's cache,
// and the system's folders. What is not found needs nothing: the loader will not find it either.
#pragma once

#include <cstdint>

namespace crossheap::agent {

/// Bytes that the libraries of `program` need, in this environment. Opens and maps files. [any-thread]
std::uint64_t static_tls_of(const char *program, const char *const *environment);

/// The value of a variable in an environment; null where it is not there. \param name  with the '='
const char *value_in(const char *const *environment, const char *name);

}  // namespace crossheap::agent
