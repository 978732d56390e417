// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Objects, heaps and bindings of a process as people name them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "binding/ownership.h"
#include "binding/process.h"

namespace crossheap::binding {

/// "libc.so.6", "libc.so.6 in namespace 1": an object as people name it.
std::string name_of(const std::vector<Object> &objects, ObjectIndex object);

/// "glibc in libc.so.6", "jemalloc in host".
std::string in_words(const std::vector<Object> &objects, const Ownership &ownership, const Instance &instance);

/// "malloc", "sized operator delete[]": a function by its symbol.
std::string in_words(std::string_view function);

/// Where the loader looked for what the slot got, in words: the scopes in order, and where the name was found.
std::string reason_of(const Process &process, const Binding &binding);

}  // namespace crossheap::binding
