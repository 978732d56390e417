// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Each drill is one run of crossheap-drill (drill/inside) in the sandbox. They go in three waves. First every subject
// is opened once: where that alone brings the process down, no other drill would show more. Then all other drills run.
// Where one ended badly under the agent, and the agent did not see why, it runs again without the agent, so that no
// plugin is blamed for what the agent broke.
#include "drill/drill.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <system_error>

#include "allocator/names.h"
#include "base/error.h"
#include "base/installation.h"
#include "base/temporary_folder.h"
#include "base/text.h"
#include "base/tunables.h"
#include "contract/arguments.h"
#include "drill/inside/tell.h"
#include "elf/file.h"
#include "event/log_file.h"
#include "event/reader.h"
#include "event/run_record.h"
#include "inspect/inspection.h"
#include "matrix/outcome.h"
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
constexpr int kPatience = 3;  // a busy machine makes no plugin hang

// What glibc keeps by default for objects that are opened later (elf/dl-tls.c), and what is left of it in the drill:
// with one link namespace it keeps 144 bytes and what this tunable says.
constexpr std::uint64_t kSurplus = 1'664;
constexpr std::uint64_t kSurplusOfOneNamespace = 144;
constexpr std::uint64_t kStaticTlsOfManyNamespaces = std::uint64_t{256} << 10;

constexpr std::string_view kHostFile = "crossheap-drill";
constexpr std::string_view kWitnessFile = "crossheap-witness.so";

enum class Kind : std::uint8_t {
  Load,
  Calls,
  Constructors,
  LoadUnload,
  Threads,
  Fork,
  ExitOpen,
  ExitClosed,
  TwoCopies,
  AfterAnother,
  BeforeAnother,
  StaticTls,
  ClosedStreams,
  SecondNamespace,
};

struct Drill {
  Kind kind;
  std::string_view name;  ///< as crossheap-drill knows it
  std::string_view about;
  bool watched;  ///< runs under the agent
};

constexpr std::array kDrills{
    Drill{Kind::Load, "load", "The host opens the plugin and closes it.", true},
    Drill{Kind::Calls, "calls", "The host calls the functions of the contract, and releases what it owns.", true},
    Drill{Kind::Constructors, "constructors",
          "The host hands over its allocator, and watches for blocks from before that.", false},
    Drill{Kind::LoadUnload, "load-unload",
          "The host opens and closes the plugin 100 times, and counts blocks, threads and mappings.", false},
    Drill{Kind::Threads, "threads",
          "Threads open and use the plugin; one ends before the plugin is closed, and one after.", true},
    Drill{Kind::Fork, "fork",
          "The host forks with the plugin open, while another thread allocates, and after closing it.", true},
    Drill{Kind::ExitOpen, "exit-open", "The host leaves by exit with the plugin open.", true},
    Drill{Kind::ExitClosed, "exit-closed", "The host leaves by exit after closing the plugin.", true},
    Drill{Kind::TwoCopies, "two-copies", "The host opens two copies of the plugin under different names.", true},
    Drill{Kind::AfterAnother, "after-another", "The host opens the plugin after another one.", true},
    Drill{Kind::BeforeAnother, "before-another", "The host opens the plugin before another one.", true},
    Drill{Kind::StaticTls, "static-tls", "The host opens the plugin with half of the static TLS surplus used up.",
          false},
    Drill{Kind::ClosedStreams, "closed-streams", "The host opens the plugin with standard input and output closed.",
          false},
    Drill{Kind::SecondNamespace, "second-namespace",
          "The host opens the plugin once more, in another new link namespace.", true},
};

/// A folder of ours for the copies, removed at the end.
class Copies {
public:
  Copies() = default;
  Copies(const Copies &) = delete;
  Copies &operator=(const Copies &) = delete;
  ~Copies() = default;

