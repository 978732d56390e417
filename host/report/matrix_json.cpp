// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap.matrix/1, written and read. Cases are written one a line and one at a time: there are very many of them,
// and a person may want to grep.
#include <fmt/format.h>

#include <istream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/error.h"
#include "catalog/hazards.h"
#include "report/matrix_report.h"
#include "report/untrusted_json.h"
#include "trace/incident.h"

namespace crossheap::report {

namespace {

using namespace matrix;  // NOLINT(google-build-using-namespace): this file is about nothing else
using Json = nlohmann::ordered_json;

Json to_json(const Outcome &outcome) {
  Json json{{"kind", kind(outcome.ending)}, {"words", name_of(outcome.ending)}};
  if (!outcome.during.empty()) json["during"] = outcome.during;
  if (!outcome.message.empty()) json["message"] = outcome.message;
  return json;
}

Outcome outcome_from(const Json &json, std::string_view object) {
  return {parse_ending(json.at("words").get<std::string>(), object), json.value("during", ""),
          json.value("message", "")};
}

Json to_json(const TracedRun &run) {
  Json reports = Json::array();
  for (const Reported &report : run.reports) {
    reports.push_back({{"hazard", name_of(report.hazard)}, {"function", report.function}, {"count", report.count}});
    if (report.detail != event::Detail::None) reports.back()["detail"] = trace::name_of(report.detail);
    for (const auto &[name, text] : {std::pair("owner", &report.owner), {"releaser", &report.releaser}})
      if (!text->empty()) reports.back()[name] = *text;
  }
  return {{"watched", run.watched}, {"outcome", to_json(run.outcome)}, {"reports", reports}};
}

TracedRun traced_from(const Json &json, std::string_view object) {
  TracedRun run{.watched = json.at("watched"), .outcome = outcome_from(json.at("outcome"), object), .reports = {}};
  for (const Json &report : json.at("reports")) {
    const auto hazard = find_hazard_id(report.at("hazard").get<std::string>());
    const auto detail = trace::find_detail(report.value("detail", ""));
    if (!hazard || !detail)
      throw Error(Blame::Usage, object, "names a finding that this crossheap does not know",
                  "merge with the program that wrote it");
    run.reports.push_back({*hazard, report.at("function"), *detail, report.value("owner", ""),
                           report.value("releaser", ""), report.at("count")});
  }
  return run;
}

Json to_json(const CaseResult &result) {
  Json json{{"host", result.of.host},           {"plugin", result.of.plugin},
            {"mode", result.of.mode},           {"scenario", result.of.scenario},
            {"direction", result.of.direction}, {"contract", std::string(1, result.contract)}};
  if (result.crossing != Crossing::Unknown) json["crosses"] = result.crossing == Crossing::Yes;
  json["outcome"] = to_json(result.outcome);
  json["runs"] = result.runs;
  json["survived"] = result.survived;
  if (result.traced) {
    json["traced"] = to_json(*result.traced);
    json["traced"]["verdict"] = name_of(verdict_on(result));
  }
  if (result.routed) json["routed"] = to_json(*result.routed);
  return json;
}

CaseResult case_from(const Json &json, std::string_view object) {
  CaseResult result;
  result.of = {json.at("host"), json.at("plugin"), json.at("mode"), json.at("scenario"), json.at("direction")};
  const auto contract = json.at("contract").get<std::string>();
  result.contract = contract.empty() ? '?' : contract[0];
  if (json.contains("crosses")) result.crossing = json.at("crosses").get<bool>() ? Crossing::Yes : Crossing::No;
  result.outcome = outcome_from(json.at("outcome"), object);
  result.runs = json.at("runs");
  result.survived = json.at("survived");
  if (json.contains("traced")) result.traced = traced_from(json.at("traced"), object);
  if (json.contains("routed")) result.routed = traced_from(json.at("routed"), object);
  return result;
}

Json to_json(const Load &load) {
  Json json{{"host", load.host},     {"plugin", load.plugin},
            {"mode", load.mode},     {"by_default", to_json(load.by_default)},
            {"opened", load.opened}, {"static_tls_raised", load.static_tls_raised}};
  if (!load.loader_warning.empty()) json["loader_warning"] = load.loader_warning;
  json["instances"] = load.instances;
  return json;
}

Load load_from(const Json &json, std::string_view object) {
  Load load;
  load.host = json.at("host");
  load.plugin = json.at("plugin");
  load.mode = json.at("mode");
  load.by_default = outcome_from(json.at("by_default"), object);
  load.opened = json.at("opened");
  load.static_tls_raised = json.at("static_tls_raised");
  load.loader_warning = json.value("loader_warning", "");
  for (const auto &[function, instance] : json.at("instances").items())
    load.instances.emplace(function, instance.get<std::string>());
  return load;
}

Json to_json(const Count &count) { return {{"cases", count.cases}, {"safe", count.safe}}; }

Json to_json(const Agreement &agreement, const Results &results) {
  Json contradictions = Json::array();
  for (const Contradiction &one : agreement.contradictions)
    contradictions.push_back({{"case", one.of}, {"words", one.words}});
  Json json{{"depth", name_of(results.tracing->depth)},
            {"seconds", results.tracing_took.count()},
            {"good", agreement.good},
            {"reported", agreement.reported},
            {"luck", agreement.by_luck.size()},
            {"other_cause", agreement.other_cause},
            {"beyond_bindings", agreement.beyond_bindings},
            {"not_played", results.untraced},
            {"contradictions", contradictions}};
  if (results.tracing->route) json["routed"] = {{"cases", agreement.routed}, {"survived", agreement.routed_survived}};
  return json;
}

Json to_json(const Summary &summary, const Results &results) {
  Json contracts = Json::object();
  for (const ContractSummary &contract : summary.contracts) {
    Json by_mode = Json::object();
    for (const auto &[mode, count] : contract.by_mode) by_mode[mode] = to_json(count);
    contracts[std::string(1, contract.contract)] = {{"about", contract_words(contract.contract)},
                                                    {"cases", contract.all.cases},
                                                    {"safe", contract.all.safe},
                                                    {"crossing", to_json(contract.crossing)},
                                                    {"not_crossing", to_json(contract.not_crossing)},
                                                    {"by_mode", by_mode},
                                                    {"endings", contract.endings}};
  }
  Json surprises = Json::array();
  for (const Surprise &surprise : summary.surprises)
    surprises.push_back({{"sentence", surprise.sentence}, {"example", surprise.example}});
  Json json{{"cases", results.cases.size()},
            {"planned", results.planned},
            {"repeat", results.repeat},
            {"shard", fmt::format("{}/{}", results.shard.index, results.shard.count)},
            {"interrupted", results.interrupted},
            {"seconds", results.took.count()},
            {"contracts", contracts},
            {"loads",
             {{"tried", summary.loads},
              {"refused_by_default", summary.refused_by_default},
              {"opened_with_more_static_tls", summary.opened_with_more_static_tls},
              {"refused", summary.refused}}},
            {"sandbox",
             {{"seccomp", results.protections.seccomp},
              {"landlock_abi", results.protections.landlock_abi},
              {"namespaces", results.protections.namespaces},
              {"own_user", results.protections.own_user},
              {"tells_calls", results.protections.tells_calls}}},
            {"surprises", surprises}};
  if (summary.agreement) json["trace"] = to_json(*summary.agreement, results);
  return json;
}

}  // namespace

void write_matrix_json(std::ostream &out, const Results &results, const Summary &summary) {
  // A name from the command line or from a plugin may hold bytes that are no UTF-8: they become U+FFFD.
  const auto text_of = [](const Json &value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); };
  const auto member = [&](std::string_view name, const Json &value) {
    out << text_of(name) << ": " << text_of(value) << ",\n";
  };
  out << "{\n";
  member("schema", "crossheap.matrix/1");
  member("summary", to_json(summary, results));
  Json hosts = Json::array();
  for (const HostBuild &host : results.hosts)
    hosts.push_back({{"name", host.name}, {"family", host.family}, {"preload", host.preload}, {"about", host.about}});
  member("hosts", hosts);
  Json plugins = Json::array();
  for (const PluginBuild &plugin : results.plugins)
    plugins.push_back({{"name", plugin.name}, {"family", plugin.family}, {"about", plugin.about}});
  member("plugins", plugins);
  Json modes = Json::array();
  for (const LoadMode &mode : results.modes) modes.push_back(mode.name);
  member("modes", modes);
  Json scenarios = Json::array();
  for (const auto &[name, offer] : results.scenarios)
    scenarios.push_back({{"name", name},
                         {"contract", std::string(1, offer.contract)},
                         {"acquired_by", offer.acquired_by},
                         {"released_by", offer.released_by},
                         {"sentence", offer.sentence}});
  member("scenarios", scenarios);
  Json left_out = Json::array();
  for (const LeftOut &one : results.left_out) {
    left_out.push_back({{"what", one.what}, {"reason", one.reason}});
    if (one.is_failure) left_out.back()["failed"] = true;
  }
  member("left_out", left_out);
  Json loads = Json::array();
  for (const Load &load : results.loads) loads.push_back(to_json(load));
  member("loads", loads);
  out << "\"cases\": [";
  const char *separator = "\n";
  for (const CaseResult &result : results.cases) {
    out << separator << text_of(to_json(result));
    separator = ",\n";
  }
  out << "\n]\n}\n";
}

