// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What CLI11 says of a wrong command line, said as every other error is: the word, the reason, the next step. CLI11's
// own words show its types ("Value 0 not in range [1 - 1024]", "x not in {json,text}", ranges of 300 digits).
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "cli/command.h"

namespace crossheap::cli {

namespace {

const CLI::App &chosen(const CLI::App &app) {
  const std::vector<CLI::App *> subcommands = app.get_subcommands();
  return subcommands.empty() ? app : *subcommands.front();
}

std::string name_of(const CLI::App &app, const CLI::App &command) {
  return &app == &command ? app.get_name() : fmt::format("{} {}", app.get_name(), command.get_name());
}

std::vector<std::string> options_of(const CLI::App &command) {
  std::vector<std::string> names;
  for (const CLI::Option *option : command.get_options()) {
    for (const std::string &name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string &name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

std::string nearest_of(std::string_view typed, const std::vector<std::string> &known) {
  const std::vector<std::string_view> views(known.begin(), known.end());
  return std::string(nearest(typed, views));
}

Error unknown(std::string_view word, std::string_view what, const std::string &near, std::string_view see) {
  return {Blame::Usage, word, what,
          near.empty() ? fmt::format("see `{}`", see) : fmt::format("did you mean {}? See `{}`", near, see)};
}

// The words between braces: "text,json", or "ownership->0,sites->1".
std::vector<std::string> words_in_braces(std::string_view text) {
  const std::size_t begin = text.find('{');
  const std::size_t end = text.find('}', begin);
  std::vector<std::string> words;
  if (begin == std::string_view::npos || end == std::string_view::npos) return words;
  for (const std::string_view word : split(text.substr(begin + 1, end - begin - 1), ','))
    words.emplace_back(word.substr(0, word.find("->")));
  return words;
}

std::string first_between(std::string_view text, std::string_view before, std::string_view after) {
  const std::size_t begin = text.find(before);
  if (begin == std::string_view::npos) return {};
  const std::size_t start = begin + before.size();
  const std::size_t end = text.find(after, start);
  return end == std::string_view::npos ? std::string() : std::string(text.substr(start, end - start));
}

}  // namespace

Error usage_error(const CLI::App &app, const CLI::ParseError &wrong) {
  const CLI::App &command = chosen(app);
  const std::string name = name_of(app, command);
  const std::string see = fmt::format("{} --help", name);
  const std::string words = wrong.what();
  const std::vector<std::string> left = app.remaining(true);

  if (!left.empty() && (&command == &app || dynamic_cast<const CLI::ExtrasError *>(&wrong) != nullptr)) {
    const std::string &word = left.front();
    if (&command == &app && !word.starts_with('-')) {
      std::vector<std::string> verbs{"help"};
      for (const CLI::App *verb : app.get_subcommands([](const CLI::App *) { return true; }))
        verbs.push_back(verb->get_name());
      return unknown(word, "is no command of crossheap", nearest_of(word, verbs), see);
    }
    if (word.starts_with('-') && word != "-") {
      const std::string option = word.substr(0, word.find('='));
      return unknown(option, fmt::format("is no option of {}", name), nearest_of(option, options_of(command)), see);
    }
    return {Blame::Usage, word, fmt::format("is one argument more than {} takes", name), fmt::format("see `{}`", see)};
  }
  if (&command == &app) return {Blame::Usage, "crossheap", "needs a command", fmt::format("see `{}`", see)};

  // "--format: xml not in {text,json}", "--depth: Check xml value in {...} FAILED"
  const std::size_t colon = words.find(": ");
  const std::string option = colon == std::string::npos ? name : words.substr(0, colon);
  const std::string rest = colon == std::string::npos ? words : words.substr(colon + 2);
  if (const std::vector<std::string> allowed = words_in_braces(rest); !allowed.empty()) {
    std::string typed = first_between(rest, "Check ", " value in");
    if (typed.empty()) typed = rest.substr(0, rest.find(" not in"));
    const std::string near = nearest_of(typed, allowed);
    return {Blame::Usage, option, fmt::format("'{}' is none of {}", typed, enumeration(allowed)),
            near.empty() ? fmt::format("see `{}`", see) : fmt::format("did you mean {}?", near)};
  }
  // Of a value that stands for an enumerator CLI11 writes the enumerator, a NUL; the choices stand in the help.
  if (const std::string typed = first_between(rest, "Check ", " value in"); !typed.empty()) {
    const CLI::Option *const known = command.get_option_no_throw(option);
    const std::string help = known == nullptr ? "" : known->get_option_text();
    std::vector<std::string> allowed;
    for (const std::string_view word : split(std::string_view(help).substr(0, help.find(' ')), '|'))
      allowed.emplace_back(word);
    const std::string near = nearest_of(typed, allowed);
    return {Blame::Usage, option, fmt::format("'{}' is none of {}", typed, enumeration(allowed)),
            near.empty() ? fmt::format("see `{}`", see) : fmt::format("did you mean {}?", near)};
  }
  if (const std::string range = first_between(rest, " not in range ", "\n");
      rest.starts_with("Value ") || !range.empty()) {
    std::string typed = first_between(rest, "Value ", " not in range");
    std::string bounds = rest.substr(rest.find("range") == std::string::npos ? rest.size() : rest.find("range") + 6);
    std::erase_if(bounds, [](char c) { return c == '[' || c == ']'; });
    if (const std::size_t dash = bounds.find(" - "); dash != std::string::npos) bounds.replace(dash, 3, " to ");
    return {Blame::Usage, option, fmt::format("'{}' is not a number from {}", typed, bounds),
            fmt::format("see `{}`", see)};
  }
  if (dynamic_cast<const CLI::ConversionError *>(&wrong) != nullptr) {
    // "Could not convert: --jobs = many"
    const std::string which = first_between(words + "\n", "convert: ", " = ");
    const std::string typed = first_between(words + "\n", " = ", "\n");
    if (!which.empty())
      return {Blame::Usage, which, fmt::format("'{}' is no number that it takes", typed), fmt::format("see `{}`", see)};
  }
  return {Blame::Usage, name, words, fmt::format("see `{}`", see)};
}

}  // namespace crossheap::cli
