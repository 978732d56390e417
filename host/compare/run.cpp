// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Four stages, so that nothing is measured in vain and nothing is recommended that breaks the program:
//
//     try_baseline    the command works as it is; how long it takes sets the patience with the others
//     prove_all       a run held still at its end: which allocator really serves (service.h)
//     check_all       a run under the agent: whether blocks cross between allocators
//     run_rounds      the figures, until each interval is narrow enough, or the time is up
//
// A variant that fails drops out of the rounds and is named. A baseline that fails ends everything. An interrupted
// round is dropped as a whole: half a round would favour those that came first.
#include "compare/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

#include "base/error.h"
#include "base/text.h"
#include "binding/object_file.h"
#include "compare/analysis.h"
#include "compare/load_figures.h"
#include "compare/server.h"
#include "compare/service.h"
#include "event/log_file.h"
#include "measure/process.h"
#include "measure/statistics.h"
#include "trace/launch.h"
#include "trace/program.h"
#include "trace/trace.h"

namespace crossheap::compare {

namespace {

using Clock = std::chrono::steady_clock;

/// A findings list that says one thing many times helps nobody.
constexpr std::size_t kFindingsOfAVariant = 5;

/// What one run came to, of a command or of a server.
struct Outcome {
  Sample sample;
  std::string failure;
  std::string output;
  bool interrupted = false;
  std::vector<std::pair<double, double>> rss_over_time;
};

class Measurement {
public:
  Measurement(const Plan &plan, const std::function<void(const Progress &)> &progress)
      : plan_(plan), progress_(progress), files_(binding::is_of_malloc_family), started_(Clock::now()) {
    if (!plan.metric.empty()) metric_.emplace("--metric", plan.metric);
    result_.command = plan.command;
    if (plan.server) result_.load = plan.server->load;
    result_.metric = plan.metric;
    result_.figure_more_is_better = plan.figure_more_is_better;
    result_.by = plan.by.value_or(metric_ ? Quantity::Figure : plan.server ? Quantity::Throughput : Quantity::Wall);
    result_.seed = plan.seed;
    result_.shard = plan.shard;
    result_.shards = plan.shards;
    result_.machines = {measure::this_machine()};
    result_.variants.resize(1 + plan.allocators.size());
    result_.variants.front().allocator = measure::allocator_named(measure::kBaseline);
    for (std::size_t i = 0; i < plan.allocators.size(); ++i) result_.variants[i + 1].allocator = plan.allocators[i];
  }

  Result run() {
    try_baseline();
    prove_all();
    if (plan_.check_ownership) check_all();
    run_rounds();
    result_.rounds_of_machine = {result_.rounds()};
    result_.took_seconds = elapsed();
    add_findings();
    return std::move(result_);
  }

private:
  double elapsed() const { return std::chrono::duration<double>(Clock::now() - started_).count(); }
  bool interrupted() {
    result_.interrupted = result_.interrupted || measure::Interrupts::came();
    return result_.interrupted;
  }
  bool time_is_up() const { return elapsed() >= static_cast<double>(plan_.time.count()); }

  measure::Launch launch_of(const measure::Allocator &allocator) const {
    measure::Launch launch;
    launch.program = plan_.program;
    launch.words = plan_.command;
    launch.variables = measure::environment_of(allocator);
    launch.deadline = deadline_;
    return launch;
  }