Results read_matrix_json(std::istream &in, std::string_view object) {
  const Json json = read_untrusted_json(in, object, "give a file that `crossheap matrix --format json -o FILE` wrote");
  return matrix_results_from(json, object);
}

Results matrix_results_from(const Json &json, std::string_view object) {
  Results results;
  try {
    if (json.at("schema") != "crossheap.matrix/1")
      throw Error(Blame::Usage, object, "is of another schema than crossheap.matrix/1",
                  "give a file that `crossheap matrix --format json -o FILE` wrote");
    const Json &summary = json.at("summary");
    results.planned = summary.at("planned");
    results.repeat = summary.at("repeat");
    results.shard = parse_shard(summary.at("shard").get<std::string>());
    results.interrupted = summary.at("interrupted");
    results.took = std::chrono::duration<double>(summary.at("seconds").get<double>());
    const Json &sandbox = summary.at("sandbox");
    results.protections = {sandbox.at("seccomp"), sandbox.at("landlock_abi"), sandbox.value("namespaces", false),
                           sandbox.value("own_user", false), sandbox.value("tells_calls", false)};
    if (summary.contains("trace")) {
      const Json &trace = summary.at("trace");
      results.tracing = {parse_depth(trace.at("depth").get<std::string>(), object), trace.contains("routed")};
      results.tracing_took = std::chrono::duration<double>(trace.at("seconds").get<double>());
      for (const auto &[reason, cases] : trace.at("not_played").items())
        results.untraced[reason] = cases.get<std::uint64_t>();
    }
    for (const Json &host : json.at("hosts"))
      results.hosts.push_back({host.at("name"), {}, host.at("preload"), host.at("family"), host.at("about")});
    for (const Json &plugin : json.at("plugins"))
      results.plugins.push_back({plugin.at("name"), {}, plugin.at("family"), plugin.at("about")});
    for (const Json &mode : json.at("modes")) {
      const LoadMode *known = find_load_mode(mode.get<std::string>());
      if (known == nullptr)
        throw Error(Blame::Usage, object, "names a load mode that this crossheap does not know",
                    "merge with the program that wrote it");
      results.modes.push_back(*known);
    }
    for (const Json &scenario : json.at("scenarios")) {
      Offer offer;
      offer.name = scenario.at("name");
      offer.contract = scenario.at("contract").get<std::string>().at(0);
      offer.acquired_by = scenario.at("acquired_by");
      offer.released_by = scenario.at("released_by").get<std::vector<std::string>>();
      offer.sentence = scenario.at("sentence");
      results.scenarios.emplace(offer.name, offer);
    }
    for (const Json &one : json.at("left_out"))
      results.left_out.push_back({one.at("what"), one.at("reason"), one.value("failed", false)});
    for (const Json &load : json.at("loads")) results.loads.push_back(load_from(load, object));
    for (const Json &one : json.at("cases")) results.cases.push_back(case_from(one, object));
  } catch (const nlohmann::json::exception &broken) {
    throw Error(Blame::Usage, object, fmt::format("is not a result of `crossheap matrix` ({})", broken.what()),
                "give a file that `crossheap matrix --format json -o FILE` wrote");
  } catch (const std::out_of_range &) {
    throw Error(Blame::Usage, object, "is not a result of `crossheap matrix` (a scenario without a contract)",
                "give a file that `crossheap matrix --format json -o FILE` wrote");
  }
  return results;
}

}  // namespace crossheap::report
