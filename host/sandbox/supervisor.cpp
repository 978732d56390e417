// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One thread, one event loop, which waits for nothing else. A run is five things waited for: that its program has been
// executed, its end (a pidfd), what it prints, what it sends, its deadline. The odd facts:
//   - The deadline counts from execve on. What holds that up is not the program's doing: another process may hold a
//     lease on its file, which the kernel breaks after 45 seconds (/proc/sys/fs/lease-break-time).
//   - In a PID namespace the run is over when the namespace's first process has ended, which the kernel holds back
//     until nothing is left in the namespace.
//   - Without one, the end of a run is the end of its main process, not end of file on its pipes: a leftover process
//     could hold those open for ever. So the group is killed, and what already lies in the pipes is read. Killed is not
//     yet gone: the supervisor is a subreaper, so that leftovers become its children when their parents end, and a run
//     is over only when none is left. They cannot leave their process group; the filter sees to that. A group is killed
//     before its main process is reaped: until then its number cannot belong to anybody else.
//   - A run with a control group of its own is killed by it, at once and whatever it has become.
//   - A process that is stuck in the kernel cannot be killed. It is waited for a little while and then left alone, with
//     the memory it was born on.
//   - Handlers hold their run by shared_ptr, since one may already be queued when another ends the run.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
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
#include "base/text.h"
#include "sandbox/filter.h"
#include "sandbox/group_watch.h"
#include "sandbox/sandbox.h"
#include "sandbox/spawn.h"
#include "sandbox/usage.h"

namespace crossheap::sandbox {

namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using boost::system::error_code;

/// How often a run that is over is asked whether its killed leftovers are gone, and how many times: a process
/// stuck in the kernel must not stop the others.
constexpr std::chrono::milliseconds kLeftoverInterval{1};
constexpr int kLeftoverAttempts = 5'000;

/// How long execve may take: longer than the kernel lets a lease hold it up.
constexpr std::chrono::seconds kStartAtMost{60};

/// How long a killed run may take to be gone.
constexpr std::chrono::seconds kGoneAtMost{5};

/// How often the memory and the processes of a run are counted.
constexpr std::chrono::milliseconds kUsageInterval{50};

/// A run that cannot be started for want of what other runs give back (processes, memory, descriptors) is tried again.
constexpr std::chrono::milliseconds kRetryInterval{20};
constexpr int kRetries = 500;

/// The supervisor's descriptors for one run (a pidfd, two pipes, the start, the listener, the answer), and how many are
/// left to its servers, to its starting of the next run and to the rest of the program.
constexpr std::size_t kDescriptorsPerRun = 6;
constexpr std::size_t kDescriptorsKeptFree = 32 + Servers::kAtMost;

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

/// Makes the kernel end runs before it ends anything else when memory is short. Before execve this would say it of the
/// supervisor too, whose memory the process shares.
void prefer_for_oom_killer(pid_t process) {
  const OwnedFd file(::open(fmt::format("/proc/{}/oom_score_adj", process).c_str(), O_WRONLY | O_CLOEXEC));
  constexpr std::string_view kFirst = "1000";
  if (file) [[maybe_unused]]
    const ssize_t written = ::write(file.get(), kFirst.data(), kFirst.size());
}

short events_of(int fd) {
  pollfd waiting{fd, POLLIN, 0};
  return ::poll(&waiting, 1, 0) == 1 ? waiting.revents : short{0};
}

class Run : public std::enable_shared_from_this<Run> {
public:
  using Over = std::function<void(const std::shared_ptr<Run> &)>;

  Run(asio::io_context &loop, Job job, int attempt, Child child, std::uint64_t memory_bytes, Over over)
      : job_(std::move(job)),
        attempt_(attempt),
        over_(std::move(over)),
        process_(child.pid),
        in_namespace_(child.in_namespace),
        birth_(std::move(child.birth)),
        group_(std::move(child.group)),
        memory_bytes_(memory_bytes),
        began_(Clock::now()),
        end_(loop, child.pidfd.release()),
        start_(loop, child.start.release()),
        listener_(loop),
        output_(loop, std::move(child.output), job_.limits.output_bytes),
        sent_(loop, std::move(child.sent), job_.limits.sent_bytes),
        timer_(loop, began_ + kStartAtMost),
        usage_timer_(loop) {}
  ~Run() {
    // Memory that a process may still run on is nobody's to free.
    if (!gone_) (void)birth_.release();
  }
  Run(const Run &) = delete;
  Run &operator=(const Run &) = delete;

