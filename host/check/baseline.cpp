// SPDX-License-Identifier: MIT OR Apache-2.0
#include "check/baseline.h"

#include <cctype>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace crossheap::check {

namespace {

std::string without_numbers(std::string_view text) {
  std::string kept;
  bool in_number = false;
  for (const char c : text) {
    const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (!digit || !in_number) kept += digit ? '#' : c;
    in_number = digit || (in_number && (std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == 'x'));
  }
  return kept;
}

std::string key(std::string_view id, std::string_view subject, std::string_view summary) {
  return std::string(id) + "|" + std::filesystem::path(subject).filename().string() + "|" + without_numbers(summary);
}

}  // namespace

Baseline read_baseline(const nlohmann::ordered_json &json, std::string_view object) {
  const auto fail = [&](std::string_view reason) {
    throw Error(Blame::Usage, object, reason, "save one with `crossheap check ... --format json -o FILE`");
  };
  const auto schema = json.is_object() ? json.find("schema") : json.end();
  if (schema == json.end() || *schema != "crossheap.check/1") fail("is no saved result of `crossheap check`");
  const auto findings = json.find("findings");
  if (findings == json.end() || !findings->is_array()) fail("has no list of findings");
  Baseline baseline;
  for (const auto &finding : *findings) {
    const auto text = [&](const char *name) {
      const auto value = finding.is_object() ? finding.find(name) : finding.end();
      if (!finding.is_object() || value == finding.end() || !value->is_string())
        fail("has a finding without an id, a subject or a summary");
      return value->get<std::string>();
    };
    baseline.insert(key(text("id"), text("subject"), text("summary")));
  }
  return baseline;
}

void accept(Check &check, const Baseline &baseline) {
  for (Found &found : check.findings)
    found.known = baseline.contains(key(name_of(found.finding.hazard), found.finding.subject, found.finding.summary));
}

}  // namespace crossheap::check
