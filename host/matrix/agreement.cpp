// SPDX-License-Identifier: MIT OR Apache-2.0
#include "matrix/agreement.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "catalog/hazards.h"
#include "trace/incident.h"

namespace crossheap::matrix {

namespace {

// The block goes home in these, and something else of the two link namespaces meets. A thread that used both heaps has
// the values of both allocators in one table, and at its end one is given what is the other's. And fork runs the
// handlers of one libc only: the other's lock may be held for ever in the child, which is a matter of the moment.
bool is_beyond_bindings(const CaseResult &result) {
  const bool asks_so = result.of.scenario == "thread-both-heaps" || result.of.scenario == "fork-busy";
  return asks_so && find_load_mode(result.of.mode)->new_namespace();
}

bool fails(const CaseResult &result) { return !safe(result) || !survived(result.traced->outcome); }

std::string list_of(const std::vector<Reported> &reports) {
  std::vector<std::string> all;
  all.reserve(reports.size());
  for (const Reported &one : reports)
    all.push_back(fmt::format("{} {}{}{}, of {} to {}", name_of(one.hazard), one.function,
                              one.detail == event::Detail::None ? "" : " ", trace::name_of(one.detail),
                              one.owner.empty() ? "?" : one.owner, one.releaser));
  return enumeration(all);
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::Good:
      return "good";
    case Verdict::Reported:
      return "reported";
    case Verdict::Luck:
      return "luck";
    case Verdict::OtherCause:
      return "other-cause";
  }
  return "?";
}

Verdict verdict_on(const CaseResult &result) {
  if (result.traced->crossing_reported()) return fails(result) ? Verdict::Reported : Verdict::Luck;
  return fails(result) ? Verdict::OtherCause : Verdict::Good;
}

bool fails_only_under_agent(const CaseResult &result) {
  return result.crossing == Crossing::No && safe(result) && !survived(result.traced->outcome) &&
         !is_beyond_bindings(result);
}

std::string contradiction_in(const CaseResult &result) {
  const TracedRun &traced = *result.traced;
  if (!traced.watched) return "the agent was not in the process, or its log was destroyed";
  const bool reported = traced.crossing_reported();
  if (result.crossing == Crossing::Yes && !reported)
    return fmt::format("the block crosses, and the agent does not report it ({} alone, {} under the agent)",
                       in_words(result), name_of(traced.outcome.ending));
  if (result.crossing == Crossing::No && reported && !is_beyond_bindings(result))
    return fmt::format("no block crosses, and the agent reports {}", list_of(traced.reports));
  if (fails_only_under_agent(result))
    return fmt::format("it survives alone, and under the agent it ends: {} {}", name_of(traced.outcome.ending),
                       traced.outcome.during);
  const bool misuse = std::any_of(traced.reports.begin(), traced.reports.end(), [](const Reported &one) {
    return one.hazard == HazardId::WrongSize || one.hazard == HazardId::NoLiveBlock;
  });
  if (misuse && verdict_on(result) == Verdict::Good)
    return fmt::format("the case is good, and the agent reports {}", list_of(traced.reports));
  return {};
}

Agreement agreement_of(const Results &results) {
  Agreement agreement;
  for (const CaseResult &result : results.cases) {
    if (!result.traced) continue;
    switch (verdict_on(result)) {
      case Verdict::Good:
        ++agreement.good;
        break;
      case Verdict::Reported:
        ++agreement.reported;
        break;
      case Verdict::Luck:
        agreement.by_luck.push_back(name_of(result.of));
        break;
      case Verdict::OtherCause:
        ++agreement.other_cause;
        break;
    }
    if (result.crossing == Crossing::No && result.traced->crossing_reported() && is_beyond_bindings(result))
      agreement.beyond_bindings.push_back(name_of(result.of));
    if (result.routed) {
      ++agreement.routed;
      if (survived(result.routed->outcome)) ++agreement.routed_survived;
    }
    if (std::string words = contradiction_in(result); !words.empty())
      agreement.contradictions.push_back({name_of(result.of), std::move(words)});
  }
  return agreement;
}

}  // namespace crossheap::matrix
