// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <string>

namespace crossheap {

/// The name of a function as its author wrote it: C++ (the Itanium ABI), Rust (the legacy form and v0) and D. A name
/// that is in none of these forms, or is longer than a person would read, comes back as it is. The names come from
/// untrusted files; time and stack are bounded. [any-thread]
std::string demangled(const std::string &name);

}  // namespace crossheap
