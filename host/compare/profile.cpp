// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Each allocator gets two runs. One without the recorder shows its memory, as the recorder's own would count. One with
// the recorder (recorder.c, a preload) counts calls, sizes and lifetimes in memory that the processes share with us. It
// has no name, so they are given a path in /proc of ours, by which the processes that the command starts find it as
// well.
//
// Most counts are histograms of powers of two: the share "below 1 KiB" is the sum of the powers up to 10, over the
// total.
#include "compare/profile.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "base/installation.h"
#include "base/owned_fd.h"
#include "base/text.h"
#include "compare/analysis.h"
#include "compare/service.h"
#include "measure/process.h"

namespace crossheap::compare {

namespace {

std::string percent(double share) { return fmt::format("{:.{}f} %", share * 100, share < 0.1 ? 1 : 0); }

std::uint64_t total(const crossheap_powers &powers) {
  return std::accumulate(std::begin(powers), std::end(powers), std::uint64_t{0});
}

double part(std::uint64_t of, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(of) / static_cast<double>(whole);
}

/// Memory that a recorded process shares with us.
class Shared {
public:
  Shared() : fd_(::memfd_create("crossheap-record", MFD_CLOEXEC)) {
    if (!fd_ || ::ftruncate(fd_.get(), sizeof(crossheap_record)) != 0)
      throw system_error("memory for the record", "cannot be had", errno);
  }
  std::string path() const { return fmt::format("/proc/{}/fd/{}", ::getpid(), fd_.get()); }
  crossheap_record read() const {
    crossheap_record record{};
    if (::pread(fd_.get(), &record, sizeof record, 0) != static_cast<ssize_t>(sizeof record))
      throw system_error("the record", "cannot be read", errno);
    return record;
  }

private:
  OwnedFd fd_;
};

class Profiling {
public:
  Profiling(const Plan &plan, const std::function<void(const Progress &)> &progress)
      : plan_(plan), progress_(progress), files_(binding::is_of_malloc_family) {
    profile_.command = plan.command;
    allocators_ = plan.allocators;
    allocators_.insert(allocators_.begin(), measure::allocator_named(measure::kBaseline));
  }

  Profile run() {
    for (std::size_t i = 0; i < allocators_.size() && !profile_.interrupted; ++i) {
      progress_({"recording", i, allocators_.size(), std::nullopt});
      Fragmentation row;
      row.allocator = allocators_[i].name;
      look(allocators_[i], row, i == 0);
      if (!profile_.interrupted) count(allocators_[i], row, i == 0);
      profile_.fragmentation.push_back(std::move(row));
    }
    conclude(profile_);
    return std::move(profile_);
  }

private:
  measure::Launch launch_of(const measure::Allocator &allocator) const {
    measure::Launch launch;
    launch.program = plan_.program;
    launch.words = plan_.command;
    launch.variables = measure::environment_of(allocator);
    launch.deadline = plan_.deadline;
    return launch;
  }

  bool worked(const measure::Ran &ran) {
    profile_.interrupted = profile_.interrupted || std::holds_alternative<measure::Interrupted>(ran.ending);
    return succeeded(ran.ending) || (plan_.any_status && std::holds_alternative<measure::Exited>(ran.ending));
  }

  /// Its memory, without the recorder's.
  void look(const measure::Allocator &allocator, Fragmentation &row, bool is_baseline) {
    Witness witness(allocator, is_baseline, files_);
    measure::Launch launch = launch_of(allocator);
    launch.at_exit = [&witness](pid_t process) { witness.look_at(process); };
    const measure::Ran ran = measure::run(launch);
    const bool good = worked(ran);
    if (profile_.interrupted) return;
    if (!good && is_baseline)
      throw Error(Blame::Work, plan_.command.front(), fmt::format("{} without another allocator", in_words(ran.ending)),
                  "make it work first, or allow every exit status with --any-status");
    if (is_baseline) {
      profile_.cpu_seconds = ran.user_seconds + ran.system_seconds;
      profile_.wall_seconds = ran.wall_seconds;
    }
    const Service service = witness.service();
    if (!good)
      row.reason = fmt::format("the command {}", in_words(ran.ending));
    else if (service.state == Service::State::None)
      row.reason = fmt::format("it did not serve the program: {}", service.reason);
    else
      row.peak_rss_bytes = witness.memory()[Quantity::PeakRss];
  }

  void count(const measure::Allocator &allocator, Fragmentation &row, bool is_baseline) {
    const Shared shared;
    measure::Launch launch = launch_of(allocator);
    std::string preload = library_file(CROSSHEAP_RECORDER).string();
    bool found = false;
    for (auto &[name, value] : launch.variables)
      if (name == "LD_PRELOAD") {
        value = fmt::format("{}:{}", preload, value);
        found = true;
      }
    if (!found) {
      const char *const before = std::getenv("LD_PRELOAD");
      launch.variables.emplace_back(
          "LD_PRELOAD", before == nullptr || *before == 0 ? preload : fmt::format("{}:{}", preload, before));
    }
    launch.variables.emplace_back(CROSSHEAP_RECORD_VARIABLE, shared.path());
    const measure::Ran ran = measure::run(launch);
    const bool good = worked(ran);
    if (profile_.interrupted) return;
    const crossheap_record record = shared.read();
    if (is_baseline) {
      if (record.allocations == 0)
        throw Error(Blame::Work, plan_.command.front(),
                    "made no allocation that could be recorded: a preload has no effect on a static program, a setuid "
                    "one, or one whose calls are bound to an allocator of its own",
                    "see `crossheap inspect` for what is in the program");
      profile_.record = record;
    }
    if (good && record.requested_bytes > 0)
      row.usable_share = part(record.usable_bytes, record.requested_bytes);
    else if (row.reason.empty())
      row.reason =
          good ? "nothing was recorded" : fmt::format("under the recorder the command {}", in_words(ran.ending));
  }

