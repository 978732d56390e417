// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Each stage narrows what the next one runs:
//
//     ask          each image which scenarios it has: a process for each
//     open_all     every plugin in every host and mode. Refused for static TLS: once more, with as much as it needs
//     play         each case of a load that was opened, forked from a runner that has started, where it can be
//     again        cases that the caller doubts, as they may be luck: thirty times
//     agent        each case once more under the agent, then, for policy route, those that it reported
//
// A case that hung and does not cross may only have waited for a busy machine: it gets six times the deadline before it
// counts. A case that fails only under the agent is played alone again for the same reason.
//
// All processes go through run_tasks, which makes a job when there is room for it: 200,000 cases are never in memory as
// jobs. Each job has a random token, which its records must carry. Shards count cases whether their plugin opened or
// not, so a shard is the same on every machine.
#include "matrix/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <random>

#include "base/error.h"
#include "base/text.h"
#include "matrix/agreement.h"
#include "scenarios/experiment.h"

namespace crossheap::matrix {

namespace {

using event::RunStep;

// Room enough for any allocator's thread-local storage while a plugin is only asked what it has.
constexpr std::uint64_t kGenerousStaticTls = std::uint64_t{64} << 10;

// The agent's report of a case names functions and objects; --explain shows the rest.
constexpr std::uint32_t kFramesOfACase = 1;

constexpr std::uint32_t kRepeatsOfASuspect = 30;

// A run that hung may have waited for a busy machine: where nothing else explains it, it gets this much more time.
constexpr int kPatience = 6;

sandbox::Limits limits_of(const Settings &settings) {
  sandbox::Limits limits;
  limits.deadline = settings.deadline;
  // The deadline decides; processor time only bounds a run that spins on several threads.
  limits.cpu = std::chrono::duration_cast<std::chrono::seconds>(settings.deadline) * 2 + std::chrono::seconds(1);
  // Address space, not memory: an snmalloc reserves 256 GiB for its page map, and there may be two and more in a
  // process.
  limits.address_space_bytes = std::uint64_t{1} << 40;
  return limits;
}

// Runs `count` tasks and hands each one's observation and records on. Tasks are made when there is room for them; a
// job's id is its task's number.
void run_tasks(
    sandbox::Supervisor &supervisor, const Settings &settings, std::uint64_t count,
    const std::function<Task(std::uint64_t)> &task_of, const std::function<void(sandbox::Job &)> &prepare,
    const std::function<void(const sandbox::Job &, const sandbox::Observation &, const event::RunStream &)> &done) {
  std::mt19937_64 random(std::random_device{}());
  std::vector<std::uint64_t> tokens(count);
  std::uint64_t next = 0;
  supervisor.run(
      [&]() -> std::optional<sandbox::Job> {
        if (next == count) return std::nullopt;
        tokens[next] = random() | 1;  // 0 would mean that a person runs the runner
        sandbox::Job job{command_of(task_of(next), tokens[next]), limits_of(settings), next};
        if (prepare) prepare(job);
        ++next;
        return job;
      },
      [&](const sandbox::Job &job, sandbox::Observation observation) {
        done(job, observation, event::read_run_stream(observation.sent, tokens[job.id]));
      });
}

std::uint64_t number(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

bool refused_for_static_tls(const Outcome &outcome) {
  return std::holds_alternative<RefusedToLoad>(outcome.ending) &&
         outcome.message.find("static TLS") != std::string::npos;
}

std::map<std::string, std::string, std::less<>> instances_of(const event::RunStream &stream) {
  std::map<std::string, std::string, std::less<>> instances;
  for (const auto &record : stream.records)
    if (const std::size_t equals = record.text.find('='); record.step == RunStep::Bound && equals != std::string::npos)
      instances.emplace(record.text.substr(0, equals), printable(record.text.substr(equals + 1)));
  return instances;
}

// The line that ld.so writes about an object it could not preload (elf/rtld.c), or "".
std::string loader_warning(std::string_view output) {
  for (std::string_view line : split(output, '\n'))
    if (line.starts_with("ERROR: ld.so:")) return printable(line);
  return {};
}

}  // namespace

Runner::Runner(const Builds &builds, sandbox::Supervisor &supervisor, Settings settings)
    : builds_(builds), supervisor_(supervisor), settings_(std::move(settings)) {}

// Asks the host's runner, or the plugin opened in it, for its scenarios.
Runner::Capabilities Runner::ask(const HostBuild &host, const PluginBuild *plugin) {
  static const LoadMode &local = *find_load_mode("local");
  std::mt19937_64 random(std::random_device{}());
  const std::uint64_t token = random() | 1;
  Task task{.purpose = Purpose::List,
            .host = &host,
            .plugin = plugin,
            .mode = plugin == nullptr ? nullptr : &local,
            .scenario = {},
            .direction = {},
            .static_tls_raised = plugin == nullptr ? 0 : kGenerousStaticTls};
  sandbox::Job job{command_of(task, token), limits_of(settings_), 0};
  job.limits.sent_bytes = std::size_t{256} << 10;
  const sandbox::Observation observation = sandbox::run_one(job);
  if (const auto *failure = std::get_if<sandbox::NotStarted>(&observation.ending))
    sandbox::throw_not_started(job.command, *failure);
  const event::RunStream stream = event::read_run_stream(observation.sent, token);
  const Outcome outcome = judge(observation, stream);
  const std::string object = plugin == nullptr ? host.runner.string() : plugin->file.string();
  // One that told everything and ends badly after that, in a destructor, say, is judged by its cases.
  const bool told_all = !stream.records.empty() && stream.records.back().step == RunStep::Verified && !stream.damaged;
  if (!told_all) {
    const auto unfit = std::find_if(stream.records.begin(), stream.records.end(),
                                    [](const auto &record) { return record.step == RunStep::NotAPlugin; });
    if (unfit != stream.records.end())
      throw Error(Blame::Usage, object, fmt::format("is not a plugin of the experiment: {}", printable(unfit->text)),
                  "export a `const struct crossheap_plugin crossheap_plugin` (crossheap/plugin.h)");
    throw Error(Blame::Usage, object,
                fmt::format("cannot be asked for its scenarios: {} {}{}", name_of(outcome.ending), outcome.during,
                            outcome.message.empty() ? "" : fmt::format(" ({})", outcome.message)),
                fmt::format("try it by hand: {}", shell_line(command_of(task, std::nullopt))));
  }
  Capabilities asked;
  for (const auto &record : stream.records) {
    if (record.step == RunStep::StaticTls) {
      const std::size_t bar = std::min(record.text.find('|'), record.text.size() - 1);
      asked.tls_of_new_objects = number(record.text.substr(0, bar));
      asked.tls_of_all_objects = number(record.text.substr(bar + 1));
    } else if (record.step == RunStep::Offered) {
      if (auto offer = parse_offer(record.text)) asked.offers.push_back(std::move(*offer));
    }
  }
  return asked;
}

Runner::Plan Runner::plan(const Selection &selection) {
  Plan plan{.hosts = select_hosts(builds_, selection),
            .plugins = select_plugins(builds_, selection),
            .modes = select_modes(selection),
            .host_capabilities = {},
            .plugin_capabilities = {},
            .scenarios = {},
            .left_out = builds_.left_out};
  std::vector<Offer> all;
  std::optional<Error> first_unfit;
  for (const HostBuild &host : plan.hosts) plan.host_capabilities[host.name] = ask(host, nullptr);
  for (const PluginBuild &plugin : plan.plugins) {
    const auto host = std::find_if(builds_.hosts.begin(), builds_.hosts.end(),
                                   [&](const HostBuild &build) { return opens(build, plugin); });
    Capabilities asked;
    try {
      asked = ask(*host, &plugin);
    } catch (const Error &unfit) {
      // It must not cost the others their results.
      if (plan.plugins.size() == 1) throw;
      plan.left_out.push_back({printable_name(plugin.name), unfit.reason(), true});
      if (!first_unfit) first_unfit = unfit;
      continue;
    }
    all.insert(all.end(), asked.offers.begin(), asked.offers.end());
    std::erase_if(asked.offers, [&](const Offer &offer) { return !selects(selection, offer); });
    for (const Offer &offer : asked.offers) {
      if (offer.directions != 0)
        plan.scenarios.emplace(offer.name, offer);
      else
        plan.left_out.push_back({fmt::format("{}: {}", plugin.name, offer.name), offer.sentence});
    }
    plan.plugin_capabilities[plugin.name] = std::move(asked);
  }
  std::erase_if(plan.plugins,
                [&](const PluginBuild &plugin) { return !plan.plugin_capabilities.contains(plugin.name); });
  if (plan.plugins.empty() && first_unfit) throw Error(*first_unfit);
  check_scenarios(selection, all);
  return plan;
}

std::vector<Load> Runner::open_all(const Plan &plan, const Progress &progress) {
  struct Attempt {
    std::size_t load;
    Task task;
  };
  std::vector<Load> loads;
  std::vector<Attempt> attempts;
  for (const HostBuild &host : plan.hosts)
    for (const PluginBuild &plugin : plan.plugins) {
      if (!opens(host, plugin)) continue;
      for (const LoadMode &mode : plan.modes) {
        attempts.push_back({loads.size(),
                            {.purpose = Purpose::Load,
                             .host = &host,
                             .plugin = &plugin,
                             .mode = &mode,
                             .scenario = {},
                             .direction = {},
                             .static_tls_raised = 0}});
        loads.push_back({.host = host.name,
                         .plugin = plugin.name,
                         .mode = std::string(mode.name),
                         .by_default = {},
                         .static_tls_raised = 0,
                         .opened = false,
                         .loader_warning = {},
                         .instances = {}});
      }
    }
  const auto attempt_all = [&](std::string_view doing, const std::vector<Attempt> &tasks, const auto &done) {
    std::uint64_t finished = 0;
    run_tasks(
        supervisor_, settings_, tasks.size(), [&](std::uint64_t i) { return tasks[i].task; }, {},
        [&](const sandbox::Job &job, const sandbox::Observation &observation, const event::RunStream &stream) {
          const Outcome outcome = judge(observation, stream);
          Load &load = loads[tasks[job.id].load];
          load.opened = survived(outcome);
          if (load.opened) load.instances = instances_of(stream);
          load.loader_warning = loader_warning(observation.output);
          done(tasks[job.id], load, outcome);
          progress(doing, ++finished, tasks.size());
        });
  };
  std::vector<Attempt> again;
  attempt_all(
      "opening with default settings", attempts, [&](const Attempt &attempt, Load &load, const Outcome &outcome) {
        load.by_default = outcome;
        if (!refused_for_static_tls(outcome)) return;
        const Capabilities &capabilities = plan.plugin_capabilities.at(load.plugin);
        // A new link namespace maps its own copies of what the host already has.
        const bool copies_everything = attempt.task.mode->new_namespace();
        load.static_tls_raised = copies_everything ? capabilities.tls_of_all_objects : capabilities.tls_of_new_objects;
        again.push_back(attempt);
        again.back().task.static_tls_raised = load.static_tls_raised;
      });
  attempt_all("opening with more static TLS", again, [](const Attempt &, Load &, const Outcome &) {});
  return loads;
}

std::vector<Case> Runner::cases_of(const Plan &plan, const Load &load) const {
  const std::vector<Offer> &in_host = plan.host_capabilities.at(load.host).offers;
  const bool two_namespaces = find_load_mode(load.mode)->new_namespace();
  std::vector<Case> cases;
  for (const Offer &offer : plan.plugin_capabilities.at(load.plugin).offers) {
    if (two_namespaces && (offer.flags & CROSSHEAP_SCENARIO_ONE_NAMESPACE) != 0) continue;
    const bool host_has_it =
        std::any_of(in_host.begin(), in_host.end(), [&](const Offer &other) { return other.name == offer.name; });
    for (const Direction &direction : directions())
      if ((offer.directions & direction.bit) != 0 && (host_has_it || direction.name == "inside"))
        cases.push_back({load.host, load.plugin, load.mode, offer.name, std::string(direction.name)});
  }
  return cases;
}

std::vector<Case> Runner::list(const Selection &selection) {
  const Plan plan = this->plan(selection);
  std::vector<Case> cases;
  std::uint64_t index = 0;
  for (const HostBuild &host : plan.hosts)
    for (const PluginBuild &plugin : plan.plugins) {
      if (!opens(host, plugin)) continue;
      for (const LoadMode &mode : plan.modes) {
        Load load;
        load.host = host.name;
        load.plugin = plugin.name;
        load.mode = mode.name;
        for (Case &one : cases_of(plan, load))
          if (index++ % selection.shard.count == selection.shard.index - 1) cases.push_back(std::move(one));
      }
    }
  return cases;
}

Results Runner::run(const Selection &selection, const Progress &progress) {
  const Plan plan = this->plan(selection);
  Results results;
  results.hosts = plan.hosts;
  results.plugins = plan.plugins;
  results.modes = plan.modes;
  results.scenarios = plan.scenarios;
  results.left_out = plan.left_out;
  results.repeat = settings_.repeat;
  results.shard = selection.shard;
  results.protections = supervisor_.protections();
  results.loads = open_all(plan, progress);
  if (supervisor_.stopped()) {  // some were not tried: none of them can be shown
    results.loads.clear();
    results.interrupted = true;
    return results;
  }

  const std::vector<Planned> planned = plan_cases(plan, selection.shard, results);
  results.planned = results.cases.size();
  const auto start = std::chrono::steady_clock::now();
  play("playing", settings_.repeat, planned, results, progress);
  results.took = std::chrono::steady_clock::now() - start;
  if (settings_.play_again && !supervisor_.stopped()) {
    std::vector<Planned> again;
    for (const Planned &one : planned)
      if (const CaseResult &result = results.cases[one.result]; result.runs != 0 && settings_.play_again(result))
        again.push_back(one);
    play("playing again what may be luck", kRepeatsOfASuspect, again, results, progress);
  }
  if (settings_.tracing && !supervisor_.stopped()) play_under_agent(planned, results, progress);
  results.interrupted = supervisor_.stopped();
  std::erase_if(results.cases, [](const CaseResult &result) { return result.runs == 0; });
  return results;
}

std::vector<Runner::Planned> Runner::plan_cases(const Plan &plan, const Shard &shard, Results &results) const {
  const auto named = [](const auto &items, const std::string &name) {
    return &*std::find_if(items.begin(), items.end(), [&](const auto &item) { return item.name == name; });
  };
  std::vector<Planned> planned;
  std::uint64_t index = 0;
  for (const Load &load : results.loads)
    for (Case &one : cases_of(plan, load)) {
      // Counted whether the plugin could be opened or not, so that a shard is the same on every machine.
      const bool in_shard = index++ % shard.count == shard.index - 1;
      if (!in_shard || !load.opened) continue;
      const Offer &offer = plan.scenarios.at(one.scenario);
      CaseResult result;
      result.contract = offer.contract;
      result.crossing = predict_crossing(load, offer, one.direction);
      result.of = std::move(one);
      planned.push_back({results.cases.size(),
                         {.purpose = Purpose::Play,
                          .host = named(plan.hosts, result.of.host),
                          .plugin = named(plan.plugins, result.of.plugin),
                          .mode = find_load_mode(result.of.mode),
                          .scenario = result.of.scenario,
                          .direction = result.of.direction,
                          .static_tls_raised = load.static_tls_raised}});
      results.cases.push_back(std::move(result));
    }
  return planned;
}

void Runner::play(std::string_view doing, std::uint32_t repeat, const std::vector<Planned> &planned, Results &results,
                  const Progress &progress) {
  std::uint64_t finished = 0;
  const std::uint64_t total = planned.size() * repeat;
  const auto count = [&](const Planned &one, Outcome outcome) {
    CaseResult &result = results.cases[one.result];
    const bool survives = survived(outcome);
    const bool first_failure = !survives && result.survived == result.runs;
    result.endings |= only(outcome.ending);
    if (result.runs == 0 || first_failure) result.outcome = std::move(outcome);
    ++result.runs;
    if (survives) ++result.survived;
  };
  std::vector<Planned> hung;
  progress(doing, 0, total);
  // Runs of one case are to differ, in their address layout at least; forked ones have their server's.
  const bool forked = repeat == 1 && !settings_.executes_each;
  const auto task_of = [&](std::uint64_t i) {
    Task task = planned[i / repeat].task;
    task.forked = forked;
    return task;
  };
  run_tasks(supervisor_, settings_, total, task_of, {},
            [&](const sandbox::Job &job, const sandbox::Observation &observation, const event::RunStream &stream) {
              const Planned &one = planned[job.id / repeat];
              Outcome outcome = judge(observation, stream);
              if (std::holds_alternative<Hung>(outcome.ending) && results.cases[one.result].crossing == Crossing::No)
                hung.push_back(one);
              else
                count(one, std::move(outcome));
              progress(doing, ++finished, total);
            });
  if (hung.empty() || supervisor_.stopped()) {
    for (const Planned &one : hung) count(one, {Hung{}, "", ""});
    return;
  }
  Settings patient = settings_;
  patient.deadline *= kPatience;
  finished = 0;
  run_tasks(
      supervisor_, patient, hung.size(), [&](std::uint64_t i) { return hung[i].task; }, {},
      [&](const sandbox::Job &job, const sandbox::Observation &observation, const event::RunStream &stream) {
        count(hung[job.id], judge(observation, stream));
        progress("waiting longer for what hung", ++finished, hung.size());
      });
}

void Runner::play_under_agent(const std::vector<Planned> &planned, Results &results, const Progress &progress) {
  const auto start = std::chrono::steady_clock::now();
  const auto play_watched = [&](std::string_view doing, event::OnCrossing policy, const std::vector<Planned> &cases,
                                std::optional<TracedRun> CaseResult::*where) {
    AgentInRuns agent(results.hosts, {.depth = settings_.tracing->depth,
                                      .on_crossing = policy,
                                      .follow_children = true,
                                      .api_mismatch = false,
                                      .frames = kFramesOfACase});
    std::uint64_t finished = 0;
    progress(doing, 0, cases.size());
    run_tasks(
        supervisor_, settings_, cases.size(), [&](std::uint64_t i) { return cases[i].task; },
        [&](sandbox::Job &job) { agent.put_into(job, *cases[job.id].task.host); },
        [&](const sandbox::Job &job, const sandbox::Observation &observation, const event::RunStream &stream) {
          results.cases[cases[job.id].result].*where = agent.take(job, judge(observation, stream));
          progress(doing, ++finished, cases.size());
        });
  };
  results.tracing = settings_.tracing;
  std::vector<Planned> watchable;
  for (const Planned &one : planned) {
    if (one.task.plugin->untraced.empty())
      watchable.push_back(one);
    else
      ++results.untraced[one.task.plugin->untraced];
  }
  play_watched("playing under the agent", event::OnCrossing::Report, watchable, &CaseResult::traced);
  // What survived alone and fails under the agent may do so by chance: then it fails alone as well, played often
  // enough.
  std::vector<Planned> suspects;
  for (const Planned &one : watchable)
    if (const CaseResult &result = results.cases[one.result]; result.traced && fails_only_under_agent(result))
      suspects.push_back(one);
  if (!supervisor_.stopped()) play("playing alone again", kRepeatsOfASuspect, suspects, results, progress);
  if (settings_.tracing->route && !supervisor_.stopped()) {
    std::vector<Planned> failing;
    for (const Planned &one : watchable)
      if (verdict_on(results.cases[one.result]) == Verdict::Reported) failing.push_back(one);
    play_watched("handing blocks to their owners", event::OnCrossing::Route, failing, &CaseResult::routed);
  }
  results.tracing_took = std::chrono::steady_clock::now() - start;
}

}  // namespace crossheap::matrix