  Outcome run_once(measure::Launch launch, const std::function<void(pid_t)> &witness = {}) {
    if (plan_.server) {
      Served served = serve(*plan_.server, launch, metric_ ? &*metric_ : nullptr, witness);
      return {served.sample, std::move(served.failure), {}, served.interrupted, std::move(served.rss_over_time)};
    }
    launch.at_exit = witness;
    const measure::Ran ran = measure::run(launch);
    Outcome outcome;
    outcome.output = ran.output;
    outcome.interrupted = std::holds_alternative<measure::Interrupted>(ran.ending);
    if (!succeeded(ran.ending) && !(plan_.any_status && std::holds_alternative<measure::Exited>(ran.ending)))
      outcome.failure = in_words(ran.ending);
    Sample &sample = outcome.sample;
    sample[Quantity::Wall] = ran.wall_seconds;
    sample[Quantity::User] = ran.user_seconds;
    sample[Quantity::System] = ran.system_seconds;
    sample[Quantity::Cpu] = ran.user_seconds + ran.system_seconds;
    sample[Quantity::PeakRss] = ran.peak_rss_bytes;
    sample[Quantity::MinorFaults] = ran.minor_faults;
    sample[Quantity::MajorFaults] = ran.major_faults;
    sample[Quantity::VoluntarySwitches] = ran.voluntary_switches;
    sample[Quantity::InvoluntarySwitches] = ran.involuntary_switches;
    return outcome;
  }

  /// Without a baseline that works there is nothing to compare with.
  void try_baseline() {
    progress_({"trying the command", 0, 0, std::nullopt});
    const Clock::time_point begin = Clock::now();
    const Outcome outcome = run_once(launch_of(result_.variants.front().allocator));
    if (outcome.interrupted || interrupted()) {
      result_.interrupted = true;
      return;
    }
    if (!outcome.failure.empty())
      throw Error(Blame::Work, plan_.command.front(),
                  plan_.server ? fmt::format("does not work without another allocator: {}", outcome.failure)
                               : fmt::format("{} without another allocator", outcome.failure),
                  plan_.server ? "make it work first; --ready says when it answers"
                               : fmt::format("make it work first, or allow every exit status with --any-status; {}",
                                             measure::end_of(outcome.output)));
    if (metric_ && !plan_.server) (void)metric_->in(outcome.output);
    seconds_a_run_ = std::chrono::duration<double>(Clock::now() - begin).count();
    // Under another allocator it may hang: then nobody waits for the whole of the deadline.
    const auto patience = std::chrono::seconds{60} + std::chrono::seconds{static_cast<long>(20 * seconds_a_run_)};
    deadline_ = std::min<std::chrono::milliseconds>(plan_.deadline, patience);
  }

  /// The runs that are watched also warm up what there is to warm up.
  void prove_all() {
    for (std::size_t i = 0; i < result_.variants.size() && !interrupted(); ++i) {
      progress_({"looking which allocator serves", i, result_.variants.size(), std::nullopt});
      Variant &variant = result_.variants[i];
      Witness witness(variant.allocator, i == 0, files_);
      Outcome outcome;
      try {
        outcome = run_once(launch_of(variant.allocator), [&witness](pid_t process) { witness.look_at(process); });
      } catch (const Error &error) {
        // A program that may not be traced (setuid) is measured nevertheless, and nothing is known of its allocator.
        if (plan_.server) throw;
        variant.service.reason = error.reason();
        continue;
      }
      if (outcome.interrupted) continue;
      variant.service = witness.service();
      if (plan_.measure_all && variant.service.state == Service::State::None)
        variant.service.state = Service::State::Unknown;
      Sample memory = witness.memory();
      if (plan_.server) {
        memory[Quantity::FinalRss] = outcome.sample[Quantity::FinalRss];
        variant.rss_over_time = std::move(outcome.rss_over_time);
      }
      variant.watched.push_back(memory);
      if (!outcome.failure.empty()) {
        // Perhaps only under ptrace.
        const Outcome again = plan_.server ? outcome : run_once(launch_of(variant.allocator));
        if (again.interrupted) continue;
        variant.failure = again.failure;
        if (!again.failure.empty() && i == 0) variant.failure.clear();
      }
    }
  }

  void check_all() {
    for (std::size_t i = 0; i < result_.variants.size() && !interrupted(); ++i) {
      Variant &variant = result_.variants[i];
      // One that never served, and libc's with other settings, are the baseline again.
      progress_({"checking whose blocks are released", i, result_.variants.size(), std::nullopt});
      if (variant.service.state == Service::State::None) {
        variant.ownership.reason = "it never served the program";
        continue;
      }
      check(variant);
    }
  }

