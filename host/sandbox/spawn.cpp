// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Starts must be cheap, an experiment makes thousands, and must not wait: a program's file may be held up by a lease,
// or lie on a dead file server. fork() copies the supervisor's page tables, and write-protects its memory, for a child
// that throws the copy away a moment later; clone(CLONE_VM | CLONE_VFORK) copies nothing, but suspends the thread until
// execve is through. clone(CLONE_VM) does neither. The price is that the child shares our memory beside our threads: it
// has its own stack and its own copy of all it needs (Birth), no signal can reach a handler of ours in it (all are
// blocked around the birth), and child.cpp keeps to system calls. What it failed at stands in the plan, so no exit
// status of a program can be taken for a failure of ours.
//
// What a kernel, a container or an outer sandbox allows is found out by starting a process that executes nothing, and
// by giving up what it fails at.
#include "sandbox/spawn.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "sandbox/filter.h"

namespace crossheap::sandbox {

namespace {

/// What a program of root keeps: reading files of other users, which plugins may be. Nothing else, and for other
/// users nothing at all.
constexpr int kKeptCapability = CAP_DAC_READ_SEARCH;
constexpr std::uint32_t kKept = 1U << kKeptCapability;
/// To execute a program that only root may; gone with execve.
constexpr std::uint32_t kKeptUntilExecve = 1U << CAP_DAC_OVERRIDE;
constexpr std::uint32_t kToTakeUser =
    kKept | kKeptUntilExecve | 1U << CAP_SETUID | 1U << CAP_SETGID | 1U << CAP_SETPCAP;

/// Limits that the kernel counts for each user, so that a run could use up what its user has: signals that wait,
/// message queues, locked memory.
constexpr rlim_t kPendingSignals = 256;
constexpr rlim_t kLockedBytes = rlim_t{1} << 20;

/// How long the process that only tries something may take.
constexpr int kTryMilliseconds = 5'000;

/// A pipe or a pair of sockets.
struct Ends {
  OwnedFd ours;
  OwnedFd childs;
};

/// Empty when there is none to be had; errno says why.
Ends make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) < 0) return {};
  return {OwnedFd(ends[0]), OwnedFd(ends[1])};
}

/// On our end every message tells who sent it, by a number that we know it by.
Ends make_start() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) return {};
  Ends start{OwnedFd(ends[0]), OwnedFd(ends[1])};
  const int on = 1;
  if (::setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0) return {};
  return start;
}

