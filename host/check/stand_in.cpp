// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The stages in a host that stands in for the real one: drills, and the plugin contract for plugins that speak it.
// Cells with the same load mode and allocator share them, whatever their profile.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/installation.h"
#include "check/stages.h"
#include "contract/contract.h"
#include "drill/drill.h"
#include "matrix/run.h"

namespace crossheap::check {

namespace {

/// Cells by (mode, allocator), of the profiles that are more than looked at.
using Group = std::pair<const LoadMode *, std::size_t>;
std::map<Group, std::vector<std::size_t>> groups_of(const Work &work) {
  std::map<Group, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < work.result.cells.size(); ++i) {
    const Cell &cell = work.result.cells[i];
    const Chosen &chosen = work.result.profiles[cell.profile];
    if (!work.states[i].not_available.empty() || !(chosen.match.matches || chosen.by_name)) continue;
    groups[{cell.mode, cell.allocator}].push_back(i);
  }
  return groups;
}

}  // namespace

namespace {

constexpr std::string_view kLoad = "load";    // the drill that comes first, without which the others are not tried
constexpr std::string_view kCalls = "calls";  // the one that makes the calls of the contract

void add_drill(Work &work, std::size_t cell, const drill::Result &drill) {
  Work::State &state = work.states[cell];
  const bool is_calls = drill.drill == kCalls;
  Evidence evidence{.stage = is_calls ? Stage::Calls : Stage::Drill,
                    .name = drill.drill,
                    .state = State::NotTried,
                    .reason = drill.reason,
                    .took = {},
                    .output = {}};
  state.stand_in_opened = state.stand_in_opened || drill.opened;
  // What the real host opens and the stand-in does not lacks what only the real host offers: functions, a handshake.
  const bool only_here =
      drill.drill == kLoad && drill.state == drill::State::Failed && !drill.opened && state.host == Work::Host::Opened;
  // A process that did not get as far as the plugin says nothing about it: a busy machine, as a rule.
  const bool never_got_there =
      drill.state == drill::State::Failed && drill.reason.find("before it opened the plugin") != std::string::npos;
  // What a library leaves behind when it is unloaded concerns hosts that unload. Those that opened it here keep it.
  const bool only_leaks = drill.state == drill::State::Failed && state.host == Work::Host::Opened &&
                          drill.incidents.empty() && !drill.findings.empty() &&
                          std::all_of(drill.findings.begin(), drill.findings.end(), [](const Finding &finding) {
                            return finding.hazard == HazardId::BlocksOutliveOwner && finding.level != Level::Error;
                          });
  if (never_got_there) {
    if (state.stand_in_reason.empty()) state.stand_in_reason = drill.reason;
  } else if (only_leaks) {
    evidence.state = State::Held;
    ++state.drills_held;
  } else if (only_here) {
    evidence.reason = fmt::format("the stand-in host does not offer what the real one does: {}", drill.reason);
    if (state.stand_in_reason.empty()) state.stand_in_reason = drill.reason;
  } else if (drill.state == drill::State::Held) {
    evidence.state = State::Held;
    if (is_calls) {
      state.calls_held = drill.calls;
      work.result.cells[cell].calls += drill.calls;
    } else {
      ++state.drills_held;
    }
  } else if (drill.state == drill::State::Failed) {
    evidence.state = State::Failed;
    if (is_calls) work.result.cells[cell].calls += drill.calls;
    state.drills_failed.push_back(drill.reason.empty() ? drill.drill
                                                       : fmt::format("{}: {}", drill.drill, drill.reason));
  } else if (drill.about_others) {
    if (!drill.reason.empty() && state.stand_in_opened)
      state.beside.push_back(fmt::format("{} is not tried, since {}", drill.drill, drill.reason));
  } else if (state.stand_in_opened && !drill.inapplicable && !is_calls && !drill.reason.empty()) {
    state.drills_not_tried.push_back(fmt::format("{} was not tried: {}", drill.drill, drill.reason));
  } else if (state.stand_in_reason.empty()) {
    state.stand_in_reason = drill.reason;
    state.starved = drill.starved;
  }
  if (!only_here && !never_got_there) {
    for (Finding finding : drill.findings) {
      if (only_leaks) finding.level = Level::Note;
      work.add(cell, std::move(finding), evidence.stage);
    }
    for (const trace::Incident &incident : drill.incidents) work.add(cell, incident, evidence.stage);
  }
  if (is_calls && evidence.state == State::NotTried) state.calls_missing = drill.reason;
  work.result.cells[cell].evidence.push_back(std::move(evidence));
}

}  // namespace

void play_drills(Work &work, sandbox::Supervisor &supervisor, const Progress &progress) {
  const auto groups = groups_of(work);
  std::optional<contract::Contract> contract;
  if (work.request.contract) contract = contract::read(*work.request.contract);
  std::vector<drill::Subject> subjects;
  for (const auto &[group, cells] : groups) {
    drill::Subject subject;
    subject.plugin = work.request.plugin;
    subject.with = work.request.with;
    subject.mode = group.first;
    subject.preload = work.result.allocators[group.second].preload;
    if (contract) subject.calls = &*contract;
    subjects.push_back(std::move(subject));
  }
  if (subjects.empty()) return;
  const std::vector<std::vector<drill::Result>> results = drill::run(subjects, supervisor, progress);
  std::size_t at = 0;
  for (const auto &[group, cells] : groups) {
    const std::vector<drill::Result> &drills = results.at(at++);
    for (const std::size_t cell : cells)
      for (const drill::Result &drill : drills) add_drill(work, cell, drill);
  }
}

