// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a way of loading makes possible: the pairs of a function that hands out blocks and one that takes them back
// which end on different heaps, each as a finding with the reason in words.
#pragma once

#include <string>
#include <vector>

#include "binding/ownership.h"
#include "binding/process.h"
#include "catalog/finding.h"

namespace crossheap::binding {

/// "libc.so.6", "libc.so.6 in namespace 1": an object as people name it.
std::string called(const std::vector<Object> &objects, ObjectIndex object);

/// "glibc in libc.so.6", "jemalloc in host".
std::string described(const std::vector<Object> &objects, const Ownership &ownership, const Instance &instance);

/// Where the loader looked for what the slot got, in words: the scopes in order, and where the name was found.
std::string reason_of(const Process &process, const Binding &binding);

/// What can cross in `process`. The plugins are its opened objects, the host is its executable.
std::vector<Finding> crossings_of(const Process &process, const Ownership &ownership);

}  // namespace crossheap::binding