  /// Throws Error where there is no room.
  fs::path copy_of(const fs::path &file) {
    const auto found = made_.find(file);
    if (found != made_.end()) return found->second;
    if (!folder_) {
      folder_.emplace("drill");
      // Where each run has a user of its own, that user reads the copy.
      fs::permissions(folder_->path(), fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
    }
    const fs::path copy = folder_->path() / fmt::format("{}-copy-of-{}", made_.size() + 1, file.filename().string());
    // Not filesystem::copy_file, which a signal interrupts.
    errno = 0;
    std::ofstream to(copy, std::ios::binary);
    to << std::ifstream(file, std::ios::binary).rdbuf();
    to.close();
    // What was copied in part is no failure of a stream.
    if (!to || fs::file_size(copy) != fs::file_size(file))
      throw system_error(copy.string(), "cannot be written", errno == 0 ? EIO : errno, "make room there");
    fs::permissions(copy, fs::status(file).permissions());  // of everybody who may read the file
    return made_.emplace(file, copy).first->second;
  }

private:
  std::optional<TemporaryFolder> folder_;
  std::map<fs::path, fs::path> made_;
};

/// What the drills need to know of a plugin's file; all false where it cannot be read, which the loader will say.
struct Facts {
  bool unique_symbols = false;
  std::string first_unique_symbol;
  std::string search;  ///< what $ORIGIN stands for in its run path, for its copy
};

Facts facts_of(const fs::path &plugin) {
  Facts facts;
  try {
    const inspect::Inspection seen = inspect::inspect_file(elf::File(elf::Source::open(plugin)));
    facts.unique_symbols = seen.unique_symbols != 0;
    facts.first_unique_symbol = seen.first_unique_symbol;
    for (const auto &path : {seen.rpath, seen.runpath}) {
      if (!path) continue;
      for (std::string_view one : split(*path, ':')) {
        std::string folder(one);
        for (const std::string_view origin : {"${ORIGIN}", "$ORIGIN"})
          for (std::size_t at = folder.find(origin); at != std::string::npos; at = folder.find(origin))
            folder.replace(at, origin.size(), plugin.parent_path().string());
        facts.search += (facts.search.empty() ? "" : ":") + folder;
      }
    }
  } catch (const Error &) {
  }
  return facts;
}

/// What a run told.
struct Told {
  std::vector<std::pair<std::string, std::string>> words;
  bool damaged = false;

