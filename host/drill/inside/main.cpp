// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap-drill: the host that stands in for the real one. It opens a plugin in a load mode, puts it through one
// drill, tells each step over the result descriptor, and ends. It exports nothing and carries no allocator, so the
// process's malloc is whose the loader makes it.
//
//   crossheap-drill --plugin PATH --mode MODE --drill NAME [--rounds N] [--with PATH] [--copy PATH] [--records]
//                   [--calls WORDS...]
//
// Without --records a person reads the steps on standard output. Exit status 0 when it came to the end of the drill,
// whatever it saw; 2 where the words are wrong; kCannotTell where the plugin closed its descriptors. What ends
// otherwise was ended by the plugin.
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <semaphore>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/load_modes.h"
#include "contract/arguments.h"
#include "drill/inside/accounts.h"
#include "drill/inside/calls.h"
#include "drill/inside/tell.h"

namespace crossheap::drill {
namespace {

constexpr int kUsage = 2;
constexpr int kForks = 8;
constexpr std::chrono::seconds kForksTime{2};  // what all calls in the parent may take together
// A child hangs where it sleeps and uses no processor between two looks, or uses too much of one. On a busy machine one
// that does not hang may take long for what the parent did in a moment.
constexpr std::chrono::milliseconds kChildLook{4'000};
constexpr std::chrono::seconds kChildProcessorTime{8};

struct Arguments {
  const char *plugin = nullptr;
  const LoadMode *mode = find_load_mode("local");
  std::string_view drill;
  const char *with = nullptr;
  const char *copy = nullptr;
  unsigned rounds = 100;
  std::optional<contract::Contract> calls;
};

std::optional<Arguments> read_arguments(int count, char **words) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string_view option = words[i];
    if (option == "--records") {
      runner::open_channel();
    } else if (option == "--calls") {
      arguments.calls = contract::from_arguments({words + i + 1, words + count});
      if (!arguments.calls) return std::nullopt;
      break;
    } else if (i + 1 == count) {
      return std::nullopt;
    } else if (const char *value = words[++i]; option == "--plugin") {
      arguments.plugin = value;
    } else if (option == "--mode") {
      arguments.mode = find_load_mode(value);
      if (arguments.mode == nullptr || arguments.mode->preload()) return std::nullopt;
    } else if (option == "--drill") {
      arguments.drill = value;
    } else if (option == "--with") {
      arguments.with = value;
    } else if (option == "--copy") {
      arguments.copy = value;
    } else if (option == "--rounds") {
      arguments.rounds = static_cast<unsigned>(std::strtoul(value, nullptr, 10));
    } else {
      return std::nullopt;
    }
  }
  return arguments.plugin == nullptr ? std::nullopt : std::optional(std::move(arguments));
}

// --- What happened in a plugin that crashes while it is opened ------------------------------------------------------

// The object of an address and the offset in it: "/path/plugin.so|1234".
std::string place_of(std::uint64_t address) {
  Dl_info info{};
  // SAFETY: only looked up, never followed.
  const auto *pointer = reinterpret_cast<const void *>(address);
  if (address == 0 || ::dladdr(pointer, &info) == 0 || info.dli_fname == nullptr) return "|0";
  return std::string(info.dli_fname) + "|" + std::to_string(address - reinterpret_cast<std::uint64_t>(info.dli_fbase));
}

// Tells where the plugin's code was, and lets the signal end the process as it would have. The process is lost: that
// this allocates costs at most what it would have told.
void tell_fault(int signal, siginfo_t *, void *context) {
  std::signal(signal, SIG_DFL);
  const auto &registers = static_cast<const ucontext_t *>(context)->uc_mcontext.gregs;
  const auto code = static_cast<std::uint64_t>(registers[REG_RIP]);
  // Called through a null pointer: the stack has the return address on top.
  std::uint64_t caller = 0;
  if (code == 0) std::memcpy(&caller, reinterpret_cast<const void *>(registers[REG_RSP]), sizeof caller);
  tell(kFault, std::to_string(signal) + "|" + std::to_string(code) + "|" + place_of(code) + "|" + place_of(caller));
  // A signal that was sent would not come again by itself.
  ::raise(signal);
}

class FaultsTold {
public:
  FaultsTold() {
    struct sigaction action {};
    action.sa_sigaction = tell_fault;
    action.sa_flags = SA_SIGINFO;
    for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &action, &before_[i]);
  }
  ~FaultsTold() {
    // A plugin may have put its own in their place.
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      struct sigaction now {};
      if (::sigaction(kSignals[i], nullptr, &now) == 0 && now.sa_sigaction == tell_fault)
        ::sigaction(kSignals[i], &before_[i], nullptr);
    }
  }
  FaultsTold(const FaultsTold &) = delete;
  FaultsTold &operator=(const FaultsTold &) = delete;

