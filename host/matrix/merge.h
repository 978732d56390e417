// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Puts the shards of one experiment together.
#pragma once

#include <string>
#include <vector>

#include "matrix/run.h"

namespace crossheap::matrix {

struct NamedResults {
  std::string file;  ///< for messages
  Results results;
};

/// All shards of one experiment as one result. Throws Error (Blame::Usage) where a shard is missing, stands twice, was
/// interrupted, or belongs to another experiment (other builds, modes, scenarios or number of runs).
Results merge(std::vector<NamedResults> parts);

}  // namespace crossheap::matrix
