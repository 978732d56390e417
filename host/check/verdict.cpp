// SPDX-License-Identifier: MIT OR Apache-2.0
//
// From evidence to one word a cell. The order matters: what was seen to go wrong comes before what could not be done,
// and what could not be done before what went well.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"
#include "check/stages.h"

namespace crossheap::check {

namespace fs = std::filesystem;

namespace {

/// The worst finding of a cell that is more than a note; null where there is none.
const Found *worst_of(const Check &check, const Cell &cell) {
  const Found *worst = nullptr;
  for (const std::size_t index : cell.findings) {
    const Found &found = check.findings[index];
    if (found.finding.level == Level::Note) continue;
    // What was seen to happen is better evidence than what the files let expect.
    const auto rank = [](const Found &one) { return std::pair(one.finding.level, one.stage != Stage::Files); };
    if (worst == nullptr || rank(found) > rank(*worst)) worst = &found;
  }
  return worst;
}

std::string why_no_real_host(const Check &check, const Work::State &state, const Cell &cell) {
  const Chosen &chosen = check.profiles[cell.profile];
  if (!chosen.profile.drive)
    return chosen.profile.no_drive.empty() ? std::string("no command is known that opens it") : chosen.profile.no_drive;
  if (check.hosts[cell.profile].program.empty())
    return fmt::format("{} is not installed (package {})", profile::program_named(*chosen.profile.drive),
                       chosen.profile.drive->package);
  if (!chosen.match.matches && !chosen.by_name)
    return fmt::format("it does not look like one of {}", chosen.profile.about);
  return state.host == Work::Host::NotAsked ? state.host_reason : std::string();
}

/// What opens plugins; a program that starts it is no news to anybody.
const std::string &host_of(const Check &check, const Cell &cell) {
  const HostSeen &host = check.hosts[cell.profile];
  return host.executable.empty() ? host.program : host.executable;
}

void draw(const Check &check, const Work::State &state, Cell &cell) {
  const Chosen &chosen = check.profiles[cell.profile];
  if (!state.not_available.empty()) {
    cell.reason = state.not_available;
    return;
  }
  if (state.host == Work::Host::FailsAlone) {
    cell.verdict = Verdict::HostFailsAlone;
    cell.reason = state.host_reason;
    return;
  }
  const bool opened = state.host == Work::Host::Opened || state.stand_in_opened;
  if (const Found *const worst = worst_of(check, cell)) {
    // What does not fit into static TLS does no harm: it is not opened.
    const bool is_refused = worst->finding.hazard == HazardId::StaticTlsExhausted && !opened;
    cell.verdict = is_refused ? Verdict::NotOpened : Verdict::Unsafe;
    cell.reason = fmt::format("{}: {}", name_of(worst->finding.hazard), worst->finding.summary);
    return;
  }
  if (state.host == Work::Host::Crashed) {
    cell.verdict = Verdict::Unsafe;
    cell.reason = state.host_reason;
    return;
  }
  if (state.host == Work::Host::Refused) {
    cell.verdict = Verdict::NotOpened;
    cell.reason = state.host_reason;
    return;
  }
  if (state.host != Work::Host::Opened && !state.loader_refuses.empty()) {
    cell.verdict = Verdict::NotOpened;
    cell.reason = fmt::format("the loader refuses it: {}", state.loader_refuses);
    return;
  }
  if (!state.drills_failed.empty()) {
    // A host that dies while it opens the plugin is worse than one that does not come to its end.
    const bool died = state.drills_failed.front().find("was killed by SIG") != std::string::npos;
    cell.verdict = opened || died ? Verdict::Unsafe : Verdict::NotOpened;
    cell.reason = fmt::format("in a host of ours, {}", state.drills_failed.front());
    return;
  }
  if (check.static_only) {
    const bool looked = std::any_of(cell.evidence.begin(), cell.evidence.end(), [](const Evidence &one) {
      return one.stage == Stage::Files && one.state != State::NotTried;
    });
    cell.reason =
        looked ? "nothing was run; the files show no crossing"
               : fmt::format("nothing was run; {}", check.interrupted ? "interrupted" : cell.evidence.back().reason);
    return;
  }
  const std::string no_host = why_no_real_host(check, state, cell);
  if (!opened) {
    std::vector<std::string> reasons;
    if (!no_host.empty()) reasons.push_back(no_host);
    if (!state.stand_in_reason.empty() && (chosen.match.matches || chosen.by_name))
      reasons.push_back(fmt::format("the stand-in host did not open it: {}", state.stand_in_reason));
    // Symbols that only the real host has are no fault of the plugin; of a plugin of no known kind they are.
    if (chosen.profile.name == "generic" && !state.stand_in_reason.empty() && !state.starved && !check.interrupted)
      cell.verdict = Verdict::NotOpened;
    if (check.interrupted) reasons.insert(reasons.begin(), "interrupted");
    cell.reason = reasons.empty() ? "nothing opened it" : fmt::format("{}", fmt::join(reasons, "; "));
    return;
  }
  // Whoever gives a contract asks for its calls: a host that only opens the plugin is no answer.
  if (!state.calls_missing.empty()) {
    cell.reason =
        fmt::format("it was opened, and the calls of its contract were not all made: {}", state.calls_missing);
    return;
  }
  // A host of ours that opened it and saw nothing to its end has shown nothing.
  if (state.host != Work::Host::Opened && state.drills_held == 0 && state.cases == 0 && state.calls_held == 0) {
    std::vector<std::string> reasons{no_host};
    if (!state.drills_not_tried.empty()) reasons.push_back(state.drills_not_tried.front());
    cell.reason = fmt::format("{}", fmt::join(reasons, "; "));
    return;
  }
  cell.verdict = Verdict::Safe;
  cell.own_test = state.own_test;
  if (state.host == Work::Host::Opened && state.own_test)
    cell.rests_on.push_back(fmt::format("your own test came to its end{}", state.watched ? " under the agent" : ""));
  else if (state.host == Work::Host::Opened)
    cell.rests_on.push_back(fmt::format("opened by {}{}", host_of(check, cell),
                                        state.watched ? " under the agent" : ", not watched by the agent"));
  else
    cell.rests_on.push_back(fmt::format("opened by a stand-in host, since {}", no_host));
  cell.rests_on.insert(cell.rests_on.end(), state.beside.begin(), state.beside.end());
  if (state.drills_held > 0)
    cell.rests_on.push_back(fmt::format("{} drill{} held", state.drills_held, state.drills_held == 1 ? "" : "s"));
  else if (state.host == Work::Host::Opened && !state.own_test && !state.stand_in_reason.empty())
    cell.rests_on.push_back(state.starved ? std::string("no drill, since the machine was too busy")
                                          : fmt::format("no drill, since only {} has what it needs",
                                                        fs::path(host_of(check, cell)).filename().string()));
  cell.rests_on.insert(cell.rests_on.end(), state.drills_not_tried.begin(), state.drills_not_tried.end());
  if (state.cases > 0)
    cell.rests_on.push_back(fmt::format("{} cases of the plugin contract", with_commas(state.cases)));
  if (state.calls_held > 0)
    cell.rests_on.push_back(
        fmt::format("{} call{} by contract", with_commas(state.calls_held), state.calls_held == 1 ? "" : "s"));
  if (cell.calls == 0 && !state.own_test) cell.rests_on.emplace_back("none of its own functions was called");
  cell.reason = fmt::format("{}", fmt::join(cell.rests_on, "; "));
}

}  // namespace

void draw_verdicts(Work &work) {
  for (std::size_t i = 0; i < work.result.cells.size(); ++i) draw(work.result, work.states[i], work.result.cells[i]);
  std::stable_sort(work.result.problems.begin(), work.result.problems.end(),
                   [](const Problem &one, const Problem &other) { return one.subject < other.subject; });
}

}  // namespace crossheap::check