  const std::string *last(std::string_view word) const {
    const auto found = std::find_if(words.rbegin(), words.rend(), [&](const auto &one) { return one.first == word; });
    return found == words.rend() ? nullptr : &found->second;
  }
  bool has(std::string_view word) const { return last(word) != nullptr; }
};

Told read_told(const event::RunStream &stream) {
  Told told;
  told.damaged = stream.damaged;
  for (const event::RunRecord &record : stream.records) {
    const std::size_t bar = record.text.find('|');
    if (record.step == event::RunStep::Told && bar != std::string::npos)
      told.words.emplace_back(record.text.substr(0, bar), record.text.substr(bar + 1));
  }
  return told;
}

std::uint64_t number(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::string name_of_signal(int signal) {
  const char *name = ::sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

/// One run.
struct Task {
  std::size_t subject;
  const Drill *drill;
  bool watched;
  std::size_t with = 0;      ///< which of the other plugins, in a drill about pairs
  bool other_alone = false;  ///< that one is opened, and not the subject
};

bool is_about_pairs(const Drill &drill) {
  return drill.kind == Kind::AfterAnother || drill.kind == Kind::BeforeAnother;
}

struct Ran {
  Task task;
  sandbox::Observation observation;
  Told told;
  std::vector<trace::Incident> incidents;
  bool watched = false;

  bool done() const {
    const auto *exited = std::get_if<sandbox::Exited>(&observation.ending);
    return exited != nullptr && exited->status == 0 && told.has(kDone) && !told.damaged;
  }
  /// The host came to its end, and could not say so.
  bool cannot_tell() const {
    const auto *exited = std::get_if<sandbox::Exited>(&observation.ending);
    return exited != nullptr && exited->status == kCannotTell && !told.has(kDone) && !told.damaged;
  }
  bool refused() const {
    const auto *exited = std::get_if<sandbox::Exited>(&observation.ending);
    return exited != nullptr && exited->status == 0 && !told.has(kDone) && told.has(kRefused);
  }
};

std::string while_doing(const Told &told) {
  const std::string *doing = told.last(kDoing);
  return doing == nullptr ? "before it opened the plugin" : "while " + printable_name(*doing);
}

// How a run ended that did not come to its end, as a clause about the process.
std::string how_it_ended(const Ran &ran) {
  const std::string when = while_doing(ran.told);
  const std::string said = matrix::allocator_message(ran.observation.output);
  const std::string quoted = said.empty() ? "" : fmt::format(": \"{}\"", said.substr(0, 200));
  if (const auto *exited = std::get_if<sandbox::Exited>(&ran.observation.ending)) {
    if (ran.told.damaged) return "the plugin wrote into the descriptor by which the host tells what it does";
    if (ran.cannot_tell()) return fmt::format("the plugin closed the descriptors of its host {}", when);
    if (ran.told.has(kDone)) return fmt::format("the process ended with status {} {}{}", exited->status, when, quoted);
    return fmt::format("the plugin ended the process with status {} {}{}", exited->status, when, quoted);
  }
  if (const auto *killed = std::get_if<sandbox::Killed>(&ran.observation.ending))
    return fmt::format("the process was killed by {} {}{}", name_of_signal(killed->signal), when, quoted);
  if (sandbox::was_starved(ran.observation))
    return fmt::format(
        "the process did not come to its end within {:.0f} s {}, because the machine was too busy to run it",
        std::chrono::duration<double>(ran.observation.took).count(), when);
  if (std::holds_alternative<sandbox::TimedOut>(ran.observation.ending))
    return fmt::format("the process hung {}", when);
  if (const auto *refused = std::get_if<sandbox::Refused>(&ran.observation.ending))
    return fmt::format("the process asked for what the sandbox refuses, {}, {}", printable_name(refused->what), when);
  const auto &failure = std::get<sandbox::NotStarted>(ran.observation.ending);
  return fmt::format("the process could not be started: {}: {}", failure.doing, std::strerror(failure.errno_value));
}

Finding finding(HazardId hazard, Level level, const Subject &subject, std::string summary,
                std::vector<std::string> evidence) {
  Finding made;
  made.hazard = hazard;
  made.level = level;
  made.subject = subject.plugin.string();
  made.summary = std::move(summary);
  made.evidence = std::move(evidence);
  return made;
}

std::string in_words(const Subject &subject) {
  return fmt::format("load mode: {}; malloc: {}", subject.mode->call,
                     subject.preload.empty() ? "libc's" : fmt::format("of {}, preloaded", subject.preload));
}

// How our own host makes a call is nobody's concern: its frames next to each other become one, which names it.
template <typename Frames>
void fold_host(Frames &frames, const fs::path &host) {
  constexpr std::string_view kHost = "the stand-in host";
  const std::string name = host.filename().string();
  Frames folded;
  for (auto &frame : frames) {
    if (fs::path(frame.object).filename() == name) {
      if (!folded.empty() && folded.back().function == kHost) continue;
      frame.function = kHost;
      frame.file.clear();
      frame.line = 0;
    }
    folded.push_back(std::move(frame));
  }
  frames = std::move(folded);
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
      if (!facts_.contains(subject.plugin)) facts_.emplace(subject.plugin, facts_of(subject.plugin));
      std::vector<Result> &results = results_.emplace_back();
      for (const Drill &drill : kDrills)
        if (const auto reason = why_not(subject, drill); !reason || !reason->empty()) {
          Result &result = results.emplace_back();
          result.drill = drill.name;
          result.about = drill.about;
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
        } else if (load.starved)
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
      if (task.drill->kind != Kind::Constructors || calls_hold_[task.subject]) return false;
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

    // A plugin with a hundred libraries takes a second for each round in a new link namespace; and a child that hangs
    // is waited for.
    const bool long_one = kind == Kind::LoadUnload || kind == Kind::Fork;
    const auto deadline = long_one ? subject.deadline * 3 : subject.deadline;
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

  void watch(sandbox::Job &job, const Subject &subject) {
    const event::Settings settings{.depth = event::Depth::Stacks,
                                   .on_crossing = event::OnCrossing::Report,
                                   .follow_children = 1,
                                   .api_mismatch = 0,
                                   .frames = kFrames};
    const auto [log, added] = logs_.emplace(job.id, event::create_sealed_log(settings, kLogBytes));
    job.command.given_fd = log->second.fd();
    trace::add_agent(job.command.environment, agent_, fmt::format("/proc/self/fd/{}", sandbox::kGivenFd),
                     static_tls_of(subject));
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
    } catch (const Error &) {
      // The plugin has overwritten it.
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
          if (one.task.watched) watch(job, subjects_[one.task.subject]);
          return job;
        },
        [&](const sandbox::Job &job, sandbox::Observation observation) {
          const One &one = all[job.id];
          Ran ran{.task = one.task, .observation = std::move(observation), .told = {}, .incidents = {}};
          ran.told = read_told(event::read_run_stream(ran.observation.sent, one.token));
          read_log(ran, job.id);
          if (const auto *failure = std::get_if<sandbox::NotStarted>(&ran.observation.ending);
              failure != nullptr && failure->errno_value != E2BIG)
            throw system_error(job.command.program.string(), fmt::format("cannot be started ({})", failure->doing),
                               failure->errno_value, "build or install crossheap again");
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
    now.watched = ran.watched;
    now.opened = ran.told.has(kOpened) || ran.cannot_tell();
    if (const std::string *calls = ran.told.last(kCalls)) now.calls = number(*calls);
    now.incidents = std::move(ran.incidents);
    now.state = State::Held;
    if (!now.incidents.empty()) {
      now.state = State::Failed;
      now.reason = now.incidents.front().summary;
    }
    if (ran.done())
      judge_what_was_seen(ran, subject, now);
    else if (ran.refused())
      judge_refusal(ran, subject, now);
    else if (alone == nullptr || alone->bad_end.empty())
      judge_bad_end(ran, subject, now);
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

  static void fail(Result &result, Finding found) {
    result.state = State::Failed;
    result.reason = found.summary;
    result.findings.push_back(std::move(found));
  }

  void judge_what_was_seen(const Ran &ran, const Subject &subject, Result &result) const {
    for (const auto &[word, what] : ran.told.words) {
      const std::vector<std::string_view> parts = split(what, '|');
      if (word == kBroken && parts.size() >= 2 && result.state == State::Held) {
        result.state = State::NotTried;
        result.reason = fmt::format("{}:{}: {}", printable_name(subject.calls->file.string()), parts[0],
                                    printable_name(what.substr(parts[0].size() + 1)));
      } else if (word == kNotTried && result.state == State::Held) {
        result.state = State::NotTried;
        result.reason = printable_name(what);
      } else if (word == kChild) {
        fail(result, finding(HazardId::ForkWithSeveralAllocators, Level::Error, subject,
                             fmt::format("a child process {}", printable_name(what)), {in_words(subject)}));
      } else if (word == kForeign && parts.size() == 2 && ran.task.drill->kind == Kind::Constructors) {
        const std::string function = printable_name(parts[0]);
        if (parts[1] == "early")
          fail(result,
               finding(HazardId::AllocationBeforeHandshake, Level::Error, subject,
                       fmt::format("the plugin hands a block to the host's {} that it allocated before the host "
                                   "handed over its allocator",
                                   function),
                       {"the block was allocated while the plugin was opened", in_words(subject)}));
        else
          fail(result,
               finding(HazardId::CrossingFree, Level::Error, subject,
                       fmt::format("the plugin hands a block to the host's {} that the host's allocator did not "
                                   "hand out",
                                   function),
                       {"the contract hands the host's allocator over", in_words(subject)}));
      }
    }
    if (ran.task.drill->kind == Kind::LoadUnload) judge_accounts(ran, subject, result);
  }

  // Three accounts with rounds between them. What grows by the same with each round in both spans is left behind; what
  // is taken once, or now and then by an allocator for itself, is not. Neither is the little that the loader keeps of
  // libraries that stay when the plugin goes: that is not the same each time.
  static void judge_accounts(const Ran &ran, const Subject &subject, Result &result) {
    std::vector<std::vector<std::uint64_t>> accounts;
    for (const auto &[word, what] : ran.told.words) {
      if (word != kAccount) continue;
      std::vector<std::uint64_t> &numbers = accounts.emplace_back();
      for (std::string_view one : split(what, '|')) numbers.push_back(number(one));
      if (numbers.size() != 5) return;
    }
    // Where closing unloads nothing, nothing is loaded again. A link namespace of its own brings a libc of its own, and
    // what the loader keeps of that is not the plugin's.
    // The last three: a slow plugin goes through fewer rounds, and has its first account early.
    if (accounts.size() > 3) accounts.erase(accounts.begin(), accounts.end() - 3);
    if (accounts.size() != 3 || ran.told.has(kResident) || subject.mode->new_namespace()) return;
    constexpr std::size_t kBlockBytes = 1;
    const auto growth = [&](std::size_t column, std::uint64_t least) -> std::uint64_t {
      const auto each = [&](std::size_t from) -> std::uint64_t {
        const std::uint64_t rounds = accounts[from + 1][0] - accounts[from][0];
        const std::uint64_t before = accounts[from][column];
        const std::uint64_t after = accounts[from + 1][column];
        return rounds == 0 || after < before ? 0 : (after - before) / rounds;
      };
      const auto same_each_time = [&](std::size_t from) {
        return (accounts[from + 1][column] - accounts[from][column]) % (accounts[from + 1][0] - accounts[from][0]) == 0;
      };
      const std::uint64_t first = each(0);
      const std::uint64_t second = each(1);
      const bool steady = first >= least && second >= least && first <= 2 * second && second <= 2 * first;
      if (!steady) return 0;
      constexpr std::uint64_t kOfLoader = 1024;
      const bool exact = first == second && same_each_time(0) && same_each_time(1);
      return exact || second >= kOfLoader || column != kBlockBytes ? second : 0;
    };
    constexpr std::uint64_t kSmallestBlock = 16;
    constexpr std::uint64_t kPage = 4096;
    if (const std::uint64_t bytes = growth(kBlockBytes, kSmallestBlock); bytes != 0)
      fail(result, finding(HazardId::BlocksOutliveOwner, Level::Warning, subject,
                           fmt::format("each time the plugin is loaded and unloaded, {} bytes of blocks are left",
                                       with_commas(bytes)),
                           {fmt::format("bytes in blocks after {} rounds: {}; after {}: {}", accounts[1][0],
                                        with_commas(accounts[1][1]), accounts[2][0], with_commas(accounts[2][1])),
                            in_words(subject)}));
    else if (const std::uint64_t mapped = growth(3, kPage); mapped != 0)
      fail(result, finding(HazardId::BlocksOutliveOwner, Level::Warning, subject,
                           fmt::format("each time the plugin is loaded and unloaded, {} bytes stay mapped",
                                       with_commas(mapped)),
                           {fmt::format("bytes mapped after {} rounds: {}; after {}: {}", accounts[1][0],
                                        with_commas(accounts[1][3]), accounts[2][0], with_commas(accounts[2][3])),
                            in_words(subject)}));
    if (growth(2, 1) != 0)
      fail(result, finding(HazardId::AllocatorUnloaded, Level::Error, subject,
                           "each time the plugin is loaded and unloaded, a thread of it is left",
                           {fmt::format("threads after {} rounds: {}; after {}: {}", accounts[1][0], accounts[1][2],
                                        accounts[2][0], accounts[2][2]),
                            in_words(subject)}));
  }

  void judge_refusal(const Ran &ran, const Subject &subject, Result &result) const {
    const std::string words = printable_name(*ran.told.last(kRefused));
    const bool for_static_tls = words.find("static TLS") != std::string::npos;
    const Kind kind = ran.task.drill->kind;
    if (for_static_tls && kind == Kind::Load && !subject.mode->new_namespace()) {
      fail(result, finding(HazardId::StaticTlsExhausted, Level::Error, subject,
                           "the loader refuses to open the plugin: its static TLS does not fit", {words}));
    } else if (for_static_tls && kind == Kind::StaticTls) {
      fail(result,
           finding(HazardId::StaticTlsExhausted, Level::Warning, subject,
                   fmt::format("the plugin cannot be opened when other plugins have used up half of the static TLS "
                               "surplus ({} of {} bytes)",
                               kSurplus / 2, with_commas(kSurplus)),
                   {words}));
    } else if (result.state == State::Held) {
      result.state = State::NotTried;
      result.reason = fmt::format("the loader refuses: {}", words);
      // Others fail for what is around the plugin; load fails for the plugin in this mode.
      if (kind != Kind::Load) result.reason += fmt::format(" ({})", while_doing(ran.told));
    }
  }

  // The process came to a bad end. Which hazard that is depends on what it was doing.
  void judge_bad_end(const Ran &ran, const Subject &subject, Result &result) {
    std::string how = how_it_ended(ran);
    if (std::holds_alternative<sandbox::Refused>(ran.observation.ending) ||
        std::holds_alternative<sandbox::NotStarted>(ran.observation.ending) || ran.told.damaged ||
        sandbox::was_starved(ran.observation) ||
        // It went on, and is slow.
        (std::holds_alternative<sandbox::TimedOut>(ran.observation.ending) && ran.told.has(kAccount))) {
      if (result.state == State::Held) {
        result.state = State::NotTried;
        result.reason = how;
        result.starved = sandbox::was_starved(ran.observation);
      }
      return;
    }
    const std::string *last = ran.told.last(kDoing);
    const std::string doing = last == nullptr ? "" : *last;
    const Facts &facts = facts_.at(subject.plugin);
    std::optional<HazardId> hazard;
    Level level = Level::Error;
    std::vector<std::string> evidence{in_words(subject)};
    switch (ran.task.drill->kind) {
      case Kind::Threads:
        if (doing.starts_with("ending a thread")) hazard = HazardId::AllocatorUnloaded;
        if (doing.starts_with("releasing blocks whose thread")) hazard = HazardId::FreedAfterThreadEnded;
        break;
      case Kind::LoadUnload:
        if (doing.starts_with("loading and unloading")) hazard = HazardId::AllocatorUnloaded;
        break;
      case Kind::Fork:
        if (doing.starts_with("forking"))
          hazard = doing.ends_with("closed") ? HazardId::AllocatorUnloaded : HazardId::ForkWithSeveralAllocators;
        break;
      case Kind::ExitOpen:
      case Kind::ExitClosed:
        if (doing.starts_with("leaving")) hazard = HazardId::TeardownOrder;
        break;
      case Kind::TwoCopies:
        level = Level::Warning;
        if (subject.mode->global()) {
          hazard = HazardId::PluginCapturesPlugin;
        } else if (facts.unique_symbols) {
          hazard = HazardId::UniqueSymbols;
          evidence.push_back("a symbol that is one for all copies: " + printable_name(facts.first_unique_symbol));
        }
        break;
      case Kind::AfterAnother:
      case Kind::BeforeAnother:
        hazard = HazardId::PluginCapturesPlugin;
        for (const fs::path &other : subject.with)
          evidence.push_back("the other plugin: " + printable_name(other.string()));
        break;
      case Kind::SecondNamespace:
        level = Level::Warning;
        hazard = HazardId::SecondNamespace;
        break;
      default:
        break;
    }
    if (const std::string caller = caller_of_null(ran); !caller.empty()) {
      how += fmt::format(", by a call through a null pointer in {}", printable_name(caller));
      // A constructor that asks the host's allocator before it was handed over.
      if (is_allocator(caller)) {
        hazard = HazardId::AllocationBeforeHandshake;
        level = Level::Error;
      }
    }
    result.state = State::Failed;
    result.reason = how;
    // Where the agent saw a block cross at the exit, that is why, and not the order of teardown.
    const bool crossed = std::any_of(result.incidents.begin(), result.incidents.end(),
                                     [](const trace::Incident &one) { return one.hazard == HazardId::CrossingFree; });
    if (hazard && !(hazard == HazardId::TeardownOrder && crossed))
      result.findings.push_back(finding(*hazard, level, subject, how, std::move(evidence)));
  }

  // The function of the plugin that called a null pointer while it was opened; "" where that is not what happened.
  std::string caller_of_null(const Ran &ran) {
    const std::string *fault = ran.told.last(kFault);
    if (fault == nullptr) return {};
    const std::vector<std::string_view> parts = split(*fault, '|');
    if (parts.size() != 6 || number(parts[1]) != 0 || parts[4].empty() || number(parts[5]) == 0) return {};
    const Place caller = symbolizer_.find(std::string(parts[4]), number(parts[5]) - 1);
    return caller.function.empty() ? std::string(parts[4]) : caller.function;
  }

  static bool is_allocator(const std::string &function) {
    return function.starts_with("operator new") || function.starts_with("operator delete") ||
           find_function(function) != nullptr;
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
