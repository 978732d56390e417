// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A saved check, read back whole: what check_json wrote, as far as reports and merges need it. How a profile recognises
// its plugins and drives its host is not in the file and stays empty.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "report/check_report.h"
#include "report/finding_json.h"
#include "report/incident_json.h"
#include "report/untrusted_json.h"

namespace crossheap::report {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kNextStep = "give a file that `crossheap check --format json -o FILE` wrote";

Error refused(std::string_view object, const std::string &reason) { return {Blame::Usage, object, reason, kNextStep}; }

std::string text_or_null(const Json &json) { return json.is_string() ? json.get<std::string>() : ""; }

// The value that `name_of` calls so.
template <typename Value, std::size_t size>
Value named(const std::array<Value, size> &values, const std::string &name, std::string_view object) {
  for (const Value value : values)
    if (name_of(value) == name) return value;
  throw refused(object, fmt::format("says '{}' where it cannot stand", name));
}

check::Stage stage_named(const std::string &name, std::string_view object) {
  return named(std::array{check::Stage::Files, check::Stage::RealHost, check::Stage::Drill, check::Stage::Calls}, name,
               object);
}

const LoadMode *mode_named(const std::string &name, std::string_view object) {
  const LoadMode *mode = find_load_mode(name);
  if (mode == nullptr) throw refused(object, fmt::format("names the load mode '{}', which is none", name));
  return mode;
}

template <typename Items, typename Name>
std::size_t index_of(const Items &items, const std::string &name, Name &&name_of_item, std::string_view object) {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const auto &one) { return name_of_item(one) == name; });
  if (found == items.end()) throw refused(object, fmt::format("has a cell of '{}', which it does not list", name));
  return static_cast<std::size_t>(found - items.begin());
}

check::Chosen profile_from(const Json &json, std::string_view object) {
  check::Chosen chosen;
  chosen.profile.name = json.at("name");
  chosen.profile.about = json.at("about");
  chosen.profile.flags = json.at("flags");
  for (const Json &mode : json.at("modes")) chosen.profile.modes.push_back(mode_named(mode.get<std::string>(), object));
  chosen.profile.heaps = json.at("heaps");
  chosen.profile.contract = json.at("contract");
  chosen.profile.source = json.at("source");
  chosen.profile.file = json.at("file").get<std::string>();
  const Json &host = json.at("host");
  if (host.at("drives").get<bool>()) {
    chosen.profile.drive.emplace();
    chosen.profile.drive->package = text_or_null(host.at("package"));
  }
  chosen.profile.no_drive = host.at("why_not");
  return chosen;
}

check::Cell cell_from(const Json &json, const check::Check &check, std::string_view object) {
  check::Cell cell;
  cell.profile = index_of(
      check.profiles, json.at("profile").get<std::string>(), [](const auto &one) { return one.profile.name; }, object);
  cell.mode = mode_named(json.at("mode").get<std::string>(), object);
  cell.allocator = index_of(
      check.allocators, json.at("allocator").get<std::string>(), [](const auto &one) { return one.name; }, object);
  const auto verdict = check::find_verdict(json.at("verdict").get<std::string>());
  if (!verdict) throw refused(object, "has a verdict that is none");
  cell.verdict = *verdict;
  cell.reason = json.at("reason");
  cell.rests_on = json.at("rests_on").get<std::vector<std::string>>();
  cell.calls = json.at("calls");
  cell.own_test = json.at("proven").get<bool>() && cell.calls == 0;
  for (const Json &one : json.at("stages")) {
    check::Evidence evidence;
    evidence.stage = stage_named(one.at("stage"), object);
    evidence.name = one.at("name");
    evidence.state =
        named(std::array{check::State::Held, check::State::Failed, check::State::NotTried}, one.at("state"), object);
    evidence.reason = one.at("reason");
    evidence.took = std::chrono::milliseconds(one.at("took_ms").get<std::int64_t>());
    evidence.output = one.at("output");
    cell.evidence.push_back(std::move(evidence));
  }
  if (!json.at("scopes").is_null()) {
    cell.scopes = json.at("scopes").get<std::size_t>();
    if (*cell.scopes >= check.scopes.size()) throw refused(object, "has a cell with scopes that it does not list");
  }
  return cell;
}

