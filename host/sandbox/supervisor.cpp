// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One thread, one event loop. A run is four things waited for: its end (a pidfd), what it prints, what it sends, its
// deadline. The odd facts:
//   - The end of a run is the end of its main process, not end of file on its pipes: a leftover process could hold
//     those open for ever. So the group is killed, and what already lies in the pipes is read.
//   - Killed is not yet gone. The supervisor is a subreaper, so that leftovers become its children when their parents
//     end, and a run is over only when none is left. They cannot leave their process group; the filter sees to that.
//   - A group is killed before its main process is reaped: until then its number cannot belong to anybody else.
//   - Handlers hold their run by shared_ptr, since one may already be queued when another ends the run.
#include <dirent.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <deque>
#include <memory>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "base/owned_fd.h"
#include "sandbox/sandbox.h"
#include "sandbox/spawn.h"

namespace crossheap::sandbox {

namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using boost::system::error_code;

/// How often a run that is over is asked whether its killed leftovers are gone, and how many times: a process
/// stuck in the kernel must not stop the others.
constexpr std::chrono::milliseconds kLeftoverInterval{1};
constexpr int kLeftoverAttempts = 5'000;

/// The supervisor's descriptors for one run (a pidfd and two pipes), and how many are left to its starting of the next
/// run and to the rest of the program.
constexpr std::size_t kDescriptorsPerRun = 3;
constexpr std::size_t kDescriptorsKeptFree = 32;

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
  bool read_some() { return read_at_most(chunk().size()) != 0; }

  /// Reads what lies in the pipe now, however much more is being written.
  void read_rest() {
    int waiting = 0;
    if (::ioctl(pipe_.native_handle(), FIONREAD, &waiting) < 0) return;
    auto left = static_cast<std::size_t>(waiting);
    while (left > 0) {
      const ssize_t count = read_at_most(std::min(left, chunk().size()));
      if (count <= 0) return;
      left -= static_cast<std::size_t>(count);
    }
  }

private:
  static std::vector<char> &chunk() {
    thread_local std::vector<char> bytes(std::size_t{64} << 10);
    return bytes;
  }

  /// \return bytes read, 0 at the end of file, negative when there are none yet
  ssize_t read_at_most(std::size_t size) {
    const ssize_t count = ::read(pipe_.native_handle(), chunk().data(), size);
    if (count <= 0) return count;
    const std::size_t room = bound_ - kept_.size();
    const auto got = static_cast<std::size_t>(count);
    kept_.append(chunk().data(), std::min(got, room));
    cut_ = cut_ || got > room;
    return count;
  }

  asio::posix::stream_descriptor pipe_;
  std::size_t bound_;
  std::string kept_;
  bool cut_ = false;
};