private:
  static constexpr std::array<int, 2> kSignals{SIGSEGV, SIGBUS};
  std::array<struct sigaction, kSignals.size()> before_{};
};

// --- Steps ----------------------------------------------------------------------------------------------------------

void witness(bool opening) {
  using Opening = void (*)(int);
  // Asked once, before the plugin is opened: asking would overwrite what dlerror says of a refusal.
  static const auto kTold = reinterpret_cast<Opening>(::dlsym(RTLD_DEFAULT, "crossheap_witness_opening"));
  if (kTold != nullptr) kTold(opening ? 1 : 0);
}

int flags_of(const LoadMode &mode) {
  return (mode.lazy() ? RTLD_LAZY : RTLD_NOW) | (mode.global() ? RTLD_GLOBAL : RTLD_LOCAL) |
         (mode.deepbind() ? RTLD_DEEPBIND : 0);
}

// Null where the loader refuses, which is told.
void *open(const char *path, const LoadMode &mode, std::string_view what = "the plugin") {
  tell(kDoing, "opening " + std::string(what));
  const int flags = flags_of(mode);
  void *handle = nullptr;
  {
    const FaultsTold faults;
    witness(true);
    handle = mode.new_namespace() ? ::dlmopen(LM_ID_NEWLM, path, flags) : ::dlopen(path, flags);
    witness(false);
  }
  if (handle == nullptr)
    tell(kRefused, ::dlerror());
  else
    tell(kOpened, what);
  return handle;
}

bool close(void *handle, std::string_view what = "the plugin") {
  tell(kDoing, "closing " + std::string(what));
  return ::dlclose(handle) == 0;
}

/// The plugin, open, with the calls that its contract allows.
class Plugin {
public:
  Plugin(const Arguments &arguments, void *handle) {
    // Never freed: the plugin may call functions of the host until the process ends.
    if (arguments.calls) caller_ = new Caller(*arguments.calls, handle);
    good_ = caller_ == nullptr || caller_->find();
  }
  bool good() const { return good_; }
  Caller *caller() { return good_ ? caller_ : nullptr; }
  /// All calls once, without a word for each.
  void call_quietly(std::string_view what = "the plugin") {
    if (caller() == nullptr) return;
    tell(kDoing, "calling " + std::string(what));
    caller_->run_quietly(nullptr);
  }
  bool call() { return good_ && (caller_ == nullptr || caller_->run()); }

private:
  Caller *caller_ = nullptr;
  bool good_ = false;
};

// Some blocks of many sizes through the host's malloc: a heap that is damaged shows.
void use_host_heap() {
  std::array<void *, 64> blocks{};
  for (std::size_t round = 0; round < 4; ++round) {
    for (std::size_t i = 0; i < blocks.size(); ++i)
      if ((blocks[i] = std::malloc(16 + i * 40)) != nullptr) std::memset(blocks[i], 0x5a, 16 + i * 40);
    for (void *&block : blocks) std::free(std::exchange(block, nullptr));
  }
}

// Whether the descriptor by which it tells is open: from the beginning, where a supervisor reads it.
bool can_tell() { return ::fcntl(kResultFd, F_GETFD) >= 0; }
bool could_tell = false;

// The end of the host; nothing more of the plugin runs.
[[noreturn]] void end() { ::_exit(could_tell && !can_tell() ? kCannotTell : 0); }

// The end of a drill whose exit is not what is asked about.
[[noreturn]] void finish() {
  tell(kCalls, std::to_string(Caller::calls()));
  tell(kDone);
  end();
}

// --- The drills -----------------------------------------------------------------------------------------------------

void drill_load(const Arguments &arguments) {
  void *handle = open(arguments.plugin, *arguments.mode);
  if (handle == nullptr) return;
  use_host_heap();
  if (!close(handle)) return;
  use_host_heap();
  finish();
}