/// A pipe that holds `text` and then ends. The text is short enough not to wait for a reader.
OwnedFd make_input(const std::string &text) {
  Ends pipe = make_pipe();
  if (!pipe.ours || ::write(pipe.childs.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return {};
  return std::move(pipe.ours);
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

std::vector<ResourceLimit> resource_limits(const Limits &limits, const std::array<rlimit, RLIM_NLIMITS> &own,
                                           bool counts_own_processes) {
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
  // Elsewhere the kernel would count all processes of our user, and a run would fail for what others do.
  if (counts_own_processes) add_wanted(RLIMIT_NPROC, limits.processes);
  add(RLIMIT_SIGPENDING, kPendingSignals, kPendingSignals);
  add(RLIMIT_MEMLOCK, kLockedBytes, kLockedBytes);
  add(RLIMIT_MSGQUEUE, 0, 0);
  add(RLIMIT_RTPRIO, 0, 0);
  return all;
}

NotStarted not_started(const char *doing, int errno_value = errno) { return {errno_value, doing}; }

/// A user that no system gives to anybody (systemd calls the range from 0x70000000 on unused), another for every run.
uid_t next_user() {
  static std::atomic<std::uint32_t> number{static_cast<std::uint32_t>(::getpid()) << 10};
  return 0x70000000 | (number.fetch_add(1) & 0x0fff'ffff);
}

unsigned long clone_flags(Abilities::Namespaces namespaces) {
  switch (namespaces) {
    case Abilities::Namespaces::None:
      return 0;
    case Abilities::Namespaces::OfUser:
      return CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWIPC;
    case Abilities::Namespaces::OfRoot:
      return CLONE_NEWPID | CLONE_NEWIPC;
  }
  return 0;
}

bool kernel_can_ask() {
  seccomp_notif_sizes sizes{};
  const std::uint32_t action = SECCOMP_RET_USER_NOTIF;
  return ::syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == 0 &&
         ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

std::uint32_t own_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (::syscall(SYS_capget, &header, sets.data()) < 0) throw system_error("capabilities", "capget", errno);
  return sets[0].permitted;
}

}  // namespace

namespace {
constexpr std::size_t kPage = 4096;
static_assert(sizeof(Answer) <= kPage);
}  // namespace

void Birth::UnmapAnswer::operator()(Answer *page) const noexcept { ::munmap(page, kPage); }

int Birth::shared_answer() {
  if (page_) return page_fd_.get();
  OwnedFd file(::memfd_create("crossheap: answer of a run", MFD_CLOEXEC));
  if (!file || ::ftruncate(file.get(), kPage) < 0) return -1;
  void *const page = ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (page == MAP_FAILED) return -1;
  page_.reset(new (page) Answer);
  page_fd_ = std::move(file);
  answer = page_.get();
  plan.answer = answer;
  return page_fd_.get();
}

void Birth::Unmap::operator()(void *stacks) const noexcept { ::munmap(stacks, 2 * kStackBytes); }

Birth::Birth() {
  void *stacks =
      ::mmap(nullptr, 2 * kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stacks == MAP_FAILED) throw system_error("the stack of a starting run", "mmap", errno);
  stacks_.reset(stacks);
}

Spawner::Spawner()
    : supervisor_(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0))), landlock_(make_landlock()) {
  if (!supervisor_) throw system_error("the supervisor", "pidfd_open", errno);
  input_ = OwnedFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!input_) throw system_error("/dev/null", "open", errno, "Every run reads its standard input from it");
  for (std::size_t i = 0; i < own_limits_.size(); ++i)
    if (::getrlimit(static_cast<__rlimit_resource>(i), &own_limits_[i]) < 0)
      throw system_error("resource limits", "getrlimit", errno);
  own_capabilities_ = own_capabilities();
  find_abilities();
}

Protections Spawner::protections() const noexcept {
  return {.seccomp = !filter_.empty(),
          .landlock_abi = landlock_.abi,
          .namespaces = abilities_.namespaces != Abilities::Namespaces::None,
          .own_user = abilities_.own_user,
          .tells_calls = abilities_.asks,
          .counts_loans = abilities_.lends,
          .groups = groups_ != nullptr,
          .groups_bound_memory = groups_ != nullptr && groups_->bounds_memory()};
}

void Spawner::make_filters() {
  const Forbidden forbidden = abilities_.asks ? Forbidden::Asks : Forbidden::Ends;
  // In a PID namespace, its first process stands for the supervisor and nobody else outside has a number.
  const Loans loans = abilities_.lends ? Loans::Counted : Loans::Free;
  filter_ = abilities_.namespaces == Abilities::Namespaces::None
                ? make_filter(::getpid(), ::getpgrp(), forbidden, loans)
                : make_filter(1, 0, forbidden, loans);
}