/// Reaps those children of `group` that have ended. \return whether others are still alive
bool leftovers_of(pid_t group, int flags) {
  for (;;) {
    siginfo_t ended{};
    if (::waitid(P_PGID, static_cast<id_t>(group), &ended, WEXITED | __WALL | flags) < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    if (ended.si_pid == 0) return true;
  }
}

class Run : public std::enable_shared_from_this<Run> {
public:
  using Over = std::function<void(const std::shared_ptr<Run> &)>;

  Run(asio::io_context &loop, Job job, Child child, Clock::time_point began, Over over)
      : job_(std::move(job)),
        over_(std::move(over)),
        group_(child.pid),
        began_(began),
        end_(loop, child.pidfd.release()),
        output_(loop, std::move(child.output), job_.limits.output_bytes),
        sent_(loop, std::move(child.sent), job_.limits.sent_bytes),
        timer_(loop, began + job_.limits.deadline) {}

  Job take_job() { return std::move(job_); }
  Observation take_observation() { return std::move(observation_); }

  void watch() {
    watch(output_);
    watch(sent_);
    timer_.async_wait([self = shared_from_this()](error_code failure) {
      if (failure || self->ended_) return;
      self->deadline_passed_ = true;
      self->kill_group();
    });
    watch_main_process();
  }

  /// Kills and reaps everything of this run; nobody hears of it.
  void abandon() {
    if (!ended_) {
      kill_group();
      wait_for_main_process(0);
      ended_ = true;
    }
    leftovers_of(group_, 0);
    close();
  }

private:
  void watch(Capture &capture) {
    capture.pipe().async_wait(asio::posix::descriptor_base::wait_read,
                              [self = shared_from_this(), &capture](error_code failure) {
                                if (failure || self->ended_) return;
                                if (!capture.read_some()) return;
                                if (&capture == &self->sent_ && self->has_been_seen_enough()) self->kill_group();
                                self->watch(capture);
                              });
  }

  bool has_been_seen_enough() const { return job_.when_sent && job_.when_sent(group_, sent_.kept()); }

  void kill_group() noexcept {
    ::kill(-group_, SIGKILL);
    // Where the kernel has no filters to hold it there, the main process may have left its group.
    ::syscall(SYS_pidfd_send_signal, end_.native_handle(), SIGKILL, nullptr, 0);
  }

  /// How the main process ended; si_pid is 0 when, with WNOHANG, it has not yet. Not by way of the pidfd: Asio makes
  /// its descriptors non-blocking, and then waitid(P_PIDFD) answers EAGAIN instead of waiting. Until it is reaped here,
  /// the number is its own.
  siginfo_t wait_for_main_process(int flags) const {
    siginfo_t how{};
    while (::waitid(P_PID, static_cast<id_t>(group_), &how, WEXITED | flags) < 0 && errno == EINTR) {
    }
    return how;
  }

  void watch_main_process() {
    end_.async_wait(asio::posix::descriptor_base::wait_read, [self = shared_from_this()](error_code failure) {
      if (failure || self->ended_) return;
      // Asio may still have in hand an event of a closed descriptor whose place this one took: readiness is a hint.
      if (self->wait_for_main_process(WNOHANG | WNOWAIT).si_pid != 0)
        self->main_process_ended();
      else
        self->watch_main_process();
    });
  }

  void main_process_ended() {
    observation_.took = Clock::now() - began_;
    kill_group();
    const siginfo_t how = wait_for_main_process(0);
    ended_ = true;
    if (how.si_code == CLD_EXITED)
      observation_.ending = Exited{how.si_status};
    else if (deadline_passed_ && how.si_status == SIGKILL)
      observation_.ending = TimedOut{};
    else if (how.si_status == SIGSYS)
      observation_.ending = Refused{};
    else
      observation_.ending = Killed{how.si_status};
    wait_for_leftovers();
  }

  void wait_for_leftovers() {
    if (leftovers_of(group_, WNOHANG) && ++leftover_attempts_ < kLeftoverAttempts) {
      timer_.expires_after(kLeftoverInterval);
      timer_.async_wait([self = shared_from_this()](error_code failure) {
        if (!failure) self->wait_for_leftovers();
      });
      return;
    }
    output_.read_rest();
    sent_.read_rest();
    observation_.output_cut = output_.cut();
    observation_.output = output_.take();
    const std::string sent = sent_.take();
    observation_.sent.resize(sent.size());
    if (!sent.empty()) std::memcpy(observation_.sent.data(), sent.data(), sent.size());
    close();
    over_(shared_from_this());
  }

  void close() {
    error_code ignored;
    timer_.cancel(ignored);
    end_.close(ignored);
    output_.pipe().close(ignored);
    sent_.pipe().close(ignored);
  }

  Job job_;
  Over over_;
  pid_t group_;
  Clock::time_point began_;
  asio::posix::stream_descriptor end_;
  Capture output_;
  Capture sent_;
  asio::steady_timer timer_;  // the deadline; then the wait for leftovers
  bool ended_ = false;        // the main process has been reaped
  bool deadline_passed_ = false;
  int leftover_attempts_ = 0;
  Observation observation_;
};

std::size_t open_descriptors() {
  const std::unique_ptr<DIR, int (*)(DIR *)> directory(::opendir("/proc/self/fd"), ::closedir);
  std::size_t count = 0;
  if (directory)
    while (::readdir(directory.get()) != nullptr) ++count;
  return count;
}

/// How many of `jobs` runs at a time the limit on our own descriptors allows.
std::size_t affordable(unsigned jobs) {
  rlimit limit{};
  std::size_t runs = std::max(1U, jobs);
  if (::getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY) return runs;
  const std::size_t taken = open_descriptors() + kDescriptorsKeptFree;
  const std::size_t room = limit.rlim_cur > taken ? (limit.rlim_cur - taken) / kDescriptorsPerRun : 0;
  return std::clamp<std::size_t>(room, 1, runs);
}

/// What a process must be for its children's ends to be its own to see.
void become_reaper() {
  // SIGCHLD ignored, which is inherited through execve, would make the kernel reap our children for us.
  struct sigaction action {};
  if (::sigaction(SIGCHLD, nullptr, &action) == 0 && (action.sa_flags & SA_SIGINFO) == 0 &&
      action.sa_handler == SIG_IGN) {
    action.sa_handler = SIG_DFL;
    ::sigaction(SIGCHLD, &action, nullptr);
  }
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
    throw system_error("the supervisor", "prctl(PR_SET_CHILD_SUBREAPER)", errno);
}

}  // namespace

