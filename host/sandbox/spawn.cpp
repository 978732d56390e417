// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Starts must be cheap: an experiment makes thousands. fork() copies the supervisor's page tables, and write-protects
// its memory, for a child that throws the copy away a moment later; clone(CLONE_VM | CLONE_VFORK) copies nothing. The
// price is that the child shares our memory until execve: it has its own stack, no signal can reach a handler of ours
// in it (all are blocked around the birth), and child.cpp keeps to system calls. What it failed at is simply there when
// clone returns, so no exit status of a program can be taken for a failure of ours.
#include "sandbox/spawn.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string>
#include <utility>

#include "base/error.h"
#include "sandbox/child.h"
#include "sandbox/filter.h"

namespace crossheap::sandbox {

namespace {

constexpr std::size_t kStackBytes = std::size_t{64} << 10;

/// What a program of root keeps: reading files of other users, which plugins may be. Nothing else, and for other
/// users nothing at all.
constexpr std::uint32_t kKeptCapabilities = 1U << CAP_DAC_READ_SEARCH;

struct Pipe {
  OwnedFd read;
  OwnedFd write;
};

/// Empty when there is none to be had; errno says why.
Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) < 0) return {};
  return {OwnedFd(ends[0]), OwnedFd(ends[1])};
}

/// The words of a command line or an environment as execve takes them.
std::vector<const char *> pointers(const std::vector<std::string> &words, const char *first = nullptr) {
  std::vector<const char *> all;
  all.reserve(words.size() + 2);
  if (first != nullptr) all.push_back(first);
  for (const std::string &word : words) all.push_back(word.c_str());
  all.push_back(nullptr);
  return all;
}

/// All signals, also the two that libc keeps for itself and sigfillset() leaves out.
class SignalsBlocked {
public:
  SignalsBlocked() noexcept { ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &kAll, &before_, sizeof(before_)); }
  ~SignalsBlocked() { ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before_, nullptr, sizeof(before_)); }
  SignalsBlocked(const SignalsBlocked &) = delete;
  SignalsBlocked &operator=(const SignalsBlocked &) = delete;

private:
  static constexpr std::uint64_t kAll = ~std::uint64_t{0};
  std::uint64_t before_ = 0;
};

std::vector<ResourceLimit> resource_limits(const Limits &limits, const std::array<rlimit, RLIM_NLIMITS> &own) {
  std::vector<ResourceLimit> all;
  // A limit may only be lowered by those without privilege, and is not to be raised by anybody.
  const auto add = [&](__rlimit_resource resource, rlim_t soft, rlim_t hard) {
    const rlim_t ceiling = own[resource].rlim_max;
    all.push_back({static_cast<int>(resource), {std::min(soft, ceiling), std::min(hard, ceiling)}});
  };
  const auto add_wanted = [&](__rlimit_resource resource, std::uint64_t value) {
    if (value != 0) add(resource, value, value);
  };
  add(RLIMIT_CORE, 0, 0);
  // One second between SIGXCPU, which may be handled, and SIGKILL.
  if (limits.cpu.count() > 0) {
    const auto seconds = static_cast<rlim_t>(limits.cpu.count());
    add(RLIMIT_CPU, seconds, seconds + 1);
  }
  add_wanted(RLIMIT_AS, limits.address_space_bytes);
  add_wanted(RLIMIT_FSIZE, limits.file_bytes);
  add_wanted(RLIMIT_NOFILE, limits.open_files);
  add_wanted(RLIMIT_NPROC, limits.processes);
  return all;
}

NotStarted not_started(const char *doing) { return {errno, doing}; }

}  // namespace

void Spawner::Unmap::operator()(void *stack) const noexcept { ::munmap(stack, kStackBytes); }

Spawner::Spawner() : filter_(make_filter(::getpid())), landlock_(make_landlock()) {
  input_ = OwnedFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!input_) throw system_error("/dev/null", "open", errno, "Every run reads its standard input from it");

  void *stack = ::mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) throw system_error("the stack of a starting run", "mmap", errno);
  stack_.reset(stack);

  for (std::size_t i = 0; i < own_limits_.size(); ++i)
    if (::getrlimit(static_cast<__rlimit_resource>(i), &own_limits_[i]) < 0)
      throw system_error("resource limits", "getrlimit", errno);

  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  if (::syscall(SYS_capget, &header, capabilities_.data()) < 0) throw system_error("capabilities", "capget", errno);
  const std::uint32_t kept = capabilities_[0].permitted & kKeptCapabilities;
  capabilities_ = {};
  capabilities_[0] = {kept, kept, 0};
}

std::variant<Child, NotStarted> Spawner::spawn(const Command &command, const Limits &limits) {
  Pipe output = make_pipe();
  if (!output.read) return not_started("pipe2");
  Pipe sent = make_pipe();
  if (!sent.read) return not_started("pipe2");

  const std::vector<const char *> arguments = pointers(command.arguments, command.program.c_str());
  const std::vector<const char *> environment = pointers(command.environment);
  const std::vector<ResourceLimit> resources = resource_limits(limits, own_limits_);
  const sock_fprog filter{static_cast<unsigned short>(filter_.size()), filter_.data()};
  ChildPlan plan{.program = command.program.c_str(),
                 .arguments = arguments.data(),
                 .environment = environment.data(),
                 .directory = command.directory.empty() ? nullptr : command.directory.c_str(),
                 .input_fd = input_.get(),
                 .output_fd = output.write.get(),
                 .result_fd = sent.write.get(),
                 .given_fd = command.given_fd,
                 .landlock_fd = landlock_.ruleset.get(),
                 .filter = filter_.empty() ? nullptr : &filter,
                 .limits = resources.data(),
                 .limit_count = resources.size(),
                 .capabilities = {capabilities_[0], capabilities_[1]},
                 .supervisor = ::getpid()};

  int pidfd = -1;
  pid_t pid = -1;
  {
    const SignalsBlocked blocked;
    pid = ::clone(become_confined, static_cast<std::byte *>(stack_.get()) + kStackBytes,
                  CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &plan, &pidfd);
    if (pid < 0) return not_started("clone");
  }
  OwnedFd owned_pidfd(pidfd);
  if (plan.failed_step != nullptr) {
    ::waitid(P_PID, static_cast<id_t>(pid), nullptr, WEXITED);
    return NotStarted{plan.failed_errno, plan.failed_step};
  }
  return Child{pid, std::move(owned_pidfd), std::move(output.read), std::move(sent.read)};
}

}  // namespace crossheap::sandbox
