// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The findings of all load modes in one list. A mode is no finding of its own: what several modes share is one finding,
// with the modes in its evidence.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"
#include "report/bind_report.h"

namespace crossheap::report {

namespace {

bool same(const Finding &one, const Finding &other) {
  return one.hazard == other.hazard && one.level == other.level && one.subject == other.subject &&
         one.summary == other.summary && one.evidence == other.evidence;
}

}  // namespace

void FindingsByMode::add(const Finding &finding, const std::string &mode) {
  const auto known =
      std::find_if(all_.begin(), all_.end(), [&](const Shared &one) { return same(one.finding, finding); });
  add_once((known == all_.end() ? all_.emplace_back(Shared{finding, {}}) : *known).modes, mode);
}

std::vector<Finding> FindingsByMode::take() {
  std::vector<Finding> findings;
  for (Shared &shared : all_) {
    shared.finding.evidence.push_back(fmt::format("in load mode {}", fmt::join(shared.modes, ", ")));
    findings.push_back(std::move(shared.finding));
  }
  all_.clear();
  return findings;
}

Document document_of(const BindReport &report, bool with_references) {
  Document document;
  document.verb = "bind";
  document.facts = bind_json(report);
  document.text = bind_text(report, with_references);
  document.subjects.push_back(report.host);
  for (const std::string &plugin : report.plugins) add_once(document.subjects, plugin);
  FindingsByMode all;
  for (const Loading &loading : report.loadings) {
    const std::string order = fmt::format("{}", fmt::join(loading.order, ", then "));
    for (const std::string &problem : loading.problems)
      document.problems.push_back(
          {loading.order.empty() ? report.host : loading.order.back(),
           fmt::format("would be refused in mode {}: {}", loading.mode, problem),
           "put the missing library where the loader finds it, or name its folder with --library-path"});
    if (!loading.problems.empty()) continue;
    for (const Finding &finding : loading.findings)
      all.add(finding, loading.order.size() > 1 ? fmt::format("{} ({})", loading.mode, order) : loading.mode);
  }
  document.findings = all.take();
  return document;
}

}  // namespace crossheap::report