void drill_calls(const Arguments &arguments) {
  void *handle = open(arguments.plugin, *arguments.mode);
  if (handle == nullptr) return;
  {
    Plugin plugin(arguments, handle);
    if (!plugin.call()) finish();
  }
  use_host_heap();
  close(handle);
  use_host_heap();
  finish();
}

std::string_view folder_of(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }

// Keeps the libraries open that came with the plugin, so that the rounds are about the plugin: a real host has them
// from elsewhere, and what some of them leave each time is theirs. Those in the plugin's own folder are a part of it,
// unless that is where the system has its libraries.
void keep_libraries_of(const char *plugin) {
  Dl_info libc{};
  const bool knows_libc =
      ::dladdr(reinterpret_cast<const void *>(&::mallinfo2), &libc) != 0 && libc.dli_fname != nullptr;
  std::array<char, PATH_MAX> buffer{};
  const char *const real = ::realpath(plugin, buffer.data());
  const std::string_view path = real == nullptr ? plugin : real;
  const bool among_the_systems = knows_libc && folder_of(path) == folder_of(libc.dli_fname);
  std::vector<std::string> names;
  void *self = ::dlopen(nullptr, RTLD_LAZY);
  for (const auto *object = static_cast<const link_map *>(self); object != nullptr; object = object->l_next) {
    const std::string_view name = object->l_name;
    std::array<char, PATH_MAX> other{};
    if (!name.starts_with('/') || ::realpath(object->l_name, other.data()) == nullptr || path == other.data()) continue;
    if (among_the_systems || folder_of(other.data()) != folder_of(path)) names.emplace_back(name);
  }
  // The handles are never given back.
  for (const std::string &name : names) ::dlopen(name.c_str(), RTLD_LAZY | RTLD_NOLOAD);
}

