// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Everything is measured anew: the case is opened once to ask for its bindings and played once for its outcome, so that
// what is printed cannot be out of date. The commands at the end are those that were run, without the token that makes
// the runner write records instead of lines.
#include "report/matrix_explanation.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <ostream>

#include "base/error.h"
#include "base/text.h"
#include "base/tunables.h"

namespace crossheap::report {

namespace {

using namespace matrix;  // NOLINT(google-build-using-namespace): this file is about nothing else

void write_bindings(std::ostream &out, const Load &load, const Offer &offer, std::string_view direction) {
  fmt::print(out, "\nWhose functions are they? (observed; #N is a link namespace of its own)\n");
  std::string_view verb = "allocates with";
  for (const Use &use : uses_of(offer, direction)) {
    const std::string_view function = use.goes_home ? "the function agreed upon" : use.function;
    const std::string_view known = instance_of(load, use);
    const std::string_view whose = use.goes_home ? "the block's owner" : known.empty() ? "unknown" : known;
    fmt::print(out, "  {:<44} of {}\n", fmt::format("the {} {} {}", use.side, verb, function), whose);
    verb = "then uses";
  }
  switch (predict_crossing(load, offer, direction)) {
    case Crossing::Yes:
      fmt::print(out, "  so the block CROSSES from its owner to another allocator\n");
      break;
    case Crossing::No:
      fmt::print(out, "  so the block stays with its owner\n");
      break;
    case Crossing::Unknown:
      fmt::print(out, "  whether the block crosses cannot be told from the bindings\n");
      break;
  }
}

}  // namespace

bool explain_case(std::ostream &out, const Builds &builds, sandbox::Supervisor &supervisor, const Case &one) {
  const Selection selection{.hosts = {one.host},
                            .plugins = {one.plugin},
                            .modes = {one.mode},
                            .scenarios = {one.scenario},
                            .contracts = {},
                            .shard = {}};
  Runner runner(builds, supervisor, {});
  Results results = runner.run(selection, [](std::string_view, std::uint64_t, std::uint64_t) {});
  std::erase_if(results.cases, [&](const CaseResult &result) { return result.of.direction != one.direction; });
  const HostBuild &host = results.hosts.front();
  const PluginBuild &plugin = results.plugins.front();
  const LoadMode &mode = results.modes.front();
  const Offer &offer = results.scenarios.begin()->second;
  const Load &load = results.loads.front();

  fmt::print(out, "{}\n\n  {}\n", name_of(one), offer.sentence);
  fmt::print(out, "  host       {:<24} {}\n  plugin     {:<24} {}\n  load mode  {:<24} {}\n", host.name, host.about,
             plugin.name, plugin.about, mode.name, mode.call);
  const auto direction = std::find_if(directions().begin(), directions().end(),
                                      [&](const Direction &d) { return d.name == one.direction; });
  if (direction != directions().end()) fmt::print(out, "  direction  {:<24} {}\n", direction->name, direction->about);
  fmt::print(out, "  contract   {:<24} {}\n", fmt::format("({})", offer.contract), contract_words(offer.contract));

  if (!load.loader_warning.empty()) fmt::print(out, "\nThe loader warns: {}\n", load.loader_warning);
  if (!survived(load.by_default)) {
    fmt::print(out, "\nWith default settings the load is refused: {}\n", load.by_default.message);
    if (load.static_tls_raised != 0)
      fmt::print(out, "Looking further with GLIBC_TUNABLES={} ({} bytes more, what the plugin needs).\n",
                 raise_static_tls({}, load.static_tls_raised), load.static_tls_raised);
  }
  if (!load.opened) {
    fmt::print(out, "\nOutcome: {}\n", name_of(load.by_default.ending));
    return false;
  }
  if (results.cases.empty())
    throw Error(Blame::Usage, name_of(one), "this scenario is not played in this direction with this host and plugin",
                "`crossheap matrix --list` with --host, --plugin and --scenario shows what is");
  write_bindings(out, load, offer, one.direction);

  const CaseResult &result = results.cases.front();
  fmt::print(out, "\nOutcome: {}{}{}\n", in_words(result), result.outcome.during.empty() ? "" : ", ",
             result.outcome.during);
  if (!result.outcome.message.empty()) fmt::print(out, "  it said: {}\n", result.outcome.message);

  Task task{.purpose = matrix::Purpose::Play,
            .host = &host,
            .plugin = &plugin,
            .mode = &mode,
            .scenario = one.scenario,
            .direction = one.direction,
            .static_tls_raised = load.static_tls_raised};
  fmt::print(out, "\nBy hand:\n  {}\n", shell_line(command_of(task, std::nullopt)));
  task.purpose = matrix::Purpose::Load;
  fmt::print(out, "Who is bound to what:\n  {}\n", shell_line(command_of(task, std::nullopt)));
  return safe(result);
}

}  // namespace crossheap::report
