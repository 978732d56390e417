// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Each drill is one run of crossheap-drill (drill/inside) in the sandbox. They go in three waves. First every subject
// is opened once: where that alone brings the process down, no other drill would show more. Then all other drills run.
// Where one ended badly under the agent, and the agent did not see why, it runs again without the agent. So no plugin
// is blamed for what the agent broke.
#include "drill/drill.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "base/error.h"
#include "base/installation.h"
#include "base/text.h"
#include "base/tunables.h"
#include "contract/arguments.h"
#include "contract/contract.h"
#include "drill/copies.h"
#include "drill/drills.h"
#include "drill/facts.h"
#include "drill/inside/tell.h"
#include "drill/judgement.h"
#include "drill/ran.h"
#include "event/log_file.h"
#include "event/reader.h"
#include "event/run_record.h"
#include "trace/launch.h"
#include "trace/program.h"
#include "trace/symbolizer.h"
#include "trace/trace.h"

namespace crossheap::drill {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kLogBytes = std::uint64_t{1} << 20;
constexpr std::uint32_t kFrames = 16;
constexpr std::size_t kSentBytes = std::size_t{128} << 10;
constexpr std::uint64_t kOpenFiles = 256;
constexpr int kCallsInADrill = 10;  // times that a drill goes through slow calls, at most
constexpr int kPatience = 3;        // a busy machine makes no plugin hang

constexpr std::uint64_t kStaticTlsOfManyNamespaces = std::uint64_t{256} << 10;

constexpr std::string_view kHostFile = "crossheap-drill";
constexpr std::string_view kWitnessFile = "crossheap-witness.so";

bool is_about_pairs(const Drill &drill) {
  return drill.kind == Kind::AfterAnother || drill.kind == Kind::BeforeAnother;
}

constexpr std::string_view kStandIn = "the stand-in host";

// How our own host makes a call is nobody's concern: its frames next to each other become one, which names it.
template <typename Frames>
void fold_host(Frames &frames, const fs::path &host) {
  const std::string name = host.filename().string();
  Frames folded;
  for (auto &frame : frames) {
    if (fs::path(frame.object).filename() == name) {
      if (!folded.empty() && folded.back().function == kStandIn) continue;
      frame.function = kStandIn;
      frame.file.clear();
      frame.line = 0;
    }
    folded.push_back(std::move(frame));
  }
  frames = std::move(folded);
}

// Whether the host itself allocated the block, or released it: how a plugin pairs its own calls is not the contract's.
// A plugin's function that ends by a jump to the allocator leaves its caller as the one who allocated.
bool passes_between(const trace::Incident &incident) {
  const auto by_host = [](const std::vector<trace::Frame> &stack) {
    return !stack.empty() && stack.front().function == kStandIn;
  };
  return by_host(incident.allocation_stack) || by_host(incident.release_stack);
}

/// One batch of subjects.
class Batch {
public:
  Batch(const std::vector<Subject> &subjects, sandbox::Supervisor &supervisor, const Progress &progress)
      : subjects_(subjects),
        supervisor_(supervisor),
        progress_(progress),
        host_(library_file(kHostFile)),
        witness_(library_file(kWitnessFile)),
        agent_(trace::find_agent()) {}

