// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Puts the shards of one check together.
#pragma once

#include <string>
#include <vector>

#include "check/check.h"

namespace crossheap::check {

struct NamedCheck {
  std::string file;  ///< that it was read from
  Check check;
};

/// All shards of one check as one verdict: profiles in the order in which a check of all of them has them, and a
/// finding that several shards have once, with the cells of all. Throws Error (Blame::Usage) where a shard is missing,
/// stands twice, was interrupted, or is of another plugin or other allocators than the first.
Check merge(std::vector<NamedCheck> parts);

}  // namespace crossheap::check
