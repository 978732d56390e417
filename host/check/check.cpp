// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The stages run in their order, and each writes evidence into the cells. Verdicts are drawn at the end, once
// (verdict.h).
//
// Most of this file joins findings. The same defect comes up in dozens of cells, which differ in the preloaded
// allocator only. So its summary is made general for the comparison:
//
//     jemalloc     "plugin.so frees a block of libjemalloc.so.2 (jemalloc) with libc's free"
//     mimalloc     "plugin.so frees a block of libmimalloc.so.2 (mimalloc) with libc's free"
//     both         "plugin.so frees a block of the preloaded allocator with libc's free"
//
// One that is seen under one allocator only keeps its own words. Incidents are compared by their innermost four frames,
// without those of the allocator.
#include "check/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "allocator/families.h"
#include "base/error.h"
#include "binding/library_search.h"
#include "check/stages.h"
#include "contract/contract.h"
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

// What differs between two cells only by the allocator that is preloaded is one finding. Its words name the allocator
// as long as it is in cells of one, and "the preloaded allocator" from then on.
std::string Work::generally(std::size_t cell, std::string text) const {
  const std::string &preload = result.allocators[result.cells[cell].allocator].preload;
  if (preload.empty()) return text;
  constexpr std::string_view kInstead = "the preloaded allocator";
  const std::string file = fs::path(preload).filename().string();
  for (std::size_t at = text.find(file); at != std::string::npos; at = text.find(file, at + kInstead.size())) {
    std::size_t begin = at;
    std::size_t end = at + file.size();
    // "jemalloc in libjemalloc.so.2" and "libjemalloc.so.2 (jemalloc)".
    constexpr std::string_view kIn = " in ";
    if (begin >= kIn.size() && text.compare(begin - kIn.size(), kIn.size(), kIn) == 0) {
      std::size_t word = begin - kIn.size();
      while (word > 0 && text[word - 1] != ' ') --word;
      if (text.compare(word, begin - kIn.size() - word, name_of(family_of_library(file))) == 0) begin = word;
    }
    if (text.compare(end, 2, " (") == 0 && text.find(')', end) != std::string::npos) end = text.find(')', end) + 1;
    text.replace(begin, end - begin, kInstead);
    at = begin;
  }
  return text;
}

std::size_t Work::keep(Found found, const std::string &key, const std::string &general) {
  const auto [entry, is_new] = known_.try_emplace(key, result.findings.size());
  if (is_new) {
    result.findings.push_back(std::move(found));
    return entry->second;
  }
  Found &known = result.findings[entry->second];
  if (known.finding.summary != found.finding.summary) known.finding.summary = general;
  if (found.incident) known.finding.count += found.finding.count;
  return entry->second;
}

void Work::link(std::size_t finding, std::size_t cell) {
  std::vector<std::size_t> &cells = result.findings[finding].cells;
  if (std::find(cells.begin(), cells.end(), cell) == cells.end()) cells.push_back(cell);
  std::vector<std::size_t> &findings = result.cells[cell].findings;
  if (std::find(findings.begin(), findings.end(), finding) == findings.end()) findings.push_back(finding);
}

void Work::add(std::size_t cell, Finding finding, Stage stage) {
  const std::string general = generally(cell, finding.summary);
  const std::string key = fmt::format("{}|{}|{}|{}|{}", static_cast<int>(stage), name_of(finding.hazard),
                                      name_of(finding.level), finding.subject, general);
  link(keep({std::move(finding), std::nullopt, stage, {}, false}, key, general), cell);
}

void Work::add(std::size_t cell, trace::Incident incident, Stage stage) {
  // The same place in the code, whichever the preloaded allocator is; its own frames are not the place.
  const std::string &preload = result.allocators[result.cells[cell].allocator].preload;
  const auto object = [&](const std::string &path) {
    std::error_code failed;
    return !preload.empty() && (path == preload || fs::equivalent(path, preload, failed)) ? std::string("@") : path;
  };
  std::string key = fmt::format("{}|{}|{}|{}#{}|{}#{}", static_cast<int>(stage), name_of(incident.hazard),
                                incident.function, object(incident.owner.object), incident.owner.link_namespace,
                                object(incident.releaser.object), incident.releaser.link_namespace);
  constexpr std::size_t kFrames = 4;
  for (const auto *stack : {&incident.release_stack, &incident.allocation_stack}) {
    std::size_t frames = 0;
    for (const trace::Frame &frame : *stack) {
      if (object(frame.object) == "@") continue;
      if (++frames > kFrames) break;
      key += fmt::format("|{}+{:x}", frame.object, frame.offset);
    }
  }
  const std::string general = generally(cell, incident.summary);
  Found found{incident, std::nullopt, stage, {}, false};
  found.incident = std::move(incident);
  link(keep(std::move(found), key, general), cell);
}

void Work::add_of_file(Finding finding) {
  const std::string key = fmt::format("file|{}|{}|{}", name_of(finding.hazard), finding.subject, finding.summary);
  const std::string summary = finding.summary;
  keep({std::move(finding), std::nullopt, Stage::Files, {}, false}, key, summary);
}

void Work::problem(std::string subject, std::string reason, std::string next_step) {
  for (const Problem &known : result.problems)
    if (known.subject == subject && known.reason == reason) return;
  result.problems.push_back({std::move(subject), std::move(reason), std::move(next_step)});
}

Check check(const Request &request, sandbox::Supervisor &supervisor, const Progress &progress) {
  const auto began = std::chrono::steady_clock::now();
  matrix::plugin_at(request.plugin);  // throws where it is no shared object of this machine
  for (const fs::path &other : request.with) matrix::plugin_at(other);
  if (request.contract) contract::read(*request.contract);  // throws where it is not finished
  Check result;
  result.plugin = request.plugin.string();
  for (const fs::path &other : request.with) result.with.push_back(other.string());
  for (std::size_t i = request.shard.index - 1; i < request.profiles.size(); i += request.shard.count)
    result.profiles.push_back(request.profiles[i]);
  result.shard = request.shard;
  result.allocators = request.allocators;
  result.static_only = request.static_only;
  for (const Chosen &chosen : result.profiles) {
    HostSeen seen;
    if (chosen.profile.drive) {
      const profile::Drive &drive = *chosen.profile.drive;
      const std::string version = profile::version_for(drive, request.plugin);
      seen.program = profile::installed_program(drive, version).value_or("").string();
      seen.executable = profile::installed_executable(drive, version).value_or("").string();
      const std::string own = profile::program_for(drive, version);
      if (!own.empty() && fs::path(seen.program).filename() != fs::path(own).filename())
        seen.other_version = fmt::format("it lies in a folder for version {}, and {} is not installed", version, own);
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

  look_at_files(work, supervisor, progress);
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