namespace {

/// Which hazard a case of the experiment shows where its block crosses.
HazardId hazard_of_case(const matrix::Offer &offer, std::string_view mode) {
  if (mode == "namespace") return HazardId::SecondNamespace;
  const auto releases = [&](std::string_view word) {
    return std::any_of(offer.released_by.begin(), offer.released_by.end(),
                       [&](const std::string &function) { return function.find(word) != std::string::npos; });
  };
  if (releases("realloc")) return HazardId::CrossingRealloc;
  if (releases("usable_size")) return HazardId::CrossingQuery;
  return HazardId::CrossingFree;
}

struct Crossed {
  std::vector<std::string> cases;
  std::uint64_t failed = 0;
};

}  // namespace

void play_plugin_contract(Work &work, sandbox::Supervisor &supervisor, const Progress &progress) {
  const profile::Appearance plugin = profile::appearance_of(work.request.plugin);
  if (std::find(plugin.exports.begin(), plugin.exports.end(), "crossheap_plugin") == plugin.exports.end()) return;
  const auto groups = groups_of(work);
  matrix::Builds builds;
  matrix::Selection selection;
  for (const auto &[group, cells] : groups) {
    const Allocator &allocator = work.result.allocators[group.second];
    if (std::find(selection.hosts.begin(), selection.hosts.end(), allocator.name) == selection.hosts.end()) {
      builds.hosts.push_back({.name = allocator.name,
                              .runner = library_file("runners/system"),
                              .preload = allocator.preload,
                              .family = allocator.name,
                              .about = allocator.name});
      selection.hosts.push_back(allocator.name);
    }
    const std::string mode(group.first->name);
    if (std::find(selection.modes.begin(), selection.modes.end(), mode) == selection.modes.end())
      selection.modes.push_back(mode);
  }
  if (groups.empty()) return;
  selection.plugins = {work.request.plugin.string()};
  matrix::Results results;
  try {
    matrix::Runner runner(
        builds, supervisor,
        {.repeat = 1, .jobs = work.request.jobs, .deadline = std::chrono::milliseconds(5000), .tracing = std::nullopt});
    results = runner.run(selection, progress);
  } catch (const Error &error) {
    work.result.problems.push_back({error.object(), error.reason(), error.next_step()});
    return;
  }
  for (const auto &[group, cells] : groups) {
    const std::string &host = work.result.allocators[group.second].name;
    const std::string mode(group.first->name);
    const matrix::Load *load = nullptr;
    for (const matrix::Load &one : results.loads)
      if (one.host == host && one.mode == mode) load = &one;
    if (load == nullptr) continue;
    std::map<std::pair<HazardId, std::string>, Crossed> crossed;
    std::vector<std::string> others;
    std::uint64_t played = 0;
    std::uint64_t failed = 0;
    for (const matrix::CaseResult &one : results.cases) {
      if (one.of.host != host || one.of.mode != mode || one.runs == 0) continue;
      ++played;
      if (matrix::safe(one) && one.crossing != matrix::Crossing::Yes) continue;
      ++failed;
      const matrix::Offer &offer = results.scenarios.find(one.of.scenario)->second;
      if (one.crossing != matrix::Crossing::Yes) {
        others.push_back(fmt::format("{}/{}: {}", one.of.scenario, one.of.direction, matrix::in_words(one)));
        continue;
      }
      std::string way;
      for (const matrix::Use &use : matrix::uses_of(offer, one.of.direction)) {
        const std::string_view instance = matrix::instance_of(*load, use);
        way += fmt::format("{}{}'s {} ({})", way.empty() ? "" : ", then ", use.side, use.function,
                           instance.empty() ? "of an unknown allocator" : instance);
      }
      Crossed &entry = crossed[{hazard_of_case(offer, mode), fmt::format("{}: {}", one.of.direction, way)}];
      entry.cases.push_back(fmt::format("{}/{}: {}", one.of.scenario, one.of.direction, matrix::in_words(one)));
      if (!matrix::safe(one)) ++entry.failed;
    }
    for (const std::size_t cell : cells) {
      Work::State &state = work.states[cell];
      state.stand_in_opened = state.stand_in_opened || load->opened;
      state.cases += played;
      work.result.cells[cell].calls += played;
      Evidence evidence{
          .stage = Stage::Calls,
          .name = "plugin contract",
          .state = failed == 0 ? State::Held : State::Failed,
          .reason = failed == 0 ? std::string() : fmt::format("{} of {} cases are not safe", failed, played),
          .took = {},
          .output = {}};
      if (!matrix::survived(load->by_default)) {
        evidence.state = State::Failed;
        evidence.reason = fmt::format("the loader refuses it by default: {}", load->by_default.message);
        state.stand_in_reason = load->by_default.message;
        state.loader_refuses = load->by_default.message;
        state.stand_in_opened = false;
      }
      work.result.cells[cell].evidence.push_back(evidence);
      for (const auto &[what, entry] : crossed) {
        constexpr std::size_t kExamples = 6;
        Finding finding;
        finding.hazard = what.first;
        finding.level = Level::Error;
        finding.subject = work.request.plugin.string();
        finding.summary = fmt::format("A block passes from one allocator to another, {}", what.second);
        finding.count = entry.cases.size();
        finding.evidence.assign(entry.cases.begin(), entry.cases.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                               kExamples, entry.cases.size())));
        if (entry.cases.size() > kExamples)
          finding.evidence.push_back(fmt::format("and {} more cases", entry.cases.size() - kExamples));
        work.add(cell, std::move(finding), Stage::Calls);
      }
      if (!others.empty()) state.drills_failed.push_back(others.front());
      state.cases_failed += others.size();
    }
  }
}

}  // namespace crossheap::check
