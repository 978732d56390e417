// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The processes that a traced program has left behind: whoever still has the log mapped still runs, and may yet write
// to it. So nothing has to be noted of who forks whom, and a daemon that nobody waits for is found all the same.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace crossheap::trace {

struct Running {
  pid_t pid = 0;
  pid_t own_pid = 0;  ///< as it knows itself, in a namespace of process ids
  std::string program;
};

/// Processes of other users are not seen, unless we are root.
std::vector<Running> processes_with_log(int log);

/// Returns when the last of them has ended, or when we are told to end (SIGINT, SIGTERM, SIGHUP, SIGQUIT).
void wait_for_processes_with_log(int log);

}  // namespace crossheap::trace
