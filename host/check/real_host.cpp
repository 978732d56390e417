// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The second stage: the real host opens the plugin, in the sandbox, once as it is and once under the agent, on each
// allocator. Twice, because the agent raises the limit of static TLS and a plugin that does not fit by default would be
// opened. And because what fails only under the agent is not the plugin's fault.
//
// A host that fails is tried again without the plugin: where that fails as well, the plugin is not blamed. What the
// agent sees is compared with what it sees without the plugin, for the same reason.
//
// The host opens the plugin beside each other plugin that the user names, in both orders. What goes wrong there and
// with the other plugin alone is not the pair's. A plugin that the host refused alone may need the other one: then it
// counts as opened where that comes first.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/temporary_folder.h"
#include "base/text.h"
#include "check/loader_log.h"
#include "check/missing_symbol.h"
#include "check/run_folder.h"
#include "check/stages.h"
#include "check/watched_run.h"
#include "drill/drill.h"
#include "matrix/outcome.h"
#include "trace/program.h"

namespace crossheap::check {

namespace fs = std::filesystem;

namespace {

/// Hosts are large: node reserves much, R writes a session's files, PHP's caches grow.
sandbox::Limits limits_of(const profile::Drive &drive) {
  sandbox::Limits limits;
  limits.deadline = drive.deadline;
  limits.patience = 3;  // a busy machine makes no host hang
  limits.cpu = drive.deadline;
  limits.file_bytes = std::uint64_t{32} << 20;
  limits.open_files = 512;
  return limits;
}

/// One run of a host.
struct Run {
  std::size_t cell = 0;                       ///< the first of its cells
  std::vector<profile::PluginWords> plugins;  ///< that it opens, in this order: none, one, or two
  std::vector<std::string> given;             ///< what the user called them
  bool under_agent = false;
  sandbox::Job job;
  std::optional<sandbox::Observation> seen;
  Watched watched;
};

std::string last_words(std::string_view output) {
  constexpr std::size_t kLines = 12;
  std::vector<std::string_view> lines = split(output, '\n');
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  std::string text;
  for (std::size_t i = lines.size() > kLines ? lines.size() - kLines : 0; i < lines.size(); ++i)
    text += printable(lines[i].substr(0, 400)) + "\n";
  return text;
}

std::string signal_name(int signal) {
  const char *const name = ::sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

/// Why the run is no success, as a clause about the host; "" where it is one.
std::string failure_of(const sandbox::Observation &seen, const profile::Drive &drive,
                       const std::vector<profile::PluginWords> &plugins, const profile::Words &words) {
  if (const auto *killed = std::get_if<sandbox::Killed>(&seen.ending)) {
    const std::string message = matrix::allocator_message(seen.output);
    return fmt::format("it ended by {}{}{}", signal_name(killed->signal), message.empty() ? "" : ": ", message);
  }
  if (sandbox::was_starved(seen))
    return fmt::format("the machine was too busy to bring it to its end within {:.0f} s",
                       std::chrono::duration<double>(seen.took).count());
  if (const auto *timed_out = std::get_if<sandbox::TimedOut>(&seen.ending))
    return timed_out->stopped ? std::string("a signal stopped it, and nothing let it go on")
                              : fmt::format("it did not come to an end within {} s", drive.deadline.count());
  if (const auto *refused = std::get_if<sandbox::Refused>(&seen.ending))
    return fmt::format("the sandbox ended it, because it asked for {}", refused->what);
  if (const auto *not_started = std::get_if<sandbox::NotStarted>(&seen.ending))
    return fmt::format("it could not be started ({}: {})", not_started->doing, std::strerror(not_started->errno_value));
  const int status = std::get<sandbox::Exited>(seen.ending).status;
  const bool with_plugin = !plugins.empty();
  const bool right_status = !with_plugin || status == drive.status;
  // Of two plugins it has to say it of each.
  profile::Words of_one = words;
  std::string success = profile::fill(drive.without_success, of_one);
  std::string failure;
  std::string file;
  bool says_failure = false;
  bool says_success = seen.output.find(success) != std::string::npos;
  for (const profile::PluginWords &plugin : plugins) {
    of_one.first = plugin;
    success = profile::fill(drive.success, of_one);
    failure = profile::fill(drive.failure, of_one);
    file = fs::path(plugin.plugin).filename().string();
    says_failure = !failure.empty() && seen.output.find(failure) != std::string::npos;
    says_success = seen.output.find(success) != std::string::npos;
    if (says_failure || !says_success) break;
  }
  if (says_success && !says_failure && right_status) return {};
  // What it says of the plugin, or else the last thing that it says.
  std::string said;
  for (const std::string_view line : split(seen.output, '\n')) {
    if (line.empty()) continue;
    const bool is_about_it = with_plugin && (line.find(file) != std::string_view::npos ||
                                             (says_failure && line.find(failure) != std::string_view::npos));
    if (is_about_it) {
      said = line;
      break;
    }
    // Ruby says it first, Python last: the last line that sounds like an error, else the last.
    const auto sounds_bad = [](std::string_view text) {
      return text.find("rror") != std::string_view::npos || text.find("annot") != std::string_view::npos ||
             text.find("ailed") != std::string_view::npos || text.find("enied") != std::string_view::npos;
    };
    if (sounds_bad(line) || !sounds_bad(said)) said = line;
  }
  if (said.size() > 300) said.resize(300);
  if (!right_status || says_failure)
    return fmt::format("it ended with status {}{}{}", status, said.empty() ? "" : " and said: ", printable_name(said));
  return fmt::format("it ended with status {} before it said '{}'", status, printable_name(success));
}

bool crashed(const sandbox::Observation &seen) { return std::holds_alternative<sandbox::Killed>(seen.ending); }

class Hosts {
public:
  Hosts(Work &work, sandbox::Supervisor &supervisor, const Progress &progress)
      : work_(work), supervisor_(supervisor), progress_(progress) {
    for (const fs::path &other : work_.request.with) others_.push_back(profile::appearance_of(other));
  }

  void ask_all() {
    std::vector<Run> first;
    for (std::size_t cell = 0; cell < work_.result.cells.size(); ++cell) {
      if (!is_asked(cell)) continue;
      first.push_back(plan(cell, {words_of(cell)}, false));
      first.push_back(plan(cell, {words_of(cell)}, true));
    }
    if (first.empty()) return;
    play(first, "opening the plugin in real hosts");
    if (supervisor_.stopped()) return;
    std::vector<Run> controls;
    for (std::size_t i = 0; i < first.size(); i += 2) {
      if (drive_of(first[i].cell).own_test) continue;  // without the plugin it is no test
      const bool fails = !failure(first[i]).empty() || !failure(first[i + 1]).empty();
      if (fails) controls.push_back(plan(first[i].cell, {}, false));
      if (!first[i + 1].watched.trace.incidents.empty()) controls.push_back(plan(first[i].cell, {}, true));
    }
    play(controls, "running the hosts alone");
    for (std::size_t i = 0; i < first.size(); i += 2) judge(first[i], first[i + 1], controls);
    for (std::size_t other = 0; other < others_.size(); ++other) ask_beside(other);
  }

private:
  const profile::Drive &drive_of(std::size_t cell) const {
    return *work_.result.profiles[work_.result.cells[cell].profile].profile.drive;
  }

  /// Once for a profile and an allocator: the host itself chooses the mode, so the cells of all its modes share it.
  bool is_asked(std::size_t cell) const {
    const Cell &one = work_.result.cells[cell];
    const Chosen &chosen = work_.result.profiles[one.profile];
    return chosen.profile.drive && !work_.result.hosts[one.profile].program.empty() &&
           (chosen.match.matches || chosen.by_name) && work_.states[cell].not_available.empty() &&
           one.mode == chosen.profile.modes.front();
  }

  const profile::PluginWords &words_of(std::size_t cell) const {
    return work_.result.profiles[work_.result.cells[cell].profile].match.words;
  }

  Run plan(std::size_t cell, std::vector<profile::PluginWords> plugins, bool under_agent) {
    const Cell &one = work_.result.cells[cell];
    const profile::Drive &drive = drive_of(cell);
    Run run;
    run.cell = cell;
    run.under_agent = under_agent;
    run.job.id = ++number_;
    run.job.limits = limits_of(drive);
    const fs::path folder = make_run_folder(folder_.path(), run.job.id);
    for (profile::PluginWords &plugin : plugins) {
      run.given.push_back(plugin.plugin);
      // The user's own words name the plugin as they like.
      if (!drive.own_test) plugin = plainly_called(std::move(plugin), folder, run.given.size());
    }
    profile::Words words{
        .first = plugins.empty() ? words_of(cell) : plugins.front(), .second = {}, .folder = folder.string()};
    if (plugins.size() == 2) words.second = plugins.back();
    const profile::Step &step = plugins.empty() ? drive.without : plugins.size() == 1 ? drive.with : *drive.pair;
    const bool tells_what_it_opens = !plugins.empty() && !under_agent;
    run.plugins = std::move(plugins);
    place_files(step.placed, words);
    words_[run.job.id] = words;
    sandbox::Command &command = run.job.command;
    command.program = work_.result.hosts[one.profile].program;
    for (const std::string &argument : step.arguments) command.arguments.push_back(profile::fill(argument, words));
    command.environment = {"PATH=/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL=C", fmt::format("HOME={}", folder.string()),
                           fmt::format("TMPDIR={}", folder.string())};
    const std::string preload = work_.result.allocators[one.allocator].preload;
    if (!preload.empty()) command.environment.push_back("LD_PRELOAD=" + preload);
    for (const std::string &variable : drive.environment) {
      const std::string filled = profile::fill(variable, words);
      const std::string name = filled.substr(0, filled.find('=') + 1);
      std::erase_if(command.environment, [&](const std::string &other) { return other.starts_with(name); });
      command.environment.push_back(filled);
    }
    // The user's own words name files from where the user is.
    if (!drive.own_test) command.directory = folder;
    command.writable = folder;
    command.own_network = drive.network;
    command.input = profile::fill(step.input, words);
    if (under_agent) agent_.put_into(run.job, static_tls_of(one));
    if (tells_what_it_opens)
      for (std::string &variable : loader_log_into(folder)) command.environment.push_back(std::move(variable));
    return run;
  }

  std::uint64_t static_tls_of(const Cell &cell) {
    const HostSeen &host = work_.result.hosts[cell.profile];
    const std::string &preload = work_.result.allocators[cell.allocator].preload;
    const std::string key = fmt::format("{}|{}|{}", host.program, host.executable, preload);
    const auto [entry, is_new] = static_tls_.try_emplace(key, 0);
    if (is_new) {
      entry->second = trace::static_tls_of_program(host.program, preload);
      if (!host.executable.empty() && host.executable != host.program)
        entry->second = std::max(entry->second, trace::static_tls_of_program(host.executable, preload));
    }
    return entry->second;
  }

  void play(std::vector<Run> &runs, std::string_view doing) {
    std::map<std::uint64_t, Run *> by_id;
    for (Run &run : runs) by_id[run.job.id] = &run;
    std::size_t at = 0;
    std::size_t done = 0;
    supervisor_.run(
        [&]() -> std::optional<sandbox::Job> {
          if (at == runs.size()) return std::nullopt;
          return runs[at++].job;
        },
        [&](const sandbox::Job &job, sandbox::Observation seen) {
          Run &run = *by_id.at(job.id);
          run.seen = std::move(seen);
          if (run.under_agent) {
            run.watched = agent_.take(job.id);
            for (trace::Incident &incident : run.watched.trace.incidents) name_as_given(incident, run);
          }
          progress_(doing, ++done, runs.size());
        });
  }

  /// A host that finds plugins by name gets a link in its folder, which is another one in each run: the plugin is
  /// called what the user called it.
  void name_as_given(trace::Incident &incident, const Run &run) const {
    const std::string folder = words_.at(run.job.id).folder + "/";
    const auto name = [&](std::string &object) {
      std::error_code failed;
      if (!object.starts_with(folder)) return;
      for (const std::string &given : run.given)
        if (fs::equivalent(object, given, failed)) object = given;
    };
    name(incident.owner.object);
    name(incident.releaser.object);
    for (auto *stack : {&incident.release_stack, &incident.allocation_stack})
      for (trace::Frame &frame : *stack) name(frame.object);
    for (Place &place : incident.places) name(place.object);
    if (incident.opened) name(incident.opened->caller.object);
  }

  static bool is_starved(const Run &run) { return run.seen && sandbox::was_starved(*run.seen); }

  /// What the loader said of the plugins of that run: of all of them.
  LoaderSaid loader_said(const Run &run) const {
    LoaderSaid all{.opened = true, .preloaded = true};
    const std::string &preload = work_.result.allocators[work_.result.cells[run.cell].allocator].preload;
    for (const profile::PluginWords &plugin : run.plugins) {
      const LoaderSaid one = read_loader_logs(words_.at(run.job.id).folder, plugin.plugin, preload);
      all.opened = all.opened && one.opened;
      all.preloaded = all.preloaded && one.preloaded;
    }
    return all;
  }

  /// Why two runs in which all went well show nothing, a clause; "" where they do.
  std::string why_no_evidence(const Run &plain, const Run &agent) const {
    if (agent.watched.overwritten) return "the run wrote over what the agent had written";
    if (loader_said(plain).preloaded) return {};
    return fmt::format(
        "the program that opened it did not have {}: LD_PRELOAD had no effect there",
        fs::path(work_.result.allocators[work_.result.cells[plain.cell].allocator].preload).filename().string());
  }

  std::string failure(const Run &run) const {
    if (!run.seen) return "it was not run to its end";
    return failure_of(*run.seen, drive_of(run.cell), run.plugins, words_.at(run.job.id));
  }

  /// The same, and of a run that only seems to have gone well.
  std::string failure_to_open(const Run &run) const {
    if (std::string reason = failure(run); !reason.empty()) return reason;
    const std::string &makes = drive_of(run.cell).makes;
    std::error_code none;
    if (!makes.empty() && !fs::exists(fs::path(words_.at(run.job.id).folder) / makes, none))
      return "it came to its end and did not do its work";
    if (!loader_said(run).opened) return "it came to its end, and the loader did not finish opening the plugin";
    return {};
  }

  /// What the agent saw in `run` and not in the other.
  static std::vector<trace::Incident> new_in(const Run &run, const Run *other) {
    std::vector<trace::Incident> incidents = run.watched.trace.incidents;
    if (other == nullptr) return incidents;
    std::set<std::string> known;
    for (const trace::Incident &incident : other->watched.trace.incidents) known.insert(drill::signature_of(incident));
    std::erase_if(incidents, [&](const trace::Incident &one) { return known.contains(drill::signature_of(one)); });
    return incidents;
  }

  static const Run *control_of(const std::vector<Run> &controls, std::size_t cell, bool under_agent) {
    for (const Run &run : controls)
      if (run.cell == cell && run.under_agent == under_agent) return &run;
    return nullptr;
  }

  void judge(const Run &plain, const Run &agent, const std::vector<Run> &controls) {
    if (!plain.seen || !agent.seen) return;  // interrupted
    const Cell &cell = work_.result.cells[plain.cell];
    const std::string &program = work_.result.hosts[cell.profile].program;
    Work::State state = work_.states[plain.cell];
    Evidence evidence{.stage = Stage::RealHost,
                      .name = program,
                      .state = State::Held,
                      .reason = {},
                      .took = std::chrono::duration_cast<std::chrono::milliseconds>(plain.seen->took),
                      .output = {}};
    const std::string reason = failure_to_open(plain);
    const std::string reason_under_agent = failure(agent);
    const std::vector<trace::Incident> incidents = new_in(agent, control_of(controls, plain.cell, true));
    state.watched = agent.watched.watched;
    if (!incidents.empty()) {
      evidence.state = State::Failed;
      evidence.reason = "a block crossed while it had the plugin open";
      state.host = Work::Host::Opened;
    }
    if (const std::string nothing = reason.empty() ? why_no_evidence(plain, agent) : std::string();
        !nothing.empty() && incidents.empty()) {
      state.host_reason = fmt::format("{} was tried: {}", program, nothing);
      evidence.state = State::NotTried;
      evidence.reason = state.host_reason;
    } else if (reason.empty()) {
      state.host = Work::Host::Opened;
      state.own_test = drive_of(plain.cell).own_test;
      if (is_starved(agent)) {
        state.watched = false;
        evidence.reason = fmt::format("under the agent {}", reason_under_agent);
      } else if (!reason_under_agent.empty() && incidents.empty()) {
        state.watched = false;
        evidence.reason = fmt::format("under the agent {}", reason_under_agent);
        work_.problem(program, fmt::format("could not be watched while it opened the plugin: {}", reason_under_agent),
                      "report it: the agent must not change what a program does");
      }
    } else {
      const Run *const alone = control_of(controls, plain.cell, false);
      const std::string reason_alone = alone == nullptr ? std::string() : failure(*alone);
      evidence.state = State::Failed;
      evidence.output = last_words(plain.seen->output);
      if (is_starved(plain) || (alone != nullptr && is_starved(*alone))) {
        // It was asked, and gave no answer.
        state.host_reason = fmt::format("{} was tried: {}", program, is_starved(plain) ? reason : reason_alone);
        evidence.state = State::NotTried;
      } else if (!reason_alone.empty()) {
        state.host = Work::Host::FailsAlone;
        state.host_reason = fmt::format("{} fails without any plugin: {}", program, reason_alone);
        evidence.output = last_words(alone->seen ? alone->seen->output : std::string());
      } else {
        state.host = crashed(*plain.seen) ? Work::Host::Crashed : Work::Host::Refused;
        state.host_reason = drive_of(plain.cell).own_test
                                ? fmt::format(
                                      "your own test, {}: {}; it runs confined, and writes files only below its "
                                      "TMPDIR",
                                      program, reason)
                                : fmt::format("{} with the plugin: {}", program, reason);
        if (const std::string &other = work_.result.hosts[cell.profile].other_version; !other.empty())
          state.host_reason += "; " + other;
        if (work_.request.with.empty())
          if (const std::string next = neighbour_with_missing_symbol(work_.request.plugin, plain.seen->output);
              !next.empty())
            state.host_reason += "; " + next;
      }
      evidence.reason = state.host_reason;
    }
    for (const std::size_t other : cells_like(plain.cell)) {
      for (const trace::Incident &incident : incidents) work_.add(other, incident, Stage::RealHost);
      work_.states[other].host = state.host;
      work_.states[other].host_reason = state.host_reason;
      work_.states[other].watched = state.watched;
      work_.states[other].own_test = state.own_test;
      work_.result.cells[other].evidence.push_back(evidence);
    }
  }

  /// The cells of all modes: of the same profile and allocator.
  std::vector<std::size_t> cells_like(std::size_t cell) const {
    std::vector<std::size_t> all;
    const Cell &one = work_.result.cells[cell];
    for (std::size_t i = 0; i < work_.result.cells.size(); ++i)
      if (work_.result.cells[i].profile == one.profile && work_.result.cells[i].allocator == one.allocator)
        all.push_back(i);
    return all;
  }

  /// The plugin and another one in one process, in both orders.
  struct Pair {
    std::size_t cell = 0;
    bool plugin_first = false;
    bool refused_alone = false;
    std::size_t plain = 0;  // in a list of runs; the next one is the same under the agent
  };

  void ask_beside(std::size_t other) {
    const std::string name = name_of_other(other);
    std::vector<Run> runs;
    std::vector<Pair> pairs;
    std::map<std::size_t, profile::PluginWords> words;  // of the other one, by cell
    for (std::size_t cell = 0; cell < work_.result.cells.size() && !supervisor_.stopped(); ++cell) {
      const bool refused_alone = work_.states[cell].host == Work::Host::Refused;
      if (!is_asked(cell) || !(refused_alone || work_.states[cell].host == Work::Host::Opened)) continue;
      const profile::Profile &profile = work_.result.profiles[work_.result.cells[cell].profile].profile;
      const profile::Match match = profile::match(profile, others_[other]);
      std::string why_not;
      if (profile.drive->own_test)
        why_not = "your command opens what it likes";
      else if (!profile.drive->pair)
        why_not = profile.drive->no_pair.empty() ? "its profile has no [host.pair], a run with two plugins"
                                                 : profile.drive->no_pair;
      else if (!match.matches && !work_.result.profiles[work_.result.cells[cell].profile].by_name)
        why_not = fmt::format("{} does not look like one of {}", name, profile.about);
      words[cell] = match.words;
      for (const bool plugin_first : {false, true}) {
        if (!why_not.empty()) break;
        std::vector<profile::PluginWords> both{match.words, words_of(cell)};
        if (plugin_first) std::swap(both.front(), both.back());
        try {
          Run plain = plan(cell, both, false);
          Run agent = plan(cell, both, true);
          pairs.push_back({cell, plugin_first, refused_alone, runs.size()});
          runs.push_back(std::move(plain));
          runs.push_back(std::move(agent));
        } catch (const Error &error) {
          why_not = fmt::format("{} {}", error.object(), error.reason());
        }
      }
      if (!why_not.empty()) tell_of_pair(cell, other, "beside", State::NotTried, why_not);
    }
    if (runs.empty()) return;
    play(runs, "opening two plugins in real hosts");
    if (supervisor_.stopped()) return;
    std::vector<Run> controls;
    for (const Pair &pair : pairs) {
      if (!failure_to_open(runs[pair.plain]).empty() && control_of(controls, pair.cell, false) == nullptr)
        controls.push_back(plan(pair.cell, {words[pair.cell]}, false));
      if (!runs[pair.plain + 1].watched.trace.incidents.empty() && control_of(controls, pair.cell, true) == nullptr)
        controls.push_back(plan(pair.cell, {words[pair.cell]}, true));
    }
    play(controls, "running the hosts with the other plugin");
    for (const Pair &pair : pairs) judge_pair(pair, runs[pair.plain], runs[pair.plain + 1], controls, other);
  }

  void judge_pair(const Pair &pair, const Run &plain, const Run &agent, const std::vector<Run> &controls,
                  std::size_t other) {
    if (!plain.seen || !agent.seen) return;  // interrupted
    const std::string name = name_of_other(other);
    const std::string_view order = pair.plugin_first ? "before" : "after";
    const std::string &program = work_.result.hosts[work_.result.cells[pair.cell].profile].program;
    const std::vector<trace::Incident> incidents = new_in(agent, control_of(controls, pair.cell, true));
    const std::string reason = failure_to_open(plain);
    for (const std::size_t cell : cells_like(pair.cell))
      for (trace::Incident incident : incidents) {
        incident.evidence.push_back(fmt::format("seen in {}, which opened the plugin {} {}", program, order, name));
        work_.add(cell, std::move(incident), Stage::RealHost);
      }
    if (!incidents.empty())
      return tell_of_pair(pair.cell, other, order, State::Failed, "a block crossed while it had both open");
    if (const std::string nothing = reason.empty() ? why_no_evidence(plain, agent) : std::string(); !nothing.empty())
      return tell_of_pair(pair.cell, other, order, State::NotTried, nothing);
    if (reason.empty()) {
      for (const std::size_t cell : cells_like(pair.cell)) {
        if (!pair.refused_alone) break;
        work_.states[cell].host = Work::Host::Opened;
        work_.states[cell].host_reason.clear();
        work_.states[cell].watched = agent.watched.watched;
      }
      return tell_of_pair(pair.cell, other, order, State::Held, {});
    }
    const Run *const alone = control_of(controls, pair.cell, false);
    if (is_starved(plain)) return tell_of_pair(pair.cell, other, order, State::NotTried, reason);
    if (const std::string of_other = alone == nullptr ? "it was not run" : failure_to_open(*alone); !of_other.empty())
      return tell_of_pair(pair.cell, other, order, State::NotTried, fmt::format("with {} alone, {}", name, of_other));
    if (pair.refused_alone) return tell_of_pair(pair.cell, other, order, State::NotTried, reason);
    const std::string what = fmt::format("{} opens the plugin alone, and not {} {}: {}", program, order, name, reason);
    for (const std::size_t cell : cells_like(pair.cell)) {
      if (!crashed(*plain.seen)) {
        work_.states[cell].host = Work::Host::Refused;
        work_.states[cell].host_reason = what;
        continue;
      }
      Finding finding;
      finding.hazard = HazardId::PluginCapturesPlugin;
      finding.level = Level::Error;
      finding.subject = work_.request.plugin.string();
      finding.summary = what;
      finding.evidence.push_back(fmt::format("the other plugin: {}", printable_name(others_[other].file.string())));
      work_.add(cell, std::move(finding), Stage::RealHost);
    }
    tell_of_pair(pair.cell, other, order, State::Failed, reason, last_words(plain.seen->output));
  }

  std::string name_of_other(std::size_t other) const { return printable_name(others_[other].file.filename().string()); }

  /// \param order  of the plugin to the other one: "before", "after"; "beside" where neither was tried
  void tell_of_pair(std::size_t like, std::size_t other, std::string_view order, State state, const std::string &reason,
                    const std::string &output = {}) {
    const std::string name = name_of_other(other);
    const std::string &program = work_.result.hosts[work_.result.cells[like].profile].program;
    for (const std::size_t cell : cells_like(like)) {
      std::string text = state == State::Held
                             ? fmt::format("opened {} {} by the same host", order, name)
                             : fmt::format("not opened beside {} by the real host, since {}", name, reason);
      std::vector<std::string> &known = work_.states[cell].beside;
      if (state != State::Failed && std::find(known.begin(), known.end(), text) == known.end())
        known.push_back(std::move(text));
      work_.result.cells[cell].evidence.push_back({.stage = Stage::RealHost,
                                                   .name = fmt::format("{}, {} {}", program, order, name),
                                                   .state = state,
                                                   .reason = reason,
                                                   .took = {},
                                                   .output = output});
    }
  }

  Work &work_;
  sandbox::Supervisor &supervisor_;
  const Progress &progress_;
  /// Its parent lets nobody in but us and runs of ours. Hosts are told paths in it.
  TemporaryFolder folder_{"check", kPlainCharacters};
  AgentInJobs agent_;
  std::uint64_t number_ = 0;
  std::map<std::uint64_t, profile::Words> words_;  ///< by the job's id
  std::vector<profile::Appearance> others_;        ///< what the user named with --with
  std::map<std::string, std::uint64_t> static_tls_;
};

}  // namespace

void ask_real_hosts(Work &work, sandbox::Supervisor &supervisor, const Progress &progress) {
  Hosts(work, supervisor, progress).ask_all();
}

}  // namespace crossheap::check
