// SPDX-License-Identifier: MIT OR Apache-2.0
#include "matrix/traced.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "event/reader.h"
#include "trace/launch.h"
#include "trace/program.h"
#include "trace/trace.h"

namespace crossheap::matrix {

namespace {

// A case has a handful of findings: what does not fit is counted as lost, as in any log.
constexpr std::uint64_t kCaseLogBytes = std::uint64_t{1} << 20;
// The agent reserves 32 GiB for its table and some for its stacks.
constexpr std::uint64_t kAgentAddressSpace = std::uint64_t{40} << 30;

std::string short_name(const trace::Party &party) {
  if (party.object.empty()) return {};
  std::string name = std::filesystem::path(party.object).filename().string();
  if (party.link_namespace != 0) name += fmt::format("#{}", party.link_namespace);
  return name;
}

}  // namespace

std::string_view name_of(event::Depth depth) {
  return std::find_if(trace::kDepths.begin(), trace::kDepths.end(), [&](const auto &d) { return d.second == depth; })
      ->first;
}

event::Depth parse_depth(std::string_view name, std::string_view object) {
  const auto found =
      std::find_if(trace::kDepths.begin(), trace::kDepths.end(), [&](const auto &d) { return d.first == name; });
  if (found == trace::kDepths.end())
    throw Error(Blame::Usage, object, fmt::format("'{}' is no depth", name), "use auto, ownership, sites or stacks");
  return found->second;
}

bool TracedRun::crossing_reported() const {
  return std::any_of(reports.begin(), reports.end(), [](const Reported &report) { return is_crossing(report.hazard); });
}

AgentInRuns::AgentInRuns(const std::vector<HostBuild> &hosts, const event::Settings &settings)
    : agent_(trace::find_agent()), settings_(settings) {
  for (const HostBuild &host : hosts) static_tls_[host.name] = trace::static_tls_of_program(host.runner, host.preload);
}

void AgentInRuns::put_into(sandbox::Job &job, const HostBuild &host) {
  const auto [log, added] = logs_.emplace(job.id, event::create_sealed_log(settings_, kCaseLogBytes));
  job.command.given_fd = log->second.fd();
  trace::add_agent(job.command.environment, agent_, fmt::format("/proc/self/fd/{}", sandbox::kGivenFd),
                   static_tls_.at(host.name));
  job.limits.address_space_bytes += kAgentAddressSpace;
}

TracedRun AgentInRuns::take(const sandbox::Job &job, Outcome outcome) {
  const auto log = logs_.extract(job.id);
  TracedRun run{.watched = false, .outcome = std::move(outcome), .reports = {}};
  trace::Trace seen;
  try {
    seen = trace::understand(event::read_log_file(log.mapped().fd(), log.mapped().path().string()), std::nullopt,
                             trace::Names::Leave);
  } catch (const Error &) {
    return run;  // the plugin has overwritten it
  }
  run.watched = !seen.processes.empty() && std::none_of(seen.unwatched.begin(), seen.unwatched.end(),
                                                        [](const auto &one) { return one.object.empty(); });
  for (const trace::Incident &one : seen.incidents)
    run.reports.push_back(
        {one.hazard, one.function, one.detail, short_name(one.owner), short_name(one.releaser), one.count});
  return run;
}

}  // namespace crossheap::matrix