void Spawner::find_abilities() {
  static std::mutex mutex;
  static std::optional<Abilities> found;
  const std::lock_guard lock(mutex);
  if (found) {
    abilities_ = *found;
    make_filters();
    return;
  }
  using Namespaces = Abilities::Namespaces;
  const bool is_root = ::geteuid() == 0;
  abilities_ = {.namespaces = is_root ? Namespaces::OfRoot : Namespaces::OfUser,
                .own_user = is_root && (own_capabilities_ & kToTakeUser) == kToTakeUser,
                .asks = kernel_can_ask()};
  abilities_.lends = abilities_.asks;
  for (;;) {
    make_filters();
    const std::string failed = try_abilities();
    const auto is_one_of = [&](std::initializer_list<std::string_view> steps) {
      return std::find(steps.begin(), steps.end(), failed) != steps.end();
    };
    if (abilities_.lends && failed == "seccomp")
      abilities_.lends = false;
    else if (abilities_.asks && failed == "seccomp")
      abilities_.asks = false;
    else if (abilities_.own_user && is_one_of({"prctl(PR_SET_SECUREBITS)", "setgroups", "setresgid", "setresuid",
                                               "capset", "prctl(PR_CAP_AMBIENT)"}))
      abilities_.own_user = false;
    else if (abilities_.namespaces != Namespaces::None && !failed.empty())
      abilities_.namespaces =
          abilities_.namespaces == Namespaces::OfRoot && failed == "clone" ? Namespaces::OfUser : Namespaces::None;
    else
      break;  // all is well, or the first run will say what is not
  }
  found = abilities_;
}

const std::vector<sock_filter> &Spawner::filter_with_internet() {
  if (filter_with_internet_.empty())
    filter_with_internet_ = make_filter(1, 0, abilities_.asks ? Forbidden::Asks : Forbidden::Ends,
                                        abilities_.lends ? Loans::Counted : Loans::Free, true);
  return filter_with_internet_;
}

std::string Spawner::try_abilities() {
  std::variant<Child, NotStarted> started = spawn(nullptr, Limits{});
  if (const auto *failure = std::get_if<NotStarted>(&started)) return failure->doing;
  auto &child = std::get<Child>(started);
  pollfd end{child.pidfd.get(), POLLIN, 0};
  while (::poll(&end, 1, kTryMilliseconds) < 0 && errno == EINTR) {
  }
  if (end.revents == 0) {
    ::syscall(SYS_pidfd_send_signal, child.pidfd.get(), SIGKILL, nullptr, 0);
    (void)child.birth.release();  // it may still run there
    return "waitid";
  }
  siginfo_t how{};
  ::waitid(P_PID, static_cast<id_t>(child.pid), &how, WEXITED | __WALL);
  const Answer &answer = *child.birth->answer;
  if (answer.failed) return answer.failed_step;
  return how.si_code == CLD_EXITED && how.si_status == 0 ? "" : "exit";
}

std::variant<Child, NotStarted> Spawner::spawn(const Command &command, const Limits &limits) {
  return spawn(&command, limits);
}