  Job take_job() { return std::move(job_); }
  Observation take_observation() { return std::move(observation_); }
  int attempt() const { return attempt_; }
  /// Our child: without a namespace, its group's leader.
  pid_t process() const { return process_; }
  /// Of a run that is over; null where its process is stuck.
  std::unique_ptr<Birth> take_birth() { return gone_ ? std::move(birth_) : nullptr; }

  void watch() {
    watch(output_);
    watch(sent_);
    watch_start();
    wait_for_deadline();
    watch_main_process();
  }

  /// Kills everything of this run; nobody hears of it.
  void kill() noexcept {
    if (!ended_) kill_all();
  }

  /// Reaps what kill() has killed, or leaves it alone when it does not end.
  void abandon(Clock::time_point until) {
    while (!ended_) {
      pollfd waiting{end_.native_handle(), POLLIN, 0};
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
      const int ready = ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
      if (ready < 0 && errno == EINTR) continue;
      if (ready == 1) {
        wait_for_main_process(0);
        gone_ = true;
      }
      ended_ = true;
    }
    while (!in_namespace_ && leftovers_of(process_, WNOHANG) && Clock::now() < until) ::usleep(1000);
    close();
  }

private:
  void watch(Capture &capture) {
    capture.pipe().async_wait(asio::posix::descriptor_base::wait_read,
                              [self = shared_from_this(), &capture](error_code failure) {
                                if (failure || self->ended_) return;
                                if (!capture.read_some()) return;
                                if (&capture == &self->sent_ && self->has_been_seen_enough()) self->kill_all();
                                self->watch(capture);
                              });
  }

  bool has_been_seen_enough() {
    if (!job_.when_sent) return false;
    read_start();
    return program_ > 0 && job_.when_sent(program_, sent_.kept());
  }

  void watch_start() {
    start_.async_wait(asio::posix::descriptor_base::wait_read, [self = shared_from_this()](error_code failure) {
      if (failure || self->ended_) return;
      self->read_start();
      if (!self->started_) self->watch_start();
    });
  }

  /// What the program tells before execve, and the end of it.
  void read_start() {
    while (!started_) {
      char byte = 0;
      iovec text{&byte, 1};
      alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(ucred))> control{};
      msghdr message{};
      message.msg_iov = &text;
      message.msg_iovlen = 1;
      message.msg_control = control.data();
      message.msg_controllen = control.size();
      const ssize_t count = ::recvmsg(start_.native_handle(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return;
      if (count == 0) {
        has_been_executed();
        return;
      }
      for (cmsghdr *header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET) continue;
        if (header->cmsg_type == SCM_RIGHTS) {
          int fd = -1;
          std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
          listener_.assign(fd);
          watch_listener();
        } else if (header->cmsg_type == SCM_CREDENTIALS) {
          ucred sender{};
          std::memcpy(&sender, CMSG_DATA(header), sizeof sender);
          program_ = sender.pid;
        }
      }
    }
  }

  /// Or has failed at it, or was killed before.
  void has_been_executed() {
    started_ = true;
    error_code ignored;
    start_.close(ignored);
    if (birth_->answer->failed || ended_) return;
    began_ = Clock::now();
    timer_.expires_at(began_ + job_.limits.deadline);
    wait_for_deadline();
    if (program_ > 0) {
      prefer_for_oom_killer(program_);
      watch_usage();
    }
  }

  /// What is left of its deadline when only the time counts in which it could run.
  std::chrono::nanoseconds more_time() const {
    constexpr std::chrono::milliseconds kLeast{100};
    const std::chrono::nanoseconds took = Clock::now() - began_;
    const std::chrono::nanoseconds deadline = job_.limits.deadline;
    // Not of one that keeps a processor busy with many threads, each of which waits for the others.
    const std::chrono::nanoseconds own = std::max(took - timed_out_.waited, timed_out_.used);
    const auto left = std::min(deadline - own, deadline * job_.limits.patience - took);
    return left < kLeast ? std::chrono::nanoseconds::zero() : left;
  }

  void wait_for_deadline() {
    timer_.async_wait([self = shared_from_this()](error_code failure) {
      if (failure || self->ended_) return;
      const ProcessorTime time = processor_time_of(self->program_, self->in_namespace_ ? self->process_ : 0);
      self->timed_out_ = {.waited = time.waited, .used = time.used};
      if (const auto more = self->more_time(); more > more.zero()) {
        self->timer_.expires_after(more);
        self->wait_for_deadline();
        return;
      }
      self->deadline_passed_ = true;
      self->kill_all();
      self->timer_.expires_after(kGoneAtMost);
      self->timer_.async_wait([self](error_code cancelled) {
        if (!cancelled && !self->ended_) self->give_up();
      });
    });
  }

