// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The verdict for a person: one sentence, the table, a line for each verdict with its reason, and each finding once,
// with the evidence, the reason and the fix. Cells that say the same in one row share a line.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "base/demangle.h"
#include "base/text.h"
#include "report/check_report.h"

namespace crossheap::report {

namespace {

using check::Cell;
using check::Check;
using check::Verdict;

std::string row_name(const Check &check, const Cell &cell) {
  const check::Chosen &chosen = check.profiles[cell.profile];
  if (chosen.profile.modes.size() == 1) return chosen.profile.name;
  return fmt::format("{}, {}", chosen.profile.name, cell.mode->name);
}

/// The cells of one row, in the order of the allocators.
std::vector<std::pair<std::string, std::vector<const Cell *>>> rows_of(const Check &check) {
  std::vector<std::pair<std::string, std::vector<const Cell *>>> rows;
  for (const Cell &cell : check.cells) {
    const std::string name = row_name(check, cell);
    if (rows.empty() || rows.back().first != name) rows.emplace_back(name, std::vector<const Cell *>());
    rows.back().second.push_back(&cell);
  }
  return rows;
}

std::string table(const Check &check) {
  std::size_t first = 0;
  const auto rows = rows_of(check);
  for (const auto &[name, cells] : rows) first = std::max(first, name.size());
  std::string text = fmt::format("  {:<{}}", "", first);
  for (const check::Allocator &allocator : check.allocators)
    text += fmt::format("  {:<16}", printable_name(allocator.name));
  text = text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  for (const auto &[name, cells] : rows) {
    std::string line = fmt::format("  {:<{}}", name, first);
    for (const Cell *cell : cells) line += fmt::format("  {:<16}", name_of(cell->verdict));
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string reasons(const Check &check) {
  // Many profiles say the same where nothing was run: each reason once, with the rows that have it.
  std::vector<std::pair<std::string, std::vector<std::string>>> all;
  for (const auto &[name, cells] : rows_of(check)) {
    std::vector<std::pair<std::string, std::vector<std::string>>> of_row;
    for (const Cell *cell : cells) {
      const std::string words = fmt::format("{}: {}", name_of(cell->verdict), printable_name(cell->reason));
      const std::string &allocator = check.allocators[cell->allocator].name;
      const auto known =
          std::find_if(of_row.begin(), of_row.end(), [&](const auto &one) { return one.first == words; });
      if (known == of_row.end())
        of_row.push_back({words, {allocator}});
      else
        known->second.push_back(allocator);
    }
    for (const auto &row : of_row) {
      const auto &words = row.first;
      const auto &allocators = row.second;
      const std::string where =
          allocators.size() == check.allocators.size()
              ? name
              : fmt::format("{} on {}", name, enumeration({allocators.data(), allocators.size()}));
      const auto known = std::find_if(all.begin(), all.end(), [&](const auto &one) { return one.first == words; });
      if (known == all.end())
        all.push_back({words, {where}});
      else
        known->second.push_back(where);
    }
  }
  std::string text;
  for (const auto &[words, where] : all) text += fmt::format("  {}\n      {}\n", fmt::join(where, "; "), words);
  return text;
}

std::string place(const trace::Frame &frame) {
  const std::string function = frame.function.empty() ? fmt::format("{:#x}", frame.offset) : frame.function;
  if (!frame.file.empty()) return fmt::format("{} ({}:{}) in {}", function, frame.file, frame.line, frame.object);
  return fmt::format("{} in {}", function, frame.object.empty() ? "?" : frame.object);
}

std::string stack(std::string_view title, const std::vector<trace::Frame> &frames) {
  if (frames.empty()) return {};
  constexpr std::size_t kFrames = 8;
  std::string text = fmt::format("      {}\n", title);
  for (std::size_t i = 0; i < std::min(kFrames, frames.size()); ++i)
    text += fmt::format("          {}\n", printable_name(place(frames[i])));
  if (frames.size() > kFrames) text += fmt::format("          and {} more\n", frames.size() - kFrames);
  return text;
}

std::string where_found(const Check &check, const check::Found &found) {
  if (found.cells.empty()) return "in the file itself";
  std::vector<std::string> where;
  std::map<std::string, std::vector<std::string>> rows;
  std::vector<std::string> order;
  for (const std::size_t index : found.cells) {
    const Cell &cell = check.cells[index];
    const std::string name = row_name(check, cell);
    if (!rows.contains(name)) order.push_back(name);
    rows[name].push_back(check.allocators[cell.allocator].name);
  }
  for (const std::string &name : order) {
    const std::vector<std::string> &allocators = rows[name];
    where.push_back(allocators.size() == check.allocators.size()
                        ? name
                        : fmt::format("{} on {}", name, enumeration({allocators.data(), allocators.size()})));
  }
  return fmt::format("in {}", fmt::join(where, "; "));
}

std::string_view how_found(check::Stage stage) {
  switch (stage) {
    case check::Stage::Files:
      return "the files show it";
    case check::Stage::RealHost:
      return "seen in the real host";
    case check::Stage::Drill:
      return "seen in a drill";
    case check::Stage::Calls:
      return "seen when it was called";
  }
  return "";
}

bool is_of_plugin(const Check &check, const check::Found &found) {
  if (found.stage != check::Stage::Files || found.finding.subject == check.plugin) return true;
  return std::find(check.with.begin(), check.with.end(), found.finding.subject) != check.with.end();
}

std::string finding_text(const Check &check, const check::Found &found) {
  const Finding &finding = found.finding;
  std::string text =
      fmt::format("{} {}{}, {}: {}\n", name_of(finding.hazard), name_of(finding.level), found.known ? " (known)" : "",
                  hazard_of(finding.hazard).name, printable_name(finding.summary));
  text += fmt::format("      {}, {}\n", where_found(check, found), how_found(found.stage));
  if (found.incident) {
    const trace::Incident &incident = *found.incident;
    text += stack(fmt::format("{} called from", incident.function.empty() ? "dlclose" : demangled(incident.function)),
                  incident.release_stack);
    text += stack("allocated from", incident.allocation_stack);
  }
  for (const std::string &fact : finding.evidence) {
    // An incident's first facts are the frames and the parties, which stand above.
    const bool stands_above =
        found.incident && (fact.starts_with("owner:") || fact.starts_with("releaser:") ||
                           fact.find(" called from") != std::string::npos || fact.starts_with("allocated from"));
    if (!stands_above) text += fmt::format("      - {}\n", printable_name(fact));
  }
  if (!finding.because.empty()) text += fmt::format("      why: {}\n", printable_name(finding.because));
  text += fmt::format("      fix: {}\n", printable_name(advice_of(finding)));
  return text;
}

/// What libraries do that came with the plugin is told together: one example, and the names of the others.
std::string dependencies_text(const Check &check) {
  std::map<HazardId, std::vector<const check::Found *>> by_hazard;
  for (const check::Found &found : check.findings)
    if (!is_of_plugin(check, found) && found.finding.level != Level::Note)
      by_hazard[found.finding.hazard].push_back(&found);
  std::string text;
  for (auto &[hazard, all] : by_hazard) {
    std::stable_sort(all.begin(), all.end(), [](const check::Found *one, const check::Found *other) {
      return one->finding.level > other->finding.level;
    });
    text += "\n" + finding_text(check, *all.front());
    constexpr std::size_t kNames = 12;
    std::vector<std::string> names;
    for (const check::Found *one : all) {
      const std::string name = printable_name(std::filesystem::path(one->finding.subject).filename().string());
      if (one != all.front() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    if (names.empty()) continue;
    const std::size_t more = names.size() > kNames ? names.size() - kNames : 0;
    names.resize(names.size() - more);
    text +=
        fmt::format("      likewise: {}{}\n", fmt::join(names, ", "), more > 0 ? fmt::format(", {} more", more) : "");
  }
  return text;
}

/// One line for each: notes are facts that matter together with others.
std::string notes_text(const Check &check) {
  std::string text;
  constexpr std::size_t kNotes = 6;
  std::size_t notes = 0;
  for (const check::Found &found : check.findings) {
    if (found.finding.level != Level::Note || ++notes > kNotes) continue;
    text += fmt::format("{} note: {}\n", name_of(found.finding.hazard), printable_name(found.finding.summary));
  }
  if (notes > kNotes) text += fmt::format("and {} more notes\n", notes - kNotes);
  return text;
}

std::string findings_text(const Check &check) {
  constexpr std::size_t kAtMost = 6;
  std::string text;
  std::size_t shown = 0;
  std::size_t hidden = 0;
  const auto show = [&](const auto &wanted) {
    for (const check::Found &found : check.findings) {
      if (found.finding.level == Level::Note || !wanted(found)) continue;
      if (++shown > kAtMost)
        ++hidden;
      else
        text += "\n" + finding_text(check, found);
    }
  };
  // What was seen comes first, then what is certain of the plugin itself, then what may be.
  show([](const check::Found &found) { return found.stage != check::Stage::Files; });
  for (const Level level : {Level::Error, Level::Warning})
    show([&](const check::Found &found) {
      return found.stage == check::Stage::Files && !found.cells.empty() && is_of_plugin(check, found) &&
             found.finding.level == level;
    });
  text += dependencies_text(check);
  show([](const check::Found &found) { return found.stage == check::Stage::Files && found.cells.empty(); });
  if (hidden > 0) text += fmt::format("\nand {} more findings: --format json has all of them\n", hidden);
  if (const std::string notes = notes_text(check); !notes.empty()) text += "\n" + notes;
  return text;
}

std::string output_of_failures(const Check &check) {
  std::string text;
  std::vector<std::string> said;
  for (const Cell &cell : check.cells)
    for (const check::Evidence &evidence : cell.evidence) {
      if (evidence.output.empty()) continue;
      if (std::find(said.begin(), said.end(), evidence.output) != said.end()) continue;
      said.push_back(evidence.output);
      text += fmt::format("{} on {}, the end of its output:\n", printable_name(evidence.name),
                          check.allocators[cell.allocator].name);
      for (const std::string_view line : split(evidence.output, '\n'))
        if (!line.empty()) text += fmt::format("      {}\n", line);
    }
  return text;
}

}  // namespace

std::string verdict_sentence(const Check &check) {
  const std::string name = printable_name(std::filesystem::path(check.plugin).filename().string());
  const std::size_t cells = check.cells.size();
  const auto rows = rows_of(check);
  const auto of = [&](Verdict verdict) { return check::count(check, verdict); };
  // One row is told by its allocators, a table by numbers.
  const auto where = [&](Verdict verdict) {
    if (rows.size() == 1) {
      std::vector<std::string> allocators;
      for (const Cell &cell : check.cells)
        if (cell.verdict == verdict) allocators.push_back(printable_name(check.allocators[cell.allocator].name));
      if (allocators.size() == cells && cells > 1) return std::string("on every allocator");
      return fmt::format("on {}", enumeration({allocators.data(), allocators.size()}));
    }
    if (of(verdict) == cells) return fmt::format("in all {} combinations of host, load mode and allocator", cells);
    return fmt::format("in {} of {} combinations of host, load mode and allocator", of(verdict), cells);
  };
  const std::string host = rows.size() == 1 ? fmt::format(" in {}", rows.front().first) : std::string();
  const auto others = [&](Verdict but) {
    std::vector<std::string> words;
    for (const Verdict verdict : {Verdict::Safe, Verdict::NotOpened, Verdict::HostFailsAlone, Verdict::NotTried}) {
      if (verdict == but || of(verdict) == 0) continue;
      words.push_back(rows.size() == 1 ? fmt::format("{} {}", name_of(verdict), where(verdict))
                                       : fmt::format("{} in {}", name_of(verdict), of(verdict)));
    }
    return words.empty() ? std::string() : fmt::format("; {}", fmt::join(words, ", "));
  };
  if (check.interrupted)
    return fmt::format("Interrupted. So far {} is unsafe in {} of {} combinations{}.", name, of(Verdict::Unsafe), cells,
                       others(Verdict::Unsafe));
  if (of(Verdict::Unsafe) > 0) {
    const bool only_if = std::none_of(check.cells.begin(), check.cells.end(), [&](const Cell &cell) {
      if (cell.verdict != Verdict::Unsafe) return false;
      return cell.findings.empty() || std::any_of(cell.findings.begin(), cell.findings.end(), [&](std::size_t index) {
               const check::Found &found = check.findings[index];
               return found.finding.level == Level::Error ||
                      (found.finding.level == Level::Warning && found.stage != check::Stage::Files);
             });
    });
    return fmt::format("{} is unsafe{} {}{}{}.", name, host, where(Verdict::Unsafe),
                       only_if ? ", if a block passes as the findings say" : "", others(Verdict::Unsafe));
  }
  if (of(Verdict::Safe) == 0) {
    if (check.static_only && of(Verdict::NotTried) > 0)
      return fmt::format("The files show no crossing for {}{} {}; nothing was run{}.", name, host,
                         where(Verdict::NotTried), others(Verdict::NotTried));
    const bool driven = std::any_of(check.profiles.begin(), check.profiles.end(), [](const check::Chosen &chosen) {
      return chosen.profile.drive && chosen.profile.drive->own_test;
    });
    if (of(Verdict::NotOpened) > 0 && driven)
      return fmt::format("Your own test of {} failed {}{}.", name, where(Verdict::NotOpened),
                         others(Verdict::NotOpened));
    if (of(Verdict::NotOpened) > 0)
      return fmt::format("{} was not opened{} {}{}.", name, host, where(Verdict::NotOpened),
                         others(Verdict::NotOpened));
    if (of(Verdict::HostFailsAlone) > 0)
      return fmt::format("Nothing is known about {}: the host{} fails without any plugin {}{}.", name, host,
                         where(Verdict::HostFailsAlone), others(Verdict::HostFailsAlone));
    const bool uncalled = std::any_of(check.cells.begin(), check.cells.end(), [](const Cell &cell) {
      return std::any_of(cell.evidence.begin(), cell.evidence.end(), [](const check::Evidence &one) {
        return one.stage == check::Stage::Calls && one.state == check::State::NotTried;
      });
    });
    if (uncalled)
      return fmt::format("Nothing is known about calls of {}: those of the contract were not all made{} {}.", name,
                         host, where(Verdict::NotTried));
    return fmt::format("Nothing is known about {}: it was not tried{} {}.", name, host, where(Verdict::NotTried));
  }
  const bool called = std::any_of(check.cells.begin(), check.cells.end(),
                                  [](const Cell &cell) { return cell.verdict == Verdict::Safe && cell.proven(); });
  return fmt::format("{} is safe{} {}{}{}.", name, host, where(Verdict::Safe),
                     called ? "" : ", as far as opening it shows: none of its functions was called",
                     others(Verdict::Safe));
}

std::string check_text(const Check &check) {
  std::string text = fmt::format("{}\n", verdict_sentence(check));
  std::vector<std::string> kinds;
  for (const check::Chosen &chosen : check.profiles)
    if (chosen.match.matches && !chosen.match.because.empty())
      kinds.push_back(fmt::format("{} ({})", chosen.profile.name, chosen.match.because));
  if (!kinds.empty()) text += fmt::format("recognised: {}\n", enumeration({kinds.data(), kinds.size()}));
  text += "\n" + table(check) + "\n" + reasons(check);
  bool uncalled = false;
  for (const Cell &cell : check.cells) uncalled = uncalled || (cell.verdict == Verdict::Safe && !cell.proven());
  if (uncalled)
    text +=
        "\nnote: none of its own functions was called: what they hand over or release was not seen.\n"
        "      Name its functions with --contract FILE, or run your own test with --drive CMD.\n";
  text += findings_text(check);
  if (const std::string output = output_of_failures(check); !output.empty()) text += "\n" + output;
  for (const check::Problem &problem : check.problems)
    text += fmt::format("\nproblem: {} {}\n      next: {}\n", printable_name(problem.subject),
                        printable_name(problem.reason), printable_name(problem.next_step));
  return text;
}

std::string profiles_text(const std::vector<profile::Profile> &profiles) {
  std::string text;
  for (const profile::Profile &profile : profiles) {
    std::string host;
    if (!profile.drive)
      host = fmt::format("not driven: {}", profile.no_drive);
    else if (const auto program = profile::installed_program(*profile.drive))
      host = fmt::format("installed: {}", program->string());
    else
      host = fmt::format("not installed: package {}", profile.drive->package);
    std::vector<std::string_view> modes;
    for (const LoadMode *mode : profile.modes) modes.push_back(mode->name);
    text += fmt::format("{:<16} {}\n{:<16} {}; load mode {}\n{:<16} heaps: {}\n", profile.name, profile.about, "",
                        profile.flags, fmt::join(modes, ", "), "", profile.heaps);
    if (!profile.contract.empty()) text += fmt::format("{:<16} contract: {}\n", "", profile.contract);
    text += fmt::format("{:<16} source: {}\n{:<16} {}\n", "", profile.source, "", host);
  }
  return text;
}

}  // namespace crossheap::report
