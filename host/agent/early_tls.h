// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A malloc that counts in a thread-local variable, or knows its own inner calls by one.
//
// The loader gives a library that is there from the start its thread-local storage with each thread. With an audit
// module it does so only for libraries that ask for it by a relocation; the others get theirs at the first use, from
// malloc. A library's own malloc that uses its variable is then called for the memory of that variable, and so on until
// the stack is full.
//
// So such a library is made to ask: its table of relocations is replaced by a copy with one more, which the loader
// fills in, into a word of ours. It has not looked at the table yet.
#pragma once

#include <link.h>

#include "agent/image.h"

namespace crossheap::agent {

/// Of an object that the loader has mapped and not relocated. Does nothing where there is no need.
void ask_for_static_tls(const link_map &map, const Image &image);

/// Whether it is the address of such a copy, and not a distance from an object's base.
bool is_copied_table(std::uint64_t address);

}  // namespace crossheap::agent
