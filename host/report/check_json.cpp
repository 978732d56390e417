// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap.check/1 (docs/check.md). Cells and findings refer to one another by index. Names come from strangers'
// files, so bytes that are no UTF-8 are replaced, not refused.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/check_report.h"
#include "report/finding_json.h"
#include "report/incident_json.h"

namespace crossheap::report {

namespace {

using Json = nlohmann::ordered_json;
using check::Check;

std::string dumped(const Json &json) { return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json or_null(const std::string &text) { return text.empty() ? Json(nullptr) : Json(text); }

Json mode_names(const profile::Profile &profile) {
  Json names = Json::array();
  for (const LoadMode *mode : profile.modes) names.push_back(mode->name);
  return names;
}

Json cell_json(const Check &check, const check::Cell &cell) {
  Json stages = Json::array();
  for (const check::Evidence &one : cell.evidence)
    stages.push_back({{"stage", name_of(one.stage)},
                      {"name", one.name},
                      {"state", name_of(one.state)},
                      {"reason", one.reason},
                      {"took_ms", one.took.count()},
                      {"output", one.output}});
  return {{"profile", check.profiles[cell.profile].profile.name},
          {"mode", cell.mode->name},
          {"allocator", check.allocators[cell.allocator].name},
          {"verdict", name_of(cell.verdict)},
          {"reason", cell.reason},
          {"rests_on", cell.rests_on},
          {"proven", cell.proven()},
          {"calls", cell.calls},
          {"findings", cell.findings},
          {"stages", std::move(stages)},
          {"scopes", cell.scopes ? Json(*cell.scopes) : Json(nullptr)}};
}

Json finding_entry(const check::Found &found) {
  Json json = finding_json(found.finding);
  json["subject"] = found.finding.subject;
  json["because"] = found.finding.because;
  json["count"] = found.finding.count;
  json["stage"] = name_of(found.stage);
  Json places = Json::array();
  for (const Place &place : found.finding.places)
    places.push_back(
        {{"object", place.object}, {"function", place.function}, {"file", place.file}, {"line", place.line}});
  json["places"] = std::move(places);
  json["cells"] = found.cells;
  json["known"] = found.known;
  json["incident"] = found.incident ? incident_json(*found.incident) : Json(nullptr);
  return json;
}

Json picture_json(const check::ScopePicture &picture) {
  Json objects = Json::array();
  for (const auto &object : picture.objects)
    objects.push_back({{"name", object.name},
                       {"path", object.path},
                       {"role", object.role},
                       {"namespace", object.link_namespace},
                       {"allocates_from", object.allocates_from},
                       {"releases_to", object.releases_to}});
  Json scopes = Json::array();
  for (const auto &one : picture.scopes) scopes.push_back({{"of", one.of}, {"order", one.order}});
  Json bindings = Json::array();
  for (const auto &one : picture.bindings)
    bindings.push_back({{"object", one.object},
                        {"symbol", one.symbol},
                        {"provider", or_null(one.provider)},
                        {"instance", or_null(one.instance)},
                        {"because", one.because}});
  return {{"host", picture.host},          {"mode", picture.mode},        {"preloads", picture.preloads},
          {"objects", std::move(objects)}, {"scopes", std::move(scopes)}, {"bindings", std::move(bindings)}};
}

Json profile_json(const profile::Profile &profile) {
  return {{"name", profile.name},         {"about", profile.about},       {"flags", profile.flags},
          {"modes", mode_names(profile)}, {"heaps", profile.heaps},       {"contract", profile.contract},
          {"source", profile.source},     {"file", profile.file.string()}};
}

}  // namespace

std::string check_json(const Check &check) {
  Json kinds = Json::array();
  Json profiles = Json::array();
  for (std::size_t i = 0; i < check.profiles.size(); ++i) {
    const check::Chosen &chosen = check.profiles[i];
    if (chosen.match.matches && !chosen.match.because.empty())
      kinds.push_back({{"profile", chosen.profile.name}, {"because", chosen.match.because}});
    Json profile = profile_json(chosen.profile);
    profile["host"] = {{"program", or_null(check.hosts[i].program)},
                       {"executable", or_null(check.hosts[i].executable)},
                       {"package", chosen.profile.drive ? Json(chosen.profile.drive->package) : Json(nullptr)},
                       {"drives", chosen.profile.drive.has_value()},
                       {"why_not", chosen.profile.no_drive}};
    profiles.push_back(std::move(profile));
  }
  Json allocators = Json::array();
  for (const check::Allocator &one : check.allocators)
    allocators.push_back({{"name", one.name},
                          {"preload", or_null(one.preload)},
                          {"available", one.missing.empty()},
                          {"reason", one.missing}});
  Json counts = Json::object();
  for (const check::Verdict verdict : {check::Verdict::Safe, check::Verdict::Unsafe, check::Verdict::NotOpened,
                                       check::Verdict::HostFailsAlone, check::Verdict::NotTried})
    counts[std::string(name_of(verdict))] = check::count(check, verdict);
  Json cells = Json::array();
  for (const check::Cell &cell : check.cells) cells.push_back(cell_json(check, cell));
  Json findings = Json::array();
  for (const check::Found &found : check.findings) findings.push_back(finding_entry(found));
  Json scopes = Json::array();
  for (const check::ScopePicture &picture : check.scopes) scopes.push_back(picture_json(picture));
  Json problems = Json::array();
  for (const check::Problem &one : check.problems)
    problems.push_back({{"subject", one.subject}, {"reason", one.reason}, {"next_step", one.next_step}});
  return dumped({{"schema", "crossheap.check/1"},
                 {"plugin", check.plugin},
                 {"with", check.with},
                 {"static", check.static_only},
                 {"shard", fmt::format("{}/{}", check.shard.index, check.shard.count)},
                 {"kinds", std::move(kinds)},
                 {"allocators", std::move(allocators)},
                 {"profiles", std::move(profiles)},
                 {"sentence", verdict_sentence(check)},
                 {"counts", std::move(counts)},
                 {"cells", std::move(cells)},
                 {"findings", std::move(findings)},
                 {"scopes", std::move(scopes)},
                 {"problems", std::move(problems)},
                 {"unconfined", check.unconfined},
                 {"took_ms", check.took.count()},
                 {"interrupted", check.interrupted}});
}

std::string profiles_json(const std::vector<profile::Profile> &profiles) {
  Json all = Json::array();
  for (const profile::Profile &profile : profiles) {
    Json entry = profile_json(profile);
    std::string program;
    if (profile.drive) program = profile::installed_program(*profile.drive).value_or("").string();
    entry["host"] = {{"program", or_null(program)},
                     {"package", profile.drive ? Json(profile.drive->package) : Json(nullptr)},
                     {"drives", profile.drive.has_value()},
                     {"why_not", profile.no_drive}};
    all.push_back(std::move(entry));
  }
  return dumped({{"schema", "crossheap.profiles/1"}, {"profiles", std::move(all)}});
}

}  // namespace crossheap::report