void drill_reload(const Arguments &arguments) {
  using Clock = std::chrono::steady_clock;
  constexpr unsigned kFirst = 4;  // rounds, after which it is known how long one takes
  constexpr unsigned kFewest = 10;
  constexpr std::chrono::milliseconds kTime{1'500};
  const LoadMode &mode = *arguments.mode;
  unsigned rounds = arguments.rounds;
  void *handle = open(arguments.plugin, mode);
  if (handle == nullptr) return;
  if (!mode.new_namespace()) keep_libraries_of(arguments.plugin);
  tell(kDoing, "loading and unloading the plugin " + std::to_string(rounds) + " times");
  const Clock::time_point begin = Clock::now();
  for (unsigned round = 1; round <= rounds; ++round) {
    // One record a round would be most of the work.
    if (round > 1) {
      const int flags = flags_of(mode);
      handle =
          mode.new_namespace() ? ::dlmopen(LM_ID_NEWLM, arguments.plugin, flags) : ::dlopen(arguments.plugin, flags);
      if (handle == nullptr) tell(kRefused, ::dlerror());
    }
    if (handle == nullptr) return;
    ::dlclose(handle);
    if (round == 1 && !mode.new_namespace()) {
      if (void *still = ::dlopen(arguments.plugin, RTLD_LAZY | RTLD_NOLOAD)) {
        ::dlclose(still);
        tell(kResident);
      }
    }
    if (round == kFirst) {
      const auto each = (Clock::now() - begin) / kFirst;
      rounds = static_cast<unsigned>(std::clamp<long>(each.count() == 0 ? rounds : kTime / each, kFewest, rounds));
    }
    if (round >= kFirst && (round == rounds * 2 / 10 || round == rounds * 6 / 10 || round == rounds || round == kFirst))
      tell(kAccount, std::to_string(round) + in_words(account()));
  }
  use_host_heap();
  finish();
}

void drill_thread(const Arguments &arguments) {
  std::binary_semaphore opened(0);
  std::binary_semaphore asked(0);
  std::binary_semaphore called(0);
  std::binary_semaphore closed(0);
  void *handle = nullptr;
  Caller *called_by_opener = nullptr;
  tell(kDoing, "opening the plugin on a thread");
  std::thread opener([&] {
    handle = open(arguments.plugin, *arguments.mode, "the plugin on a thread");
    use_host_heap();
    opened.release();
    asked.acquire();
    if (called_by_opener != nullptr) called_by_opener->run_quietly(nullptr);
    called.release();
    closed.acquire();
  });
  opened.acquire();
  if (handle != nullptr) {
    {
      Plugin plugin(arguments, handle);
      std::vector<Later> later;
      if (Caller *caller = plugin.caller()) {
        tell(kDoing, "calling the plugin on another thread");
        std::thread user([&] { caller->run_quietly(&later); });
        user.join();
        tell(kDoing, "releasing blocks whose thread has ended");
        caller->release_all(later);
        // What this thread keeps for the plugin is there when the plugin is closed.
        tell(kDoing, "calling the plugin on the thread that opened it");
        called_by_opener = caller;
      }
      asked.release();
      called.acquire();
    }
    close(handle);
    tell(kDoing, "ending a thread that used the plugin, which is closed");
  }
  if (handle == nullptr) asked.release();
  closed.release();
  opener.join();
  if (handle == nullptr) return;
  use_host_heap();
  finish();
}

std::chrono::nanoseconds processor_time_of(pid_t process) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::size_t read_file(const char *path, std::span<char> to) {
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const ssize_t count = ::read(fd, to.data(), to.size() - 1);
  ::close(fd);
  to[count < 0 ? 0 : static_cast<std::size_t>(count)] = '\0';
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

// Whether the only child of this thread waits for a processor or for a disk: then it is the machine that holds it up.
// /proc may be that of another PID namespace, and knows the child by another number than fork does.
bool child_is_held_up() {
  std::array<char, 512> text{};
  if (read_file("/proc/thread-self/children", text) == 0) return false;
  std::array<char, 64> path{};
  [[maybe_unused]] const int written =
      std::snprintf(path.data(), path.size(), "/proc/%lu/stat", std::strtoul(text.data(), nullptr, 10));
  const std::size_t size = read_file(path.data(), text);
  const std::string_view stat(text.data(), size);
  const std::size_t state = stat.rfind(") ");
  return state != std::string_view::npos && state + 2 < stat.size() &&
         (stat[state + 2] == 'R' || stat[state + 2] == 'D');
}

// How long the calls of the contract take, by the clock and of a processor.
struct Pace {
  std::chrono::nanoseconds calls{};
  std::chrono::nanoseconds processor{};
};

// Waits for the child, which holds `alive` open, no longer than a deadline. False where it did not end well.
bool await_child(pid_t child, int alive, std::string_view when, const Pace &pace) {
  pollfd end{alive, POLLIN, 0};
  const auto look = std::max<std::chrono::nanoseconds>(kChildLook, pace.calls * 2);
  const auto look_ms = static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(look).count());
  const auto most = std::max<std::chrono::nanoseconds>(kChildProcessorTime, pace.processor * 4);
  int ready = 0;
  for (std::chrono::nanoseconds used{-1}; ready <= 0;) {
    ready = ::poll(&end, 1, look_ms);
    if (ready < 0 && errno != EINTR) break;
    if (ready != 0) continue;
    const std::chrono::nanoseconds now = processor_time_of(child);
    if (now >= most || (now == used && !child_is_held_up())) break;
    used = now;
  }
  if (ready == 0) {
    ::kill(child, SIGKILL);
    tell(kChild, "hangs " + std::string(when));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (ready == 0) return false;
  if (WIFSIGNALED(status))
    tell(kChild, "is killed by signal " + std::to_string(WTERMSIG(status)) + " " + std::string(when));
  else if (WEXITSTATUS(status) != 0)
    tell(kChild, "ends with status " + std::to_string(WEXITSTATUS(status)) + " " + std::string(when));
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

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

void tell_no_thread(const std::system_error &error) {
  tell(kNotTried, std::string("this process cannot have another thread: ") + error.what());
}

// Another thread that allocates while this one forks, and rests while the child is waited for: that may take long on a
// busy machine, which this thread would make busier.
class BusyThread {
public:
  explicit BusyThread(Caller *caller) : thread_([this, caller] { run(caller); }) {}
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
  std::optional<BusyThread> other;
  try {
    other.emplace(callers_there);
  } catch (const std::system_error &error) {  // a plugin may lower the limits of its host
    tell_no_thread(error);
    finish();
  }
  for (int i = 0; i < times; ++i) {
    other->begin();
    if (!fork_once(caller, "after a fork while another thread " + std::string(what), pace, [&] { other->rest(); }))
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

// Ends as a program does: by returning from main, with all that runs at exit.
void drill_exit(const Arguments &arguments, bool closes) {
  void *handle = open(arguments.plugin, *arguments.mode);
  if (handle == nullptr) return;
  {
    Plugin plugin(arguments, handle);
    plugin.call_quietly();
  }
  if (closes) close(handle);
  tell(kCalls, std::to_string(Caller::calls()));
  tell(kDoing, closes ? "leaving by exit, with the plugin closed" : "leaving by exit, with the plugin open");
  tell(kDone);
  std::exit(0);
}

void drill_copies(const Arguments &arguments) {
  const LoadMode &mode = *arguments.mode;
  for (const bool copy_first : {false, true}) {
    const char *const paths[] = {copy_first ? arguments.copy : arguments.plugin,
                                 copy_first ? arguments.plugin : arguments.copy};
    void *first = open(paths[0], mode, copy_first ? "the copy" : "the plugin");
    if (first == nullptr) return;
    void *second = open(paths[1], mode, copy_first ? "the plugin beside its copy" : "the copy beside the plugin");
    if (second == nullptr) return;
    for (void *handle : {first, second}) {
      Plugin plugin(arguments, handle);
      plugin.call_quietly();
    }
    close(copy_first ? second : first, "the one");
    {
      Plugin plugin(arguments, copy_first ? first : second);
      plugin.call_quietly("the copy that is left");
    }
    close(copy_first ? first : second, "the other");
    use_host_heap();
  }
  tell(kCalls, std::to_string(Caller::calls()));
  tell(kDoing, "leaving by exit after two copies");
  tell(kDone);
  std::exit(0);
}

void drill_with(const Arguments &arguments, bool other_first) {
  void *other = nullptr;
  if (other_first && (other = open(arguments.with, *arguments.mode, "the other plugin")) == nullptr) return;
  void *handle = open(arguments.plugin, *arguments.mode);
  if (handle == nullptr) return;
  {
    Plugin plugin(arguments, handle);
    plugin.call_quietly();
    if (!other_first && (other = open(arguments.with, *arguments.mode, "the other plugin")) == nullptr) return;
    plugin.call_quietly();
  }
  close(other_first ? handle : other, "the one that was opened last");
  close(other_first ? other : handle, "the one that was opened first");
  use_host_heap();
  tell(kCalls, std::to_string(Caller::calls()));
  tell(kDoing, "leaving by exit");
  tell(kDone);
  std::exit(0);
}

void drill_closed_streams(const Arguments &arguments) {
  ::close(STDIN_FILENO);
  ::close(STDOUT_FILENO);
  drill_exit(arguments, false);
}

void drill_namespace(const Arguments &arguments) {
  void *first = open(arguments.plugin, *arguments.mode);
  if (first == nullptr) return;
  void *second = open(arguments.plugin, *find_load_mode("namespace"), "the plugin in a second link namespace");
  if (second == nullptr) return;
  {
    // Calls of the second one would hand out blocks of its own heap, as in the load mode namespace.
    Plugin plugin(arguments, first);
    plugin.call_quietly();
  }
  use_host_heap();
  close(second, "the plugin in the second link namespace");
  close(first);
  use_host_heap();
  finish();
}

int run(int count, char **words) {
  could_tell = can_tell();
  const auto arguments = read_arguments(count, words);
  const auto is = [&](std::string_view name) { return arguments && arguments->drill == name; };
  if (is("load") || is("static-tls"))
    drill_load(*arguments);
  else if (is("calls") || is("constructors"))
    drill_calls(*arguments);
  else if (is("load-unload"))
    drill_reload(*arguments);
  else if (is("threads"))
    drill_thread(*arguments);
  else if (is("fork"))
    drill_fork(*arguments);
  else if (is("fork-in-calls"))
    drill_fork_in_calls(*arguments);
  else if (is("exit-open"))
    drill_exit(*arguments, false);
  else if (is("exit-closed"))
    drill_exit(*arguments, true);
  else if (is("two-copies") && arguments->copy != nullptr)
    drill_copies(*arguments);
  else if (is("after-another") && arguments->with != nullptr)
    drill_with(*arguments, true);
  else if (is("before-another") && arguments->with != nullptr)
    drill_with(*arguments, false);
  else if (is("closed-streams"))
    drill_closed_streams(*arguments);
  else if (is("second-namespace"))
    drill_namespace(*arguments);
  else {
    [[maybe_unused]] const int failed =
        std::fputs("crossheap-drill: wrong arguments; it is run by `crossheap check`\n", stderr);
    return kUsage;
  }
  end();  // the loader refused
}

}  // namespace
}  // namespace crossheap::drill

int main(int count, char **words) { return crossheap::drill::run(count, words); }