  std::vector<std::vector<Result>> run() {
    for (const Subject &subject : subjects_) {
      facts(subject.plugin);
      std::vector<Result> &results = results_.emplace_back();
      for (const Drill &drill : kDrills)
        if (const auto reason = why_not(subject, drill); !reason || !reason->empty()) {
          Result &result = results.emplace_back();
          result.drill = drill.name;
          result.about = drill.about;
          result.about_others = is_about_pairs(drill);
          result.inapplicable = reason.has_value();
          result.reason = reason ? *reason : "it was interrupted";
        }
    }
    std::vector<Task> loads;
    for (std::size_t i = 0; i < subjects_.size(); ++i) loads.push_back({i, kDrills.data(), true});
    play("opening the plugin", loads);

    std::vector<Task> calls;
    std::vector<Task> others;
    for (std::size_t i = 0; i < subjects_.size(); ++i) {
      const Result &load = *result_of(i, kDrills.front());
      for (const Drill &drill : kDrills) {
        Result *result = result_of(i, drill);
        if (drill.kind == Kind::Load || result == nullptr || why_not(subjects_[i], drill)) continue;
        if (load.opened && load.state == State::Held) {
          if (drill.kind == Kind::TwoCopies && !make_copy(i, *result)) continue;
          // With several other plugins, the two drills about them run once for each.
          const std::size_t times = is_about_pairs(drill) ? subjects_[i].with.size() : 1;
          for (std::size_t with = 0; with < times; ++with)
            (drill.kind == Kind::Calls ? calls : others).push_back({i, &drill, drill.watched, with});
        } else if (load.state == State::NotTried && !load.reason.empty())
          result->reason = load.reason;
        else if (!supervisor_.stopped())
          result->reason =
              load.opened ? "the plugin does not survive being opened and closed" : "the plugin could not be opened";
      }
    }
    play("calling the plugin", calls);
    // What goes wrong in every call would hide what each drill is for: without the calls it shows.
    for (const Task &task : calls) {
      const Result &result = *result_of(task.subject, *task.drill);
      calls_hold_[task.subject] = result.state == State::Held;
    }
    std::erase_if(others, [&](const Task &task) {
      const bool is_about_calls = task.drill->kind == Kind::Constructors || task.drill->kind == Kind::ForkInCalls;
      if (!is_about_calls || calls_hold_[task.subject]) return false;
      result_of(task.subject, *task.drill)->reason = "the calls of the contract do not hold";
      return true;
    });
    open_others_alone(others);
    play("drills", others);
    return std::move(results_);
  }

private:
  Result *result_of(std::size_t subject, const Drill &drill) {
    for (Result &result : results_[subject])
      if (result.drill == drill.name) return &result;
    return nullptr;
  }

  // Why a drill is not for this subject: nothing where it is; "" where it has nothing to do with it.
  std::optional<std::string> why_not(const Subject &subject, const Drill &drill) const {
    switch (drill.kind) {
      case Kind::Calls:
      case Kind::ForkInCalls:
        if (subject.calls == nullptr) return "";
        break;
      case Kind::Constructors:
        if (subject.calls == nullptr || !subject.calls->hands_over_allocator()) return "";
        break;
      case Kind::AfterAnother:
      case Kind::BeforeAnother:
        if (subject.with.empty()) return "";
        break;
      case Kind::StaticTls:
        if (subject.mode->new_namespace()) return "a new link namespace needs static TLS for a libc of its own";
        break;
      case Kind::SecondNamespace:
        // A library that thread-specific values of two libcs break (GLib, say) fails in any second namespace. That
        // matters to hosts that use dlmopen, and to no others.
        if (!subject.mode->new_namespace()) return "";
        break;
      default:
        break;
    }
    return std::nullopt;
  }

  /// False where there is no room, which the result says.
  bool make_copy(std::size_t subject, Result &result) {
    try {
      copies_.copy_of(subjects_[subject].plugin);
      return true;
    } catch (const Error &error) {
      result.reason = fmt::format("{} {}", printable_name(error.object()), error.reason());
      return false;
    }
  }

  /// What goes wrong with the other plugin alone is not the pair's.
  void open_others_alone(const std::vector<Task> &tasks) {
    std::vector<Task> alone;
    for (const Task &task : tasks)
      if (task.drill->kind == Kind::AfterAnother)
        alone.push_back({task.subject, kDrills.data(), true, task.with, true});
    run_all("opening the other plugin", alone, [&](const Ran &ran) {
      Alone &seen = alone_[{ran.task.subject, ran.task.with}];
      for (const trace::Incident &incident : ran.incidents) seen.incidents.insert(signature_of(incident));
      if (!ran.done() && !ran.refused()) seen.bad_end = how_it_ended(ran);
    });
  }

