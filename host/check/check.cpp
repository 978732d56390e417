// SPDX-License-Identifier: MIT OR Apache-2.0
#include "check/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "binding/library_search.h"
#include "check/stages.h"
#include "elf/file.h"
#include "elf/source.h"
#include "matrix/experiment.h"

namespace crossheap::check {

namespace fs = std::filesystem;

namespace {

constexpr std::array kVerdicts{std::pair{Verdict::Safe, std::string_view("safe")},
                               std::pair{Verdict::Unsafe, std::string_view("unsafe")},
                               std::pair{Verdict::NotOpened, std::string_view("not opened")},
                               std::pair{Verdict::HostFailsAlone, std::string_view("host fails alone")},
                               std::pair{Verdict::NotTried, std::string_view("not tried")}};

/// What makes two findings of different cells one. Where a name was searched differs from allocator to allocator and
/// is not part of it.
std::string key_of(const Finding &finding, Stage stage) {
  return fmt::format("{}|{}|{}|{}|{}", static_cast<int>(stage), name_of(finding.hazard), name_of(finding.level),
                     finding.subject, finding.summary);
}

std::string key_of(const trace::Incident &incident, Stage stage) {
  std::string key = fmt::format("{}|{}|{}|{}#{}|{}#{}|{}", static_cast<int>(stage), name_of(incident.hazard),
                                incident.function, incident.owner.object, incident.owner.link_namespace,
                                incident.releaser.object, incident.releaser.link_namespace, incident.allocated_by);
  constexpr std::size_t kFrames = 4;
  for (const auto *stack : {&incident.release_stack, &incident.allocation_stack})
    for (std::size_t i = 0; i < std::min(kFrames, stack->size()); ++i)
      key += fmt::format("|{}+{:x}", (*stack)[i].object, (*stack)[i].offset);
  return key;
}

}  // namespace

std::string_view name_of(Verdict verdict) noexcept {
  for (const auto &[value, name] : kVerdicts)
    if (value == verdict) return name;
  return "not tried";
}

std::optional<Verdict> find_verdict(std::string_view text) noexcept {
  for (const auto &[value, name] : kVerdicts)
    if (name == text) return value;
  return std::nullopt;
}

std::string_view name_of(Stage stage) noexcept {
  switch (stage) {
    case Stage::Files:
      return "files";
    case Stage::RealHost:
      return "real host";
    case Stage::Drill:
      return "drill";
    case Stage::Calls:
      return "calls";
  }
  return "?";
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
  return "?";
}

Allocator allocator_named(const std::string &name, const std::string &library) {
  // As the loader finds a preloaded library for a program of this machine.
  const elf::File self = elf::File::open("/proc/self/exe");
  const binding::LibrarySearch search(binding::own_settings(), self.header());
  const binding::Asker nobody{&self, "/"};
  const binding::Found found = search.find(library, {}, nobody);
  Allocator allocator{name, {}, {}};
  if (found.file)
    allocator.preload = fs::absolute(*found.file).string();
  else
    allocator.missing = found.refusal.empty() ? fmt::format("{} is not installed", library) : found.refusal;
  return allocator;
}

std::vector<Allocator> usual_allocators() {
  return {{"as-installed", {}, {}},
          allocator_named("jemalloc", "libjemalloc.so.2"),
          allocator_named("mimalloc", "libmimalloc.so.2"),
          allocator_named("tcmalloc", "libtcmalloc_minimal.so.4")};
}

std::size_t Work::keep(Found found, const std::string &key) {
  const auto [entry, is_new] = known_.try_emplace(key, result.findings.size());
  if (is_new)
    result.findings.push_back(std::move(found));
  else if (found.incident)
    result.findings[entry->second].finding.count += found.finding.count;
  return entry->second;
}

void Work::link(std::size_t finding, std::size_t cell) {
  std::vector<std::size_t> &cells = result.findings[finding].cells;
  if (std::find(cells.begin(), cells.end(), cell) == cells.end()) cells.push_back(cell);
  std::vector<std::size_t> &findings = result.cells[cell].findings;
  if (std::find(findings.begin(), findings.end(), finding) == findings.end()) findings.push_back(finding);
}

void Work::add(std::size_t cell, Finding finding, Stage stage) {
  const std::string key = key_of(finding, stage);
  link(keep({std::move(finding), std::nullopt, stage, {}, false}, key), cell);
}

void Work::add(std::size_t cell, trace::Incident incident, Stage stage) {
  const std::string key = key_of(incident, stage);
  Found found{incident, std::nullopt, stage, {}, false};
  found.incident = std::move(incident);
  link(keep(std::move(found), key), cell);
}

void Work::add_of_file(Finding finding) {
  const std::string key = key_of(finding, Stage::Files);
  keep({std::move(finding), std::nullopt, Stage::Files, {}, false}, key);
}

Check check(const Request &request, sandbox::Supervisor &supervisor, const Progress &progress) {
  const auto began = std::chrono::steady_clock::now();
  matrix::plugin_at(request.plugin);  // throws where it is no shared object of this machine
  for (const fs::path &other : request.with) matrix::plugin_at(other);
  Check result;
  result.plugin = request.plugin.string();
  for (const fs::path &other : request.with) result.with.push_back(other.string());
  result.profiles = request.profiles;
  result.allocators = request.allocators;
  result.static_only = request.static_only;
  for (const Chosen &chosen : request.profiles) {
    HostSeen seen;
    if (chosen.profile.drive) {
      seen.program = profile::installed_program(*chosen.profile.drive).value_or("").string();
      seen.executable = profile::installed_executable(*chosen.profile.drive).value_or("").string();
    }
    result.hosts.push_back(std::move(seen));
  }
  for (std::size_t profile = 0; profile < result.profiles.size(); ++profile)
    for (const LoadMode *mode : result.profiles[profile].profile.modes)
      for (std::size_t allocator = 0; allocator < result.allocators.size(); ++allocator) {
        Cell cell;
        cell.profile = profile;
        cell.mode = mode;
        cell.allocator = allocator;
        result.cells.push_back(std::move(cell));
      }
  Work work(request, result);
  work.states.resize(result.cells.size());
  for (std::size_t i = 0; i < result.cells.size(); ++i)
    work.states[i].not_available = result.allocators[result.cells[i].allocator].missing;

  look_at_files(work, progress);
  if (!request.static_only) {
    result.unconfined = sandbox::what_is_missing(supervisor.protections());
    for (const auto stage : {ask_real_hosts, play_plugin_contract, play_drills})
      if (!supervisor.stopped()) stage(work, supervisor, progress);
  }
  result.interrupted = supervisor.stopped();
  draw_verdicts(work);
  result.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  return result;
}

bool has_findings(const Check &check, Level level) {
  return std::any_of(check.findings.begin(), check.findings.end(),
                     [&](const Found &found) { return !found.known && found.finding.level >= level; });
}

std::size_t count(const Check &check, Verdict verdict) {
  return static_cast<std::size_t>(
      std::count_if(check.cells.begin(), check.cells.end(), [&](const Cell &cell) { return cell.verdict == verdict; }));
}

}  // namespace crossheap::check
