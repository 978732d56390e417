// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Starts confined programs: the descriptors, the confinement (made once), the birth.
#pragma once

#include <linux/capability.h>
#include <linux/filter.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/owned_fd.h"
#include "sandbox/child.h"
#include "sandbox/control_group.h"
#include "sandbox/landlock.h"
#include "sandbox/sandbox.h"
#include "sandbox/servers.h"

namespace crossheap::sandbox {

/// What this kernel, and what confines us already, let us do. Found out once, by trying.
struct Abilities {
  enum class Namespaces : std::uint8_t { None, OfUser, OfRoot };
  Namespaces namespaces = Namespaces::None;  ///< of process ids and IPC; OfUser: within a user namespace
  bool own_user = false;                     ///< root gives every run a user of its own
  bool asks = false;                         ///< a forbidden call is told to the supervisor
  bool lends = false;                        ///< and it answers calls that take memory which nothing counts
};

/// The memory that a process being born runs on. It may be used again, or freed, when that process has ended; and in a
/// namespace not before the namespace's first process has, which stays on it.
class Birth {
public:
  static constexpr std::size_t kStackBytes = std::size_t{32} << 10;

  /// Throws Error where there is no memory.
  Birth();
  /// Stacks grow down: their highest addresses, and the lowest one of the first.
  void *first_stack() const noexcept { return static_cast<std::byte *>(stacks_.get()) + kStackBytes; }
  void *first_stack_end() const noexcept { return stacks_.get(); }
  void *second_stack() const noexcept { return static_cast<std::byte *>(stacks_.get()) + 2 * kStackBytes; }

  /// From now on the answer is in a page that processes with memory of their own can map. \return its descriptor, or
  /// -1 with errno
  int shared_answer();

  ChildPlan plan{};
  Answer *answer = &own_answer_;
  Command command;  ///< the plan points into these
  std::vector<const char *> arguments;
  std::vector<const char *> environment;
  std::vector<ResourceLimit> limits;
  std::string user_map;
  std::string group_map;
  sock_fprog filter{};

private:
  struct Unmap {
    void operator()(void *stacks) const noexcept;
  };
  struct UnmapAnswer {
    void operator()(Answer *page) const noexcept;
  };
  std::unique_ptr<void, Unmap> stacks_;
  Answer own_answer_;
  std::unique_ptr<Answer, UnmapAnswer> page_;
  OwnedFd page_fd_;
};

/// A process that has been born; whether its program could be executed is known when `start` is at its end. Whoever
/// holds this must wait for it: it is nobody else's to reap.
struct Child {
  pid_t pid;      ///< of the program, which leads its process group; in a namespace of its first process
  OwnedFd pidfd;  ///< readable when it has ended
  OwnedFd start;  ///< a message from the program before execve; at its end after it
  OwnedFd output;
  OwnedFd sent;
  std::unique_ptr<Birth> birth;
  bool in_namespace;
  std::unique_ptr<ControlGroup> group;  ///< null: none of its own
};

/// Not for several threads at a time. Everything here is closed on execve.
class Spawner {
public:
  /// Throws Error where no child can be prepared.
  Spawner();

  Protections protections() const noexcept;

  /// Without a user namespace a run may be our user, who may trace us and write our memory.
  bool runs_may_trace_us() const noexcept { return abilities_.namespaces != Abilities::Namespaces::OfUser; }

  /// Does not wait for anything. `limits` are those of the kernel and of the run's control group.
  std::variant<Child, NotStarted> spawn(const Command &command, const Limits &limits);

  /// Ends the servers of programs that are forked.
  void end_servers() { servers_.clear(); }

  /// Takes the memory of a process that has ended, to be used again.
  void take_back(std::unique_ptr<Birth> birth) { spare_.push_back(std::move(birth)); }

private:
  void find_abilities();
  void make_filters();
  /// Starts a process that ends before it would execute a program. \return the step that failed, or ""
  std::string try_abilities();
  std::variant<Child, NotStarted> spawn(const Command *command, const Limits &limits);

  /// Has a server make the process. \return its number, or nullopt where there is no server for it
  std::optional<Server::Forked> fork_server(Birth &birth);
  /// The server for the program and environment of `command`, started if need be; null where it cannot serve.
  Server *server_for(const Command &command);

  std::unique_ptr<ControlGroups> groups_ = ControlGroups::make(own_control_group());
  Servers servers_;
  Abilities abilities_;
  OwnedFd supervisor_;
  /// What runs with a network of their own are confined by; made when the first of them comes.
  const std::vector<sock_filter> &filter_with_internet();

  std::vector<sock_filter> filter_;
  std::vector<sock_filter> filter_with_internet_;
  Landlock landlock_;
  OwnedFd input_;
  std::vector<std::unique_ptr<Birth>> spare_;
  std::array<rlimit, RLIM_NLIMITS> own_limits_{};
  std::uint32_t own_capabilities_ = 0;
};

}  // namespace crossheap::sandbox