std::variant<Child, NotStarted> Spawner::spawn(const Command *command, const Limits &limits) {
  Ends output = make_pipe();
  if (!output.ours) return not_started("pipe2");
  Ends sent = make_pipe();
  if (!sent.ours) return not_started("pipe2");
  Ends start = make_start();
  if (!start.ours) return not_started("socketpair");

  std::unique_ptr<Birth> birth;
  if (spare_.empty()) {
    birth = std::make_unique<Birth>();
  } else {
    birth = std::move(spare_.back());
    spare_.pop_back();
  }
  using Namespaces = Abilities::Namespaces;
  const bool in_namespace = abilities_.namespaces != Namespaces::None;
  const bool in_user_namespace = abilities_.namespaces == Namespaces::OfUser;
  new (birth->answer) Answer;
  birth->command = command == nullptr ? Command{} : *command;
  const Command &kept = birth->command;
  OwnedFd text;
  if (!kept.input.empty() && !(text = make_input(kept.input))) return not_started("the pipe of its input");
  birth->arguments = pointers(kept.arguments, kept.program.c_str());
  birth->environment = pointers(kept.environment);
  birth->limits = resource_limits(limits, own_limits_, in_user_namespace || abilities_.own_user);
  birth->user_map = fmt::format("{0} {0} 1\n", ::geteuid());
  birth->group_map = fmt::format("{0} {0} 1\n", ::getegid());
  const bool own_network = in_namespace && kept.own_network;
  const std::vector<sock_filter> &filter = own_network ? filter_with_internet() : filter_;
  birth->filter = {static_cast<unsigned short>(filter.size()), const_cast<sock_filter *>(filter.data())};
  // The child has a copy of the descriptor as soon as it is born.
  Landlock landlock;
  if (landlock_.ruleset && (own_network || !kept.writable.empty()))
    landlock = make_landlock(kept.writable.empty() ? nullptr : kept.writable.c_str(), own_network);
  const bool own_user = abilities_.own_user && !in_user_namespace;
  const std::uint32_t after = in_user_namespace ? 0 : own_capabilities_ & kKept;
  const std::uint32_t before = own_user ? after | kKeptUntilExecve : after;
  birth->plan = {.program = command == nullptr ? nullptr : kept.program.c_str(),
                 .arguments = birth->arguments.data(),
                 .environment = birth->environment.data(),
                 .directory = kept.directory.empty() ? nullptr : kept.directory.c_str(),
                 .supervisor_fd = supervisor_.get(),
                 .start_fd = start.childs.get(),
                 .input_fd = text ? text.get() : input_.get(),
                 .output_fd = output.childs.get(),
                 .result_fd = sent.childs.get(),
                 .given_fd = kept.given_fd,
                 .landlock_fd = landlock.ruleset ? landlock.ruleset.get() : landlock_.ruleset.get(),
                 .filter = filter.empty() ? nullptr : &birth->filter,
                 .listens = abilities_.asks,
                 .waits = abilities_.lends,
                 .limits = birth->limits.data(),
                 .limit_count = birth->limits.size(),
                 .capabilities = {{before, before, own_user ? after : 0}, {}},
                 .ambient_capability = own_user ? kKeptCapability : -1,
                 .user = own_user ? next_user() : 0,
                 .user_map = in_user_namespace ? birth->user_map.c_str() : nullptr,
                 .group_map = birth->group_map.c_str(),
                 .program_stack = in_namespace ? birth->second_stack() : nullptr,
                 .has_own_memory = false,
                 .answer = birth->answer};

  int pidfd = -1;
  long pid = -1;
  std::unique_ptr<ControlGroup> group;
  if (std::optional<Server::Forked> forked = kept.forked ? fork_server(*birth) : std::nullopt) {
    pid = forked->process;
    pidfd = forked->pidfd.release();
  } else {
    const unsigned long flags =
        CLONE_PIDFD | SIGCHLD | clone_flags(abilities_.namespaces) | (own_network ? CLONE_NEWNET : 0UL);
    const auto body = in_namespace ? become_first : become_confined;
    if (groups_) group = groups_->make_group(limits);
    const SignalsBlocked blocked;
    if (group)
      pid =
          clone_into_group(flags, &pidfd, birth->first_stack_end(), Birth::kStackBytes, group->fd(), body, birth->plan);
    // A container may have no clone3, and a group may be one that takes no processes.
    const bool group_refuses = group && pid < 0 && pid != -EAGAIN && pid != -ENOMEM;
    if (group_refuses) group.reset();
    if (!group) pid = clone_with_memory(flags, &pidfd, birth->first_stack(), body, birth->plan);
    if (group_refuses && pid >= 0) groups_.reset();
  }
  if (pid < 0) {
    Command without = std::move(birth->command);
    spare_.push_back(std::move(birth));
    // A kernel, or a container, may give namespaces of processes and none of networks.
    if (own_network && pid != -EAGAIN && pid != -ENOMEM) {
      without.own_network = false;
      return spawn(&without, limits);
    }
    return not_started("clone", static_cast<int>(-pid));
  }
  return Child{static_cast<pid_t>(pid), OwnedFd(pidfd),   std::move(start.ours), std::move(output.ours),
               std::move(sent.ours),    std::move(birth), in_namespace,          std::move(group)};
}