  void check(Variant &variant) {
    Ownership &ownership = variant.ownership;
    try {
      if (const auto why = trace::why_not_traceable(plan_.program)) {
        ownership.reason = *why;
        return;
      }
      measure::Launch launch = launch_of(variant.allocator);
      trace::UserVariables user = trace::own_variables();
      std::optional<std::string> preload;
      for (const auto &[name, value] : launch.variables) {
        if (name == "GLIBC_TUNABLES") user.tunables = value;
        if (name == "LD_PRELOAD") preload = value;
      }
      const event::LogFile log = event::create_log({.depth = event::Depth::Ownership,
                                                    .on_crossing = event::OnCrossing::Report,
                                                    .follow_children = true,
                                                    .api_mismatch = false,
                                                    .frames = 8},
                                                   std::nullopt);
      for (const auto &[name, value] : trace::agent_environment(
               trace::find_agent(), log.path(), trace::static_tls_of_program(plan_.program, preload), user))
        set(launch.variables, name, value);
      const Outcome outcome = run_once(std::move(launch));
      if (outcome.interrupted) return;
      read_log(variant, trace::understand(event::read_log_file(log.fd(), log.path().string()), std::nullopt), outcome);
    } catch (const Error &error) {
      ownership.reason = fmt::format("{}: {}", error.object(), error.reason());
    }
  }

  static void set(measure::Variables &variables, const std::string &name, const std::string &value) {
    for (auto &[known, old] : variables)
      if (known == name) {
        old = value;
        return;
      }
    variables.emplace_back(name, value);
  }

  void read_log(Variant &variant, const trace::Trace &trace, const Outcome &outcome) {
    Ownership &ownership = variant.ownership;
    std::vector<std::string> kinds;
    std::size_t shown = 0;
    for (const trace::Incident &incident : trace.incidents) {
      if (!is_crossing(incident.hazard)) continue;
      ownership.crossings += incident.count;
      if (ownership.reason.empty()) ownership.reason = incident.summary;
      if (++shown > kFindingsOfAVariant) continue;
      Finding finding = incident;
      finding.evidence.insert(finding.evidence.begin(), fmt::format("the run was on {}", variant.allocator.name));
      result_.findings.push_back(std::move(finding));
    }
    if (ownership.crossings > 0) {
      ownership.state = Ownership::State::Crosses;
      return;
    }
    std::vector<std::string> unwatched;
    for (const trace::UnwatchedSeen &one : trace.unwatched)
      if (one.is_process) unwatched.push_back(fmt::format("{}: {}", one.object, one.reason));
    if (trace.processes.empty())
      ownership.reason = "the loader did not take the agent";
    else if (!unwatched.empty())
      ownership.reason = enumeration(unwatched);
    else if (trace.lost > 0)
      ownership.reason = "the agent's log was full";
    else if (!outcome.failure.empty())
      ownership.reason = fmt::format("under the agent the command {}", outcome.failure);
    else
      ownership.state = Ownership::State::Clean;
  }

  bool enough() {
    if (plan_.runs > 0 && result_.rounds() >= plan_.runs) {
      result_.stopped = fmt::format("{} rounds were asked for", plan_.runs);
      return true;
    }
    if (time_is_up() && (plan_.runs == 0 || time_was_given())) {
      result_.stopped = fmt::format("the time was up ({} s)", plan_.time.count());
      return true;
    }
    if (plan_.runs > 0 || result_.rounds() < measure::kFewestRounds) return false;
    double widest = measure::width(resolution(result_, result_.by));
    for (std::size_t i = 1; i < result_.variants.size(); ++i)
      if (result_.variants[i].takes_part())
        widest = std::max(widest, measure::width(compared(result_, i, result_.by).ratio));
    if (widest > plan_.until) return false;
    result_.stopped = fmt::format("every interval is narrower than {:.3g} %", plan_.until * 100);
    return true;
  }
  bool time_was_given() const { return plan_.time.count() > 0; }