  sandbox::Job job_of(const Task &task, std::uint64_t token) {
    const Subject &subject = subjects_[task.subject];
    const Kind kind = task.drill->kind;
    sandbox::Job job;
    sandbox::Command &command = job.command;
    command.program = subject.host.empty() ? host_ : subject.host;
    const fs::path &plugin = task.other_alone ? subject.with[task.with] : subject.plugin;
    command.arguments = {"--plugin", plugin.string(),
                         "--mode",   std::string(subject.mode->name),
                         "--drill",  std::string(task.drill->name)};
    const auto add = [&](std::string option, std::string value) {
      command.arguments.push_back(std::move(option));
      command.arguments.push_back(std::move(value));
    };
    if (is_about_pairs(*task.drill)) add("--with", subject.with[task.with].string());
    std::string search;
    if (kind == Kind::TwoCopies) {
      add("--copy", copies_.copy_of(subject.plugin).string());
      search = facts_.at(subject.plugin).search;
    }
    command.arguments.emplace_back("--records");
    const bool calls =
        kind == Kind::Calls || (!task.other_alone && calls_hold_.contains(task.subject) &&
                                calls_hold_.at(task.subject) && kind != Kind::StaticTls && kind != Kind::LoadUnload);
    if (calls) {
      command.arguments.emplace_back("--calls");
      for (std::string &word : contract::as_arguments(*subject.calls)) command.arguments.push_back(std::move(word));
    }
    // SAFETY: any object may be read as bytes. Both ends are one machine.
    command.input.assign(reinterpret_cast<const char *>(&token), sizeof token);
    command.directory = "/";

    command.environment = {"LC_ALL=C", "PATH=/usr/local/bin:/usr/bin:/bin"};
    if (const char *path = std::getenv("LD_LIBRARY_PATH"))
      search += fmt::format("{}{}", search.empty() ? "" : ":", path);
    if (!search.empty()) command.environment.push_back("LD_LIBRARY_PATH=" + search);
    std::string preload = subject.preload;
    if (kind == Kind::Constructors) preload = witness_.string() + (preload.empty() ? "" : ":" + preload);
    if (!preload.empty()) command.environment.push_back("LD_PRELOAD=" + preload);
    // Each libc that a new link namespace brings takes static TLS for good.
    if (kind == Kind::LoadUnload && subject.mode->new_namespace())
      command.environment.push_back("GLIBC_TUNABLES=" + raise_static_tls({}, kStaticTlsOfManyNamespaces));
    if (kind == Kind::StaticTls)
      command.environment.push_back(fmt::format("GLIBC_TUNABLES=glibc.rtld.nns=1:glibc.rtld.optional_static_tls={}",
                                                kSurplus / 2 - kSurplusOfOneNamespace));

    // A plugin with a hundred libraries takes a second for each round in a new link namespace; a child that hangs is
    // waited for; and a contract may ask for many calls.
    const bool long_one =
        kind == Kind::LoadUnload || kind == Kind::Fork || kind == Kind::ForkInCalls || kind == Kind::Calls;
    auto deadline = long_one ? subject.deadline * 3 : subject.deadline;
    // Slow calls are no hang: each drill makes them a few times.
    if (calls && kind != Kind::Calls) deadline += calls_took_[task.subject] * kCallsInADrill;
    job.limits.deadline = deadline;
    job.limits.patience = kPatience;
    job.limits.cpu = std::chrono::duration_cast<std::chrono::seconds>(deadline) * 2 + std::chrono::seconds(1);
    job.limits.open_files = kOpenFiles;
    job.limits.sent_bytes = kSentBytes;
    return job;
  }

  std::uint64_t static_tls_of(const Subject &subject) {
    const fs::path &program = subject.host.empty() ? host_ : subject.host;
    const auto key = std::pair(program, subject.preload);
    const auto found = static_tls_.find(key);
    if (found != static_tls_.end()) return found->second;
    return static_tls_.emplace(key, trace::static_tls_of_program(program, subject.preload)).first->second;
  }

  void watch(sandbox::Job &job, const Subject &subject, Kind kind) {
    // A contract says which function of the host releases a block: whether it is the right one shows on one heap too.
    const event::Settings settings{.depth = event::Depth::Stacks,
                                   .on_crossing = event::OnCrossing::Report,
                                   .follow_children = 1,
                                   .api_mismatch = kind == Kind::Calls,
                                   .frames = kFrames};
    const auto [log, added] = logs_.emplace(job.id, event::create_sealed_log(settings, kLogBytes));
    job.command.given_fd = log->second.fd();
    trace::add_agent(job.command.environment, agent_, fmt::format("/proc/self/fd/{}", sandbox::kGivenFd),
                     static_tls_of(subject));
  }

