// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Order matters in one place: the first row is the default. A format whose extension is the end of another one's must
// stand behind it, because the first match counts.
#include "report/format.h"

#include <algorithm>
#include <array>
#include <ostream>
#include <vector>

#include "base/text.h"

namespace crossheap::report {

namespace {

constexpr std::array kFormats{
    Format{"text", ".txt", "for a person at a terminal",
           [](std::ostream &to, const Document &document) { to << document.text; }},
    Format{"json", ".json", "everything, for programs; each verb documents its schema",
           [](std::ostream &to, const Document &document) { to << document.facts; }},
    Format{"markdown", ".md", "the findings, for a comment on a change", write_markdown},
    Format{"sarif", ".sarif", "the findings as SARIF 2.1.0, for code scanning", write_sarif},
    Format{"junit", ".xml", "the findings as JUnit XML, for continuous integration", write_junit},
    Format{"html", ".html", "a page of its own for a browser, without network", write_html},
};

}  // namespace

std::span<const Format> formats() noexcept { return kFormats; }

const Format &text_format() noexcept { return kFormats[0]; }
const Format &json_format() noexcept { return kFormats[1]; }
const Format &html_format() noexcept { return kFormats.back(); }

const Format *find_format(std::string_view name) noexcept {
  const auto *const found =
      std::find_if(kFormats.begin(), kFormats.end(), [name](const Format &format) { return format.name == name; });
  return found == kFormats.end() ? nullptr : found;
}

const Format *format_of_file(std::string_view file) noexcept {
  const auto *const found = std::find_if(kFormats.begin(), kFormats.end(),
                                         [file](const Format &format) { return file.ends_with(format.extension); });
  return found == kFormats.end() ? nullptr : found;
}

std::string format_names() {
  std::vector<std::string> names;
  names.reserve(kFormats.size());
  for (const Format &format : kFormats) names.emplace_back(format.name);
  return enumeration(names, "or");
}

}  // namespace crossheap::report
