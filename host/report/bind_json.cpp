// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap.bind/1 (docs/bind.md). Objects and providers are named as people name them, with the link namespace where
// it is not the program's own: two copies of one library are two objects. Names come from strangers' files, so bytes
// that are no UTF-8 are replaced, not refused.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "binding/in_words.h"
#include "report/bind_report.h"
#include "report/finding_json.h"

namespace crossheap::report {

namespace {

using Json = nlohmann::ordered_json;
using binding::Instance;
using binding::Object;
using binding::ObjectIndex;
using binding::Origin;

std::string_view name_of(Origin origin) {
  switch (origin) {
    case Origin::Executable:
      return "executable";
    case Origin::Preload:
      return "preload";
    case Origin::StartUp:
      return "start-up";
    case Origin::Opened:
      return "plugin";
    case Origin::Dependency:
      return "dependency";
  }
  return "?";
}

Json instances(const Loading &loading, ObjectIndex object, Role role) {
  Json list = Json::array();
  for (const Instance &instance : loading.ownership->instances_of(object, role))
    list.push_back(binding::in_words(loading.process->objects, *loading.ownership, instance));
  return list;
}

// Where the object looks for its symbols, in order: indices into "objects". Who stands twice is asked once.
Json searches_of(const Loading &loading, const Object &object) {
  Json order = Json::array();
  std::vector<bool> seen(loading.process->objects.size());
  const auto add = [&](ObjectIndex index) {
    if (index >= seen.size() || seen[index]) return;
    seen[index] = true;
    order.push_back(index);
  };
  for (const binding::Scope &scope : object.scopes) {
    if (scope.owner >= seen.size()) continue;
    if (scope.itself_only)
      add(scope.owner);
    else
      for (const ObjectIndex member : loading.process->objects[scope.owner].searchlist) add(member);
  }
  return order;
}

Json object_entry(const Loading &loading, ObjectIndex index) {
  const Object &object = loading.process->objects[index];
  return {{"object", binding::name_of(loading.process->objects, index)},
          {"path", object.path.string()},
          {"namespace", object.link_namespace},
          {"role", name_of(object.origin)},
          {"allocates_from", instances(loading, index, Role::Allocate)},
          {"releases_to", instances(loading, index, Role::Release)},
          {"searches", searches_of(loading, object)}};
}

Json reference_entry(const Loading &loading, const binding::Binding &binding) {
  Json provider;
  Json instance;
  if (binding.definition) {
    provider = binding::name_of(loading.process->objects, binding.definition->object);
    if (const auto behind = loading.ownership->instance_behind(*binding.definition, binding.symbol.name))
      instance = binding::in_words(loading.process->objects, *loading.ownership, *behind);
  }
  return {{"object", binding::name_of(loading.process->objects, binding.object)},
          {"symbol", binding.symbol.name},
          {"version", binding.version.name},
          {"relocation", elf::name_of(binding.slot.relocation.kind)},
          {"weak", binding.symbol.weak()},
          {"provider", std::move(provider)},
          {"instance", std::move(instance)}};
}

Json difference_entries(const std::vector<observe::Difference> &differences) {
  Json entries = Json::array();
  for (const observe::Difference &difference : differences)
    entries.push_back({{"object", difference.object},
                       {"symbol", difference.symbol},
                       {"relocation", difference.relocation},
                       {"predicted", difference.predicted},
                       {"observed", difference.observed}});
  return entries;
}

Json observed_entry(const observe::Comparison &seen) {
  return {{"ran", seen.ran},
          {"slots", seen.slots},
          {"refusals", seen.refusals},
          {"differences", difference_entries(seen.differences)},
          {"overwritten", difference_entries(seen.overwritten)},
          {"by_code", difference_entries(seen.by_code)}};
}

Json crash_entry(const observe::Crash &crash) {
  return {{"signal", crash.signal},
          {"message", crash.message},
          {"released", crash.released},
          {"block", crash.block},
          {"stack", crash.stack}};
}

Json loading_entry(const Loading &loading) {
  Json entry{{"order", loading.order},
             {"opens", loading.problems.empty() && loading.static_tls_problems.empty()},
             {"problems", loading.problems},
             {"static_tls_problems", loading.static_tls_problems}};
  Json objects = Json::array();
  for (ObjectIndex index = 0; index < loading.process->objects.size(); ++index)
    objects.push_back(object_entry(loading, index));
  Json references = Json::array();
  for (const binding::Binding &binding : loading.process->bindings)
    references.push_back(reference_entry(loading, binding));
  Json findings = Json::array();
  for (const Finding &finding : loading.findings) findings.push_back(finding_json(finding));
  entry["objects"] = std::move(objects);
  entry["references"] = std::move(references);
  entry["findings"] = std::move(findings);
  if (!loading.unknown.empty()) entry["unknown"] = loading.unknown;
  if (loading.crash) entry["crash"] = crash_entry(*loading.crash);
  if (loading.observed) entry["observed"] = observed_entry(*loading.observed);
  return entry;
}

}  // namespace

std::string bind_json(const BindReport &report) {
  Json modes = Json::object();
  for (const Loading &loading : report.loadings) {
    // Several orders of the plugins: each has its own entry, called by mode and order.
    std::string key = loading.mode;
    if (modes.contains(key)) key = fmt::format("{}: {}", loading.mode, fmt::join(loading.order, " "));
    modes[key] = loading_entry(loading);
  }
  const Json whole{{"schema", "crossheap.bind/1"},
                   {"host", report.host},
                   {"preloads", report.preloads},
                   {"plugins", report.plugins},
                   {"modes", std::move(modes)}};
  return whole.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace crossheap::report
