// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap.bench/1, written and read back: `crossheap merge` and `crossheap report` make every report from the file
// alone. What is written here is therefore read here; a member that only one of the two knows would be lost.
#include <fmt/format.h>

#include <istream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "report/bench_report.h"
#include "report/measure_json.h"
#include "report/untrusted_json.h"

namespace crossheap::report {

namespace {

using Json = nlohmann::ordered_json;
using namespace bench;  // NOLINT(google-build-using-namespace): this file is about nothing else

constexpr std::string_view kSchema = "crossheap.bench/1";
constexpr std::string_view kNextStep = "give a file that `crossheap bench --format json -o FILE` wrote";

Json json_of(const measure::Estimate &estimate) {
  return {{"value", estimate.value},
          {"low", estimate.interval.low},
          {"high", estimate.interval.high},
          {"rounds", estimate.rounds}};
}

measure::Estimate estimate_in(const Json &json) {
  return {json.at("value").get<double>(),
          {json.at("low").get<double>(), json.at("high").get<double>()},
          json.at("rounds").get<std::size_t>()};
}

Json json_of(const Cell &cell) {
  return {{"load", cell.load},       {"arguments", cell.arguments}, {"metric", cell.metric},
          {"variant", cell.variant}, {"base", cell.base},           {"again", cell.again},
          {"value", cell.value},     {"added", cell.added},         {"ratio", json_of(cell.ratio)}};
}

Cell cell_in(const Json &json) {
  return {.load = json.at("load"),
          .arguments = json.at("arguments"),
          .metric = json.at("metric"),
          .variant = json.at("variant"),
          .base = json.at("base"),
          .again = json.at("again"),
          .value = json.at("value"),
          .added = json.at("added"),
          .ratio = estimate_in(json.at("ratio"))};
}

Json json_of(const Part &part) {
  return {{"says", part.says},
          {"load", part.load},
          {"arguments", part.arguments},
          {"metric", part.metric},
          {"of", part.of},
          {"base", part.base},
          {"wanted", part.wanted},
          {"ratio", json_of(part.ratio)},
          {"same", json_of(part.same)},
          {"answer", name_of(part.answer)},
          {"why", part.why}};
}

Answer answer_in(const Json &json) {
  const auto name = json.get<std::string>();
  for (const Answer answer : {Answer::Holds, Answer::DoesNotHold, Answer::CannotTell})
    if (name == name_of(answer)) return answer;
  throw std::out_of_range("no answer");
}

Part part_in(const Json &json) {
  return {.says = json.at("says"),
          .load = json.at("load"),
          .arguments = json.at("arguments"),
          .metric = json.at("metric"),
          .of = json.at("of"),
          .base = json.at("base"),
          .wanted = json.at("wanted"),
          .ratio = estimate_in(json.at("ratio")),
          .same = estimate_in(json.at("same")),
          .answer = answer_in(json.at("answer")),
          .why = json.at("why")};
}

Json json_of(const Claim &claim) {
  Json parts = Json::array();
  for (const Part &part : claim.parts) parts.push_back(json_of(part));
  return {{"id", claim.id},
          {"text", claim.text},
          {"source", claim.source},
          {"answer", name_of(claim.answer)},
          {"parts", std::move(parts)}};
}

Claim claim_in(const Json &json) {
  Claim claim{json.at("id"), json.at("text"), json.at("source"), {}, answer_in(json.at("answer"))};
  for (const Json &part : json.at("parts")) claim.parts.push_back(part_in(part));
  return claim;
}

Json json_of(const std::vector<Used> &used) {
  Json all = Json::array();
  for (const Used &one : used) all.push_back({{"name", one.name}, {"version", one.version}, {"about", one.about}});
  return all;
}

std::vector<Used> used_in(const Json &json) {
  std::vector<Used> all;
  for (const Json &one : json) all.push_back({one.at("name"), one.at("version"), one.at("about")});
  return all;
}

// What the HTML page draws: the ratios of each load's time.
Json plots_of(const Results &results) {
  Json plots = Json::array();
  for (const Cell &cell : results.cells) {
    const std::string metric = metric_words(cell.metric);
    const std::string title = fmt::format("{}{}{}: {} next to {}", cell.load, cell.arguments.empty() ? "" : " ",
                                          cell.arguments, metric, cell.base);
    if (plots.empty() || plots.back()["title"] != title)
      plots.push_back(
          {{"kind", "intervals"}, {"title", title}, {"unit", "%"}, {"baseline", 0}, {"rows", Json::array()}});
    plots.back()["rows"].push_back({{"label", cell.again ? cell.variant + ", again" : cell.variant},
                                    {"value", (cell.ratio.value - 1) * 100},
                                    {"low", (cell.ratio.interval.low - 1) * 100},
                                    {"high", (cell.ratio.interval.high - 1) * 100},
                                    {"note", value_words(cell.metric, cell.value)}});
  }
  return plots;
}

// A line for each member, and for each element of an array: a result that is kept changes by lines.
std::string in_lines(const Json &whole) {
  const auto dump = [](const Json &json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); };
  std::string text = "{";
  for (const auto &[name, value] : whole.items()) {
    text += fmt::format("{}\n{}: ", text.size() > 1 ? "," : "", dump(name));
    if (!value.is_array()) {
      text += dump(value);
      continue;
    }
    text += '[';
    const char *comma = "";
    for (const Json &element : value) {
      text += fmt::format("{}\n {}", comma, dump(element));
      comma = ",";
    }
    text += ']';
  }
  return text + "\n}\n";
}

Error no_result(std::string_view file) { return {Blame::Usage, file, "is not a result of crossheap bench", kNextStep}; }

}  // namespace

