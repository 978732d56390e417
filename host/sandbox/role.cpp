// SPDX-License-Identifier: MIT OR Apache-2.0
//
// These are properties of the process, not of a supervisor, and several supervisors may live at a time: the first one
// keeps what was there, the last one puts it back.
//
//     trace asks the loader in the sandbox which libraries a program needs, then starts the program: as its reaper,
//     trace would adopt the program's orphans, whose parent would be the first process otherwise
#include "sandbox/role.h"

#include <sys/prctl.h>

#include <cerrno>
#include <csignal>
#include <mutex>

#include "base/error.h"

namespace crossheap::sandbox {

namespace {

struct Before {
  struct sigaction child_signal;
  int reaper = 0;
  int dumpable = 0;
};

std::mutex mutex;
int holders = 0;
Before before;

/// A process for which SIGCHLD is ignored, which is inherited through execve, has its children reaped by the kernel.
bool is_ignored(const struct sigaction &action) {
  return (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

SupervisorRole::SupervisorRole() {
  const std::lock_guard lock(mutex);
  if (holders == 0) {
    before = {};
    ::sigaction(SIGCHLD, nullptr, &before.child_signal);
    ::prctl(PR_GET_CHILD_SUBREAPER, &before.reaper, 0, 0, 0);
    before.dumpable = ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
      throw system_error("the supervisor", "prctl(PR_SET_CHILD_SUBREAPER)", errno);
    if (is_ignored(before.child_signal)) {
      struct sigaction action = before.child_signal;
      action.sa_handler = SIG_DFL;
      ::sigaction(SIGCHLD, &action, nullptr);
    }
  }
  ++holders;
}

SupervisorRole::~SupervisorRole() {
  const std::lock_guard lock(mutex);
  if (--holders > 0) return;
  if (is_ignored(before.child_signal)) ::sigaction(SIGCHLD, &before.child_signal, nullptr);
  ::prctl(PR_SET_CHILD_SUBREAPER, before.reaper, 0, 0, 0);
  constexpr int kDumpable = 1;  // the kernel takes no other value that it may answer but 0
  if (before.dumpable == kDumpable) ::prctl(PR_SET_DUMPABLE, kDumpable, 0, 0, 0);
}

void SupervisorRole::refuse_tracing() noexcept { ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

}  // namespace crossheap::sandbox
