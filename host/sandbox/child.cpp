// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Runs on the supervisor's memory beside its threads (child.h), so: no allocation, no locks, no C library, whose
// functions would write the errno of the thread that made us. The order of the steps is their meaning:
//   - our death signal first, so that from then on we cannot outlive the supervisor; and again after another user was
//     taken on, which clears it;
//   - no new privileges before Landlock and seccomp, which demand it;
//   - limits, user, capabilities and Landlock before the filter, which forbids some of these calls;
//   - dispositions before the mask, or a pending signal would run the supervisor's handler in this process.
// CMakeLists.txt compiles this file without sanitizers: their bookkeeping is part of the shared memory.
#include "sandbox/child.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

/// SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV of Linux 5.19, newer than Debian 12's headers: a call that the supervisor
/// looks at is not interrupted by a signal that does not end the process. Programs do not expect that of mmap.
constexpr unsigned kWaitKillable = 1U << 5;

/// The system call itself: the result, or the negative errno.
long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) noexcept {
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  long result;
  asm volatile("syscall"
               : "=a"(result)
               : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
               : "rcx", "r11", "memory");
  return result;
}

long word(const volatile void *pointer) noexcept {
  // SAFETY: the kernel takes an address as a number.
  return reinterpret_cast<long>(pointer);
}

[[noreturn]] void end(int status) noexcept {
  for (;;) call(SYS_exit_group, status);
}

}  // namespace

void fail(ChildPlan &plan, const char *step, long negative_errno) noexcept {
  Answer &answer = *plan.answer;
  for (std::size_t i = 0; i + 1 < sizeof answer.failed_step && step[i] != '\0'; ++i) answer.failed_step[i] = step[i];
  answer.failed_errno = static_cast<int>(-negative_errno);
  answer.failed = true;
  end(kFailed);
}

