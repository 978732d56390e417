// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Each verb has a schema of its own, but findings look the same in all of them; where they stand is all that differs.
#include "report/saved_result.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "base/text.h"
#include "report/bench_report.h"
#include "report/bind_report.h"
#include "report/check_report.h"
#include "report/finding_json.h"
#include "report/matrix_report.h"
#include "report/untrusted_json.h"

namespace crossheap::report {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kNextStep = "give a file that `--format json -o FILE` wrote";

Error refused(std::string_view object, std::string_view reason) { return {Blame::Usage, object, reason, kNextStep}; }

std::string text_at(const Json &json, const char *key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

void add_problems(Document &document, const Json &json) {
  if (!json.contains("problems")) return;
  for (const Json &one : json.at("problems"))
    document.problems.push_back({one.at("subject"), one.at("reason"), text_at(one, "next_step")});
}

void read_inspect(Document &document, const Json &json, std::string_view object) {
  for (const Json &file : json.at("files")) {
    const auto name = file.at("file").get<std::string>();
    if (file.contains("error")) {
      document.problems.push_back({name, file.at("error").at("reason"), text_at(file.at("error"), "next_step")});
      continue;
    }
    if (!file.contains("findings")) continue;
    document.subjects.push_back(name);
    for (const Json &one : file.at("findings")) {
      Finding finding = finding_from_json(one, object);
      if (finding.subject.empty()) finding.subject = name;
      document.findings.push_back(std::move(finding));
    }
  }
}

void read_bind(Document &document, const Json &json, std::string_view object) {
  const auto host = json.at("host").get<std::string>();
  document.subjects.push_back(host);
  for (const Json &plugin : json.at("plugins")) add_once(document.subjects, plugin.get<std::string>());
  FindingsByMode all;
  for (const auto &[key, loading] : json.at("modes").items()) {
    const auto order = loading.at("order").get<std::vector<std::string>>();
    const std::string mode = key.substr(0, key.find(": "));  // behind it the order, where there are several
    for (const Json &problem : loading.at("problems"))
      document.problems.push_back(
          {order.empty() ? host : order.back(),
           fmt::format("would be refused in mode {}: {}", mode, problem.get<std::string>()),
           "put the missing library where the loader finds it, or name its folder with --library-path"});
    if (!loading.at("problems").empty()) continue;
    for (const Json &one : loading.at("findings")) {
      Finding finding = finding_from_json(one, object);
      if (finding.subject.empty()) finding.subject = document.subjects.back();
      all.add(finding, order.size() > 1 ? fmt::format("{} ({})", mode, fmt::join(order, ", then ")) : mode);
    }
  }
  document.findings = all.take();
}

std::string in_words(const Json &party) {
  const std::string in = text_at(party, "object");
  return fmt::format("{}{}{}", text_at(party, "family"), in.empty() ? "" : " of ", in);
}

std::vector<Place> places_of(const Json &stack) {
  std::vector<Place> places;
  for (const Json &frame : stack) {
    Place place;
    place.object = text_at(frame, "object");
    place.function = text_at(frame, "function");
    place.file = text_at(frame, "file");
    place.line = frame.value("line", 0);
    places.push_back(std::move(place));
  }
  return places;
}

void read_trace(Document &document, const Json &json, std::string_view object) {
  for (const Json &process : json.at("processes"))
    add_once(document.subjects, process.at("program").get<std::string>());
  for (const Json &one : json.at("crossings")) {
    Json plain{{"id", one.at("hazard")},
               {"level", one.value("level", "error")},
               {"summary", text_at(one, "summary")},
               {"subject", text_at(one, "subject")},
               {"because", text_at(one, "because")},
               {"fix", text_at(one, "next_step")},
               {"count", one.at("count")}};
    Finding finding = finding_from_json(plain, object);
    finding.places = places_of(one.at("release_stack"));
    const std::string function = text_at(one, "function");
    const std::string owner = in_words(one.at("owner"));
    const std::string releaser = in_words(one.at("releaser"));
    if (finding.summary.empty())  // as older versions wrote it
      finding.summary = fmt::format("{} of {} gets a block of {}", function, releaser, owner);
    if (finding.subject.empty())
      finding.subject = finding.places.empty() ? text_at(one.at("releaser"), "object") : finding.places.front().object;
    if (one.contains("evidence")) {
      finding.evidence = one.at("evidence").get<std::vector<std::string>>();
    } else {
      finding.evidence.push_back("owner: " + owner);
      if (!function.empty()) finding.evidence.push_back(fmt::format("releaser: {}, by {}", releaser, function));
    }
    document.findings.push_back(std::move(finding));
  }
  for (const Json &one : json.at("unwatched"))
    if (one.value("process", false))
      document.problems.push_back({text_at(one, "object").empty() ? "a process" : text_at(one, "object"),
                                   "was not watched: " + text_at(one, "reason"),
                                   "see docs/trace.md for what can be watched"});
}

// Verbs whose findings and problems stand at the top.
void read_other(Document &document, const Json &json, std::string_view object) {
  if (json.contains("findings"))
    for (const Json &one : json.at("findings")) document.findings.push_back(finding_from_json(one, object));
  add_problems(document, json);
  if (json.contains("subjects"))
    for (const Json &one : json.at("subjects")) add_once(document.subjects, one.get<std::string>());
  if (const std::string plugin = text_at(json, "plugin"); !plugin.empty()) add_once(document.subjects, plugin);
}

struct Schema {
  std::string_view name;
  void (*read)(Document &document, const Json &json, std::string_view object);
};
constexpr std::array kSchemas{Schema{"crossheap.inspect/1", read_inspect}, Schema{"crossheap.bind/1", read_bind},
                              Schema{"crossheap.trace/1", read_trace},     Schema{"crossheap.check/1", read_other},
                              Schema{"crossheap.compare/1", read_other},   Schema{"crossheap.profile/1", read_other}};

}  // namespace

SavedResult read_saved_result(std::istream &in, std::string_view object) {
  const Json json = read_untrusted_json(in, object, kNextStep);
  try {
    if (!json.is_object() || !json.contains("schema"))
      throw refused(object, "has no \"schema\", so it is no result of crossheap");
    const auto name = json.at("schema").get<std::string>();
    if (name == "crossheap.matrix/1") return matrix_results_from(json, object);
    if (name == "crossheap.bench/1") return document_of(bench_results_from(json, object));
    // Somebody may have cut it down to its findings, as for a baseline.
    if (name == "crossheap.check/1" && json.contains("cells")) return document_of(check_from_json(json, object));
    const auto *const schema =
        std::find_if(kSchemas.begin(), kSchemas.end(), [&](const Schema &one) { return one.name == name; });
    if (schema == kSchemas.end())
      throw refused(object, fmt::format("has the schema '{}', of which no report can be made", name));
    Document document;
    document.verb = name.substr(name.find('.') + 1, name.find('/') - name.find('.') - 1);
    schema->read(document, json, object);
    document.facts = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    document.text = text_of(document);
    return document;
  } catch (const nlohmann::json::exception &broken) {
    throw Error(Blame::Usage, object, fmt::format("is not a result of crossheap ({})", broken.what()), kNextStep);
  }
}

std::string text_of(const Document &document) {
  std::string text;
  for (const Finding &finding : document.findings) {
    text += fmt::format("{} {} {}: {}{}\n", name_of(finding.level), name_of(finding.hazard),
                        printable_name(finding.subject), printable(finding.summary),
                        finding.count > 1 ? fmt::format(" ({} times)", with_commas(finding.count)) : "");
    if (!finding.because.empty()) text += fmt::format("  {}\n", printable(finding.because));
    for (const std::string &evidence : finding.evidence) text += fmt::format("  - {}\n", printable(evidence));
    for (const Place &place : finding.places) {
      if (place.function.empty() && place.file.empty()) continue;
      text += fmt::format("    at {}{} in {}\n", place.function.empty() ? "?" : printable_name(place.function),
                          place.file.empty() ? "" : fmt::format(", {}:{}", printable_name(place.file), place.line),
                          printable_name(place.object));
    }
    text += fmt::format("  next: {}\n\n", printable(advice_of(finding)));
  }
  for (const Problem &problem : document.problems)
    text += fmt::format("not examined: {}: {}\n", printable_name(problem.subject), printable(problem.reason));
  text +=
      fmt::format("crossheap {}: {} finding{}, {} not examined\n", document.verb, with_commas(document.findings.size()),
                  document.findings.size() == 1 ? "" : "s", with_commas(document.problems.size()));
  return text;
}

}  // namespace crossheap::report
