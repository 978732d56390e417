// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Findings as SARIF 2.1.0 (OASIS standard of 2020), the form that code scanning reads. One rule for each hazard of the
// catalogue, so that a rule's index never depends on what was found.
//
// Code scanning follows a result from commit to commit by its fingerprint. Ours is made of what stays the same when a
// file is built again or moved: the hazard, the file's name without its folder and its version, the innermost functions
// of the stack, and the sentence without numbers, addresses and folders. Results that are the same even so are told
// apart by a count.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/text.h"
#include "report/format.h"

namespace crossheap::report {

namespace {

using Json = nlohmann::ordered_json;

std::string ended(std::string_view text) { return fmt::format("{}{}", text, text.ends_with('.') ? "" : "."); }

// For the catalogue's own words only: a sentence about "plugin.so" begins with the name as it is.
std::string sentence(std::string_view clause) {
  std::string text = ended(clause);
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

// "incomplete interposer" -> "IncompleteInterposer", the form that the standard wants.
std::string rule_name(std::string_view name) {
  std::string text;
  bool begins = true;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) {
      begins = true;
      continue;
    }
    text += begins ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    begins = false;
  }
  return text;
}

Json rule_of(const Hazard &hazard) {
  return {{"id", name_of(hazard.id)},
          {"name", rule_name(hazard.name)},
          {"shortDescription", {{"text", sentence(hazard.headline)}}},
          {"fullDescription", {{"text", fmt::format("{} {}", hazard.what, hazard.why)}}},
          {"help",
           {{"text", fmt::format("{}\n\nWhy: {}\n\nHow to see it: {}\n\nHow to fix it: {}", hazard.what, hazard.why,
                                 hazard.see, hazard.fix)},
            {"markdown", fmt::format("{}\n\n**Why.** {}\n\n**How to see it.** {}\n\n**How to fix it.** {}", hazard.what,
                                     hazard.why, hazard.see, hazard.fix)}}}};
}

std::size_t index_of(HazardId id) {
  const auto all = hazards();
  return static_cast<std::size_t>(
      std::find_if(all.begin(), all.end(), [id](const Hazard &hazard) { return hazard.id == id; }) - all.begin());
}

// A path as a URI reference (RFC 3986). A relative path stays one, so that it is found in a checkout.
std::string uri_of(const std::string &path) {
  constexpr std::string_view kUnreserved = "-._~/";
  std::string text = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x80 && std::isalnum(byte) != 0) || kUnreserved.find(c) != std::string_view::npos)
      text += c;
    else
      text += fmt::format("%{:02X}", byte);
  }
  return text;
}

std::string file_name(const std::string &path) { return std::filesystem::path(path).filename().string(); }

// Where a person looks first: the source line, or the file.
Json location_of(const Place &place) {
  Json physical{{"artifactLocation", {{"uri", uri_of(place.file.empty() ? place.object : place.file)}}}};
  if (!place.file.empty() && place.line > 0) physical["region"] = {{"startLine", place.line}};
  Json location{{"physicalLocation", std::move(physical)}};
  Json logical = Json::array();
  if (!place.function.empty()) logical.push_back({{"fullyQualifiedName", place.function}, {"kind", "function"}});
  if (!place.file.empty() && !place.object.empty())
    logical.push_back({{"fullyQualifiedName", file_name(place.object)}, {"kind", "module"}});
  if (!logical.empty()) location["logicalLocations"] = std::move(logical);
  return location;
}

// The first place of the user's own source, else the first file that is known, else the subject.
Json primary_location_of(const Finding &finding) {
  const auto has_source = [](const Place &place) { return !place.file.empty(); };
  const auto has_object = [](const Place &place) { return !place.object.empty(); };
  auto place = std::find_if(finding.places.begin(), finding.places.end(), has_source);
  if (place == finding.places.end()) place = std::find_if(finding.places.begin(), finding.places.end(), has_object);
  if (place != finding.places.end()) return location_of(*place);
  Place subject;
  subject.object = finding.subject;
  return location_of(subject);
}

// FNV-1a: what matters is that it is the same on every machine and in every version of this program.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