  void watch_listener() {
    listener_.async_wait(asio::posix::descriptor_base::wait_read, [self = shared_from_this()](error_code failure) {
      if (failure || self->ended_) return;
      self->read_listener();
      // Once all that the filter is for have ended, it is readable for ever.
      if (self->refused_.empty() && (events_of(self->listener_.native_handle()) & POLLHUP) == 0) self->watch_listener();
    });
  }

  /// A process of the run waits in the kernel for leave to do what it may not.
  void read_listener() {
    if (!listener_.is_open() || !refused_.empty() || (events_of(listener_.native_handle()) & POLLIN) == 0) return;
    // The kernel may know a longer structure than our headers.
    union {
      seccomp_notif question;
      std::array<char, 512> room;
    } buffer{};
    if (::ioctl(listener_.native_handle(), SECCOMP_IOCTL_NOTIF_RECV, &buffer) != 0) return;
    refuse(fmt::format("the system call {}", name_of_call(buffer.question.data.arch, buffer.question.data.nr)));
  }

  void refuse(std::string what) {
    refused_ = std::move(what);
    kill_all();
  }

  void watch_usage() {
    usage_timer_.expires_after(kUsageInterval);
    usage_timer_.async_wait([self = shared_from_this()](error_code failure) {
      if (failure || self->ended_) return;
      const Usage usage = usage_of(self->program_, self->in_namespace_ ? self->process_ : 0);
      const std::uint64_t processes = self->job_.limits.processes;
      if (usage.bytes > self->memory_bytes_)
        self->refuse(self->too_much_memory());
      else if (processes != 0 && usage.processes > processes)
        self->refuse(fmt::format("more than {} processes", with_commas(processes)));
      else if (!self->job_.command.writable.empty() && self->job_.limits.writable_bytes != 0 &&
               bytes_in(self->job_.command.writable) > self->job_.limits.writable_bytes)
        self->refuse(fmt::format("more than {} MiB of files", with_commas(self->job_.limits.writable_bytes >> 20)));
      else
        self->watch_usage();
    });
  }

  std::string too_much_memory() const {
    return fmt::format("more than {} MiB of memory", with_commas(memory_bytes_ >> 20));
  }

  void kill_all() noexcept {
    if (group_) group_->kill();
    ::syscall(SYS_pidfd_send_signal, end_.native_handle(), SIGKILL, nullptr, 0);
    // The kernel kills what else is in a namespace.
    if (!in_namespace_) ::kill(-process_, SIGKILL);
  }

