// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The launcher (launcher.c) starts the program and sends a message for each thing that happens: started, a process
// about to end, the end with its figures. So waiting is one ppoll on its socket and on the pipes of the output.
//
//     we          spawn the launcher, which starts the program
//     launcher    "started", 123
//     launcher    "at exit", 123          it holds process 123; we look at it and answer
//     launcher    "ended", its figures    all that the program left behind is gone
//
// Signals that end us are blocked except during ppoll, which lets them in atomically: one that comes between a look at
// `interrupted` and the wait would otherwise be missed. The program must not inherit this mask, so spawn gives it the
// old one.
//
// If the launcher itself is killed, we kill the program's group, as far as we know it.
#include "measure/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fstream>
#include <map>

#include "base/error.h"
#include "base/installation.h"
#include "base/owned_fd.h"
#include "measure/launch_protocol.h"

extern char **environ;  // NOLINT(readability-redundant-declaration): POSIX says to declare it

namespace crossheap::measure {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array kEndingSignals{SIGINT, SIGTERM, SIGHUP};

volatile std::sig_atomic_t interrupted = 0;
struct Held {
  sigset_t mask{};
  std::array<struct sigaction, kEndingSignals.size()> actions{};
  bool lives = false;
};
Held held;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): signals belong to the process

double seconds(const timeval &time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

OwnedFd made(int fd, std::string_view what) {
  if (fd < 0) throw system_error(what, "cannot be made", errno);
  return OwnedFd(fd);
}

Ending ending_of(int status) {
  if (WIFSIGNALED(status)) return Killed{WTERMSIG(status)};
  return Exited{WEXITSTATUS(status)};
}

Ran figures_of(const crossheap_launch_message &message) {
  Ran ran;
  ran.ending = ending_of(message.status);
  ran.wall_seconds = static_cast<double>(message.wall_ns) / 1e9;
  ran.user_seconds = seconds(message.usage.ru_utime);
  ran.system_seconds = seconds(message.usage.ru_stime);
  ran.peak_rss_bytes = static_cast<double>(message.usage.ru_maxrss) * 1024;
  ran.minor_faults = static_cast<double>(message.usage.ru_minflt);
  ran.major_faults = static_cast<double>(message.usage.ru_majflt);
  ran.voluntary_switches = static_cast<double>(message.usage.ru_nvcsw);
  ran.involuntary_switches = static_cast<double>(message.usage.ru_nivcsw);
  ran.left_behind = message.left_behind;
  return ran;
}

}  // namespace

Interrupts::Interrupts() {
  interrupted = 0;
  sigset_t signals;
  ::sigemptyset(&signals);
  struct sigaction remember {};
  remember.sa_handler = [](int) { interrupted = 1; };
  for (std::size_t i = 0; i < kEndingSignals.size(); ++i) {
    ::sigaddset(&signals, kEndingSignals[i]);
    struct sigaction before {};
    ::sigaction(kEndingSignals[i], nullptr, &before);
    held.actions[i] = before;
    // Ignored by who started us (nohup, a shell's background job): then by us as well.
    if (before.sa_handler != SIG_IGN) ::sigaction(kEndingSignals[i], &remember, nullptr);
  }
  ::sigprocmask(SIG_BLOCK, &signals, &held.mask);
  held.lives = true;
}

Interrupts::~Interrupts() {
  for (std::size_t i = 0; i < kEndingSignals.size(); ++i) ::sigaction(kEndingSignals[i], &held.actions[i], nullptr);
  ::sigprocmask(SIG_SETMASK, &held.mask, nullptr);
  held.lives = false;
}

bool Interrupts::came() noexcept {
  if (interrupted == 0 && held.lives) {
    sigset_t waiting;
    ::sigpending(&waiting);
    for (std::size_t i = 0; i < kEndingSignals.size(); ++i)
      if (::sigismember(&waiting, kEndingSignals[i]) == 1 && held.actions[i].sa_handler != SIG_IGN) interrupted = 1;
  }
  return interrupted != 0;
}

std::string end_of(const std::string &output) {
  constexpr std::size_t kShown = 600;
  if (output.empty()) return "it printed nothing";
  return fmt::format("it printed, at the end: {}",
                     output.size() > kShown ? output.substr(output.size() - kShown) : output);
}

std::string in_words(const Ending &ending) {
  if (const auto *exited = std::get_if<Exited>(&ending)) return fmt::format("exited with {}", exited->status);
  if (const auto *killed = std::get_if<Killed>(&ending)) {
    const char *const name = ::sigabbrev_np(killed->signal);
    return name == nullptr ? fmt::format("was killed by signal {}", killed->signal)
                           : fmt::format("was killed by SIG{}", name);
  }
  return std::holds_alternative<TimedOut>(ending) ? "did not end in time" : "was interrupted";
}

bool succeeded(const Ending &ending) noexcept {
  const auto *exited = std::get_if<Exited>(&ending);
  return exited != nullptr && exited->status == 0;
}

class Running::State {
public:
  explicit State(const Launch &launch) : at_exit_(launch.at_exit), output_bytes_(launch.output_bytes) {
    spawn(launch);
    wait_for_start(launch);
  }

