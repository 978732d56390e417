// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Runs on the supervisor's memory (child.h), so: no allocation, no locks, no C library beyond syscall(), which itself
// changes nothing but errno. The order of the steps is their meaning:
//   - our death signal first, so that from then on we cannot outlive the supervisor;
//   - no new privileges before Landlock and seccomp, which demand it;
//   - limits, capabilities and Landlock before the filter, which forbids some of these calls;
//   - dispositions before the mask, or a pending signal would run the supervisor's handler in this process.
// CMakeLists.txt compiles this file without sanitizers: their bookkeeping is part of the shared memory.
#include "sandbox/child.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

#include "sandbox/sandbox.h"

namespace crossheap::sandbox {

namespace {

/// The kernel's struct sigaction; libc's is another.
struct KernelSigaction {
  void (*handler)(int);
  unsigned long flags;
  void (*restorer)();
  std::uint64_t mask;
};

constexpr int kSignals = 64;
constexpr int kFailed = 127;

[[noreturn]] void fail(ChildPlan &plan, const char *step, int errno_value) noexcept {
  plan.failed_errno = errno_value;
  plan.failed_step = step;
  for (;;) ::syscall(SYS_exit_group, kFailed);
}

/// Makes the system call of one step.
template <typename... Arguments>
long step(ChildPlan &plan, const char *name, long number, Arguments... arguments) noexcept {
  const long result = ::syscall(number, arguments...);
  if (result < 0) fail(plan, name, errno);
  return result;
}

/// Puts the plan's descriptors at their numbers and closes all others. They are lifted first, since one may be where
/// another has to go.
void place_descriptors(ChildPlan &plan) noexcept {
  const bool gives = plan.given_fd >= 0;
  const int first_free = gives ? kGivenFd + 1 : kResultFd + 1;
  const long input = step(plan, "dup", SYS_fcntl, plan.input_fd, F_DUPFD, first_free);
  const long output = step(plan, "dup", SYS_fcntl, plan.output_fd, F_DUPFD, first_free);
  const long result = step(plan, "dup", SYS_fcntl, plan.result_fd, F_DUPFD, first_free);
  const long given = gives ? step(plan, "dup", SYS_fcntl, plan.given_fd, F_DUPFD, first_free) : -1;
  step(plan, "dup2", SYS_dup2, input, STDIN_FILENO);
  step(plan, "dup2", SYS_dup2, output, STDOUT_FILENO);
  step(plan, "dup2", SYS_dup2, output, STDERR_FILENO);
  step(plan, "dup2", SYS_dup2, result, kResultFd);
  if (gives) step(plan, "dup2", SYS_dup2, given, kGivenFd);
  step(plan, "close_range", SYS_close_range, first_free, ~0U, 0);
}

void reset_signals(ChildPlan &plan) noexcept {
  const KernelSigaction by_default{};
  for (int signal = 1; signal <= kSignals; ++signal)
    if (signal != SIGKILL && signal != SIGSTOP)
      step(plan, "rt_sigaction", SYS_rt_sigaction, signal, &by_default, nullptr, sizeof(by_default.mask));
  const std::uint64_t none = 0;
  step(plan, "rt_sigprocmask", SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, sizeof(none));
}

}  // namespace

int become_confined(void *argument) noexcept {
  ChildPlan &plan = *static_cast<ChildPlan *>(argument);

  step(plan, "prctl(PR_SET_PDEATHSIG)", SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  // The supervisor may have ended before the signal was asked for.
  if (::syscall(SYS_getppid) != plan.supervisor) fail(plan, "getppid", ESRCH);
  // A session of its own is a process group of its own, without the supervisor's terminal.
  step(plan, "setsid", SYS_setsid);
  if (plan.directory != nullptr) step(plan, "chdir", SYS_chdir, plan.directory);

  step(plan, "prctl(PR_SET_NO_NEW_PRIVS)", SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (plan.landlock_fd >= 0) step(plan, "landlock_restrict_self", SYS_landlock_restrict_self, plan.landlock_fd, 0);
  place_descriptors(plan);
  for (std::size_t i = 0; i < plan.limit_count; ++i)
    step(plan, "setrlimit", SYS_prlimit64, 0, plan.limits[i].resource, &plan.limits[i].limit, nullptr);
  __user_cap_header_struct capability_header{_LINUX_CAPABILITY_VERSION_3, 0};
  step(plan, "capset", SYS_capset, &capability_header, plan.capabilities);
  reset_signals(plan);
  if (plan.filter != nullptr) step(plan, "seccomp", SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, plan.filter);

  step(plan, "execve", SYS_execve, plan.program, plan.arguments, plan.environment);
  return kFailed;
}

}  // namespace crossheap::sandbox
