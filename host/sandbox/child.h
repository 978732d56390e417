// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What happens between the birth of a confined process and its program: everything that confines it.
//
// The child is born by clone(CLONE_VM): it runs on the supervisor's own memory, on a stack of its own, while every
// thread of the supervisor goes on. Nobody waits for it: execve may take as long as it likes (another process may hold
// a lease on the program's file). So the plan stays where it is until the child is gone. The child makes system calls
// and nothing else (not even errno is its own), and what it could not do it writes into the plan.
//
// Where the kernel allows it, two are born: the first process of a PID namespace, which does nothing but wait, and the
// program as its child. When the first one ends, however that comes, the kernel kills everything in the namespace. It
// dies with the supervisor, so nothing of a run can outlive that. A program cannot be the first process itself, since
// the kernel keeps signals such as SIGABRT from that one.
#pragma once

#include <linux/capability.h>
#include <linux/filter.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <cstddef>

namespace crossheap::sandbox {

struct ResourceLimit {
  int resource;
  rlimit limit;
};

/// What became of a child, in memory that it shares with the supervisor.
struct Answer {
  volatile bool failed = false;   ///< at `failed_step`, before the program was there
  char failed_step[48] = {};      ///< ends with a null byte
  volatile int failed_errno = 0;  ///
  volatile bool ended = false;    ///< the program, in a namespace: as waitid() says it
  volatile int ended_code = 0;    ///
  volatile int ended_status = 0;  ///
};

/// Everything the child needs. Lives until the child is gone.
struct ChildPlan {
  const char *program;             ///< null: end here, with status 0
  const char *const *arguments;    ///< ends with a null pointer, begins with the program's name
  const char *const *environment;  ///< ends with a null pointer
  const char *directory;           ///< null: stay
  int supervisor_fd;               ///< a pidfd: readable when there is no supervisor any more
  int start_fd;                    ///< one message when all is ready for execve, with the listener; closed by execve
  int input_fd;
  int output_fd;
  int result_fd;
  int given_fd;                 ///< negative: none
  int landlock_fd;              ///< negative: none
  const sock_fprog *filter;     ///< null: none
  bool listens;                 ///< the filter asks the supervisor, by a descriptor that goes over start_fd
  bool waits;                   ///< and goes on with some calls when it has answered
  const ResourceLimit *limits;  ///< `limit_count` of them
  std::size_t limit_count;
  __user_cap_data_struct capabilities[_LINUX_CAPABILITY_U32S_3];  ///< until execve; the inheritable ones after it too
  int ambient_capability;                                         ///< negative: none
  uid_t user;                                                     ///< and group; 0: as it is
  const char *user_map;                                           ///< null: no user namespace
  const char *group_map;
  void *program_stack;  ///< its highest address; only in a namespace
  bool has_own_memory;  ///< it is a copy of its maker, not on its memory
  Answer *answer;
};

/// Makes a process that runs `body(plan)` on `stack_top`, with our memory and copies of our descriptors. Where the body
/// returns, the process ends. All signals must be blocked. \return its number, or the negative errno; never writes
/// errno
long clone_with_memory(unsigned long flags, int *pidfd, void *stack_top, void (*body)(ChildPlan &), ChildPlan &plan);

/// The same, by clone3, and in the control group that `group_fd` is the folder of.
/// \param stack  its lowest address
long clone_into_group(unsigned long flags, int *pidfd, void *stack, std::size_t stack_bytes, int group_fd,
                      void (*body)(ChildPlan &), ChildPlan &plan);

/// Confines the calling process as the plan says: all but the program, which comes next. When a step fails it says
/// which, and ends the process. [child-only] [signal-safe]
void confine(ChildPlan &plan) noexcept;

/// The same, and executes the plan's program. [child-only] [signal-safe]
void become_confined(ChildPlan &plan) noexcept;

/// Is the first process of a PID namespace: starts the confined program, waits for it, and says how it ended.
/// [child-only] [signal-safe]
void become_first(ChildPlan &plan) noexcept;

/// The two halves of that, for who makes the program's process in another way. [child-only] [signal-safe]
void begin_first(ChildPlan &plan) noexcept;
[[noreturn]] void wait_as_first(ChildPlan &plan, long program) noexcept;

/// Says at which step the child failed, and ends it. [child-only] [signal-safe]
[[noreturn]] void fail(ChildPlan &plan, const char *step, long negative_errno) noexcept;

}  // namespace crossheap::sandbox