// "/usr/lib/libfoo.so.1.2.3" -> "libfoo.so"
std::string lasting_name(const std::string &path) {
  const std::string name = file_name(path);
  const std::size_t suffix = name.find(".so.");
  return suffix == std::string::npos ? name : name.substr(0, suffix + 3);
}

// The words of a sentence: a path without its folder, and every number, also in hexadecimal, as #.
std::string lasting_words(std::string_view sentence) {
  std::string words;
  for (const std::string_view word : split(sentence, ' ')) {
    const std::string_view kept =
        word.substr(word.find_last_of('/') == std::string_view::npos ? 0 : word.find_last_of('/') + 1);
    for (std::size_t at = 0; at < kept.size();) {
      const bool hexadecimal = kept.substr(at, 2) == "0x";
      const auto of_number = [&](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return hexadecimal ? std::isxdigit(byte) != 0 || c == 'x' : std::isdigit(byte) != 0 || c == ',' || c == '.';
      };
      if (std::isdigit(static_cast<unsigned char>(kept[at])) == 0) {
        words += kept[at++];
        continue;
      }
      words += '#';
      while (at < kept.size() && of_number(kept[at])) ++at;
    }
    words += ' ';
  }
  return words;
}

std::string lasting_key_of(const Finding &finding) {
  constexpr std::size_t kInnermost = 4;  // what is further out is the program's, or the C library's
  std::string key = fmt::format("{}|{}|", name_of(finding.hazard), lasting_name(finding.subject));
  for (std::size_t i = 0; i < std::min(kInnermost, finding.places.size()); ++i)
    key += fmt::format("{}@{}|", finding.places[i].function, lasting_name(finding.places[i].object));
  return key + lasting_words(finding.summary);
}

std::string message_of(const Finding &finding) {
  std::string text = ended(finding.summary);
  if (!finding.because.empty()) text += " " + ended(finding.because);
  for (const std::string &evidence : finding.evidence) text += "\n- " + evidence;
  return text + "\nNext: " + ended(advice_of(finding));
}

Json result_of(const Finding &finding, std::map<std::uint64_t, unsigned> &seen) {
  const std::uint64_t hash = hash_of(lasting_key_of(finding));
  Json result{{"ruleId", name_of(finding.hazard)},
              {"ruleIndex", index_of(finding.hazard)},
              {"level", name_of(finding.level)},
              {"message", {{"text", message_of(finding)}}},
              {"locations", Json::array({primary_location_of(finding)})},
              {"partialFingerprints", {{"crossheap/v1", fmt::format("{:016x}:{}", hash, ++seen[hash])}}},
              {"occurrenceCount", finding.count}};
  Json frames = Json::array();
  for (const Place &place : finding.places)
    if (!place.object.empty() || !place.file.empty()) frames.push_back({{"location", location_of(place)}});
  if (!frames.empty()) result["stacks"] = Json::array({{{"frames", std::move(frames)}}});
  return result;
}

Json notification_of(const Problem &problem) {
  return {
      {"level", "error"},
      {"message", {{"text", fmt::format("{}: {}", problem.subject, problem.reason)}}},
      {"locations", Json::array({{{"physicalLocation", {{"artifactLocation", {{"uri", uri_of(problem.subject)}}}}}}})}};
}

}  // namespace

void write_sarif(std::ostream &to, const Document &document) {
  Json rules = Json::array();
  for (const Hazard &hazard : hazards()) rules.push_back(rule_of(hazard));
  Json results = Json::array();
  std::map<std::uint64_t, unsigned> seen;
  for (const Finding &finding : document.findings) results.push_back(result_of(finding, seen));
  Json invocation{{"executionSuccessful", document.problems.empty()}};
  for (const Problem &problem : document.problems)
    invocation["toolExecutionNotifications"].push_back(notification_of(problem));
  const Json whole{
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs",
       Json::array(
           {{{"tool",
              {{"driver", {{"name", "crossheap"}, {"version", CROSSHEAP_VERSION}, {"rules", std::move(rules)}}}}},
             {"automationDetails", {{"id", fmt::format("crossheap/{}/", document.verb)}}},
             {"invocations", Json::array({std::move(invocation)})},
             {"results", std::move(results)}}})}};
  to << whole.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace crossheap::report