Server *Spawner::server_for(const Command &command) {
  std::string what = command.program.string();
  for (const std::string &variable : command.environment) what += '\0' + variable;
  if (Server *known = servers_.find(what)) return known;
  if (servers_.is_unable(what)) return nullptr;
  int sockets[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0) return nullptr;
  OwnedFd ours(sockets[0]);
  OwnedFd servers(sockets[1]);
  Ends start = make_start();
  const OwnedFd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (!start.ours || !nowhere) return nullptr;
  Birth birth;
  birth.arguments = {command.program.c_str(), kServe, nullptr};
  birth.environment = pointers(command.environment);
  birth.plan = {.program = command.program.c_str(),
                .arguments = birth.arguments.data(),
                .environment = birth.environment.data(),
                .directory = "/",
                .supervisor_fd = supervisor_.get(),
                .start_fd = start.childs.get(),
                .input_fd = input_.get(),
                .output_fd = nowhere.get(),
                .result_fd = servers.get(),
                .given_fd = supervisor_.get(),
                .landlock_fd = -1,
                .filter = nullptr,
                .listens = false,
                .waits = false,
                .limits = nullptr,
                .limit_count = 0,
                .capabilities = {{own_capabilities_, own_capabilities_, 0}, {}},
                .ambient_capability = -1,
                .user = 0,
                .user_map = nullptr,
                .group_map = nullptr,
                .program_stack = nullptr,
                .has_own_memory = false,
                .answer = birth.answer};
  int pidfd = -1;
  long process = -1;
  {
    const SignalsBlocked blocked;
    process = clone_with_memory(CLONE_PIDFD | SIGCHLD, &pidfd, birth.first_stack(), become_confined, birth.plan);
  }
  servers.reset();  // the socket ends when the server does
  if (process < 0) return nullptr;
  const OwnedFd end(pidfd);
  auto server = std::make_unique<Server>(what, static_cast<pid_t>(process), std::move(ours));
  // Until it is executed it is on our memory. Its first word comes after that, as does its end.
  if (!server->begin(filter_)) {
    servers_.cannot_serve(std::move(what));
    return nullptr;  // its destructor waits for the process, which `birth` outlives
  }
  return servers_.add(std::move(server));
}

std::optional<Server::Forked> Spawner::fork_server(Birth &birth) {
  const ChildPlan &plan = birth.plan;
  ServedRun run{};
  std::size_t used = 0;
  for (const char *const *word = plan.arguments; *word != nullptr; ++word) {
    const std::size_t size = std::strlen(*word) + 1;
    if (used + size > sizeof run.words || run.word_count == ServedRun::kWords) return std::nullopt;
    std::memcpy(run.words + used, *word, size);
    used += size;
    ++run.word_count;
  }
  const auto fits = [](auto &room, const char *text) {
    const std::size_t size = text == nullptr ? 1 : std::strlen(text) + 1;
    if (size > sizeof room) return false;
    if (text != nullptr) std::memcpy(room, text, size);
    return true;
  };
  if (plan.given_fd >= 0 || plan.limit_count > ServedRun::kLimits || !fits(run.directory, plan.directory) ||
      !fits(run.user_map, plan.user_map) || !fits(run.group_map, plan.group_map))
    return std::nullopt;
  Server *const server = server_for(birth.command);
  if (server == nullptr) return std::nullopt;
  const int answer = birth.shared_answer();
  if (answer < 0) return std::nullopt;
  run.listens = plan.listens;
  run.waits = plan.waits;
  run.in_namespace = plan.program_stack != nullptr;
  run.clone_flags = clone_flags(abilities_.namespaces);
  std::copy_n(plan.limits, plan.limit_count, run.limits);
  run.limit_count = static_cast<std::uint32_t>(plan.limit_count);
  std::copy(std::begin(plan.capabilities), std::end(plan.capabilities), run.capabilities);
  run.ambient_capability = plan.ambient_capability;
  run.user = plan.user;
  const std::array<int, kRunDescriptors> descriptors = {plan.start_fd,  plan.input_fd, plan.output_fd,
                                                        plan.result_fd, answer,        plan.landlock_fd};
  const std::span<const int> sent(descriptors.data(), plan.landlock_fd < 0 ? kRunLandlock : kRunDescriptors);
  std::optional<Server::Forked> forked = server->fork(run, sent);
  if (!forked) servers_.remove(server);
  return forked;
}

}  // namespace crossheap::sandbox