std::string bench_json(const Results &results) {
  Json cells = Json::array();
  for (const Cell &cell : results.cells) cells.push_back(json_of(cell));
  Json claims = Json::array();
  for (const Claim &claim : results.claims) claims.push_back(json_of(claim));
  Json failures = Json::array();
  for (const Failure &one : results.failures)
    failures.push_back({{"load", one.load}, {"variant", one.variant}, {"reason", one.reason}});
  const Json whole{{"schema", kSchema},
                   {"kind", name_of(results.kind)},
                   {"sentence", bench_sentence(results)},
                   {"machine", machine_json(results.machine)},
                   {"load_after", results.load_after},
                   {"seconds", results.seconds},
                   {"scale", results.scale},
                   {"rounds", results.rounds},
                   {"selection", results.selection},
                   {"shard", {{"index", results.shard.index}, {"count", results.shard.count}}},
                   {"interrupted", results.interrupted},
                   {"allocators", json_of(results.allocators)},
                   {"missing", json_of(results.missing)},
                   {"claims", std::move(claims)},
                   {"cells", std::move(cells)},
                   {"failures", std::move(failures)},
                   {"plots", plots_of(results)}};
  return in_lines(whole);
}

Results read_bench_json(std::istream &from, std::string_view file) {
  return bench_results_from(read_untrusted_json(from, file, kNextStep), file);
}

Results bench_results_from(const Json &whole, std::string_view file) {
  try {
    if (whole.at("schema") != kSchema) throw no_result(file);
    Results results;
    const auto kind = whole.at("kind").get<std::string>();
    bool known = false;
    for (const Kind one : {Kind::Workloads, Kind::Claims, Kind::Abi, Kind::Agent})
      if (kind == name_of(one)) {
        results.kind = one;
        known = true;
      }
    if (!known) throw no_result(file);
    results.machine = machine_from(whole.at("machine"));
    results.load_after = whole.at("load_after");
    results.seconds = whole.at("seconds");
    results.scale = whole.at("scale");
    results.rounds = whole.at("rounds");
    results.selection = whole.at("selection");
    results.shard = {whole.at("shard").at("index"), whole.at("shard").at("count")};
    if (results.shard.count == 0 || results.shard.index == 0 || results.shard.index > results.shard.count)
      throw no_result(file);
    results.interrupted = whole.at("interrupted");
    results.allocators = used_in(whole.at("allocators"));
    results.missing = used_in(whole.at("missing"));
    for (const Json &one : whole.at("claims")) results.claims.push_back(claim_in(one));
    for (const Json &one : whole.at("cells")) results.cells.push_back(cell_in(one));
    for (const Json &one : whole.at("failures"))
      results.failures.push_back({one.at("load"), one.at("variant"), one.at("reason")});
    return results;
  } catch (const Json::exception &) {
    throw no_result(file);
  } catch (const std::out_of_range &) {
    throw no_result(file);
  }
}

}  // namespace crossheap::report
