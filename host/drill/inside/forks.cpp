// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The host forks, and the child uses the plugin: with the plugin open, while another thread allocates or calls the
// plugin, and with the plugin closed.
//
// Of the parent's threads only the one that forked is in the child. What another one had begun is half done there: a
// lock that it held stays held. libc's malloc prepares for that by handlers (pthread_atfork); a plugin's own allocator,
// or its own locks, may not, and then the child hangs.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <semaphore>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "drill/inside/child.h"
#include "drill/inside/drill_functions.h"

namespace crossheap::drill {

namespace {

constexpr int kForks = 8;
constexpr std::chrono::seconds kForksTime{2};  // what all calls in the parent may take together

// False where a fork more would show nothing new; what went wrong is told. `forked` is called here when the child is
// there.
template <typename Forked>
bool fork_once(Caller *caller, std::string_view when, const Pace &pace, const Forked &forked) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) {
    tell(kNotTried, std::string("this process cannot have a pipe: ") + std::strerror(errno));
    return false;
  }
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    use_host_heap();
    if (caller != nullptr) caller->run_on_one_thread();
    use_host_heap();
    ::_exit(0);
  }
  forked();
  if (child < 0) tell(kNotTried, std::string("this process cannot fork: ") + std::strerror(errno));
  ::close(ends[1]);
  const bool good = child > 0 && await_child(child, ends[0], when, pace);
  ::close(ends[0]);
  return good;
}

bool fork_once(Caller *caller, std::string_view when, const Pace &pace) {
  return fork_once(caller, when, pace, [] {});
}

// Another thread that allocates while this one forks, and rests while the child is waited for: that may take long on a
// busy machine, which this thread would make busier.
class BusyThread {
public:
  explicit BusyThread(Caller *caller) : thread_(start_thread([this, caller] { run(caller); })) {}
  ~BusyThread() {
    busy_ = false;
    ends_ = true;
    begin_.release();
    thread_.join();
  }
  BusyThread(const BusyThread &) = delete;
  BusyThread &operator=(const BusyThread &) = delete;

  void begin() {
    busy_ = true;
    begin_.release();
    begun_.acquire();
  }
  void rest() {
    busy_ = false;
    rests_.acquire();
  }

private:
  void run(Caller *caller) {
    for (begin_.acquire(); !ends_; begin_.acquire()) {
      bool first = true;
      do {
        use_host_heap();
        if (caller != nullptr) caller->run_on_one_thread();
        if (std::exchange(first, false)) begun_.release();
      } while (busy_);
      rests_.release();
    }
  }

  std::atomic<bool> ends_{false};
  std::atomic<bool> busy_{false};
  std::binary_semaphore begin_{0};
  std::binary_semaphore begun_{0};
  std::binary_semaphore rests_{0};
  std::thread thread_;
};

// Forks while another thread uses the host's heap, and calls the plugin where there is a caller for that.
bool fork_beside(Caller *callers_there, Caller *caller, std::string_view what, int times, const Pace &pace) {
  tell(kDoing, "forking while another thread " + std::string(what));
  BusyThread other(callers_there);
  for (int i = 0; i < times; ++i) {
    other.begin();
    if (!fork_once(caller, "after a fork while another thread " + std::string(what), pace, [&] { other.rest(); }))
      return false;
  }
  return true;
}

// All calls once, and how long they take; nothing where there are none.
Pace call_once(Caller *caller) {
  using Clock = std::chrono::steady_clock;
  if (caller == nullptr) return {};
  tell(kDoing, "calling the plugin");
  const Clock::time_point begin = Clock::now();
  const std::chrono::nanoseconds used = processor_time_of(0);
  caller->run_on_one_thread();
  return {Clock::now() - begin, processor_time_of(0) - used};
}

// Slow calls are made less often.
int forks_at(const Pace &pace) {
  if (pace.calls.count() == 0) return kForks;
  return static_cast<int>(std::clamp<long>(std::chrono::nanoseconds(kForksTime) / pace.calls, 1, kForks));
}

}  // namespace

void drill_fork(const Arguments &arguments) {
  void *handle = open(arguments.plugin, *arguments.mode);
  if (handle == nullptr) return;
  bool forks = true;
  {
    Plugin plugin(arguments, handle);
    Caller *caller = plugin.caller();
    const Pace pace = call_once(caller);
    tell(kDoing, "forking with the plugin open");
    forks = fork_once(caller, "after a fork with the plugin open", pace);
    forks = forks && fork_beside(nullptr, caller, "allocates", forks_at(pace), pace);
  }
  close(handle);
  tell(kDoing, "forking with the plugin closed");
  if (forks) fork_once(nullptr, "after a fork with the plugin closed", {});
  finish();
}

// What a thread had begun in the plugin is half done in the child: a lock that it took stays held.
void drill_fork_in_calls(const Arguments &arguments) {
  void *handle = open(arguments.plugin, *arguments.mode);
  if (handle == nullptr) return;
  {
    Plugin plugin(arguments, handle);
    Caller *caller = plugin.caller();
    const Pace pace = call_once(caller);
    fork_beside(caller, caller, "calls the plugin", forks_at(pace), pace);
  }
  close(handle);
  finish();
}

}  // namespace crossheap::drill
