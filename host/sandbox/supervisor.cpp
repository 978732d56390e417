// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One thread, one event loop, which waits for nothing else: runs (run.h) are started as there is room for them, and
// those that cannot be started for want of what others give back wait for their turn.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <deque>
#include <memory>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "base/owned_fd.h"
#include "sandbox/group_watch.h"
#include "sandbox/role.h"
#include "sandbox/run.h"
#include "sandbox/sandbox.h"
#include "sandbox/spawn.h"

namespace crossheap::sandbox {

using boost::system::error_code;

namespace {

/// A run that cannot be started for want of what other runs give back (processes, memory, descriptors) is tried again.
constexpr std::chrono::milliseconds kRetryInterval{20};
constexpr int kRetries = 500;

/// The supervisor's descriptors for one run (a pidfd, two pipes, the start, the listener, the answer), and how many are
/// left to its servers, to its starting of the next run and to the rest of the program.
constexpr std::size_t kDescriptorsPerRun = 6;
constexpr std::size_t kDescriptorsKeptFree = 32 + Servers::kAtMost;

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

}  // namespace

class Supervisor::State {
public:
  explicit State(unsigned jobs) : stop_event_(loop_) {
    if (spawner_.runs_may_trace_us()) role_.refuse_tracing();
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
  SupervisorRole role_;
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

void throw_not_started(const Command &command, const NotStarted &failure) {
  const bool wants_processes = failure.errno_value == EAGAIN || failure.errno_value == ENOMEM;
  throw system_error(command.program.string(), fmt::format("cannot be started ({})", failure.doing),
                     failure.errno_value,
                     wants_processes ? "raise the limit on processes (`ulimit -u`), or end others of this user"
                                     : "build or install crossheap again");
}

Observation run_one(const Job &job) {
  std::optional<Job> waiting = job;
  Observation observation;
  Supervisor(1).run([&] { return std::exchange(waiting, std::nullopt); },
                    [&](const Job &, Observation seen) { observation = std::move(seen); });
  return observation;
}

}  // namespace crossheap::sandbox