  const Facts &facts(const fs::path &file) {
    const auto found = facts_.find(file);
    return found != facts_.end() ? found->second : facts_.emplace(file, facts_of(file)).first->second;
  }

  /// Whether the agent knows by which of its names a function was called.
  bool is_pair_known(const trace::Incident &incident, const fs::path &plugin) {
    return !facts(plugin).hides_operators && !facts(incident.owner.object).both_interfaces &&
           !facts(incident.releaser.object).both_interfaces;
  }

  void read_log(Ran &ran, std::uint64_t id) {
    const auto log = logs_.extract(id);
    if (log.empty()) return;
    try {
      trace::Trace seen = trace::understand(event::read_log_file(log.mapped().fd(), log.mapped().path().string()),
                                            std::nullopt, trace::Names::LookUp);
      ran.watched = !seen.processes.empty() && std::none_of(seen.unwatched.begin(), seen.unwatched.end(),
                                                            [](const auto &one) { return one.object.empty(); });
      ran.incidents = std::move(seen.incidents);
      for (trace::Incident &incident : ran.incidents) {
        fold_host(incident.release_stack, host_);
        fold_host(incident.allocation_stack, host_);
        fold_host(incident.places, host_);
      }
      const fs::path &plugin = subjects_[ran.task.subject].plugin;
      std::erase_if(ran.incidents, [&](const trace::Incident &one) {
        return one.hazard == HazardId::WrongPair && !(passes_between(one) && is_pair_known(one, plugin));
      });
    } catch (const Error &) {
      ran.overwritten = true;
    }
  }

  // Runs the tasks, and those again without the agent that failed under it for no reason that it saw.
  void play(std::string_view doing, const std::vector<Task> &tasks) {
    std::vector<Task> again;
    run_all(doing, tasks, [&](Ran ran) {
      if (ran.task.watched && !ran.done() && !ran.refused() && ran.incidents.empty() &&
          !std::holds_alternative<sandbox::Refused>(ran.observation.ending)) {
        again.push_back(ran.task);
        again.back().watched = false;
      }
      judge(std::move(ran));
    });
    run_all("again, without the agent", again, [&](Ran ran) { judge(std::move(ran)); });
  }

  void run_all(std::string_view doing, const std::vector<Task> &tasks, const std::function<void(Ran)> &ended) {
    struct One {
      Task task;
      std::uint64_t token;
    };
    std::vector<One> all;
    all.reserve(tasks.size());
    for (const Task &task : tasks) all.push_back({task, random_() | 1});
    if (all.empty() || supervisor_.stopped()) return;
    progress_(doing, 0, all.size());
    std::size_t next = 0;
    std::uint64_t finished = 0;
    supervisor_.run(
        [&]() -> std::optional<sandbox::Job> {
          if (next == all.size()) return std::nullopt;
          const One &one = all[next];
          sandbox::Job job = job_of(one.task, one.token);
          job.id = next++;
          if (one.task.watched) watch(job, subjects_[one.task.subject], one.task.drill->kind);
          return job;
        },
        [&](const sandbox::Job &job, sandbox::Observation observation) {
          const One &one = all[job.id];
          Ran ran{.task = one.task, .observation = std::move(observation), .told = {}, .incidents = {}};
          ran.told = read_told(event::read_run_stream(ran.observation.sent, one.token));
          read_log(ran, job.id);
          if (const auto *failure = std::get_if<sandbox::NotStarted>(&ran.observation.ending);
              failure != nullptr && failure->errno_value != E2BIG)
            sandbox::throw_not_started(job.command, *failure);
          ended(std::move(ran));
          progress_(doing, ++finished, all.size());
        });
    logs_.clear();
  }

