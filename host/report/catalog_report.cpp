// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The same entries three times: a list to choose from, one entry to read, and the page docs/hazards.md. The group of an
// entry is in its id: 1xx is about binding, 2xx about ownership, 3xx about the life cycle, 4xx about the loader.
#include "report/catalog_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace crossheap::report {

namespace {

using Json = nlohmann::ordered_json;
using Entries = std::span<const Hazard *const>;

constexpr std::size_t kWidth = 100;

// `text` in lines of at most kWidth, the first behind a heading and the others below its text.
std::string paragraph(std::string_view heading, std::string_view text) {
  const std::string indent(heading.size(), ' ');
  std::string lines(heading);
  std::size_t column = heading.size();
  bool begins = true;
  for (const std::string_view word : split(text, ' ')) {
    if (!begins && column + 1 + word.size() > kWidth) {
      lines += "\n" + indent;
      column = indent.size();
    } else if (!begins) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += word.size();
    begins = false;
  }
  return lines + "\n";
}

// The hundreds of an id are its group.
std::string_view group_of(const Hazard &hazard) {
  switch (static_cast<std::uint16_t>(hazard.id) / 100) {
    case 1:
      return "Binding: who provides malloc";
    case 2:
      return "Ownership: who frees";
    case 3:
      return "Life cycle";
    default:
      return "Loader limits and identity";
  }
}

}  // namespace

std::string catalog_list(Entries entries) {
  std::string text;
  std::string_view group;
  for (const Hazard *hazard : entries) {
    if (group_of(*hazard) != group) {
      group = group_of(*hazard);
      text += fmt::format("{}{}\n", text.empty() ? "" : "\n", group);
    }
    text += fmt::format("  {}  {:<31}  {}\n", name_of(hazard->id), hazard->name, hazard->headline);
  }
  return text + "\n`crossheap explain ID` tells one of them in full.\n";
}

std::string catalog_text(Entries entries) {
  std::string text;
  for (const Hazard *hazard : entries) {
    if (!text.empty()) text += "\n";
    text += fmt::format("{} {}\n", name_of(hazard->id), hazard->name);
    text += paragraph("  found  ", hazard->headline);
    text += paragraph("  what   ", hazard->what);
    text += paragraph("  why    ", hazard->why);
    text += paragraph("  see    ", hazard->see);
    text += paragraph("  fix    ", hazard->fix);
  }
  return text;
}

std::string catalog_json(Entries entries) {
  Json hazards = Json::array();
  for (const Hazard *hazard : entries)
    hazards.push_back({{"id", name_of(hazard->id)},
                       {"name", hazard->name},
                       {"headline", hazard->headline},
                       {"what", hazard->what},
                       {"why", hazard->why},
                       {"see", hazard->see},
                       {"fix", hazard->fix}});
  const Json whole{{"schema", "crossheap.hazards/1"}, {"hazards", std::move(hazards)}};
  return whole.dump(2) + "\n";
}

std::string catalog_markdown(Entries entries) {
  std::string text =
      "# Hazards\n\n"
      "What goes wrong when allocators and plugins meet. Every finding of crossheap points to one entry by its id, and "
      "an\n"
      "id never changes its meaning. `crossheap explain ID` prints an entry; this page is made of the same ones, by\n"
      "`crossheap explain --format markdown`.\n";
  std::string_view group;
  for (const Hazard *hazard : entries) {
    if (group_of(*hazard) != group) {
      group = group_of(*hazard);
      text += fmt::format("\n## {}\n", group);
    }
    text += fmt::format("\n### {}: {}\n\n", name_of(hazard->id), hazard->name);
    text += fmt::format("Found when {}.\n\n", hazard->headline);
    text += fmt::format("- **What happens.** {}\n", hazard->what);
    text += fmt::format("- **Why.** {}\n", hazard->why);
    text += fmt::format("- **How to see it.** {}\n", hazard->see);
    text += fmt::format("- **How to fix it.** {}\n", hazard->fix);
  }
  return text;
}

}  // namespace crossheap::report