check::ScopePicture picture_from(const Json &json) {
  check::ScopePicture picture{json.at("host"), json.at("mode"), json.at("preloads"), {}, {}, {}};
  for (const Json &one : json.at("objects"))
    picture.objects.push_back({one.at("name"), one.at("path"), one.at("role"), one.at("namespace"),
                               one.at("allocates_from"), one.at("releases_to")});
  for (const Json &one : json.at("scopes")) picture.scopes.push_back({one.at("of"), one.at("order")});
  for (const Json &one : json.at("bindings"))
    picture.bindings.push_back({one.at("object"), one.at("symbol"), text_or_null(one.at("provider")),
                                text_or_null(one.at("instance")), one.at("because")});
  return picture;
}

check::Found found_from(const Json &json, std::size_t cells, std::string_view object) {
  check::Found found;
  found.finding = finding_from_json(json, object);
  found.stage = stage_named(json.at("stage"), object);
  found.cells = json.at("cells").get<std::vector<std::size_t>>();
  if (std::any_of(found.cells.begin(), found.cells.end(), [&](std::size_t cell) { return cell >= cells; }))
    throw refused(object, "has a finding in a cell that it does not list");
  found.known = json.at("known");
  if (!json.at("incident").is_null()) found.incident = incident_from_json(json.at("incident"), object);
  return found;
}

}  // namespace

check::Check check_from_json(const Json &json, std::string_view object) {
  check::Check check;
  check.plugin = json.at("plugin");
  check.with = json.at("with").get<std::vector<std::string>>();
  check.static_only = json.at("static");
  if (json.contains("shard")) check.shard = matrix::parse_shard(json.at("shard").get<std::string>());
  for (const Json &one : json.at("allocators"))
    check.allocators.push_back({one.at("name"), text_or_null(one.at("preload")), one.at("reason")});
  for (const Json &one : json.at("profiles")) {
    check.profiles.push_back(profile_from(one, object));
    const Json &host = one.at("host");
    check.hosts.push_back({text_or_null(host.at("program")), text_or_null(host.at("executable")), {}});
  }
  for (const Json &kind : json.at("kinds"))
    for (check::Chosen &chosen : check.profiles)
      if (kind.at("profile") == chosen.profile.name) {
        chosen.match.matches = true;
        chosen.match.because = kind.at("because");
      }
  for (const Json &one : json.at("scopes")) check.scopes.push_back(picture_from(one));
  for (const Json &one : json.at("cells")) check.cells.push_back(cell_from(one, check, object));
  for (const Json &one : json.at("findings")) {
    check.findings.push_back(found_from(one, check.cells.size(), object));
    for (const std::size_t cell : check.findings.back().cells)
      check.cells[cell].findings.push_back(check.findings.size() - 1);
  }
  for (const Json &one : json.at("problems"))
    check.problems.push_back({one.at("subject"), one.at("reason"), one.at("next_step")});
  check.unconfined = json.at("unconfined").get<std::vector<std::string>>();
  check.took = std::chrono::milliseconds(json.at("took_ms").get<std::int64_t>());
  check.interrupted = json.at("interrupted");
  return check;
}

check::Check read_check_json(std::istream &in, std::string_view object) {
  const Json json = read_untrusted_json(in, object, kNextStep);
  try {
    if (!json.is_object() || json.value("schema", "") != "crossheap.check/1")
      throw refused(object, "is no result of crossheap check");
    return check_from_json(json, object);
  } catch (const nlohmann::json::exception &broken) {
    throw refused(object, fmt::format("is no result of crossheap check ({})", broken.what()));
  }
}

}  // namespace crossheap::report
