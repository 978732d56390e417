// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The key "name" is the hazard's name and "fix" what to do about it here: a program that reads one file's findings
// needs no catalogue.
#include "report/finding_json.h"

#include <fmt/format.h>

#include "base/error.h"

namespace crossheap::report {

namespace {

using Json = nlohmann::ordered_json;

Json place_json(const Place &place) {
  Json json = Json::object();
  if (!place.object.empty()) json["object"] = place.object;
  if (!place.function.empty()) json["function"] = place.function;
  if (!place.file.empty()) json["file"] = place.file;
  if (place.line > 0) json["line"] = place.line;
  return json;
}

Level level_named(const std::string &name, std::string_view object) {
  for (const Level level : {Level::Note, Level::Warning, Level::Error})
    if (name_of(level) == name) return level;
  throw Error(Blame::Usage, object, fmt::format("has a finding of the level '{}', which is none", name),
              "give a file that crossheap wrote");
}

}  // namespace

Json finding_json(const Finding &finding) {
  const Hazard &hazard = hazard_of(finding.hazard);
  Json json{{"id", name_of(finding.hazard)}, {"name", hazard.name},          {"level", name_of(finding.level)},
            {"summary", finding.summary},    {"evidence", finding.evidence}, {"fix", advice_of(finding)},
            {"subject", finding.subject}};
  if (!finding.because.empty()) json["because"] = finding.because;
  if (finding.count != 1) json["count"] = finding.count;
  if (!finding.places.empty()) {
    json["places"] = Json::array();
    for (const Place &place : finding.places) json["places"].push_back(place_json(place));
  }
  return json;
}

Finding finding_from_json(const Json &json, std::string_view object) {
  Finding finding;
  const auto id = json.at("id").get<std::string>();
  const auto hazard = find_hazard_id(id);
  if (!hazard)
    throw Error(Blame::Usage, object, fmt::format("names the hazard '{}', which this crossheap does not know", id),
                "read it with the crossheap that wrote it");
  finding.hazard = *hazard;
  finding.level = level_named(json.at("level").get<std::string>(), object);
  finding.summary = json.at("summary").get<std::string>();
  finding.subject = json.value("subject", "");
  if (json.contains("evidence")) finding.evidence = json.at("evidence").get<std::vector<std::string>>();
  finding.because = json.value("because", "");
  if (const auto fix = json.value("fix", ""); fix != hazard_of(*hazard).fix) finding.next_step = fix;
  finding.count = json.value("count", std::uint64_t{1});
  if (json.contains("places"))
    for (const Json &one : json.at("places")) {
      Place place;
      place.object = one.value("object", "");
      place.function = one.value("function", "");
      place.file = one.value("file", "");
      place.line = one.value("line", 0);
      finding.places.push_back(std::move(place));
    }
  return finding;
}

}  // namespace crossheap::report
