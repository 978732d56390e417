// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Runs programs we do not trust, several at a time, each in a process of its own, and says how each ended.
//
// A plugin's constructors run arbitrary code, so a run is confined before its program starts: no new privileges, a
// seccomp filter, Landlock where the kernel has it, resource limits, a PID namespace or at least a process group of its
// own. It has a deadline, standard input from /dev/null, standard output and error captured up to a bound, and one
// descriptor on which the program may send its result. Nothing the program does changes how another run or the
// supervisor fares: it can only change its own Ending. How it ended is a value with a closed set of alternatives, never
// an exception.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace crossheap::sandbox {

/// The number of the descriptor on which the confined program may send its result (see Observation::sent).
inline constexpr int kResultFd = 3;

/// The number of the descriptor that a program is given besides, where there is one (see Command::given_fd).
inline constexpr int kGivenFd = kResultFd + 1;

/// What a run may use up. Zero means "no limit of ours" except for the deadline, which every run has.
struct Limits {
  std::chrono::milliseconds deadline{10'000};  ///< wall clock; then the whole process group is killed
  int patience = 1;  ///< with more than 1, time in which it was ready and had no processor, or waited for the disk,
                     ///< does not count, up to so many deadlines in all
  std::chrono::seconds cpu{10};                       ///< RLIMIT_CPU
  std::uint64_t address_space_bytes = 0;              ///< RLIMIT_AS
  std::uint64_t file_bytes = std::uint64_t{1} << 20;  ///< RLIMIT_FSIZE
  std::uint64_t open_files = 64;                      ///< RLIMIT_NOFILE
  std::uint64_t processes = 512;                      ///< and threads, at a time
  std::uint64_t memory_bytes = std::uint64_t{4}
                               << 30;  ///< of all its processes together; never more than a run's share of the machine
  std::uint64_t writable_bytes = std::uint64_t{256} << 20;  ///< of all files in Command::writable together
  std::size_t output_bytes = std::size_t{64}
                             << 10;  ///< of standard output and error together; the rest is read and dropped
  std::size_t sent_bytes = std::size_t{16} << 10;  ///< of the result descriptor; the rest is read and dropped
};

struct Command {
  std::filesystem::path program;         ///< absolute; not searched in PATH
  std::vector<std::string> arguments;    ///< without the program's own name
  std::vector<std::string> environment;  ///< "NAME=value", the whole environment
  std::filesystem::path directory;       ///< current directory; empty: the supervisor's
  int given_fd = -1;                     ///< the caller's, open until the run is over; the program has it as kGivenFd
  std::string input{};                   ///< on its standard input, at most 4,096 bytes; otherwise that is /dev/null
  bool forked = false;                   ///< the program knows serve.h: start it once, and fork it for each run
  /// A folder, and all below it, in which the program may make, change and remove files; empty: nowhere. Who owns it
  /// and its mode are the caller's to see to: where root gives the run a user of its own, that user must be let in.
  std::filesystem::path writable{};
  /// Internet sockets, in a network of the run's own that has no interface which is up: for servers that open their
  /// port before anything else. Where the kernel has no such network for us, they stay forbidden.
  bool own_network = false;
};

/// How a run ended: a closed set.
struct Exited {
  int status;
};
struct Killed {
  int signal;
};
struct TimedOut {                     ///< the deadline passed; the process group was killed
  std::chrono::nanoseconds waited{};  ///< of the thread that was longest ready to run and had no processor, and in
                                      ///< which the run waited for the disk
  std::chrono::nanoseconds used{};    ///< processor time of all its threads
  bool stopped = false;               ///< a signal had stopped all of it, which is not waited for until the deadline
};
struct Refused {     ///< it asked for what no plugin may do or have
  std::string what;  ///< "the system call ptrace", "more than 4 GiB of memory"
};
struct NotStarted {  ///< the program could not be executed
  int errno_value;
  std::string doing;  ///< which step failed: "execve", "setrlimit", ...
};
using Ending = std::variant<Exited, Killed, TimedOut, Refused, NotStarted>;

struct Observation {
  Ending ending;
  std::string output;           ///< standard output and error, interleaved as written, at most Limits::output_bytes
  bool output_cut = false;      ///< it wrote more
  std::vector<std::byte> sent;  ///< what came over kResultFd, at most Limits::sent_bytes
  std::chrono::nanoseconds took{};
};

/// Called on the supervisor's thread whenever more has come over kResultFd, with all that came so far. The process is
/// alive then and may be looked at. Answering true ends the run, which counts as Killed by SIGKILL.
using WhenSent = std::function<bool(pid_t process, std::string_view sent)>;

/// Whether a run missed its deadline for want of a processor, which others had, or of a disk: for most of the time it
/// waited for them. Then that says nothing about the program.
bool was_starved(const Observation &seen) noexcept;

/// Throws Error: the program could not be started, why, and what to do.
[[noreturn]] void throw_not_started(const Command &command, const NotStarted &failure);

struct Job {
  Command command;
  Limits limits;
  std::uint64_t id = 0;  ///< the caller's; comes back with the Observation
  WhenSent when_sent{};
};

/// Which protections this kernel gave, for the report: what is missing is said, not assumed.
struct Protections {
  bool seccomp = false;
  int landlock_abi = 0;              ///< 0 where the kernel has none
  bool namespaces = false;           ///< each run has PID and IPC namespaces of its own
  bool own_user = false;             ///< each run has a user of its own: the supervisor is root
  bool tells_calls = false;          ///< the kernel tells the supervisor which forbidden call a run made
  bool counts_loans = false;         ///< and waits for its answer where a call takes memory that nothing counts
  bool groups = false;               ///< each run that is executed has a control group (version 2) of its own
  bool groups_bound_memory = false;  ///< and the kernel bounds the memory of each
};

/// What a run may do because this kernel lacks a protection, a sentence each; empty where nothing is missing.
std::vector<std::string> what_is_missing(const Protections &protections);

class Supervisor {
public:
  /// \param jobs  how many runs at a time, at least 1
  /// Throws Error where not even a child can be prepared (no pidfd, no memory). Finds out at its first use in a process
  /// what the kernel allows, which takes a few milliseconds.
  explicit Supervisor(unsigned jobs);
  ~Supervisor();
  Supervisor(const Supervisor &) = delete;
  Supervisor &operator=(const Supervisor &) = delete;

  Protections protections() const;

  /// Asks `next` for jobs while there is room, and hands each run's end to `done`, in order of ending. Returns when
  /// `next` has answered nullopt and every run has ended, or soon after stop(). Both are called on this thread.
  void run(const std::function<std::optional<Job>()> &next, const std::function<void(const Job &, Observation)> &done);

  /// Ends every run (SIGKILL to its process group) and makes run() return; runs that were under way are not
  /// handed to `done`. From `done`, or from a signal handler. [signal-safe]
  void stop() noexcept;
  bool stopped() const noexcept;

private:
  class State;
  std::unique_ptr<State> state_;
};

/// Runs one job to its end. [any-thread]
Observation run_one(const Job &job);

}  // namespace crossheap::sandbox
