// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Each of the five has a handler on one event loop (Asio), and whichever ends the run closes the others. The odd facts:
//
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
//   - A run that a signal has stopped, with nothing left in it that could let it go on, has no use for its deadline.
//   - A process that is stuck in the kernel cannot be killed. It is waited for a little while and then left alone, with
//     the memory it was born on.
//   - Handlers hold their run by shared_ptr, since one may already be queued when another ends the run.
#include "sandbox/run.h"

#include <fmt/format.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <vector>

#include "base/text.h"
#include "sandbox/filter.h"
#include "sandbox/kernel_file.h"
#include "sandbox/usage.h"

namespace crossheap::sandbox {

using boost::system::error_code;

namespace {

/// How often a run that is over is asked whether its killed leftovers are gone, and how many times: a process
/// stuck in the kernel must not stop the others.
constexpr std::chrono::milliseconds kLeftoverInterval{1};
constexpr int kLeftoverAttempts = 5'000;

/// A run is not let go on for less.
constexpr std::chrono::milliseconds kLeastTime{100};

/// How long execve may take: longer than the kernel lets a lease hold it up.
constexpr std::chrono::seconds kStartAtMost{60};

/// How often the memory and the processes of a run are counted.
constexpr std::chrono::milliseconds kUsageInterval{50};

/// A run that is found stopped so many times in a row has nobody who would let it go on: half a second.
constexpr int kStoppedForGood = 10;

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
void prefer_for_oom_killer(pid_t process) { write_kernel_file(fmt::format("/proc/{}/oom_score_adj", process), "1000"); }

short events_of(int fd) {
  pollfd waiting{fd, POLLIN, 0};
  return ::poll(&waiting, 1, 0) == 1 ? waiting.revents : short{0};
}

}  // namespace

bool Capture::read_some() { return read_at_most(chunk().size()) != 0; }

void Capture::read_rest() {
  int waiting = 0;
  if (::ioctl(pipe_.native_handle(), FIONREAD, &waiting) < 0) return;
  auto left = static_cast<std::size_t>(waiting);
  while (left > 0) {
    const ssize_t count = read_at_most(std::min(left, chunk().size()));
    if (count <= 0) return;
    left -= static_cast<std::size_t>(count);
  }
}

std::vector<char> &Capture::chunk() {
  thread_local std::vector<char> bytes(std::size_t{64} << 10);
  return bytes;
}

ssize_t Capture::read_at_most(std::size_t size) {
  const ssize_t count = ::read(pipe_.native_handle(), chunk().data(), size);
  if (count <= 0) return count;
  const std::size_t room = bound_ - kept_.size();
  const auto got = static_cast<std::size_t>(count);
  kept_.append(chunk().data(), std::min(got, room));
  cut_ = cut_ || got > room;
  return count;
}

Run::Run(asio::io_context &loop, Job job, int attempt, Child child, std::uint64_t memory_bytes, Over over)
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

Run::~Run() {
  // Memory that a process may still run on is nobody's to free.
  if (!gone_) (void)birth_.release();
}

void Run::watch() {
  watch(output_);
  watch(sent_);
  watch_start();
  wait_for_deadline();
  watch_main_process();
}

void Run::abandon(Clock::time_point until) {
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

void Run::watch(Capture &capture) {
  capture.pipe().async_wait(asio::posix::descriptor_base::wait_read,
                            [self = shared_from_this(), &capture](error_code failure) {
                              if (failure || self->ended_) return;
                              if (!capture.read_some()) return;
                              if (&capture == &self->sent_ && self->has_been_seen_enough()) self->kill_all();
                              self->watch(capture);
                            });
}

bool Run::has_been_seen_enough() {
  if (!job_.when_sent) return false;
  read_start();
  return program_ > 0 && job_.when_sent(program_, sent_.kept());
}

void Run::watch_start() {
  start_.async_wait(asio::posix::descriptor_base::wait_read, [self = shared_from_this()](error_code failure) {
    if (failure || self->ended_) return;
    self->read_start();
    if (!self->started_) self->watch_start();
  });
}

void Run::read_start() {
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

void Run::has_been_executed() {
  started_ = true;
  error_code ignored;
  start_.close(ignored);
  if (birth_->answer->failed || ended_) return;
  began_ = Clock::now();
  timer_.expires_at(began_ + job_.limits.deadline);
  wait_for_deadline();
  if (program_ > 0) {
    prefer_for_oom_killer(program_);
    usage_counted_ = began_;
    watch_usage();
  }
}

std::chrono::nanoseconds Run::own_time() const {
  // Not of one that keeps a processor busy with many threads, each of which waits for the others.
  return std::max<std::chrono::nanoseconds>(Clock::now() - began_ - timed_out_.waited, timed_out_.used);
}

std::chrono::nanoseconds Run::more_time() const {
  const std::chrono::nanoseconds deadline = job_.limits.deadline;
  const auto left = std::min<std::chrono::nanoseconds>(deadline - own_time(),
                                                       deadline * job_.limits.patience - (Clock::now() - began_));
  return left < kLeastTime ? std::chrono::nanoseconds::zero() : left;
}

void Run::wait_for_deadline() {
  timer_.async_wait([self = shared_from_this()](error_code failure) {
    if (failure || self->ended_) return;
    const ProcessorTime time = processor_time_of(self->program_, self->in_namespace_ ? self->process_ : 0);
    self->timed_out_ = {.waited = time.waited + self->disk_waited_, .used = time.used};
    if (const auto more = self->more_time(); more > more.zero()) {
      self->timer_.expires_after(more);
      self->wait_for_deadline();
      return;
    }
    // One that could run for as long as it may has not waited, however long that took.
    if (self->own_time() + kLeastTime >= self->job_.limits.deadline) self->timed_out_.waited = {};
    self->time_is_up();
  });
}

void Run::time_is_up() {
  deadline_passed_ = true;
  kill_all();
  timer_.expires_after(kGoneAtMost);
  timer_.async_wait([self = shared_from_this()](error_code cancelled) {
    if (!cancelled && !self->ended_) self->give_up();
  });
}

void Run::watch_listener() {
  listener_.async_wait(asio::posix::descriptor_base::wait_read, [self = shared_from_this()](error_code failure) {
    if (failure || self->ended_) return;
    self->read_listener();
    // Once all that the filter is for have ended, it is readable for ever.
    if (self->refused_.empty() && (events_of(self->listener_.native_handle()) & POLLHUP) == 0) self->watch_listener();
  });
}

void Run::read_listener() {
  // Only so many at a time: others wait for the supervisor, too.
  constexpr int kAtOnce = 64;
  for (int i = 0; i < kAtOnce; ++i) {
    if (!listener_.is_open() || !refused_.empty() || (events_of(listener_.native_handle()) & POLLIN) == 0) return;
    // The kernel may know a longer structure than our headers.
    union {
      seccomp_notif question;
      std::array<char, 512> room;
    } buffer{};
    if (::ioctl(listener_.native_handle(), SECCOMP_IOCTL_NOTIF_RECV, &buffer) != 0) return;
    if (const std::optional<std::uint64_t> bytes = bytes_lent_by(buffer.question.data))
      lend(buffer.question, *bytes);
    else
      refuse(fmt::format("the system call {}", name_of_call(buffer.question.data.arch, buffer.question.data.nr)));
  }
}

void Run::lend(const seccomp_notif &question, std::uint64_t bytes) {
  union {
    seccomp_notif_resp answer;
    std::array<char, 512> room;
  } buffer{};
  buffer.answer.id = question.id;
  const bool is_pair = question.data.nr == SYS_socketpair;
  if (is_pair && static_cast<int>(question.data.args[0]) != AF_UNIX)
    buffer.answer.error = -EACCES;
  else if (bytes > memory_bytes_ - lent_bytes_)
    buffer.answer.error = is_pair ? -ENFILE : -ENOMEM;
  else
    buffer.answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  // Fails where the process has ended meanwhile.
  if (::ioctl(listener_.native_handle(), SECCOMP_IOCTL_NOTIF_SEND, &buffer) == 0 && buffer.answer.error == 0)
    lent_bytes_ += bytes;
}

void Run::refuse(std::string what) {
  refused_ = std::move(what);
  kill_all();
}

void Run::watch_usage() {
  usage_timer_.expires_after(kUsageInterval);
  usage_timer_.async_wait([self = shared_from_this()](error_code failure) {
    if (failure || self->ended_) return;
    const Usage usage = usage_of(self->program_, self->in_namespace_ ? self->process_ : 0);
    const Clock::time_point now = Clock::now();
    if (usage.waits_for_disk) self->disk_waited_ += now - self->usage_counted_;
    self->usage_counted_ = now;
    const std::uint64_t processes = self->job_.limits.processes;
    if (usage.bytes > self->memory_bytes_)
      self->refuse(self->too_much_memory());
    else if (processes != 0 && usage.processes > processes)
      self->refuse(fmt::format("more than {} processes", with_commas(processes)));
    else if (std::string files = self->too_many_files(); !files.empty())
      self->refuse(std::move(files));
    else if (self->stays_stopped(usage.stopped))
      self->time_is_up();
    else
      self->watch_usage();
  });
}

bool Run::stays_stopped(bool stopped) {
  times_stopped_ = stopped ? times_stopped_ + 1 : 0;
  timed_out_.stopped = times_stopped_ == kStoppedForGood;
  return timed_out_.stopped;
}

std::string Run::too_many_files() const {
  const std::filesystem::path &folder = job_.command.writable;
  if (folder.empty() || job_.limits.writable_bytes == 0) return {};
  return too_much_in(folder, job_.limits.writable_bytes, program_, in_namespace_ ? process_ : 0);
}

std::string Run::too_much_memory() const {
  return fmt::format("more than {} MiB of memory", with_commas(memory_bytes_ >> 20));
}

void Run::kill_all() noexcept {
  if (group_) group_->kill();
  ::syscall(SYS_pidfd_send_signal, end_.native_handle(), SIGKILL, nullptr, 0);
  // The kernel kills what else is in a namespace.
  if (!in_namespace_) ::kill(-process_, SIGKILL);
}

siginfo_t Run::wait_for_main_process(int flags) const {
  siginfo_t how{};
  while (::waitid(P_PID, static_cast<id_t>(process_), &how, WEXITED | __WALL | flags) < 0 && errno == EINTR) {
  }
  return how;
}

void Run::watch_main_process() {
  end_.async_wait(asio::posix::descriptor_base::wait_read, [self = shared_from_this()](error_code failure) {
    if (failure || self->ended_) return;
    // Asio may still have in hand an event of a closed descriptor whose place this one took: readiness is a hint.
    if (self->wait_for_main_process(WNOHANG | WNOWAIT).si_pid != 0)
      self->main_process_ended();
    else
      self->watch_main_process();
  });
}

void Run::main_process_ended() {
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

void Run::wait_for_leftovers() {
  if (!in_namespace_ && leftovers_of(process_, WNOHANG) && ++leftover_attempts_ < kLeftoverAttempts) {
    timer_.expires_after(kLeftoverInterval);
    timer_.async_wait([self = shared_from_this()](error_code failure) {
      if (!failure) self->wait_for_leftovers();
    });
    return;
  }
  hand_over();
}

void Run::give_up() {
  observation_.took = Clock::now() - began_;
  ended_ = true;
  observation_.ending = started_ ? Ending(timed_out_) : Ending(NotStarted{ETIMEDOUT, "execve"});
  hand_over();
}

void Run::hand_over() {
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

void Run::close() {
  error_code ignored;
  timer_.cancel(ignored);
  usage_timer_.cancel(ignored);
  end_.close(ignored);
  start_.close(ignored);
  listener_.close(ignored);
  output_.pipe().close(ignored);
  sent_.pipe().close(ignored);
}

}  // namespace crossheap::sandbox
