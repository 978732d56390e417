// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which blocks can get from which heap to which release function, asked of every object of a process.
//
// Two strengths, and what is less than both is a note:
//
// * certain, an error: one object takes a block from a function on heap A and releases it to heap B by references of
//   its own. Its code shows the block's way, or there is no other: all that could release it are on B.
// * by interface, a warning: two objects that call each other stand on different heaps, and their code shows that
//   blocks pass: one hands a fresh block over, or returns it, where the other releases what it is given.
//
// That two objects stand on different heaps is no finding. Most plugins show no block to anybody; where no sign is
// seen, a note says so.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "binding/ownership.h"
#include "binding/process.h"
#include "catalog/finding.h"

namespace crossheap::binding {

/// Which objects crossings are looked for in.
enum class Among : std::uint8_t {
  All,      ///< every object of the process: also what goes wrong without any plugin
  Others,   ///< all but the program, which only stands in for the user's
  Plugins,  ///< the plugins and what came in for them: what a plugin adds
};

/// What can cross in `process`, strongest first. The plugins are its opened objects and, preloaded or needed, those
/// called by one of `named`.
std::vector<Finding> crossings_of(const Process &process, const Ownership &ownership,
                                  const std::vector<std::string> &named, Among among = Among::All,
                                  const ReadAhead &read_ahead = {});

}  // namespace crossheap::binding
