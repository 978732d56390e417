// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A server has no end of its own, so its run is a session: it is started, asked until it answers, loaded by another
// command, looked at while its memory is still there, and stopped. Whatever goes wrong is a sentence in `failure`, with
// the end of what was printed.
//
// It is asked before it starts, too: where something answers already, another server would be measured. "Ready" is
// known in three ways, told apart by how the word looks: HOST:PORT is connected to, a path must exist (and accept, if
// it is a socket), anything else is a regular expression for the output.
#include "compare/server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <fstream>
#include <memory>

#include "base/error.h"
#include "base/owned_fd.h"
#include "trace/program.h"

namespace crossheap::compare {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kAskAgain{20};
constexpr std::chrono::milliseconds kSample{100};
constexpr std::chrono::seconds kGrace{10};

bool is_address(std::string_view ready) {
  const std::size_t colon = ready.rfind(':');
  return colon != std::string_view::npos && colon > 0 && colon + 1 < ready.size() &&
         ready.find_first_of(" /\\") == std::string_view::npos &&
         ready.substr(colon + 1).find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_path(std::string_view ready) { return ready.starts_with("/") || ready.starts_with("./"); }

bool answers_at_address(const std::string &ready) {
  const std::size_t colon = ready.rfind(':');
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo *addresses = nullptr;
  if (const int failed = ::getaddrinfo(ready.substr(0, colon).c_str(), ready.c_str() + colon + 1, &hints, &addresses);
      failed != 0)
    throw Error(Blame::Usage, ready, fmt::format("is no address: {}", ::gai_strerror(failed)),
                "give --ready as HOST:PORT, a path, or a regular expression");
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(addresses, &::freeaddrinfo);
  for (const addrinfo *at = addresses; at != nullptr; at = at->ai_next) {
    const OwnedFd fd(::socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol));
    if (fd && ::connect(fd.get(), at->ai_addr, at->ai_addrlen) == 0) return true;
  }
  return false;
}

bool answers_at_path(const std::string &path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return false;
  if (!S_ISSOCK(status.st_mode)) return true;
  // An address holds about a hundred characters and a path has more, so the socket is reached by its descriptor.
  const OwnedFd there(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!there) return false;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  *fmt::format_to_n(address.sun_path, sizeof address.sun_path - 1, "/proc/self/fd/{}", there.get()).out = '\0';
  const OwnedFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  // SAFETY: the sockets interface takes every kind of address as a sockaddr.
  return fd && ::connect(fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
}

double resident_bytes(const std::vector<pid_t> &processes) {
  static const auto kPage = static_cast<double>(::sysconf(_SC_PAGESIZE));
  double pages = 0;
  for (const pid_t process : processes) {
    std::ifstream stream(fmt::format("/proc/{}/statm", process));
    double size = 0;
    double resident = 0;
    if (stream >> size >> resident) pages += resident;
  }
  return pages * kPage;
}

class Session {
public:
  Session(const Server &server, const measure::Launch &launch, const Metric *metric)
      : server_(server), launch_(launch), metric_(metric) {
    if (!is_address(server.ready) && !is_path(server.ready)) pattern_.emplace("--ready", server.ready);
  }

  Served run(const std::function<void(pid_t)> &at_work) {
    if (is_ready("")) throw already_there();
    running_.emplace(launch_);
    started_ = Clock::now();
    if (wait_until_ready() && load()) {
      if (at_work)
        for (const pid_t process : running_->processes()) at_work(process);
      served_.sample[Quantity::FinalRss] = resident_bytes(running_->processes());
    }
    const measure::Ran end = running_->stop(kGrace);
    if (std::holds_alternative<measure::Interrupted>(end.ending)) served_.interrupted = true;
    served_.sample[Quantity::Cpu] = end.user_seconds + end.system_seconds;
    served_.sample[Quantity::User] = end.user_seconds;
    served_.sample[Quantity::System] = end.system_seconds;
    served_.sample[Quantity::PeakRss] = std::max(end.peak_rss_bytes, most_);
    served_.sample[Quantity::MinorFaults] = end.minor_faults;
    served_.sample[Quantity::MajorFaults] = end.major_faults;
    served_.sample[Quantity::VoluntarySwitches] = end.voluntary_switches;
    served_.sample[Quantity::InvoluntarySwitches] = end.involuntary_switches;
    return std::move(served_);
  }

private:
  Error already_there() const {
    return {Blame::Usage, server_.ready, "answers before the server was started: another server is there",
            "stop that one, or give the server another address"};
  }

  bool is_ready(const std::string &output) const {
    if (is_address(server_.ready)) return answers_at_address(server_.ready);
    if (is_path(server_.ready)) return answers_at_path(server_.ready);
    return pattern_->matches(output);
  }

  /// Waits, and takes its memory now and then. False: the server has ended.
  bool pass(std::chrono::milliseconds time) {
    const std::optional<measure::Ran> end = running_->wait(time);
    if (!end) return true;
    served_.interrupted = std::holds_alternative<measure::Interrupted>(end->ending);
    served_.failure = fmt::format("the server {}; {}", in_words(end->ending), measure::end_of(end->output));
    return false;
  }

  bool wait_until_ready() {
    const Clock::time_point until = Clock::now() + server_.ready_within;
    while (!is_ready(running_->output())) {
      if (Clock::now() >= until) {
        served_.failure = fmt::format("the server did not answer at {} within {} s; {}", server_.ready,
                                      server_.ready_within.count(), measure::end_of(running_->output()));
        return false;
      }
      if (!pass(kAskAgain)) return false;
    }
    return true;
  }

  void take_memory() {
    const double bytes = resident_bytes(running_->processes());
    most_ = std::max(most_, bytes);
    served_.rss_over_time.emplace_back(std::chrono::duration<double>(Clock::now() - started_).count(), bytes);
  }

  bool load() {
    measure::Launch launch;
    launch.program = trace::find_program(server_.load.front());
    launch.words = server_.load;
    measure::Running load(launch);
    const Clock::time_point until = Clock::now() + launch_.deadline;
    take_memory();
    std::optional<measure::Ran> ran;
    while (!(ran = load.wait(kSample))) {
      take_memory();
      if (!pass(std::chrono::milliseconds{0})) return false;
      if (Clock::now() >= until) {
        served_.failure = fmt::format("the load did not end within {} s",
                                      std::chrono::duration_cast<std::chrono::seconds>(launch_.deadline).count());
        return false;
      }
    }
    take_memory();
    if (std::holds_alternative<measure::Interrupted>(ran->ending)) {
      served_.interrupted = true;
      return false;
    }
    if (!succeeded(ran->ending)) {
      served_.failure = fmt::format("the load {}; {}", in_words(ran->ending), measure::end_of(ran->output));
      return false;
    }
    served_.sample[Quantity::Wall] = ran->wall_seconds;
    read_figures(ran->output);
    return true;
  }

  void read_figures(const std::string &output) {
    if (metric_ != nullptr) served_.sample[Quantity::Figure] = metric_->in(output);
    const std::optional<LoadFigures> figures = load_figures_in(output);
    if (!figures && metric_ == nullptr)
      throw Error(Blame::Usage, "--load",
                  fmt::format("printed nothing that crossheap reads: it knows {}", load_tools()),
                  fmt::format("give a regular expression for its figure with --metric; {}", measure::end_of(output)));
    if (!figures) return;
    served_.sample[Quantity::Throughput] = figures->throughput;
    if (figures->p50) served_.sample[Quantity::P50] = *figures->p50;
    if (figures->p99) served_.sample[Quantity::P99] = *figures->p99;
    if (figures->p999) served_.sample[Quantity::P999] = *figures->p999;
  }

  const Server &server_;
  const measure::Launch &launch_;
  const Metric *metric_;
  std::optional<Metric> pattern_;
  std::optional<measure::Running> running_;
  Clock::time_point started_;
  double most_ = 0;
  Served served_;
};

}  // namespace

Served serve(const Server &server, const measure::Launch &launch, const Metric *metric,
             const std::function<void(pid_t)> &at_work) {
  Session session(server, launch, metric);
  return session.run(at_work);
}

}  // namespace crossheap::compare