namespace {

/// Makes the system call of one step.
template <typename... Arguments>
long step(ChildPlan &plan, const char *name, long number, Arguments... arguments) noexcept {
  const long result = call(number, static_cast<long>(arguments)...);
  if (result < 0) fail(plan, name, result);
  return result;
}

/// From here on we cannot outlive the supervisor, which may have ended before the signal was asked for.
void die_with_the_supervisor(ChildPlan &plan) noexcept {
  step(plan, "prctl(PR_SET_PDEATHSIG)", SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
  pollfd supervisor{plan.supervisor_fd, POLLIN, 0};
  if (call(SYS_poll, word(&supervisor), 1, 0) == 1) fail(plan, "poll", -ESRCH);
}

/// Puts the plan's descriptors at their numbers and closes all others. They are lifted first, since one may be where
/// another has to go. The starting descriptor comes behind them and is closed by execve.
void place_descriptors(ChildPlan &plan) noexcept {
  const bool gives = plan.given_fd >= 0;
  const int first_free = gives ? kGivenFd + 1 : kResultFd + 1;
  const auto lifted = [&](int fd) { return step(plan, "dup", SYS_fcntl, fd, F_DUPFD, first_free + 1); };
  const long input = lifted(plan.input_fd);
  const long output = lifted(plan.output_fd);
  const long result = lifted(plan.result_fd);
  const long start = lifted(plan.start_fd);
  const long given = gives ? lifted(plan.given_fd) : -1;
  step(plan, "dup2", SYS_dup2, input, STDIN_FILENO);
  step(plan, "dup2", SYS_dup2, output, STDOUT_FILENO);
  step(plan, "dup2", SYS_dup2, output, STDERR_FILENO);
  step(plan, "dup2", SYS_dup2, result, kResultFd);
  if (gives) step(plan, "dup2", SYS_dup2, given, kGivenFd);
  step(plan, "dup3", SYS_dup3, start, first_free, O_CLOEXEC);
  step(plan, "close_range", SYS_close_range, first_free + 1, ~0U, 0);
  plan.start_fd = first_free;
}

void reset_signals(ChildPlan &plan) noexcept {
  const KernelSigaction by_default{};
  for (int signal = 1; signal <= kSignals; ++signal)
    if (signal != SIGKILL && signal != SIGSTOP)
      step(plan, "rt_sigaction", SYS_rt_sigaction, signal, word(&by_default), 0, sizeof(by_default.mask));
  const std::uint64_t none = 0;
  step(plan, "rt_sigprocmask", SYS_rt_sigprocmask, SIG_SETMASK, word(&none), 0, sizeof(none));
}

/// A user that nobody else is. The capabilities stay over the change: the plan's are taken on afterwards.
void take_user(ChildPlan &plan) noexcept {
  if (plan.user != 0) {
    step(plan, "prctl(PR_SET_SECUREBITS)", SYS_prctl, PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP);
    step(plan, "setgroups", SYS_setgroups, 0, 0);
    step(plan, "setresgid", SYS_setresgid, plan.user, plan.user, plan.user);
    step(plan, "setresuid", SYS_setresuid, plan.user, plan.user, plan.user);
    step(plan, "prctl(PR_SET_PDEATHSIG)", SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
  }
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  step(plan, "capset", SYS_capset, word(&header), word(plan.capabilities));
  if (plan.ambient_capability >= 0)
    step(plan, "prctl(PR_CAP_AMBIENT)", SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, plan.ambient_capability);
}

/// What execve leaves of the capabilities.
void drop_to_inheritable(ChildPlan &plan) noexcept {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct kept[_LINUX_CAPABILITY_U32S_3];
  for (std::size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; ++i) {
    const std::uint32_t set = plan.ambient_capability >= 0 ? plan.capabilities[i].inheritable : 0;
    kept[i] = {set, set, set};
  }
  step(plan, "capset", SYS_capset, word(&header), word(kept));
}

/// Tells the supervisor who we are (the kernel adds our number) and hands it the filter's listener.
void announce(ChildPlan &plan, long listener) noexcept {
  char byte = 0;
  iovec text{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  if (listener >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr *const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    // SAFETY: the room for one int is there, and CMSG_DATA is aligned for one.
    *reinterpret_cast<int *>(CMSG_DATA(header)) = static_cast<int>(listener);
  }
  step(plan, "sendmsg", SYS_sendmsg, plan.start_fd, word(&message), MSG_NOSIGNAL);
}

void write_file(ChildPlan &plan, const char *path, const char *text) noexcept {
  const long fd = step(plan, path, SYS_openat, AT_FDCWD, word(path), O_WRONLY | O_CLOEXEC);
  long length = 0;
  while (text[length] != '\0') ++length;
  step(plan, path, SYS_write, fd, word(text), length);
  call(SYS_close, fd);
}

}  // namespace

namespace {

/// Makes a process on our memory by system call `number`, clone or clone3, with its three arguments. The child needs
/// only what is in registers, which the kernel hands on: its stack begins aligned and without a caller. It runs `body`
/// and ends there.
long clone_by(long number, long a, long b, long c, void (*body)(ChildPlan &), ChildPlan &plan) noexcept {
  register long r10 asm("r10") = 0;
  register long r8 asm("r8") = 0;
  register void (*r12)(ChildPlan &) asm("r12") = body;
  register ChildPlan *r13 asm("r13") = &plan;
  long result;
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"
      "mov %%r13, %%rdi\n\t"
      "call *%%r12\n\t"
      "mov %[failed], %%edi\n\t"
      "mov %[exit_group], %%eax\n\t"
      "syscall\n\t"
      "ud2\n"
      "1:"
      : "=a"(result)
      : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r12),
        "r"(r13), [failed] "i"(kFailed), [exit_group] "i"(SYS_exit_group)
      : "rcx", "r11", "memory");
  return result;
}

}  // namespace

long clone_with_memory(unsigned long flags, int *pidfd, void *stack_top, void (*body)(ChildPlan &), ChildPlan &plan) {
  return clone_by(SYS_clone, static_cast<long>(flags | CLONE_VM), word(stack_top), word(pidfd), body, plan);
}

long clone_into_group(unsigned long flags, int *pidfd, void *stack, std::size_t stack_bytes, int group_fd,
                      void (*body)(ChildPlan &), ChildPlan &plan) {
  constexpr auto kSignal = static_cast<unsigned long>(CSIGNAL);
  clone_args arguments{};
  arguments.flags = (flags & ~kSignal) | CLONE_VM | CLONE_INTO_CGROUP;
  arguments.exit_signal = flags & kSignal;
  arguments.pidfd = static_cast<__u64>(word(pidfd));
  arguments.stack = static_cast<__u64>(word(stack));
  arguments.stack_size = stack_bytes;
  arguments.cgroup = static_cast<__u64>(group_fd);
  return clone_by(SYS_clone3, word(&arguments), sizeof arguments, 0, body, plan);
}

void confine(ChildPlan &plan) noexcept {
  const bool in_namespace = plan.program_stack != nullptr;
  die_with_the_supervisor(plan);
  // A process group of its own, without the supervisor's terminal. In a namespace the first process leads the session,
  // so that the program cannot take a terminal for itself by opening it.
  if (in_namespace)
    step(plan, "setpgid", SYS_setpgid, 0, 0);
  else
    step(plan, "setsid", SYS_setsid);
  if (plan.directory != nullptr) step(plan, "chdir", SYS_chdir, word(plan.directory));

  step(plan, "prctl(PR_SET_NO_NEW_PRIVS)", SYS_prctl, PR_SET_NO_NEW_PRIVS, 1);
  if (plan.landlock_fd >= 0) step(plan, "landlock_restrict_self", SYS_landlock_restrict_self, plan.landlock_fd, 0);
  place_descriptors(plan);
  take_user(plan);
  // As execve does: the process may look at itself in /proc. The attribute is the memory's, not the process's.
  if (plan.has_own_memory) step(plan, "prctl(PR_SET_DUMPABLE)", SYS_prctl, PR_SET_DUMPABLE, 1);
  reset_signals(plan);
  long listener = -1;
  if (plan.filter != nullptr) {
    const unsigned flags = (plan.listens ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0) | (plan.waits ? kWaitKillable : 0);
    const long result = step(plan, "seccomp", SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, word(plan.filter));
    if (plan.listens) listener = result;
  }
  announce(plan, listener);
  // Only now: the kernel counts the descriptors on their way for each user and holds the sum against the sender's limit
  // of open files (unix(7), ETOOMANYREFS). With a run's limit, the messages of another run could keep this one from
  // starting.
  for (std::size_t i = 0; i < plan.limit_count; ++i)
    step(plan, "setrlimit", SYS_prlimit64, 0, plan.limits[i].resource, word(&plan.limits[i].limit), 0);
  if (!plan.has_own_memory) return;
  // What execve would do: the capabilities that were only for it are gone, and so is the listener.
  if (listener >= 0) step(plan, "close", SYS_close, listener);
  drop_to_inheritable(plan);
}

void become_confined(ChildPlan &plan) noexcept {
  confine(plan);
  if (plan.program == nullptr) end(0);  // only tried
  step(plan, "execve", SYS_execve, word(plan.program), word(plan.arguments), word(plan.environment));
}

void begin_first(ChildPlan &plan) noexcept {
  die_with_the_supervisor(plan);
  step(plan, "setsid", SYS_setsid);
  if (plan.user_map != nullptr) {
    if (plan.has_own_memory) step(plan, "prctl(PR_SET_DUMPABLE)", SYS_prctl, PR_SET_DUMPABLE, 1);
    write_file(plan, "/proc/self/setgroups", "deny");
    write_file(plan, "/proc/self/uid_map", plan.user_map);
    write_file(plan, "/proc/self/gid_map", plan.group_map);
  }
  if (plan.has_own_memory) step(plan, "prctl(PR_SET_DUMPABLE)", SYS_prctl, PR_SET_DUMPABLE, 0);
}

void wait_as_first(ChildPlan &plan, long program) noexcept {
  if (program < 0) fail(plan, "clone", program);
  // The run's pipes are the program's alone.
  step(plan, "close_range", SYS_close_range, 0, ~0U, 0);
  for (;;) {
    siginfo_t who{};
    const long result = call(SYS_waitid, P_ALL, 0, word(&who), WEXITED | __WALL, 0);
    if (result == -EINTR) continue;
    if (result < 0) end(kFailed);
    if (who.si_pid != program) continue;
    plan.answer->ended_code = who.si_code;
    plan.answer->ended_status = who.si_status;
    plan.answer->ended = true;
    end(0);
  }
}

void become_first(ChildPlan &plan) noexcept {
  begin_first(plan);
  wait_as_first(plan, clone_with_memory(SIGCHLD, nullptr, plan.program_stack, become_confined, plan));
}

}  // namespace crossheap::sandbox
