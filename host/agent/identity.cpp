// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A thread's id stands in its descriptor, struct pthread of glibc, which begins at the thread pointer. Its place in
// there is no part of any interface, so start checks it: behind the id stands a list head that points at itself. Where
// it does not, gettid is called instead, or the id is 0 under a filter.
//
// A process's id is that of its first thread, and a forked child's that of the thread in which libc's fork returned.
// The child notices by fork_generation (lock.h) that it is one:
//
//     parent    known.ids = {100, 1}; fork notes its thread, 100
//     child     another generation; the descriptor says 123, for libc's fork has written it: {123, 100}
//     child     of a bare clone: the descriptor still says 100, so getpid is asked, unless a filter stands
//
// libc's `syscall` is hooked here, as a way to install a filter. It is also a way to obtain memory and to set a limit,
// and a function has one hook only. So the hook passes such calls on to memory_hooks.cpp and limits.cpp.
#include "agent/identity.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string_view>

#include "agent/limits.h"
#include "agent/lock.h"
#include "agent/memory_hooks.h"

namespace crossheap::agent {

namespace {

// In glibc's thread descriptor (struct pthread, nptl/descr.h) the id stands right before the list of robust mutexes,
// whose head points at itself while it is empty, as it is at start. The place has been the same since 2.4.
constexpr std::uint64_t kThreadId = 0x2d0;
constexpr std::uint64_t kRobustPrevious = 0x2d8;
constexpr std::uint64_t kRobustHead = 0x2e0;

bool has_known_layout;
std::uint8_t restricted;
std::uint8_t own_system_calls;
bool started_under_filter;

struct {
  std::uint64_t thread;  ///< its pointer
  std::uint32_t id;
} forking;

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

/// What the kernel says of this process; empty where there is no /proc. Made of calls that the loader makes.
std::string_view status_of_process(char *buffer, std::size_t room) {
  const int fd = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  std::size_t length = 0;
  for (ssize_t got = 0; length < room && (got = ::read(fd, buffer + length, room - length)) > 0;)
    length += static_cast<std::size_t>(got);
  ::close(fd);
  return {buffer, length};
}
/// The number behind a name in it, the last one where there are several; 0 where there is none.
std::uint32_t number_in(std::string_view status, std::string_view name) {
  const std::size_t at = status.find(name);
  if (at == std::string_view::npos) return 0;
  std::uint32_t number = 0;
  bool is_inside = false;
  for (const char c : status.substr(at + name.size())) {
    if (c == '\n') break;
    const bool is_digit = c >= '0' && c <= '9';
    if (is_digit) number = (is_inside ? number * 10 : 0) + static_cast<std::uint32_t>(c - '0');
    is_inside = is_digit;
  }
  return number;
}
constexpr std::size_t kStatusRoom = 4096;

/// As the process itself knows them. Where /proc is of an outer namespace of process ids, NStgid names its id in each,
/// its own last, and PPid is an id that means nothing in its own.
ProcessIds ids_in(std::string_view status) {
  const ProcessIds outer{number_in(status, "\nTgid:"), number_in(status, "\nPPid:")};
  const std::uint32_t own = number_in(status, "\nNStgid:");  // since Linux 4.1
  return own == 0 || own == outer.pid ? outer : ProcessIds{own, 0};
}

Verdict before_fork(Call &) {
  known.forking_thread = own_thread_id();
  note_fork();
  return Verdict::Proceed;
}

void notice(std::uint64_t option) {
  constexpr std::uint64_t kSetMdwe = 65;      // PR_SET_MDWE, since Linux 6.3: no code is written any more
  constexpr std::uint64_t kSetDispatch = 59;  // PR_SET_SYSCALL_USER_DISPATCH, since 5.11: calls become signals
  if (option == PR_SET_SECCOMP || option == kSetMdwe || option == kSetDispatch)
    __atomic_store_n(&restricted, 1, __ATOMIC_RELEASE);
}

Verdict before_prctl(Call &call) {
  notice(call.arguments[0] & UINT32_MAX);
  return Verdict::Proceed;
}

Verdict before_syscall(Call &call) {
  const std::uint64_t number = call.arguments[0];
  constexpr std::uint64_t kSetModeFilter = 1;
  if (is_memory_call(number)) return memory_by_syscall(call);
  if (number == SYS_prctl) notice(call.arguments[1] & UINT32_MAX);
  if (number == SYS_seccomp && (call.arguments[1] & UINT32_MAX) <= kSetModeFilter) notice(PR_SET_SECCOMP);
  return before_limit_call(call);
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
  char buffer[kStatusRoom];
  const std::string_view status = status_of_process(buffer, sizeof buffer);
  started_under_filter = number_in(status, "\nSeccomp:") != 0;
  const std::uint64_t head = descriptor() + kRobustHead;
  has_known_layout =
      in_descriptor<std::uint64_t>(kRobustPrevious) == head && in_descriptor<std::uint64_t>(kRobustHead) == head;
  known.ids = ids_in(status);
  if (status.empty()) known.ids = {static_cast<std::uint32_t>(::getpid()), static_cast<std::uint32_t>(::getppid())};
  has_known_layout = has_known_layout && in_descriptor<std::uint32_t>(kThreadId) == known.ids.pid;
  known.generation = fork_generation();
}

bool is_restricted() { return __atomic_load_n(&restricted, __ATOMIC_ACQUIRE) != 0; }
void note_own_system_calls() { __atomic_store_n(&own_system_calls, 1, __ATOMIC_RELAXED); }
bool may_restrict_itself() { return __atomic_load_n(&own_system_calls, __ATOMIC_RELAXED) != 0; }
bool is_quiet() { return started_under_filter || is_restricted(); }

void note_fork() { forking = {descriptor(), own_thread_id()}; }
bool has_forked() {
  if (!has_known_layout || forking.thread != descriptor()) return false;
  const std::uint32_t id = own_thread_id();
  if (id == forking.id) return false;
  forking = {};
  return true;
}

ProcessIds asked_process_ids() {
  if (!is_quiet()) return {static_cast<std::uint32_t>(::getpid()), static_cast<std::uint32_t>(::getppid())};
  if (is_restricted()) return own_process_ids();
  char buffer[kStatusRoom];
  const std::string_view status = status_of_process(buffer, sizeof buffer);
  if (status.empty()) return own_process_ids();
  return ids_in(status);
}

void stop_the_program() {
  if (is_quiet() || may_restrict_itself()) ::syscall(SYS_tgkill, own_process_ids().pid, own_thread_id(), SIGABRT);
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