  /// How our child ended; si_pid is 0 when, with WNOHANG, it has not yet. Not by way of the pidfd: Asio makes
  /// its descriptors non-blocking, and then waitid(P_PIDFD) answers EAGAIN instead of waiting. Until it is reaped here,
  /// the number is its own.
  siginfo_t wait_for_main_process(int flags) const {
    siginfo_t how{};
    while (::waitid(P_PID, static_cast<id_t>(process_), &how, WEXITED | __WALL | flags) < 0 && errno == EINTR) {
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
    const bool was_started = started_;
    read_start();
    read_listener();
    observation_.took = Clock::now() - began_;
    kill_all();
    siginfo_t how = wait_for_main_process(0);
    ended_ = true;
    gone_ = true;
    if (refused_.empty() && group_ && group_->ran_out_of_memory()) refused_ = too_much_memory();
    const Answer &answer = *birth_->answer;
    if (in_namespace_ && answer.ended) {
      how.si_code = answer.ended_code;
      how.si_status = answer.ended_status;
    }
    if (answer.failed)
      observation_.ending = NotStarted{answer.failed_errno, answer.failed_step};
    else if (deadline_passed_ && !was_started)
      observation_.ending = NotStarted{ETIMEDOUT, "execve"};
    else if (!refused_.empty())
      observation_.ending = Refused{refused_};
    else if (how.si_code == CLD_EXITED)
      observation_.ending = Exited{how.si_status};
    else if (deadline_passed_ && how.si_status == SIGKILL)
      observation_.ending = timed_out_;
    else if (how.si_status == SIGSYS && birth_->plan.filter != nullptr && !birth_->plan.listens)
      observation_.ending = Refused{"a system call"};
    else
      observation_.ending = Killed{how.si_status};
    wait_for_leftovers();
  }

  void wait_for_leftovers() {
    if (!in_namespace_ && leftovers_of(process_, WNOHANG) && ++leftover_attempts_ < kLeftoverAttempts) {
      timer_.expires_after(kLeftoverInterval);
      timer_.async_wait([self = shared_from_this()](error_code failure) {
        if (!failure) self->wait_for_leftovers();
      });
      return;
    }
    hand_over();
  }

  /// The run was killed and does not end.
  void give_up() {
    observation_.took = Clock::now() - began_;
    ended_ = true;
    observation_.ending = started_ ? Ending(timed_out_) : Ending(NotStarted{ETIMEDOUT, "execve"});
    hand_over();
  }

  void hand_over() {
    output_.read_rest();
    sent_.read_rest();
    observation_.output_cut = output_.cut();
    observation_.output = output_.take();
    const std::string sent = sent_.take();
    observation_.sent.resize(sent.size());
    if (!sent.empty()) std::memcpy(observation_.sent.data(), sent.data(), sent.size());
    close();
    if (gone_) group_.reset();
    over_(shared_from_this());
  }

  void close() {
    error_code ignored;
    timer_.cancel(ignored);
    usage_timer_.cancel(ignored);
    end_.close(ignored);
    start_.close(ignored);
    listener_.close(ignored);
    output_.pipe().close(ignored);
    sent_.pipe().close(ignored);
  }

  Job job_;
  int attempt_;
  Over over_;
  pid_t process_;       // our child, which is the program and leads its group, or the first process of a namespace
  pid_t program_ = -1;  // not known before it is nearly executed
  bool in_namespace_;
  std::unique_ptr<Birth> birth_;
  std::unique_ptr<ControlGroup> group_;  // null: none of its own
  std::uint64_t memory_bytes_;
  Clock::time_point began_;
  asio::posix::stream_descriptor end_;
  asio::posix::stream_descriptor start_;
  asio::posix::stream_descriptor listener_;
  Capture output_;
  Capture sent_;
  asio::steady_timer timer_;  // the start, then the deadline; then the wait for leftovers
  asio::steady_timer usage_timer_;
  bool started_ = false;  // nothing more comes over start_
  bool ended_ = false;    // our child has been reaped, or is left alone
  bool gone_ = false;     // it has been reaped
  bool deadline_passed_ = false;
  TimedOut timed_out_;
  std::string refused_;  // what it asked for
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

/// A run has its share of half the machine, and never less than this.
constexpr std::uint64_t kMemoryOfARunAtLeast = std::uint64_t{256} << 20;

std::uint64_t physical_memory() {
  return static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES))) *
         static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
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
    memory_of_a_run_ = std::max(kMemoryOfARunAtLeast, physical_memory() / 2 / slots_);
  }

  Protections protections() const { return spawner_.protections(); }

  void run(const std::function<std::optional<Job>()> &next, const std::function<void(const Job &, Observation)> &done) {
    if (!spawner_.protections().namespaces) groups_.emplace();
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
  /// A job that could not be started for want of what others give back.
  struct Waiting {
    Job job;
    int attempt;
    Clock::time_point not_before;
  };

  void run_all(const std::function<std::optional<Job>()> &next,
               const std::function<void(const Job &, Observation)> &done) {
    bool exhausted = false;
    while (!stopped()) {
      const bool has_room = active_.size() < slots_;
      if (!finished_.empty()) {
        Finished finished = std::move(finished_.front());
        finished_.pop_front();
        done(finished.job, std::move(finished.observation));
      } else if (has_room && !waiting_.empty() && waiting_.front().not_before <= Clock::now()) {
        Waiting waiting = std::move(waiting_.front());
        waiting_.pop_front();
        start(std::move(waiting.job), waiting.attempt + 1);
      } else if (has_room && waiting_.empty() && !exhausted) {
        if (std::optional<Job> job = next())
          start(std::move(*job), 0);
        else
          exhausted = true;
      } else if (!active_.empty() || !waiting_.empty()) {
        loop_.run_one();
      } else {
        return;
      }
    }
  }

  /// Those give back what others use.
  static bool may_come_right(int errno_value) {
    return errno_value == EAGAIN || errno_value == ENOMEM || errno_value == ENOSPC || errno_value == EMFILE ||
           errno_value == ENFILE || errno_value == EUSERS || errno_value == ETXTBSY;
  }

  void start(Job job, int attempt) {
    Limits limits = job.limits;
    limits.memory_bytes = limits.memory_bytes == 0 ? memory_of_a_run_ : std::min(limits.memory_bytes, memory_of_a_run_);
    std::variant<Child, NotStarted> started = spawner_.spawn(job.command, limits);
    if (auto *failure = std::get_if<NotStarted>(&started)) {
      Observation observation;
      observation.ending = std::move(*failure);
      end(std::move(job), std::move(observation), attempt);
      return;
    }
    const auto run = std::make_shared<Run>(loop_, std::move(job), attempt, std::move(std::get<Child>(started)),
                                           limits.memory_bytes, [this](const std::shared_ptr<Run> &over) {
                                             if (std::unique_ptr<Birth> birth = over->take_birth())
                                               spawner_.take_back(std::move(birth));
                                             if (groups_) groups_->remove(over->process());
                                             end(over->take_job(), over->take_observation(), over->attempt());
                                             active_.erase(over);
                                           });
    if (groups_) groups_->add(run->process());
    active_.insert(run);
    run->watch();
    // Those that run already are not forgotten while others start.
    loop_.poll();
  }

  void end(Job job, Observation observation, int attempt) {
    const auto *failure = std::get_if<NotStarted>(&observation.ending);
    if (failure == nullptr || !may_come_right(failure->errno_value) || attempt == kRetries) {
      finished_.push_back({std::move(job), std::move(observation)});
      return;
    }
    waiting_.push_back({std::move(job), attempt, Clock::now() + kRetryInterval});
    // Wakes the loop, where nothing else would.
    retry_timer_.expires_after(kRetryInterval);
    retry_timer_.async_wait([](error_code) {});
  }

  void abandon_all() {
    for (const std::shared_ptr<Run> &run : active_) run->kill();
    const Clock::time_point until = Clock::now() + kGoneAtMost;
    for (const std::shared_ptr<Run> &run : active_) run->abandon(until);
    active_.clear();
    finished_.clear();
    waiting_.clear();
    retry_timer_.cancel();
    loop_.poll();
    spawner_.end_servers();
    groups_.reset();
  }

  static_assert(std::atomic<bool>::is_always_lock_free, "stop() is called from signal handlers");
  std::atomic<bool> stopped_ = false;
  asio::io_context loop_{1};
  asio::posix::stream_descriptor stop_event_;
  int stop_fd_ = -1;
  asio::steady_timer retry_timer_{loop_};
  Spawner spawner_;
  std::size_t slots_ = 1;
  std::uint64_t memory_of_a_run_ = 0;
  std::unordered_set<std::shared_ptr<Run>> active_;
  std::optional<GroupWatch> groups_;
  std::deque<Finished> finished_;
  std::deque<Waiting> waiting_;
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

std::vector<std::string> what_is_missing(const Protections &protections) {
  std::vector<std::string> sentences;
  const auto add = [&](bool missing, std::string_view sentence) {
    if (missing) sentences.emplace_back(sentence);
  };
  add(!protections.seccomp, "No seccomp filters: a run may use the network and leave its process group.");
  add(protections.landlock_abi == 0 && protections.own_user,
      "No Landlock: a run may read devices, and write files that everybody may write.");
  add(protections.landlock_abi == 0 && !protections.own_user, "No Landlock: a run may write your files.");
  add(protections.landlock_abi > 0 && protections.landlock_abi < 3,
      "Landlock before ABI 3: a run may truncate files that your user may write.");
  add(!protections.namespaces && protections.landlock_abi < 6 && !protections.own_user,
      "Neither PID namespaces nor Landlock of ABI 6: a run may send signals to your processes.");
  add(!protections.namespaces && !protections.seccomp,
      "Neither PID namespaces nor seccomp: processes of a run may outlive it.");
  return sentences;
}

bool was_starved(const Observation &seen) noexcept {
  const auto *timed_out = std::get_if<TimedOut>(&seen.ending);
  // A crowd of its own threads starves no run: together they had a processor.
  return timed_out != nullptr && timed_out->waited * 2 >= seen.took && timed_out->used * 2 < seen.took;
}

Observation run_one(const Job &job) {
  std::optional<Job> waiting = job;
  Observation observation;
  Supervisor(1).run([&] { return std::exchange(waiting, std::nullopt); },
                    [&](const Job &, Observation seen) { observation = std::move(seen); });
  return observation;
}

}  // namespace crossheap::sandbox
