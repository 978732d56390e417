// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A way is how a workload gets its allocator: LD_PRELOAD on the build that has none (the table of
// measure/allocators.h), or a build of ours that links one. Each has a name that people type.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "measure/allocators.h"

namespace crossheap::bench {

struct Way {
  std::string name;     ///< "glibc", "jemalloc", "jemalloc-static"
  std::string about;    ///< "jemalloc 5.3.0 by LD_PRELOAD"
  std::string version;  ///< of the allocator; "" where its file does not tell
  std::filesystem::path program;
  measure::Variables variables;
  std::string serves;   ///< the object in which malloc must be found stands in this file name; "" for libc's
  bool linked = false;  ///< the choice is in the program, so that it cannot run a program of somebody else
};

/// What is not here, and what adds it.
struct Missing {
  std::string name;
  std::string reason;
};

struct Ways {
  std::vector<Way> here;
  std::vector<Missing> missing;
};

/// All of them. Throws Error where not even the workload without an allocator is there.
Ways ways_of_this_machine();

/// What a user types, out of `ways`; a library or settings are taken as `crossheap compare` takes them. Throws Error
/// (Blame::Usage) for what is none.
Way way_named(const Ways &ways, std::string_view typed);

}  // namespace crossheap::bench
