// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Ctrl-C of a verb that runs things: what was done is shown, and every child ends.
#pragma once

#include "sandbox/sandbox.h"

namespace crossheap::cli {

/// While this lives, SIGINT, SIGTERM and SIGHUP stop the supervisor; a second signal ends the program at once. One at a
/// time in a process.
class StopOnSignal {
public:
  /// \param supervisor  outlives this
  explicit StopOnSignal(sandbox::Supervisor &supervisor);
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal &) = delete;
  StopOnSignal &operator=(const StopOnSignal &) = delete;
};

}  // namespace crossheap::cli
