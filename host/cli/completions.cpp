// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Completion for shells. The scripts know nothing: they hand the words of the command line to `crossheap completions
// words`, and what that answers is read from the same description that parses the command line (CLI11), from the
// catalogue and from the folder of profiles. So they cannot fall behind a new verb or option.
//
// The answer is a line for each candidate, a tab, what it means. The line ":files" lets the shell complete files.
#include "cli/completions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/installation.h"
#include "base/text.h"
#include "catalog/hazards.h"

namespace crossheap::cli {

namespace {

struct Candidate {
  std::string word;
  std::string meaning;
};

struct Answer {
  std::vector<Candidate> candidates;
  bool files = false;
};

// The first sentence of a help text, on one line.
std::string brief(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.substr(0, std::min(text.find(". "), text.size()));
}

// The values that an option takes: CLI11 keeps them in what it calls the type, "TEXT:{text,json}" or
// "value in {report->0,route->1} OR {0,1}".
std::vector<std::string> choices_of(const CLI::Option &option) {
  std::string type = option.get_type_name();
  const std::size_t begin = type.find('{');
  const std::size_t end = type.find('}', begin);
  std::vector<std::string> choices;
  if (begin == std::string::npos || end == std::string::npos) return choices;
  type = type.substr(begin + 1, end - begin - 1);
  for (const std::string_view one : split(type, ',')) choices.emplace_back(one.substr(0, one.find("->")));
  return choices;
}

std::vector<Candidate> profiles() {
  std::vector<Candidate> names{{"all", "every profile"}, {"auto", "what the plugin is recognised as"}};
  std::error_code failed;
  for (const auto &file : std::filesystem::directory_iterator(
           library_folder().parent_path().parent_path() / "share/crossheap/profiles", failed))
    if (file.path().extension() == ".toml") names.push_back({file.path().stem().string(), ""});
  std::sort(names.begin(), names.end(), [](const auto &one, const auto &other) { return one.word < other.word; });
  return names;
}

Answer values_of(const CLI::Option &option) {
  Answer answer;
  if (option.check_lname("profile")) {
    answer.candidates = profiles();
    answer.files = true;
    return answer;
  }
  for (std::string &choice : choices_of(option)) answer.candidates.push_back({std::move(choice), ""});
  answer.files = answer.candidates.empty();
  return answer;
}

const CLI::Option *option_named(const CLI::App &command, std::string_view name) {
  return name.starts_with('-') ? command.get_option_no_throw(std::string(name)) : nullptr;
}

bool takes_value(const CLI::Option &option) { return option.get_items_expected_max() > 0; }

std::vector<Candidate> options_of(const CLI::App &command) {
  std::vector<Candidate> options;
  for (const CLI::Option *const option : command.get_options()) {
    const std::string meaning = brief(option->get_description());
    for (const std::string &name : option->get_lnames()) options.push_back({"--" + name, meaning});
    for (const std::string &name : option->get_snames()) options.push_back({"-" + name, meaning});
  }
  return options;
}

const CLI::App *verb_named(const CLI::App &app, const std::string &name) {
  const auto verbs = app.get_subcommands([&](const CLI::App *one) { return one->get_name() == name; });
  return verbs.empty() ? nullptr : verbs.front();
}

Answer verbs_of(const CLI::App &app) {
  Answer answer;
  for (const CLI::App *const verb : app.get_subcommands([](const CLI::App *) { return true; }))
    answer.candidates.push_back({verb->get_name(), brief(verb->get_description())});
  answer.candidates.push_back({"help", "the options of a verb"});
  return answer;
}

Answer positionals_of(const CLI::App &command) {
  Answer answer;
  if (command.get_name() == "explain") {
    for (const Hazard &hazard : hazards()) answer.candidates.push_back({name_of(hazard.id), std::string(hazard.name)});
    return answer;
  }
  for (const CLI::Option *const option : command.get_options())
    if (option->get_positional())
      for (std::string &choice : choices_of(*option)) answer.candidates.push_back({std::move(choice), ""});
  answer.files = answer.candidates.empty();
  return answer;
}

// `words`: what stands behind the program's name; the last is the one to complete, perhaps "".
Answer answer_to(const CLI::App &app, const std::vector<std::string> &words) {
  const std::string &current = words.back();
  const auto is_verb = [&](const std::string &word) { return verb_named(app, word) != nullptr; };
  const auto verb = std::find_if(words.begin(), words.end() - 1, is_verb);
  if (verb == words.end() - 1) {
    if (!current.starts_with('-')) return verbs_of(app);
    return {options_of(app), false};
  }
  const CLI::App &command = *verb_named(app, *verb);
  if (words.front() == "help") return {};
  // Behind "--" the words are another program's.
  if (std::find(verb, words.end() - 1, "--") != words.end() - 1) return {{}, true};
  if (const std::size_t sign = current.find('='); current.starts_with("--") && sign != std::string::npos) {
    const CLI::Option *const option = option_named(command, current.substr(0, sign));
    if (option == nullptr || !takes_value(*option)) return {};
    Answer answer = values_of(*option);
    for (Candidate &one : answer.candidates) one.word = current.substr(0, sign + 1) + one.word;
    return answer;
  }
  if (words.end() - verb >= 3)
    if (const CLI::Option *const option = option_named(command, *(words.end() - 2));
        option != nullptr && takes_value(*option))
      return values_of(*option);
  if (current.starts_with('-')) return {options_of(command), false};
  return positionals_of(command);
}

struct Script {
  std::string_view shell;
  std::string_view file;  ///< as the shell looks for it
  std::string_view text;
};

constexpr std::array kScripts{
    Script{"bash", "crossheap", R"(# bash completion for crossheap; the program answers what may stand here.
_crossheap() {
  local line current=${COMP_WORDS[COMP_CWORD]} words=("${COMP_WORDS[@]:1:COMP_CWORD}")
  # bash takes "=" for a word of its own.
  if [[ $current == '=' ]]; then
    words=("${words[@]:0:${#words[@]}-1}" '')
    current=''
  elif [[ ${#words[@]} -ge 2 && ${words[-2]} == '=' ]]; then
    words=("${words[@]:0:${#words[@]}-2}" "$current")
  fi
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == ':files' ]]; then
      compopt -o filenames 2>/dev/null
      mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
    elif [[ ${line%%$'\t'*} == "$current"* ]]; then
      COMPREPLY+=("${line%%$'\t'*}")
    fi
  done < <("${COMP_WORDS[0]}" completions words -- "${words[@]}" 2>/dev/null)
}
complete -F _crossheap crossheap
)"},
    Script{"zsh", "_crossheap", R"(#compdef crossheap
# zsh completion for crossheap; the program answers what may stand here.
_crossheap() {
  local line
  local -a candidates
  local files=0
  for line in "${(@f)$("${words[1]}" completions words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == ':files' ]]; then
      files=1
    elif [[ -n $line ]]; then
      candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    fi
  done
  (( ${#candidates} )) && _describe 'crossheap' candidates
  (( files )) && _files
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _crossheap "$@"
else
  compdef _crossheap crossheap
fi
)"},
    Script{"fish", "crossheap.fish", R"(# fish completion for crossheap; the program answers what may stand here.
function __crossheap_complete
    set -l tokens (commandline -opc) (commandline -ct)
    for line in ($tokens[1] completions words -- $tokens[2..-1] 2>/dev/null)
        if test "$line" = ':files'
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c crossheap -f -a '(__crossheap_complete)'
)"},
};

struct CompletionsOptions {
  std::string what;
  std::vector<std::string> words;
};

int complete(const CLI::App &app, const CompletionsOptions &options) {
  const auto *const script =
      std::find_if(kScripts.begin(), kScripts.end(), [&](const Script &one) { return one.shell == options.what; });
  if (script != kScripts.end()) {
    std::cout << script->text;
    return kClean;
  }
  std::vector<std::string> words = options.words;
  if (words.empty()) words.emplace_back();
  const Answer answer = answer_to(app, words);
  for (const Candidate &one : answer.candidates) fmt::print("{}\t{}\n", one.word, one.meaning);
  if (answer.files) fmt::print(":files\n");
  return kClean;
}

}  // namespace

void add_completions(CLI::App &app, Work &chosen) {
  auto options = std::make_shared<CompletionsOptions>();
  CLI::App *const command = app.add_subcommand("completions", "Print the script that completes crossheap in a shell");
  std::vector<std::string> what;
  what.reserve(std::size(kScripts) + 1);
  for (const Script &script : kScripts) what.emplace_back(script.shell);
  what.emplace_back("words");
  command->add_option("SHELL", options->what, "bash, zsh or fish; words: what the scripts ask")
      ->required()
      ->check(CLI::IsMember(what));
  command->add_option("WORDS", options->words, "The words typed so far, behind --")->type_name("");
  command->positionals_at_end();
  command->callback([options, &app, &chosen] { chosen = [options, &app] { return complete(app, *options); }; });
}

}  // namespace crossheap::cli