  void run_rounds() {
    // The last place is the baseline's second run.
    const std::size_t again = result_.variants.size();
    bool others = false;
    for (std::size_t i = 1; i < result_.variants.size(); ++i) others = others || result_.variants[i].takes_part();
    if (!others) {
      result_.stopped = "no other allocator is left to measure";
      return;
    }
    const Clock::time_point begin = Clock::now();
    while (!interrupted() && !enough()) {
      const std::uint64_t round = (result_.rounds() * plan_.shards) + (plan_.shard - 1);
      std::vector<Sample> samples(again + 1);
      for (const std::size_t place : measure::order_of_round(again + 1, round, plan_.seed)) {
        Variant &variant = result_.variants[place == again ? 0 : place];
        if (!variant.takes_part()) continue;
        progress_({"measuring", result_.rounds(), plan_.runs, seconds_left(begin)});
        Outcome outcome = run_once(launch_of(variant.allocator));
        if (outcome.interrupted || interrupted()) {
          result_.interrupted = true;
          return;  // a round that is not whole says nothing
        }
        if (outcome.failure.empty() && metric_ && !plan_.server)
          outcome.sample[Quantity::Figure] = metric_->in(outcome.output);
        if (!outcome.failure.empty()) {
          if (place == again || place == 0)
            throw Error(Blame::Work, plan_.command.front(),
                        fmt::format("{} without another allocator in round {}, after it had worked", outcome.failure,
                                    result_.rounds() + 1),
                        "make it work every time");
          variant.failure = outcome.failure;
          continue;
        }
        if (plan_.server && variant.rss_over_time.empty()) variant.rss_over_time = std::move(outcome.rss_over_time);
        samples[place] = outcome.sample;
      }
      for (std::size_t i = 0; i < result_.variants.size(); ++i) result_.variants[i].samples.push_back(samples[i]);
      result_.again.push_back(samples[again]);
    }
    if (result_.interrupted) result_.stopped = "it was interrupted";
  }

  std::optional<double> seconds_left(Clock::time_point begin) const {
    const double left = static_cast<double>(plan_.time.count()) - elapsed();
    if (plan_.runs == 0) return std::max(left, 0.0);
    if (result_.rounds() == 0) return std::nullopt;
    const double a_round =
        std::chrono::duration<double>(Clock::now() - begin).count() / static_cast<double>(result_.rounds());
    return std::min(std::max(left, 0.0), a_round * static_cast<double>(plan_.runs - result_.rounds()));
  }

  void add_findings() {
    for (std::size_t i = 1; i < result_.variants.size(); ++i) {
      const Variant &variant = result_.variants[i];
      if (variant.allocator.library.empty() || variant.service.state == Service::State::All ||
          variant.service.state == Service::State::Unknown)
        continue;
      Finding finding;
      finding.hazard = HazardId::PreloadWithoutEffect;
      finding.level = Level::Warning;
      finding.subject = plan_.program.string();
      finding.summary =
          variant.service.state == Service::State::None
              ? fmt::format("{} was preloaded and did not serve the program", variant.allocator.name)
              : fmt::format("{} was preloaded and served only a part of the program", variant.allocator.name);
      finding.evidence = {variant.service.reason};
      result_.findings.push_back(std::move(finding));
    }
  }

  const Plan &plan_;
  const std::function<void(const Progress &)> &progress_;
  binding::ObjectFiles files_;
  Clock::time_point started_;
  std::optional<Metric> metric_;
  std::chrono::milliseconds deadline_{plan_.deadline};
  double seconds_a_run_ = 0;
  Result result_;
};

}  // namespace

Result measure_all(const Plan &plan, const std::function<void(const Progress &)> &progress) {
  Measurement measurement(plan, progress);
  return measurement.run();
}

}  // namespace crossheap::compare
