// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which allocator instance each function belongs to that the two sides call, as the loader has bound them in this
// process: the observed ground for the question whether a scenario's block crosses.
#pragma once

#include <span>

#include "scenarios/experiment.h"

namespace crossheap::runner {

/// One side of the boundary: what its image's references are bound to.
struct Side {
  const char *name;  ///< "host" or "plugin"
  std::span<const crossheap_binding> bindings;
  const void *any_address;  ///< inside the image
  void *handle;             ///< of dlopen; null for the host
};

/// Reports RunStep::Bound for every binding of both sides and for "libc", whose blocks come from libc's own reference
/// to malloc: "plugin free=libc.so.6", with "#N" behind the object in link namespace N.
///
/// "split" stands for an object whose exported malloc is not the one that its own references find (XH103).
///
/// An object that defines no allocator (libstdc++'s operators, libc's reallocarray) only forwards: then the instance is
/// the one behind the malloc that this object's own reference is bound to.
void report_instances(const Side &host, const Side &plugin);

}  // namespace crossheap::runner
