// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Every sample is kept, so that a result can be put together with others and compared with later ones. What follows
// from the samples is written for the reader's convenience and not read back. "plots" is what the HTML page draws.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "report/compare_report.h"
#include "report/finding_json.h"
#include "report/measure_json.h"

namespace crossheap::report {

namespace {

using Json = nlohmann::ordered_json;
using namespace compare;  // NOLINT(google-build-using-namespace): this file is about nothing else

constexpr std::string_view kSchema = "crossheap.compare/1";

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json estimate_json(const measure::Estimate &estimate) {
  return {{"value", number(estimate.value)},
          {"low", number(estimate.interval.low)},
          {"high", number(estimate.interval.high)},
          {"rounds", estimate.rounds}};
}

Json samples_json(const std::vector<Sample> &samples) {
  Json all = Json::object();
  for (const QuantityRow &row : kQuantityRows) {
    Json values = Json::array();
    bool any = false;
    for (const Sample &sample : samples) {
      values.push_back(number(sample[row.quantity]));
      any = any || std::isfinite(sample[row.quantity]);
    }
    if (any) all[std::string(row.name)] = std::move(values);
  }
  return all;
}

std::vector<Sample> samples_from(const Json &json, std::size_t count) {
  std::vector<Sample> samples(count);
  for (const QuantityRow &row : kQuantityRows) {
    const auto values = json.find(std::string(row.name));
    if (values == json.end()) continue;
    for (std::size_t i = 0; i < std::min(count, values->size()); ++i)
      if (!values->at(i).is_null()) samples[i][row.quantity] = values->at(i).get<double>();
  }
  return samples;
}

Json programs_json(const Service &service) {
  Json all = Json::array();
  for (const ProgramSeen &seen : service.programs)
    all.push_back({{"program", seen.program},
                   {"provider", seen.provider},
                   {"served", seen.served},
                   {"reason", seen.reason},
                   {"processes", seen.processes}});
  return all;
}

Json quantities_json(const Result &result, std::size_t index) {
  Json all = Json::object();
  for (const QuantityRow &row : kQuantityRows) {
    const Compared one = compared(result, index, row.quantity);
    if (one.value.rounds == 0) continue;
    Json entry{{"median", estimate_json(one.value)}};
    if (one.ratio.rounds > 0) {
      entry["ratio"] = estimate_json(one.ratio);
      entry["difference"] = measure::name_of(one.difference);
      entry["better"] = one.better;
    } else if (one.ratio.value > 0) {
      entry["ratio_once"] = one.ratio.value;
    }
    all[std::string(row.name)] = std::move(entry);
  }
  return all;
}

Json variant_json(const Result &result, std::size_t index) {
  const Variant &variant = result.variants[index];
  Json settings = Json::object();
  for (const auto &[name, value] : variant.allocator.settings) settings[name] = value;
  Json json{{"name", variant.allocator.name},
            {"family", name_of(variant.allocator.family)},
            {"version", variant.allocator.version},
            {"library", variant.allocator.library.string()},
            {"package", variant.allocator.package},
            {"settings", settings},
            {"baseline", index == 0},
            {"service",
             {{"state", name_of(variant.service.state)},
              {"reason", variant.service.reason},
              {"programs", programs_json(variant.service)}}},
            {"ownership",
             {{"state", name_of(variant.ownership.state)},
              {"reason", variant.ownership.reason},
              {"crossings", variant.ownership.crossings}}},
            {"failure", variant.failure},
            {"may_be_recommended", variant.eligible()},
            {"quantities", quantities_json(result, index)},
            {"samples", samples_json(variant.samples)},
            {"watched_runs", variant.watched.size()},
            {"watched", samples_json(variant.watched)}};
  if (!variant.rss_over_time.empty()) json["rss_over_time"] = variant.rss_over_time;
  return json;
}

Json plot_of(const Result &result, Quantity quantity) {
  Json rows = Json::array();
  const measure::Estimate same = resolution(result, quantity);
  const auto percents = [](double ratio) { return (ratio - 1) * 100; };
  if (same.rounds > 0)
    rows.push_back({{"label", result.variants.front().allocator.name + " again"},
                    {"value", percents(same.value)},
                    {"low", percents(same.interval.low)},
                    {"high", percents(same.interval.high)},
                    {"note", "the resolution of this machine"},
                    {"level", "note"}});
  for (std::size_t i = 1; i < result.variants.size(); ++i) {
    const Compared one = compared(result, i, quantity);
    if (one.ratio.rounds == 0) continue;
    rows.push_back({{"label", result.variants[i].allocator.name},
                    {"value", percents(one.ratio.value)},
                    {"low", percents(one.ratio.interval.low)},
                    {"high", percents(one.ratio.interval.high)},
                    {"note", remark_on(result.variants[i])},
                    {"level", result.variants[i].ownership.state == Ownership::State::Crosses ? "error" : "none"}});
  }
  return {{"kind", "intervals"},
          {"title", fmt::format("{} against {}", row_of(quantity).title, result.variants.front().allocator.name)},
          {"unit", "%"},
          {"baseline", 0},
          {"rows", rows}};
}

Json plots_json(const Result &result) {
  Json plots = Json::array();
  for (const Quantity quantity : quantities_shown(result)) {
    Json plot = plot_of(result, quantity);
    if (plot["rows"].size() > 1) plots.push_back(std::move(plot));
  }
  Json series = Json::array();
  for (const Variant &variant : result.variants) {
    if (variant.rss_over_time.empty()) continue;
    Json points = Json::array();
    for (const auto &[seconds, bytes] : variant.rss_over_time) points.push_back({seconds, bytes / 1048576});
    series.push_back({{"label", variant.allocator.name}, {"points", points}});
  }
  if (!series.empty())
    plots.push_back({{"kind", "lines"}, {"title", "RSS over time"}, {"x", "s"}, {"y", "MiB"}, {"series", series}});
  return plots;
}

/// The table as the HTML page shows it.
Json table_json(const Result &result) {
  Json columns{"allocator"};
  const std::vector<Quantity> shown = quantities_shown(result);
  for (const Quantity quantity : shown) columns.push_back(row_of(quantity).title);
  columns.push_back("remark");
  Json rows = Json::array();
  for (std::size_t i = 0; i < result.variants.size(); ++i) {
    const Variant &variant = result.variants[i];
    Json row{fmt::format("{} {}", variant.allocator.name, variant.allocator.version)};
    for (const Quantity quantity : shown) {
      const Compared one = compared(result, i, quantity);
      std::string cell = one.value.rounds == 0 ? "-" : in_words(one.value.value, row_of(quantity).unit);
      if (one.ratio.value > 0) cell += fmt::format(", {}", change_cell(one.ratio.value));
      if (one.ratio.rounds > 0 && one.difference == measure::Difference::None) cell += " =";
      row.push_back(cell);
    }
    row.push_back(remark_on(variant));
    rows.push_back(row);
  }
  return {{"columns", columns}, {"rows", rows}};
}

Json against_json(const Against &against) {
  Json changes = Json::array();
  for (const Change &change : against.changes)
    changes.push_back({{"name", change.name},
                       {"then", estimate_json(change.then)},
                       {"now", estimate_json(change.now)},
                       {"change", estimate_json(change.change)},
                       {"difference", measure::name_of(change.difference)}});
  return {{"incomparable", against.incomparable}, {"changes", changes}, {"missing", against.missing}};
}

template <typename State>
State state_named(const Json &json, std::initializer_list<State> states) {
  const std::string name = json.get<std::string>();
  for (const State state : states)
    if (name_of(state) == name) return state;
  throw Error(Blame::Usage, name, "is a state that this crossheap does not know");
}

Variant variant_from(const Json &json, std::size_t rounds) {
  Variant variant;
  json.at("name").get_to(variant.allocator.name);
  json.at("version").get_to(variant.allocator.version);
  variant.allocator.library = json.at("library").get<std::string>();
  json.at("package").get_to(variant.allocator.package);
  const std::string family = json.at("family").get<std::string>();
  for (int i = 0; i <= static_cast<int>(Family::Sanitizer); ++i)
    if (name_of(static_cast<Family>(i)) == family) variant.allocator.family = static_cast<Family>(i);
  for (const auto &[name, value] : json.at("settings").items())
    variant.allocator.settings.emplace_back(name, value.get<std::string>());
  const Json &service = json.at("service");
  variant.service.state = state_named(
      service.at("state"), {Service::State::Unknown, Service::State::All, Service::State::Part, Service::State::None});
  service.at("reason").get_to(variant.service.reason);
  for (const Json &seen : service.at("programs")) {
    ProgramSeen program;
    seen.at("program").get_to(program.program);
    seen.at("provider").get_to(program.provider);
    seen.at("served").get_to(program.served);
    seen.at("reason").get_to(program.reason);
    seen.at("processes").get_to(program.processes);
    variant.service.programs.push_back(std::move(program));
  }
  const Json &ownership = json.at("ownership");
  variant.ownership.state = state_named(
      ownership.at("state"), {Ownership::State::Unknown, Ownership::State::Clean, Ownership::State::Crosses});
  ownership.at("reason").get_to(variant.ownership.reason);
  ownership.at("crossings").get_to(variant.ownership.crossings);
  json.at("failure").get_to(variant.failure);
  variant.samples = samples_from(json.at("samples"), rounds);
  variant.watched = samples_from(json.at("watched"), json.at("watched_runs").get<std::size_t>());
  if (json.contains("rss_over_time")) json.at("rss_over_time").get_to(variant.rss_over_time);
  return variant;
}

}  // namespace

void write_compare_json(std::ostream &to, const Result &result, const std::optional<Against> &against) {
  const Answer answer = answer_of(result);
  Json json{{"schema", kSchema},
            {"sentence", answer.sentence},
            {"answer", name_of(answer.state)},
            {"best",
             answer.state == Answer::State::Better ? Json(result.variants[answer.best].allocator.name) : Json(nullptr)},
            {"command", result.command},
            {"load", result.load},
            {"metric", result.metric},
            {"figure_more_is_better", result.figure_more_is_better},
            {"by", row_of(result.by).name},
            {"rounds", result.rounds()},
            {"seed", result.seed},
            {"shard", fmt::format("{}/{}", result.shard, result.shards)},
            {"merged", result.merged},
            {"stopped", result.stopped},
            {"interrupted", result.interrupted},
            {"took_seconds", result.took_seconds}};
  Json equal = Json::array();
  for (const std::size_t index : answer.equal) equal.push_back(result.variants[index].allocator.name);
  json["equal_to_best"] = equal;
  Json machines = Json::array();
  for (const measure::Machine &machine : result.machines) machines.push_back(machine_json(machine));
  json["machines"] = machines;
  json["rounds_of_machine"] = result.rounds_of_machine;
  Json resolutions = Json::object();
  for (const QuantityRow &row : kQuantityRows)
    if (const measure::Estimate same = resolution(result, row.quantity); same.rounds > 0)
      resolutions[std::string(row.name)] = estimate_json(same);
  json["resolution"] = resolutions;
  Json allocators = Json::array();
  for (std::size_t i = 0; i < result.variants.size(); ++i) allocators.push_back(variant_json(result, i));
  json["allocators"] = allocators;
  json["again"] = samples_json(result.again);
  Json adopt = Json::array();
  if (answer.state == Answer::State::Better)
    for (const Adoption &adoption : adoptions(result, result.variants[answer.best].allocator))
      adopt.push_back({{"where", adoption.where}, {"lines", adoption.lines}});
  json["adopt"] = adopt;
  if (against) json["against"] = against_json(*against);
  Json findings = Json::array();
  for (const Finding &finding : result.findings) findings.push_back(finding_json(finding));
  json["findings"] = findings;
  json["table"] = table_json(result);
  json["plots"] = plots_json(result);
  to << json.dump(1, ' ', false, Json::error_handler_t::replace) << '\n';
}

Result read_compare_json(std::istream &from, const std::string &file) {
  try {
    const Json json = Json::parse(from);
    if (json.at("schema").get<std::string>() != kSchema)
      throw Error(Blame::Usage, file, fmt::format("is of another schema than {}", kSchema),
                  "give a file that `crossheap compare --format json -o FILE` wrote");
    Result result;
    json.at("command").get_to(result.command);
    json.at("load").get_to(result.load);
    json.at("metric").get_to(result.metric);
    json.at("figure_more_is_better").get_to(result.figure_more_is_better);
    const QuantityRow *const by = quantity_named(json.at("by").get<std::string>());
    if (by == nullptr) throw Error(Blame::Usage, file, "is about a quantity that this crossheap does not know");
    result.by = by->quantity;
    json.at("seed").get_to(result.seed);
    const std::string shard = json.at("shard").get<std::string>();
    const std::size_t slash = shard.find('/');
    if (slash == std::string::npos) throw Error(Blame::Usage, file, "does not say which shard it is");
    result.shard = static_cast<unsigned>(std::stoul(shard));
    result.shards = static_cast<unsigned>(std::stoul(shard.substr(slash + 1)));
    json.at("merged").get_to(result.merged);
    json.at("stopped").get_to(result.stopped);
    json.at("interrupted").get_to(result.interrupted);
    json.at("took_seconds").get_to(result.took_seconds);
    for (const Json &machine : json.at("machines")) result.machines.push_back(machine_from(machine));
    json.at("rounds_of_machine").get_to(result.rounds_of_machine);
    const auto rounds = json.at("rounds").get<std::size_t>();
    constexpr std::size_t kMostRounds = 10'000'000;
    if (rounds > kMostRounds) throw Error(Blame::Usage, file, "says it has more rounds than anybody measures");
    for (const Json &variant : json.at("allocators")) result.variants.push_back(variant_from(variant, rounds));
    if (result.variants.empty()) throw Error(Blame::Usage, file, "has no allocators");
    result.again = samples_from(json.at("again"), rounds);
    for (const Json &finding : json.at("findings")) result.findings.push_back(finding_from_json(finding, file));
    return result;
  } catch (const nlohmann::json::exception &error) {
    throw Error(Blame::Usage, file, fmt::format("is no result of crossheap compare: {}", error.what()),
                "give a file that `crossheap compare --format json -o FILE` wrote");
  } catch (const std::logic_error &) {
    throw Error(Blame::Usage, file, "does not say which shard it is");
  }
}

}  // namespace crossheap::report