  const Plan &plan_;
  const std::function<void(const Progress &)> &progress_;
  binding::ObjectFiles files_;
  std::vector<measure::Allocator> allocators_;
  Profile profile_;
};

}  // namespace

double share_below(const crossheap_powers &powers, unsigned power) {
  std::uint64_t below = 0;
  for (unsigned i = 0; i <= std::min(power, unsigned{CROSSHEAP_RECORD_POWERS} - 1); ++i) below += powers[i];
  return part(below, total(powers));
}

void conclude(Profile &profile) {
  const crossheap_record &record = profile.record;
  constexpr std::string_view kContainers = "container comparison";
  constexpr std::string_view kEssay = "Rust allocator essay, 2014";
  const std::uint64_t calls = record.allocations + record.releases + record.resizes;
  const double rate = profile.cpu_seconds > 0 ? static_cast<double>(calls) / profile.cpu_seconds : 0;
  const double small = share_below(record.sizes, 10);
  const double large = 1 - share_below(record.sizes, 15);
  const double cross = part(record.cross_thread_releases, record.releases);
  const double resizes = part(record.resizes, calls);
  const double brief = share_below(record.lifetimes, 20);
  const Fragmentation *const baseline = profile.fragmentation.empty() ? nullptr : &profile.fragmentation.front();
  const double held = baseline != nullptr && record.peak_live_bytes > 0
                          ? baseline->peak_rss_bytes / static_cast<double>(record.peak_live_bytes)
                          : 0;
  const std::uint64_t threads = record.threads / std::max<std::uint64_t>(record.processes, 1);
  // A pair of calls costs some tens of nanoseconds; below this rate even a free allocator gains less than a percent.
  constexpr double kRateThatMatters = 300'000;
  // With less, RSS is mostly the program's code.
  constexpr std::uint64_t kEnoughToTell = std::uint64_t{16} << 20;
  auto &reasons = profile.reasons;
  reasons.clear();
  reasons.push_back({"an allocator matters at all: a program that rarely calls it gains nothing from another one",
                     "arithmetic: 30 ns a call", rate >= kRateThatMatters,
                     fmt::format("{} calls in {:.2f} s of CPU time: {} a second, about {} of the time",
                                 with_commas(calls), profile.cpu_seconds, with_commas(static_cast<std::uint64_t>(rate)),
                                 percent(std::min(1.0, rate * 30e-9)))});
  reasons.push_back({"below 1 KiB mimalloc is the fastest, and jemalloc the slowest of the specialised", kContainers,
                     small >= 0.9 && rate >= kRateThatMatters,
                     fmt::format("{} of the blocks are below 1 KiB", percent(small))});
  reasons.push_back({"above 32 KiB tcmalloc and jemalloc beat mimalloc", kContainers, large >= 0.05,
                     fmt::format("{} of the blocks are 32 KiB or larger", percent(large))});
  reasons.push_back(
      {"with one thread tcmalloc is faster than jemalloc", kContainers,
       threads <= 1 && small >= 0.9 && rate >= kRateThatMatters,
       fmt::format("{} thread{} a process allocate{}", threads, threads == 1 ? "" : "s", threads == 1 ? "s" : "")});
  reasons.push_back({"with many threads jemalloc is faster than tcmalloc, and glibc's arenas contend", kContainers,
                     threads >= 4 && rate >= kRateThatMatters,
                     fmt::format("threads a process that allocate: {}", threads)});
  reasons.push_back({"blocks released on another thread: mimalloc and snmalloc hand them back in batches",
                     "their papers", cross >= 0.05,
                     fmt::format("{} of the releases are on another thread", percent(cross))});
  reasons.push_back({"a thread cache serves blocks that live shortly: without glibc's tcache each takes a lock",
                     "glibc's manual", brief >= 0.5 && rate >= kRateThatMatters,
                     fmt::format("{} of the released blocks lived less than 1 ms", percent(brief))});
  reasons.push_back(
      {"realloc in place gains measurably", kEssay, resizes >= 0.05,
       fmt::format("{} of the calls are realloc; {} of those moved the block, {} copied", percent(resizes),
                   percent(part(record.resizes - record.resizes_in_place, record.resizes)),
                   in_words(static_cast<double>(record.resize_copied_bytes), Unit::Bytes))});
  reasons.push_back({"glibc holds twice the memory of what is live", kContainers,
                     held >= 2 && record.peak_live_bytes >= kEnoughToTell,
                     fmt::format("peak RSS is {:.2f} times the {} live at the peak; a small program's code counts too",
                                 held, in_words(static_cast<double>(record.peak_live_bytes), Unit::Bytes))});
  std::vector<std::string> applying;
  for (const Reason &reason : reasons)
    if (reason.applies) applying.emplace_back(reason.claim.substr(0, reason.claim.find(':')));
  profile.sentence =
      rate < kRateThatMatters
          ? fmt::format(
                "The allocator hardly matters for this program's speed: it makes {} calls a second of CPU time, "
                "about {} of its time.",
                with_commas(static_cast<std::uint64_t>(rate)), percent(std::min(1.0, rate * 30e-9)))
          : fmt::format(
                "{} of {} published reasons apply to this program; measure with `crossheap compare`, since a "
                "reason is not a result.",
                applying.size(), reasons.size());
}

Profile profile_of(const Plan &plan, const std::function<void(const Progress &)> &progress) {
  Profiling profiling(plan, progress);
  return profiling.run();
}

}  // namespace crossheap::compare
