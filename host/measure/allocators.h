// SPDX-License-Identifier: MIT OR Apache-2.0
//
// THE table of the allocators that LD_PRELOAD puts into an unmodified program, and which of them are on this machine. A
// new one is a row in allocators.cpp. A setting of an allocator (an environment variable) makes a variant of it.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "allocator/families.h"

namespace crossheap::measure {

/// Variables of an environment: names and values.
using Variables = std::vector<std::pair<std::string, std::string>>;

struct Allocator {
  std::string name;  ///< as typed: "jemalloc", "glibc-arena-max-2", "jemalloc:MALLOC_CONF=narenas:1"
  Family family = Family::Unknown;
  std::filesystem::path library;  ///< "" for libc's own, which is there without a preload
  std::string version;            ///< "" where the file does not tell it
  Variables settings;             ///< that make it this variant
  std::string package;            ///< of Debian, which brings it; "" for none
};

/// A row of the table that is not on this machine.
struct Absent {
  std::string_view name;
  std::string_view adds;  ///< what brings it: "the package libjemalloc2"
};

/// The name of the row that stands for the program as it is.
inline constexpr std::string_view kBaseline = "glibc";

/// All of the table that is on this machine, in its order; the baseline is the first.
std::vector<Allocator> allocators_here();
std::vector<Absent> allocators_absent();

/// What a user types: a name of the table, or the path of a library; behind it settings, each ":NAME=value" with a name
/// in capitals ("jemalloc:MALLOC_CONF=narenas:2,dirty_decay_ms:0"). Throws Error (Blame::Usage) where there is no such
/// allocator, or no such library.
Allocator allocator_named(std::string_view typed);

/// "a,b,c" as its entries. A comma inside a setting's value stays in it: what follows it is no allocator's name.
std::vector<std::string> split_list(std::string_view typed);

/// The variables that start a program on `allocator`, given what the user's environment says now: the preload goes in
/// front of the user's own, GLIBC_TUNABLES keeps what the user has set.
Variables environment_of(const Allocator &allocator);

}  // namespace crossheap::measure
