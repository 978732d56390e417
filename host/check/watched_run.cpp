// SPDX-License-Identifier: MIT OR Apache-2.0
#include "check/watched_run.h"

#include <fmt/format.h>

#include "base/error.h"
#include "trace/launch.h"

namespace crossheap::check {

namespace {

// What does not fit is counted as lost, as in any log.
constexpr std::uint64_t kLogBytes = std::uint64_t{8} << 20;

}  // namespace

AgentInJobs::AgentInJobs() : agent_(trace::find_agent()) {}

void AgentInJobs::put_into(sandbox::Job &job, std::uint64_t static_tls) {
  const event::Settings settings{.depth = event::Depth::Stacks,
                                 .on_crossing = event::OnCrossing::Report,
                                 .follow_children = true,
                                 .api_mismatch = false,
                                 .frames = 24,
                                 .user_static_tls = 0};
  const auto [log, added] = logs_.emplace(job.id, event::create_sealed_log(settings, kLogBytes));
  job.command.given_fd = log->second.fd();
  trace::add_agent(job.command.environment, agent_, fmt::format("/proc/self/fd/{}", sandbox::kGivenFd), static_tls);
}

Watched AgentInJobs::take(std::uint64_t job) {
  const auto log = logs_.extract(job);
  Watched seen;
  if (log.empty()) return seen;
  try {
    const event::Log records = event::read_log_file(log.mapped().fd(), log.mapped().path().string());
    seen.trace = trace::understand(records, std::nullopt);
  } catch (const Error &) {
    seen.overwritten = true;
    return seen;
  }
  seen.watched = !seen.trace.processes.empty();
  return seen;
}

}  // namespace crossheap::check
