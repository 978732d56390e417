// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap.trace/1. Names and numbers are those of docs/trace.md; fields are only ever added.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>
#include <stdexcept>

#include "base/error.h"
#include "base/text.h"
#include "report/finding_json.h"
#include "report/incident_json.h"
#include "report/trace_report.h"
#include "trace/cause.h"

namespace crossheap::report {

namespace {

using namespace trace;  // NOLINT(google-build-using-namespace): this file is about nothing else
using Json = nlohmann::ordered_json;

Json to_json(const Party &party) {
  return {{"family", party.object.empty() ? "unknown" : party.family},
          {"object", printable(party.object)},
          {"namespace", party.link_namespace},
          {"unloaded", party.unloaded}};
}

Json to_json(const Frame &frame) {
  Json json{{"address", fmt::format("{:#x}", frame.address)}, {"object", printable(frame.object)}};
  if (!frame.object.empty()) json["offset"] = fmt::format("{:#x}", frame.offset);
  if (!frame.function.empty()) json["function"] = printable(frame.function);
  if (!frame.file.empty()) {
    json["file"] = printable(frame.file);
    json["line"] = frame.line;
  }
  return json;
}

Json to_json(const std::vector<Frame> &stack) {
  Json json = Json::array();
  for (const Frame &frame : stack) json.push_back(to_json(frame));
  return json;
}

Json to_json(const Incident &incident) {
  Json json{{"hazard", name_of(incident.hazard)},
            {"count", incident.count},
            {"function", incident.function},
            {"owner", to_json(incident.owner)},
            {"releaser", to_json(incident.releaser)},
            {"block", fmt::format("{:#x}", incident.block)},
            {"release_stack", to_json(incident.release_stack)},
            {"allocation_stack", to_json(incident.allocation_stack)},
            {"pids", incident.pids},
            {"because", printable(incident.because)},
            {"next_step", printable(incident.next_step)}};
  json["level"] = name_of(incident.level);
  json["subject"] = printable(incident.subject);
  json["summary"] = printable(incident.summary);
  json["evidence"] = Json::array();
  for (const std::string &evidence : incident.evidence) json["evidence"].push_back(printable(evidence));
  if (incident.detail != event::Detail::None) json["detail"] = name_of(incident.detail);
  if (!incident.allocated_by.empty()) json["allocated_by"] = incident.allocated_by;
  if (incident.size) json["size"] = *incident.size;
  if (incident.given_size) json["given_size"] = *incident.given_size;
  if (incident.opened)
    json["opened"] = {{"path", printable(incident.opened->path)},
                      {"flags", name_of_flags(incident.opened->flags)},
                      {"namespace", incident.opened->link_namespace},
                      {"caller", to_json(incident.opened->caller)}};
  return json;
}

Json outcome(const ProcessSeen &process) {
  const std::optional<Ending> &ending = process.ending;
  if (process.replaced) return {{"kind", "replaced"}};
  if (process.is_running) return {{"kind", "running"}};
  if (!ending) return {{"kind", "unseen"}};
  if (const auto *exited = std::get_if<Exited>(&*ending)) return {{"kind", "exited"}, {"status", exited->status}};
  return {{"kind", "killed"}, {"signal", std::get<Killed>(*ending).signal}};
}

std::uint64_t number_of(const std::string &hexadecimal) { return std::stoull(hexadecimal, nullptr, 16); }

Party party_from(const Json &json) {
  return {json.at("object"), json.at("family"), json.at("namespace"), json.at("unloaded")};
}

Frame frame_from(const Json &json) {
  Frame frame;
  frame.address = number_of(json.at("address"));
  frame.object = json.at("object");
  frame.offset = number_of(json.value("offset", "0"));
  frame.function = json.value("function", "");
  frame.file = json.value("file", "");
  frame.line = json.value("line", 0);
  return frame;
}

std::vector<Frame> stack_from(const Json &json) {
  std::vector<Frame> stack;
  for (const Json &one : json) stack.push_back(frame_from(one));
  return stack;
}

}  // namespace

nlohmann::ordered_json incident_json(const Incident &incident) { return to_json(incident); }

Incident incident_from_json(const nlohmann::ordered_json &json, std::string_view object) {
  constexpr std::string_view kNextStep = "give a file that crossheap wrote";
  Json plain = json;  // a finding has other names for three members
  plain["id"] = json.at("hazard");
  plain["fix"] = json.at("next_step");
  Incident incident;
  static_cast<Finding &>(incident) = finding_from_json(plain, object);
  try {
    incident.function = json.at("function");
    incident.allocated_by = json.value("allocated_by", "");
    if (json.contains("detail")) {
      const auto detail = find_detail(json.at("detail").get<std::string>());
      if (!detail) throw Error(Blame::Usage, object, "has an incident with a detail that is none", kNextStep);
      incident.detail = *detail;
    }
    if (json.contains("size")) incident.size = json.at("size").get<std::uint64_t>();
    if (json.contains("given_size")) incident.given_size = json.at("given_size").get<std::uint64_t>();
    incident.block = number_of(json.at("block"));
    incident.owner = party_from(json.at("owner"));
    incident.releaser = party_from(json.at("releaser"));
    incident.release_stack = stack_from(json.at("release_stack"));
    incident.allocation_stack = stack_from(json.at("allocation_stack"));
    incident.pids = json.at("pids").get<std::vector<std::uint32_t>>();
    if (json.contains("opened")) {
      const Json &opened = json.at("opened");
      incident.opened = OpenCall{opened.at("path"), flags_named(opened.at("flags").get<std::string>()),
                                 opened.at("namespace"), frame_from(opened.at("caller"))};
    }
  } catch (const std::logic_error &) {  // of stoull
    throw Error(Blame::Usage, object, "has an incident with an address that is no number", kNextStep);
  }
  return incident;
}

void write_trace_json(std::ostream &to, const Trace &trace) {
  Json json{{"schema", "crossheap.trace/1"}, {"crossings", Json::array()}, {"instances", Json::array()},
            {"unwatched", Json::array()},    {"processes", Json::array()}, {"suppressed", trace.suppressed},
            {"lost_records", trace.lost}};
  for (const Incident &incident : trace.incidents) json["crossings"].push_back(to_json(incident));
  for (const InstanceSeen &instance : trace.instances) {
    Json one = to_json(instance.party);
    one.erase("unloaded");
    one["prefix"] = printable(instance.prefix);
    one["watched"] = instance.watched;
    one["unwatched"] = instance.unwatched;
    json["instances"].push_back(std::move(one));
  }
  for (const UnwatchedSeen &unwatched : trace.unwatched) {
    json["unwatched"].push_back({{"object", printable(unwatched.object)},
                                 {"function", printable(unwatched.function)},
                                 {"reason", unwatched.reason}});
    if (unwatched.is_process) json["unwatched"].back()["process"] = true;
  }
  for (const ProcessSeen &process : trace.processes)
    json["processes"].push_back(
        {{"pid", process.pid}, {"program", printable(process.program)}, {"outcome", outcome(process)}});
  to << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace crossheap::report