class Supervisor::State {
public:
  explicit State(unsigned jobs) : stop_event_(loop_) {
    become_reaper();
    OwnedFd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event) throw system_error("the supervisor", "eventfd", errno);
    stop_fd_ = event.get();
    stop_event_.assign(event.release());
    // Its work is to wake the loop, and to keep it from running out of things to wait for.
    stop_event_.async_wait(asio::posix::descriptor_base::wait_read, [](error_code) {});
    slots_ = affordable(jobs);
  }

  Protections protections() const { return spawner_.protections(); }

  void run(const std::function<std::optional<Job>()> &next, const std::function<void(const Job &, Observation)> &done) {
    // Whatever way run() is left, also by an exception of its caller's functions, no run survives it.
    try {
      run_all(next, done);
    } catch (...) {
      abandon_all();
      throw;
    }
    abandon_all();
  }

  void stop() noexcept {
    const int errno_before = errno;
    stopped_.store(true);
    const std::uint64_t one = 1;
    // Fails only when the counter is full, and then the loop is awake.
    [[maybe_unused]] const ssize_t written = ::write(stop_fd_, &one, sizeof(one));
    errno = errno_before;
  }

  bool stopped() const noexcept { return stopped_.load(); }

private:
  struct Finished {
    Job job;
    Observation observation;
  };

  void run_all(const std::function<std::optional<Job>()> &next,
               const std::function<void(const Job &, Observation)> &done) {
    bool exhausted = false;
    while (!stopped()) {
      if (!finished_.empty()) {
        Finished finished = std::move(finished_.front());
        finished_.pop_front();
        done(finished.job, std::move(finished.observation));
      } else if (!exhausted && active_.size() < slots_) {
        if (std::optional<Job> job = next())
          start(std::move(*job));
        else
          exhausted = true;
      } else if (!active_.empty()) {
        loop_.run_one();
      } else {
        return;
      }
    }
  }

  void start(Job job) {
    const Clock::time_point began = Clock::now();
    std::variant<Child, NotStarted> started = spawner_.spawn(job.command, job.limits);
    if (auto *failure = std::get_if<NotStarted>(&started)) {
      Observation observation;
      observation.ending = std::move(*failure);
      observation.took = Clock::now() - began;
      finished_.push_back({std::move(job), std::move(observation)});
      return;
    }
    const auto run = std::make_shared<Run>(loop_, std::move(job), std::move(std::get<Child>(started)), began,
                                           [this](const std::shared_ptr<Run> &over) {
                                             finished_.push_back({over->take_job(), over->take_observation()});
                                             active_.erase(over);
                                           });
    active_.insert(run);
    run->watch();
    // Those that run already are not forgotten while others start.
    loop_.poll();
  }

  void abandon_all() {
    for (const std::shared_ptr<Run> &run : active_) run->abandon();
    active_.clear();
    finished_.clear();
    loop_.poll();
  }

  static_assert(std::atomic<bool>::is_always_lock_free, "stop() is called from signal handlers");
  std::atomic<bool> stopped_ = false;
  asio::io_context loop_{1};
  asio::posix::stream_descriptor stop_event_;
  int stop_fd_ = -1;
  Spawner spawner_;
  std::size_t slots_ = 1;
  std::unordered_set<std::shared_ptr<Run>> active_;
  std::deque<Finished> finished_;
};

Supervisor::Supervisor(unsigned jobs) : state_(std::make_unique<State>(jobs)) {}
Supervisor::~Supervisor() = default;

Protections Supervisor::protections() const { return state_->protections(); }

void Supervisor::run(const std::function<std::optional<Job>()> &next,
                     const std::function<void(const Job &, Observation)> &done) {
  state_->run(next, done);
}

void Supervisor::stop() noexcept { state_->stop(); }
bool Supervisor::stopped() const noexcept { return state_->stopped(); }

Observation run_one(const Job &job) {
  std::optional<Job> waiting = job;
  Observation observation;
  Supervisor(1).run([&] { return std::exchange(waiting, std::nullopt); },
                    [&](const Job &, Observation seen) { observation = std::move(seen); });
  return observation;
}

}  // namespace crossheap::sandbox
