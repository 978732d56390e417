// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What happens between the birth of a confined process and its program: everything that confines it.
//
// The child is born by clone(CLONE_VM | CLONE_VFORK): it runs on the supervisor's own memory, while the thread that
// made it is suspended and every other thread goes on. So the plan is complete before the birth, the child makes
// system calls and nothing else, and what it could not do it writes where the parent reads it afterwards.
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

struct ChildPlan {
  const char *program;
  const char *const *arguments;    ///< ends with a null pointer, begins with the program's name
  const char *const *environment;  ///< ends with a null pointer
  const char *directory;           ///< null: stay
  int input_fd;
  int output_fd;
  int result_fd;
  int given_fd;                 ///< negative: none
  int landlock_fd;              ///< negative: none
  const sock_fprog *filter;     ///< null: none
  const ResourceLimit *limits;  ///< `limit_count` of them
  std::size_t limit_count;
  __user_cap_data_struct capabilities[_LINUX_CAPABILITY_U32S_3];  ///< all that the program keeps
  pid_t supervisor;

  // The child's answer. A null step: the program was executed.
  const char *volatile failed_step = nullptr;
  volatile int failed_errno = 0;
};

/// Confines the calling process as `plan` (a ChildPlan) says and executes its program; does not return. When a step
/// fails it says which, and ends the process. [child-only] [signal-safe]
int become_confined(void *plan) noexcept;

}  // namespace crossheap::sandbox
