// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A plugin that crashes while it is opened: where its code was is told before the signal ends the process.
//
// The handlers stand only while the loader runs the plugin's constructors. A crash later is the supervisor's to see: it
// knows what was done then, and the agent has the stacks.
#pragma once

#include <array>
#include <csignal>
#include <cstddef>

namespace crossheap::drill {

/// Tells faults while it lives.
class FaultsTold {
public:
  FaultsTold();
  ~FaultsTold();
  FaultsTold(const FaultsTold &) = delete;
  FaultsTold &operator=(const FaultsTold &) = delete;

private:
  static constexpr std::array<int, 2> kSignals{SIGSEGV, SIGBUS};
  std::array<struct sigaction, kSignals.size()> before_{};
};

}  // namespace crossheap::drill
