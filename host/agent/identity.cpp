// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/identity.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "agent/lock.h"

namespace crossheap::agent {

namespace {

// In glibc's thread descriptor (struct pthread, nptl/descr.h) the id stands right before the list of robust mutexes,
// whose head points at itself while it is empty, as it is at start. The place has been the same since 2.4.
constexpr std::uint64_t kThreadId = 0x2d0;
constexpr std::uint64_t kRobustPrevious = 0x2d8;
constexpr std::uint64_t kRobustHead = 0x2e0;

bool has_known_layout;
std::uint8_t quiet;

struct {
  std::uint32_t generation;  ///< of the process (lock.h) that the rest is about
  ProcessIds ids;
  std::uint32_t forking_thread;  ///< the thread that went into libc's fork last; 0 for none
} known;

// SAFETY (both): a word of the thread descriptor, which begins at the thread pointer.
std::uint64_t descriptor() { return reinterpret_cast<std::uint64_t>(__builtin_thread_pointer()); }
template <class T>
T in_descriptor(std::uint64_t offset) {
  return *reinterpret_cast<const volatile T *>(descriptor() + offset);
}

Verdict before_fork(Call &) {
  known.forking_thread = own_thread_id();
  return Verdict::Proceed;
}

void notice(std::uint64_t option) {
  if (option == PR_SET_SECCOMP) __atomic_store_n(&quiet, 1, __ATOMIC_RELEASE);
}

Verdict before_prctl(Call &call) {
  notice(call.arguments[0] & UINT32_MAX);
  return Verdict::Proceed;
}

Verdict before_syscall(Call &call) {
  const std::uint64_t number = call.arguments[0];
  constexpr std::uint64_t kSetModeFilter = 1;
  if (number == SYS_prctl) notice(call.arguments[1] & UINT32_MAX);
  if (number == SYS_seccomp && (call.arguments[1] & UINT32_MAX) <= kSetModeFilter) notice(PR_SET_SECCOMP);
  return Verdict::Proceed;
}

constexpr NamedHook kHooks[] = {
    {"_Fork", before_fork, nullptr},
    {"fork", before_fork, nullptr},
    {"prctl", before_prctl, nullptr},
    {"syscall", before_syscall, nullptr},
};

}  // namespace

HookTable identity_hooks() { return {kHooks, sizeof kHooks / sizeof kHooks[0]}; }

void learn_identity() {
  const std::uint64_t head = descriptor() + kRobustHead;
  has_known_layout =
      in_descriptor<std::uint64_t>(kRobustPrevious) == head && in_descriptor<std::uint64_t>(kRobustHead) == head;
  known.ids = {static_cast<std::uint32_t>(::getpid()), static_cast<std::uint32_t>(::getppid())};
  has_known_layout = has_known_layout && in_descriptor<std::uint32_t>(kThreadId) == known.ids.pid;
  known.generation = fork_generation();
}

bool is_quiet() { return __atomic_load_n(&quiet, __ATOMIC_ACQUIRE) != 0; }

ProcessIds asked_process_ids() {
  return {static_cast<std::uint32_t>(::getpid()), static_cast<std::uint32_t>(::getppid())};
}

void stop_the_program() {
  if (is_quiet()) ::syscall(SYS_tgkill, own_process_ids().pid, own_thread_id(), SIGABRT);
  std::abort();
}

std::uint32_t own_thread_id() {
  if (has_known_layout) return in_descriptor<std::uint32_t>(kThreadId);
  return is_quiet() ? 0 : static_cast<std::uint32_t>(::gettid());
}

ProcessIds own_process_ids() {
  const std::uint32_t generation = fork_generation();
  if (known.generation == generation) return known.ids;
  // A child. libc's fork has written the new id into the descriptor; a fork by a bare system call has not.
  const std::uint32_t thread = own_thread_id();
  const bool by_libc = known.forking_thread != 0 && thread != known.forking_thread;
  const std::uint32_t pid = by_libc || is_quiet() ? thread : static_cast<std::uint32_t>(::getpid());
  known.ids = {pid, known.ids.pid};
  known.forking_thread = 0;
  __atomic_store_n(&known.generation, generation, __ATOMIC_RELEASE);
  return known.ids;
}

}  // namespace crossheap::agent
