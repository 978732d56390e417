// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap explain: the catalogue of hazards, the very entries that findings point to. docs/hazards.md is what
// --format markdown prints.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iostream>

#include "base/error.h"
#include "base/text.h"
#include "catalog/hazards.h"
#include "cli/command.h"
#include "report/catalog_report.h"

namespace crossheap::cli {

namespace {

struct ExplainOptions {
  std::vector<std::string> words;
  std::string format = "text";
  std::string output;
};

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

bool mentions(const Hazard &hazard, const std::string &word) {
  const auto texts = {hazard.name, hazard.headline, hazard.what, hazard.why, hazard.see, hazard.fix};
  return std::any_of(texts.begin(), texts.end(),
                     [&](std::string_view text) { return in_lower_case(text).find(word) != std::string::npos; });
}

// An id, else a name, else all entries whose name has the words in it, else all whose text has.
std::vector<const Hazard *> entries_for(const std::string &asked) {
  if (const auto id = find_hazard_id(asked)) return {&hazard_of(*id)};
  const std::string words = in_lower_case(asked);
  std::vector<const Hazard *> of_name;
  std::vector<const Hazard *> of_text;
  for (const Hazard &hazard : hazards()) {
    const std::string name = in_lower_case(hazard.name);
    if (name == words) return {&hazard};
    if (name.find(words) != std::string::npos) of_name.push_back(&hazard);
    if (mentions(hazard, words)) of_text.push_back(&hazard);
  }
  return of_name.empty() ? of_text : of_name;
}

Error unknown(const std::string &asked) {
  std::vector<std::string> known;
  for (const Hazard &hazard : hazards()) {
    known.push_back(name_of(hazard.id));
    known.emplace_back(hazard.name);
    for (const std::string_view word : split(hazard.name, ' ')) known.emplace_back(word);
  }
  const std::vector<std::string_view> views(known.begin(), known.end());
  const std::string upper = [&] {
    std::string text = asked;
    if (text.size() > 2 && in_lower_case(text).starts_with("xh"))
      std::transform(text.begin(), text.end(), text.begin(),
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
  }();
  const std::string_view near = nearest(upper, views);
  return {Blame::Usage, asked, "is no hazard of the catalogue, nor a word in it",
          near.empty() ? "`crossheap explain` lists them all"
                       : fmt::format("did you mean {}? `crossheap explain` lists them all", near)};
}

using Entries = std::vector<const Hazard *>;

struct Form {
  std::string_view name;
  std::string (*write)(std::span<const Hazard *const> entries);
};
constexpr std::array kForms{Form{"text", report::catalog_text}, Form{"json", report::catalog_json},
                            Form{"markdown", report::catalog_markdown}};

int explain(const ExplainOptions &options) {
  const std::string asked = fmt::format("{}", fmt::join(options.words, " "));
  const bool all = options.words.empty();
  Entries entries;
  if (all)
    for (const Hazard &hazard : hazards()) entries.push_back(&hazard);
  else if (asked.find_first_not_of(' ') != std::string::npos)
    entries = entries_for(asked);
  if (entries.empty()) throw unknown(asked);
  const auto *const form =
      std::find_if(kForms.begin(), kForms.end(), [&](const Form &one) { return one.name == options.format; });
  Output output = options.output.empty() ? Output(std::cout) : Output(options.output);
  const bool as_list = all && form->name == "text";
  output.stream() << (as_list ? report::catalog_list(entries) : form->write(entries));
  output.finish();
  return kClean;
}

}  // namespace

void add_explain(CLI::App &app, Work &chosen) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App *command =
      app.add_subcommand("explain", "What a hazard is: what happens, why, how to see it, and how to fix it");
  command
      ->add_option("WORD", options->words,
                   "An id (XH104), a name (incomplete interposer), or words that an entry has (default: list all)")
      ->type_name("");
  std::vector<std::string> names;
  names.reserve(kForms.size());
  for (const Form &form : kForms) names.emplace_back(form.name);
  command->add_option("--format", options->format, "text, json or markdown (default: text)")
      ->check(CLI::IsMember(names));
  command->add_option("-o,--output", options->output, "Write to FILE (default: standard output)")->type_name("FILE");
  command->callback([options, &chosen] { chosen = [options] { return explain(*options); }; });
}

}  // namespace crossheap::cli
