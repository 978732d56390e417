// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One run, from the process that was made for it to its observation. It is five things waited for: that its program has
// been executed, its end (a pidfd), what it prints, what it sends, its deadline.
#pragma once

#include <linux/seccomp.h>
#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/owned_fd.h"
#include "sandbox/sandbox.h"
#include "sandbox/spawn.h"

namespace crossheap::sandbox {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

/// How long a killed run may take to be gone.
constexpr std::chrono::seconds kGoneAtMost{5};

/// What a run has written into one of its pipes, up to a bound.
class Capture {
public:
  Capture(asio::io_context &loop, OwnedFd read_end, std::size_t bound)
      : pipe_(loop, read_end.release()), bound_(bound) {
    pipe_.non_blocking(true);
  }

  asio::posix::stream_descriptor &pipe() { return pipe_; }
  bool cut() const { return cut_; }
  std::string_view kept() const { return kept_; }
  std::string take() { return std::move(kept_); }

  /// Reads once. \return false when nothing more can come.
  bool read_some();

  /// Reads what lies in the pipe now, however much more is being written.
  void read_rest();

private:
  static std::vector<char> &chunk();

  /// \return bytes read, 0 at the end of file, negative when there are none yet
  ssize_t read_at_most(std::size_t size);

  asio::posix::stream_descriptor pipe_;
  std::size_t bound_;
  std::string kept_;
  bool cut_ = false;
};

/// Held by shared_ptr from before watch() on.
class Run : public std::enable_shared_from_this<Run> {
public:
  using Over = std::function<void(const std::shared_ptr<Run> &)>;

  Run(asio::io_context &loop, Job job, int attempt, Child child, std::uint64_t memory_bytes, Over over);
  ~Run();
  Run(const Run &) = delete;
  Run &operator=(const Run &) = delete;

  Job take_job() { return std::move(job_); }
  Observation take_observation() { return std::move(observation_); }
  int attempt() const { return attempt_; }
  /// Our child: without a namespace, its group's leader.
  pid_t process() const { return process_; }
  /// Of a run that is over; null where its process is stuck.
  std::unique_ptr<Birth> take_birth() { return gone_ ? std::move(birth_) : nullptr; }

  void watch();

  /// Kills everything of this run; nobody hears of it.
  void kill() noexcept {
    if (!ended_) kill_all();
  }

  /// Reaps what kill() has killed, or leaves it alone when it does not end.
  void abandon(Clock::time_point until);

private:
  void watch(Capture &capture);
  bool has_been_seen_enough();
  void watch_start();
  /// What the program tells before execve, and the end of it.
  void read_start();
  /// Or has failed at it, or was killed before.
  void has_been_executed();
  /// The time in which it could run.
  std::chrono::nanoseconds own_time() const;
  /// What is left of its deadline when only that time counts.
  std::chrono::nanoseconds more_time() const;
  void wait_for_deadline();
  /// It is killed, and has timed out.
  void time_is_up();
  void watch_listener();
  /// A process of the run waits in the kernel for leave to do what it may not.
  void read_listener();
  /// Lets a call go on that takes `bytes` which nothing counts, as long as the sum is not too much.
  void lend(const seccomp_notif &question, std::uint64_t bytes);
  void refuse(std::string what);
  void watch_usage();
  /// Whether a signal has stopped the run for so long that nothing will let it go on.
  bool stays_stopped(bool stopped);
  std::string too_many_files() const;  ///< "" while they are few enough
  std::string too_much_memory() const;
  void kill_all() noexcept;
  /// How our child ended; si_pid is 0 when, with WNOHANG, it has not yet. Not by way of the pidfd: Asio makes
  /// its descriptors non-blocking, and then waitid(P_PIDFD) answers EAGAIN instead of waiting. Until it is reaped here,
  /// the number is its own.
  siginfo_t wait_for_main_process(int flags) const;
  void watch_main_process();
  void main_process_ended();
  void wait_for_leftovers();
  /// The run was killed and does not end.
  void give_up();
  void hand_over();
  void close();

  Job job_;
  int attempt_;
  Over over_;
  pid_t process_;       // our child, which is the program and leads its group, or the first process of a namespace
  pid_t program_ = -1;  // not known before it is nearly executed
  bool in_namespace_;
  std::unique_ptr<Birth> birth_;
  std::unique_ptr<ControlGroup> group_;  // null: none of its own
  std::uint64_t memory_bytes_;
  std::uint64_t lent_bytes_ = 0;
  Clock::time_point began_;
  asio::posix::stream_descriptor end_;
  asio::posix::stream_descriptor start_;
  asio::posix::stream_descriptor listener_;
  Capture output_;
  Capture sent_;
  asio::steady_timer timer_;  // the start, then the deadline; then the wait for leftovers
  asio::steady_timer usage_timer_;
  Clock::time_point usage_counted_;  // when it was last
  Clock::duration disk_waited_{};
  int times_stopped_ = 0;  // that it was found so, one after the other
  bool started_ = false;   // nothing more comes over start_
  bool ended_ = false;     // our child has been reaped, or is left alone
  bool gone_ = false;      // it has been reaped
  bool deadline_passed_ = false;
  TimedOut timed_out_;
  std::string refused_;  // what it asked for
  int leftover_attempts_ = 0;
  Observation observation_;
};

}  // namespace crossheap::sandbox
