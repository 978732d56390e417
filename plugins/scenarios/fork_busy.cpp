// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The process forks while a thread on each side is allocating; the child allocates and frees on both heaps
// (XH304): a lock that another thread held at the fork stays locked in the child unless the allocator's fork
// handlers were run, and there is one set of handlers an instance.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <system_error>
#include <thread>

#include "scenarios/scenario.h"

namespace crossheap::scenarios {
namespace {

constexpr int kForks = 4;
constexpr std::size_t kLookedAt =
    256;  // bytes of a block: the threads are to be busy in the allocator, not with its blocks
constexpr unsigned kChildSeconds = 2;  // a child that needs longer is taken for stuck

// Allocates, checks and frees a few sizes on this image's heap. Whether every block held its contents.
bool exercise() {
  constexpr std::array<std::size_t, 6> kSizes{16, 120, 1000, 5000, 40'000, 300'000};
  bool good = true;
  for (const std::size_t size : kSizes) {
    void *block = CROSSHEAP_HEAP(malloc)(size);
    if (block == nullptr) return false;
    const std::size_t looked_at = std::min(size, kLookedAt);
    fill(block, looked_at, size);
    good = good && holds(block, looked_at, size);
    CROSSHEAP_HEAP(free)(block);
  }
  return good;
}

// Keeps this image's allocator busy on a thread of its own.
class BusyThread {
public:
  /// False where the system gives no thread.
  bool start() {
    stopping_ = false;
    try {
      thread_ = std::thread([this] {
        while (!stopping_) exercise();
      });
    } catch (const std::system_error &) {
      return false;
    }
    return true;
  }
  void stop() {
    stopping_ = true;
    thread_.join();
  }

private:
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// What the giver hands over: its busy thread and its heap, to be used through its own functions.
struct BusySide {
  bool (*exercise)();
  void (*stop)();
};

BusyThread own_thread;
const BusySide kOwnSide{exercise, [] { own_thread.stop(); }};

std::int32_t give(const crossheap_host *, crossheap_handover *handover) {
  if (!own_thread.start()) return CROSSHEAP_SCENARIO_NO_THREAD;
  handover->block = const_cast<BusySide *>(&kOwnSide);
  return 0;
}

std::int32_t take(const crossheap_host *host, crossheap_handover *handover) {
  const auto *other_side = static_cast<const BusySide *>(handover->block);
  BusyThread my_thread;
  if (!my_thread.start()) {
    other_side->stop();
    return CROSSHEAP_SCENARIO_NO_THREAD;
  }
  bool good = true;
  for (int i = 0; i < kForks && good; ++i) {
    const pid_t child = ::fork();
    if (child < 0) return 1;
    if (child == 0) {
      ::alarm(kChildSeconds);
      ::_exit(exercise() && other_side->exercise() ? 0 : 1);
    }
    int status = 0;
    good = ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
      crossheap_experiment_of(host)->report_wrong("a child forked while both heaps were busy is stuck in an allocator");
    else
      expect(*host, good, "a child forked while both heaps were busy did not end well");
  }
  my_thread.stop();
  other_side->stop();
  return 0;
}

CROSSHEAP_SCENARIO(kForkBusy, kEveryWay, CROSSHEAP_STAGING_NONE, 0, 'a', "fork-busy",
                   "The process forks while both heaps are busy, and the child uses both, each through its owner.",
                   "malloc", "owner", give, take);

}  // namespace
}  // namespace crossheap::scenarios