  ~State() {
    try {
      end();
    } catch (...) {
      ::kill(launcher_, SIGTERM);  // memory is exhausted; the launcher needs none to end everything
    }
  }
  State(const State &) = delete;
  State &operator=(const State &) = delete;

  pid_t pid() const noexcept { return program_; }
  pid_t launcher() const noexcept { return launcher_; }
  const std::string &output() const noexcept { return output_.text; }

  std::optional<Ran> wait(std::chrono::milliseconds time, int fd) {
    const Clock::time_point until = Clock::now() + time;
    while (!ended_) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
      bool readable = false;
      if (!step(std::max(left, std::chrono::milliseconds{0}), fd, readable)) return interrupt();
      if (readable || (!ended_ && left.count() <= 0)) return std::nullopt;
    }
    drain();
    return finished();
  }

  Ran stop(std::chrono::milliseconds grace) {
    if (program_ > 0 && !ended_) ::kill(program_, SIGTERM);
    if (std::optional<Ran> ran = wait(grace, -1)) return *ran;
    end();
    return finished();
  }

private:
  /// What the program writes: the end of it is kept.
  struct Stream {
    OwnedFd read_end{};
    std::string text{};
    bool cut = false;
  };

  static OwnedFd open_stream(Stream &stream) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error("a pipe", "cannot be made", errno);
    stream.read_end = OwnedFd(ends[0]);
    ::fcntl(ends[0], F_SETPIPE_SZ, 1 << 20);  // fewer stops of a program that writes much; no harm without
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return OwnedFd(ends[1]);
  }

  void spawn(const Launch &launch) {
    const std::string launcher = library_file(CROSSHEAP_LAUNCHER).string();
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
      throw system_error("a socket", "cannot be made", errno);
    socket_ = OwnedFd(pair[0]);
    const OwnedFd theirs(pair[1]);
    const OwnedFd write_end = open_stream(output_);
    const OwnedFd errors_end = launch.errors_apart ? open_stream(errors_) : OwnedFd();
    const OwnedFd nothing = made(::open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null");

    std::vector<std::string> words{launcher, launch.at_exit ? "watch" : "plain"};
    for (const auto &[name, value] : launch.variables) words.push_back(fmt::format("{}={}", name, value));
    words.emplace_back("--");
    words.push_back(launch.program.string());
    words.insert(words.end(), launch.words.begin(), launch.words.end());
    std::vector<char *> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string &word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    // The socket last: its number may be one of the standard ones' sources, never their target.
    ::posix_spawn_file_actions_adddup2(&actions, nothing.get(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, write_end.get(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, launch.errors_apart ? errors_end.get() : write_end.get(),
                                       STDERR_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, theirs.get(), CROSSHEAP_LAUNCH_FD);
    if (!launch.directory.empty()) ::posix_spawn_file_actions_addchdir_np(&actions, launch.directory.c_str());
    if (held.lives) {
      ::posix_spawnattr_setsigmask(&attributes, &held.mask);
      ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    }
    // Without what would change the launcher itself; the program gets it back from the launcher's words.
    const int failed = ::posix_spawn(&launcher_, launcher.c_str(), &actions, &attributes, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (failed != 0) throw system_error(launcher, "cannot be started", failed, "install crossheap anew");
  }

  void wait_for_start(const Launch &launch) {
    while (program_ == 0 && !ended_) {
      bool readable = false;
      if (!step(std::chrono::minutes{1}, -1, readable)) {
        interrupt();
        return;
      }
    }
    if (not_started_ != 0) {
      const int reason = not_started_;
      reap_launcher();
      throw system_error(launch.program.string(), launch.at_exit ? "cannot be run and watched" : "cannot be run",
                         reason, "check the program");
    }
  }

  /// Waits for something to happen and takes it. False: interrupted.
  bool step(std::chrono::milliseconds time, int fd, bool &readable) {
    std::array<pollfd, 4> fds{pollfd{output_.read_end.get(), POLLIN, 0}, pollfd{errors_.read_end.get(), POLLIN, 0},
                              pollfd{socket_.get(), POLLIN, 0}, pollfd{fd, POLLIN, 0}};
    const timespec limit{time.count() / 1000, (time.count() % 1000) * 1'000'000};
    if (::ppoll(fds.data(), fds.size(), &limit, held.lives ? &held.mask : nullptr) < 0 && errno != EINTR)
      throw system_error("the program's output", "cannot be waited for", errno);
    if (Interrupts::came()) return false;
    if ((fds[0].revents & (POLLIN | POLLHUP)) != 0) read(output_);
    if ((fds[1].revents & (POLLIN | POLLHUP)) != 0) read(errors_);
    if ((fds[2].revents & (POLLIN | POLLHUP)) != 0) read_message();
    readable = (fds[3].revents & (POLLIN | POLLHUP)) != 0;
    return true;
  }

  void read(Stream &stream) const {
    std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read fills it
    for (;;) {
      const ssize_t got = ::read(stream.read_end.get(), buffer.data(), buffer.size());
      if (got > 0) {
        stream.text.append(buffer.data(), static_cast<std::size_t>(got));
        if (stream.text.size() > 2 * output_bytes_) {
          stream.text.erase(0, stream.text.size() - output_bytes_);
          stream.cut = true;
        }
        if (static_cast<std::size_t>(got) == buffer.size()) continue;
      } else if (got == 0) {
        stream.read_end.reset();
      } else if (errno == EINTR) {
        continue;
      }
      return;
    }
  }

  void drain() {
    for (Stream *const stream : {&output_, &errors_})
      if (stream->read_end) read(*stream);
  }

  void read_message() {
    crossheap_launch_message message{};
    const ssize_t got = ::recv(socket_.get(), &message, sizeof message, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got != static_cast<ssize_t>(sizeof message)) {
      // The launcher itself was killed: what it would have ended, we do as far as we know it.
      if (program_ > 0) ::kill(-program_, SIGKILL);
      end_.ending = Killed{SIGKILL};
      ended_ = true;
      return;
    }
    switch (message.kind) {
      case CROSSHEAP_LAUNCH_STARTED:
        program_ = message.pid;
        break;
      case CROSSHEAP_LAUNCH_NOT_STARTED:
        not_started_ = message.error;
        ended_ = true;
        break;
      case CROSSHEAP_LAUNCH_AT_EXIT:
        if (at_exit_) at_exit_(message.pid);
        (void)!::send(socket_.get(), "", 1, MSG_NOSIGNAL);
        break;
      default:
        end_ = figures_of(message);
        ended_ = true;
    }
  }

  /// Has the launcher end everything, and waits for it.
  void end() {
    if (launcher_ <= 0) return;
    if (!ended_) {
      ::kill(launcher_, SIGTERM);
      // It may hold a process at its exit for us.
      const Clock::time_point until = Clock::now() + std::chrono::seconds{10};
      at_exit_ = nullptr;
      while (!ended_ && Clock::now() < until) {
        std::array<pollfd, 3> fds{pollfd{output_.read_end.get(), POLLIN, 0}, pollfd{errors_.read_end.get(), POLLIN, 0},
                                  pollfd{socket_.get(), POLLIN, 0}};
        (void)::poll(fds.data(), fds.size(), 100);
        drain();
        if ((fds[2].revents & (POLLIN | POLLHUP)) != 0) read_message();
      }
      if (!ended_) ::kill(launcher_, SIGKILL);
    }
    drain();
    reap_launcher();
  }

  void reap_launcher() {
    if (launcher_ <= 0) return;
    int status = 0;
    while (::waitpid(launcher_, &status, 0) < 0 && errno == EINTR) continue;
    launcher_ = -1;
  }

  Ran interrupt() {
    end();
    Ran ran = finished();
    ran.ending = Interrupted{};
    return ran;
  }

  Ran finished() {
    reap_launcher();
    Ran ran = end_;
    ran.output = output_.text;
    ran.output_cut = output_.cut;
    ran.errors = errors_.text;
    return ran;
  }

  std::function<void(pid_t)> at_exit_;
  std::size_t output_bytes_;
  OwnedFd socket_;
  pid_t launcher_ = -1;
  pid_t program_ = 0;
  int not_started_ = 0;
  bool ended_ = false;
  Stream output_;
  Stream errors_;
  Ran end_{};
};

Running::Running(const Launch &launch) : state_(std::make_unique<State>(launch)) {}
Running::~Running() = default;
pid_t Running::pid() const noexcept { return state_->pid(); }
const std::string &Running::output() const noexcept { return state_->output(); }
std::optional<Ran> Running::wait(std::chrono::milliseconds time, int fd) { return state_->wait(time, fd); }
Ran Running::stop(std::chrono::milliseconds grace) { return state_->stop(grace); }

std::vector<pid_t> Running::processes() const {
  std::multimap<pid_t, pid_t> children;
  std::error_code failed;
  for (const auto &entry : std::filesystem::directory_iterator("/proc", failed)) {
    const std::string name = entry.path().filename().string();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc{}) continue;
    std::ifstream stream(entry.path() / "stat");
    std::string line;
    std::getline(stream, line);
    const std::size_t end = line.rfind(')');
    pid_t parent = 0;
    if (end == std::string::npos || line.size() < end + 5) continue;
    std::from_chars(line.data() + end + 4, line.data() + line.size(), parent);
    children.emplace(parent, pid);
  }
  std::vector<pid_t> all;
  std::vector<pid_t> open{state_->launcher()};
  while (!open.empty()) {
    const pid_t parent = open.back();
    open.pop_back();
    for (auto [at, end] = children.equal_range(parent); at != end; ++at) {
      all.push_back(at->second);
      open.push_back(at->second);
    }
  }
  return all;
}

Ran run(const Launch &launch) {
  const auto running = std::make_unique<Running>(launch);
  if (std::optional<Ran> ran = running->wait(launch.deadline)) return *ran;
  Ran ran = running->stop(std::chrono::milliseconds{0});
  ran.ending = TimedOut{};
  return ran;
}

}  // namespace crossheap::measure