  void judge(Ran ran) {
    const Subject &subject = subjects_[ran.task.subject];
    const Drill &drill = *ran.task.drill;
    Result &result = *result_of(ran.task.subject, drill);
    // The second of two runs with different companions does not mend what the first one broke.
    const bool keeps = result.state == State::Failed && ran.task.watched == drill.watched;
    const Alone *const alone = is_about_pairs(drill) ? &alone_[{ran.task.subject, ran.task.with}] : nullptr;
    if (alone != nullptr)
      std::erase_if(ran.incidents,
                    [&](const trace::Incident &one) { return alone->incidents.contains(signature_of(one)); });
    Result now;
    now.drill = result.drill;
    now.about = result.about;
    now.about_others = result.about_others;
    if (drill.kind == Kind::Calls)
      calls_took_[ran.task.subject] = std::chrono::duration_cast<std::chrono::milliseconds>(ran.observation.took);
    now.watched = ran.watched;
    now.opened = ran.told.has(kOpened) || ran.cannot_tell();
    if (const std::string *calls = ran.told.last(kCalls)) now.calls = number(*calls);
    now.incidents = std::move(ran.incidents);
    now.state = State::Held;
    if (!now.incidents.empty()) {
      now.state = State::Failed;
      now.reason = now.incidents.front().summary;
    }
    if (ran.overwritten && now.state == State::Held) {
      now.state = State::NotTried;
      now.reason = "the plugin wrote over what the agent had written";
    }
    if (ran.done())
      judge_what_was_seen(ran, subject, now);
    else if (ran.refused())
      judge_refusal(ran, subject, now);
    else if (alone == nullptr || alone->bad_end.empty())
      judge_bad_end(ran, subject, facts_.at(subject.plugin), symbolizer_, now);
    else if (now.state == State::Held) {
      now.state = State::NotTried;
      now.reason = fmt::format("with {} alone, {}", printable_name(subject.with[ran.task.with].filename().string()),
                               alone->bad_end);
    }
    if (keeps) {
      now.findings.insert(now.findings.begin(), result.findings.begin(), result.findings.end());
      now.incidents.insert(now.incidents.begin(), result.incidents.begin(), result.incidents.end());
      if (!result.reason.empty()) now.reason = result.reason;
      now.state = State::Failed;
      now.calls += result.calls;
    }
    result = std::move(now);
  }

  const std::vector<Subject> &subjects_;
  sandbox::Supervisor &supervisor_;
  const Progress &progress_;
  fs::path host_;
  fs::path witness_;
  fs::path agent_;
  std::map<fs::path, Facts> facts_;
  std::vector<std::vector<Result>> results_;
  std::map<std::pair<fs::path, std::string>, std::uint64_t> static_tls_;
  std::map<std::uint64_t, event::LogFile> logs_;
  std::mt19937_64 random_{std::random_device{}()};
  trace::Symbolizer symbolizer_;
  Copies copies_;
  std::map<std::size_t, bool> calls_hold_;  // of subjects that have a contract
  std::map<std::size_t, std::chrono::milliseconds> calls_took_;
  struct Alone {
    std::set<std::string> incidents;  // by their signatures
    std::string bad_end;
  };
  std::map<std::pair<std::size_t, std::size_t>, Alone> alone_;  // the other plugins, by subject and number
};

}  // namespace

std::string signature_of(const trace::Incident &incident) {
  return fmt::format("{}|{}|{}|{}|{}", name_of(incident.hazard), incident.function, incident.owner.object,
                     incident.releaser.object, incident.allocated_by);
}

std::string_view name_of(State state) noexcept {
  switch (state) {
    case State::Held:
      return "held";
    case State::Failed:
      return "failed";
    case State::NotTried:
      return "not tried";
  }
  return "not tried";
}

std::vector<std::vector<Result>> run(const std::vector<Subject> &subjects, sandbox::Supervisor &supervisor,
                                     const Progress &progress) {
  try {
    for (const std::string_view part : {kHostFile, kWitnessFile}) library_file(part);
    trace::find_agent();
  } catch (const Error &missing) {
    Result none;
    none.drill = "drills";
    none.about = "What a plugin must survive in a host that stands in for the real one.";
    none.reason = fmt::format("{} {}; {}", printable_name(missing.object()), missing.reason(), missing.next_step());
    return {subjects.size(), {none}};
  }
  return Batch(subjects, supervisor, progress).run();
}

}  // namespace crossheap::drill
