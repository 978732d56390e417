// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A check as a document. Each finding stands there once, with the cells that have it as its last evidence. Findings
// that a baseline accepts are facts and no findings. A cell may be unsafe or not opened without a hazard of the
// catalogue: a crash, a refusal by the host. It is a problem, so that no format shows such a plugin as clean.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "report/check_report.h"

namespace crossheap::report {

namespace {

std::string cell_name(const check::Check &check, const check::Cell &cell) {
  return fmt::format("{}, {}, on {}", check.profiles[cell.profile].profile.name, cell.mode->name,
                     check.allocators[cell.allocator].name);
}

bool has_finding_above_note(const check::Check &check, const check::Cell &cell) {
  return std::any_of(cell.findings.begin(), cell.findings.end(),
                     [&](std::size_t index) { return check.findings[index].finding.level != Level::Note; });
}

}  // namespace

Document document_of(const check::Check &check) {
  Document document;
  document.verb = "check";
  document.subjects.push_back(check.plugin);
  document.subjects.insert(document.subjects.end(), check.with.begin(), check.with.end());
  document.facts = check_json(check);
  document.text = check_text(check);
  for (const check::Found &found : check.findings) {
    if (found.known) continue;
    Finding finding = found.finding;
    std::vector<std::string> cells;
    constexpr std::size_t kCells = 12;
    for (const std::size_t index : found.cells)
      if (cells.size() < kCells) cells.push_back(cell_name(check, check.cells[index]));
    if (found.cells.size() > kCells) cells.push_back(fmt::format("and {} more", found.cells.size() - kCells));
    if (!cells.empty()) finding.evidence.push_back(fmt::format("in {}", fmt::join(cells, "; ")));
    document.findings.push_back(std::move(finding));
  }
  for (const check::Cell &cell : check.cells) {
    const bool without_hazard = (cell.verdict == check::Verdict::Unsafe && !has_finding_above_note(check, cell)) ||
                                cell.verdict == check::Verdict::NotOpened;
    if (without_hazard)
      document.problems.push_back(
          {check.plugin, fmt::format("is {} in {}: {}", name_of(cell.verdict), cell_name(check, cell), cell.reason),
           "look at what the host says, and repeat its command by hand"});
  }
  for (const check::Problem &problem : check.problems)
    document.problems.push_back({problem.subject, problem.reason, problem.next_step});
  return document;
}

}  // namespace crossheap::report
