// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The order of the questions is the point. First the operating system: was there a process at all, did the sandbox end
// it? Then the loader's refusal. Then how the process ended, and the records can make that only worse:
//
//     exit status 0, record "verified"         survived
//     exit status 0, no such record            left by exit: a plugin called exit(0)
//     SIGABRT, record "verified"               aborted, at exit
//     exit status 0, records overwritten       left by exit, with that reason
//
// "During" is the last step that was reported. The message is the first line in the output by which an allocator says
// why it ends a process; the list of such beginnings (kSigns) is by hand.
#include "matrix/outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstring>
#include <optional>

#include "base/error.h"
#include "base/text.h"

namespace crossheap::matrix {

namespace {

using event::RunStep;

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

bool has(const event::RunStream &stream, RunStep step) {
  return std::any_of(stream.records.begin(), stream.records.end(),
                     [&](const auto &record) { return record.step == step; });
}

std::optional<std::string> text_of(const event::RunStream &stream, RunStep step) {
  for (const auto &record : stream.records)
    if (record.step == step) return printable(record.text);
  return std::nullopt;
}

std::string_view during(const event::RunStream &stream) {
  std::string_view words = "before the plugin was opened";
  for (const auto &record : stream.records) switch (record.step) {
      case RunStep::Opening:
        words = "while the plugin was opened";
        break;
      case RunStep::Giving:
        words = "while the block was made";
        break;
      case RunStep::Taking:
        words = "while the block was taken";
        break;
      case RunStep::Closing:
        words = "while or after the plugin was closed";
        break;
      case RunStep::Pressing:
        words = "later, while both heaps were used";
        break;
      case RunStep::Arranged:
      case RunStep::Finished:
      case RunStep::Verified:
        words = "at exit";
        break;
      default:
        break;
    }
  return words;
}

std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

}  // namespace

std::string_view kind(const Ending &ending) {
  constexpr std::array<std::string_view, std::variant_size_v<Ending>> kKinds{
      "survived",     "wrong-contents",     "aborted",    "crashed", "refused-to-load", "hung",
      "left-by-exit", "refused-by-sandbox", "not-started"};
  return kKinds[ending.index()];
}

std::string name_of(const Ending &ending) {
  return std::visit(Overloaded{[](const Crashed &crashed) {
                                 const char *name = ::sigabbrev_np(crashed.signal);
                                 return name != nullptr ? fmt::format("crashed SIG{}", name)
                                                        : fmt::format("crashed signal-{}", crashed.signal);
                               },
                               [](const LeftByExit &left) { return fmt::format("left-by-exit {}", left.status); },
                               [&](const auto &) { return std::string(kind(ending)); }},
                    ending);
}

Ending parse_ending(std::string_view text, std::string_view object) {
  constexpr std::string_view kExit = "left-by-exit ";
  int status = 0;
  for (const Ending &plain : {Ending(Survived{}), Ending(WrongContents{}), Ending(Aborted{}), Ending(RefusedToLoad{}),
                              Ending(Hung{}), Ending(RefusedBySandbox{}), Ending(NotStarted{})})
    if (text == kind(plain)) return plain;
  for (int signal = 1; signal < NSIG; ++signal)
    if (text == name_of(Crashed{signal})) return Crashed{signal};
  if (text.starts_with(kExit) &&
      std::from_chars(text.data() + kExit.size(), text.data() + text.size(), status).ec == std::errc{})
    return LeftByExit{status};
  throw Error(Blame::Usage, object, fmt::format("'{}' is no outcome", text),
              "use survived, wrong-contents, aborted, crashed SIGSEGV, refused-to-load, hung, left-by-exit N, "
              "refused-by-sandbox or not-started");
}

std::string allocator_message(std::string_view output) {
  // What glibc, jemalloc, mimalloc, tcmalloc and the C++ runtime write before they end a process.
  constexpr std::string_view kSigns[] = {
      "free(): ",       "munmap_chunk(): ", "realloc(): ",       "double free or corruption",
      "malloc(): ",     "malloc_",          "corrupted",         "<jemalloc>",
      "mimalloc: ",     "Attempt to ",      "Fatal glibc error", "terminate called",
      "stack smashing", "Assertion"};
  for (std::string_view line : split(output, '\n'))
    for (std::string_view sign : kSigns)
      if (line.find(sign) != std::string_view::npos) return printable(line);
  return {};
}

Outcome judge(const sandbox::Observation &observation, const event::RunStream &stream) {
  const std::string said = allocator_message(observation.output);
  if (const auto *failure = std::get_if<sandbox::NotStarted>(&observation.ending))
    return {NotStarted{}, "", fmt::format("{}: {}", failure->doing, std::strerror(failure->errno_value))};
  if (const auto *refused = std::get_if<sandbox::Refused>(&observation.ending))
    return {RefusedBySandbox{}, std::string(during(stream)), fmt::format("it asked for {}", refused->what)};
  if (const auto refusal = text_of(stream, RunStep::NotOpened)) return {RefusedToLoad{}, "", printable_name(*refusal)};
  if (has(stream, RunStep::NoThread))
    return {NotStarted{}, std::string(during(stream)), "a thread: none can be created"};
  const Ending ended = std::visit(Overloaded{[&](const sandbox::Exited &exited) -> Ending {
                                               const bool at_exit = has(stream, RunStep::Arranged);
                                               const bool done = at_exit ? has(stream, RunStep::Finished)
                                                                         : has(stream, RunStep::Verified);
                                               if (has(stream, RunStep::Wrong) || has(stream, RunStep::Failed))
                                                 return WrongContents{};
                                               if (done && exited.status == 0 && !stream.damaged) return Survived{};
                                               return LeftByExit{exited.status};
                                             },
                                             [](const sandbox::Killed &killed) -> Ending {
                                               if (killed.signal == SIGABRT) return Aborted{};
                                               return Crashed{killed.signal};
                                             },
                                             [](const sandbox::TimedOut &) -> Ending { return Hung{}; },
                                             [](const sandbox::Refused &) -> Ending { return RefusedBySandbox{}; },
                                             [](const sandbox::NotStarted &) -> Ending { return NotStarted{}; }},
                                  observation.ending);
  Outcome outcome{ended, "", said};
  if (std::holds_alternative<Survived>(ended)) return outcome;
  outcome.during = during(stream);
  if (const auto wrong = text_of(stream, RunStep::Wrong)) {
    outcome.message = *wrong;
  } else if (const auto failed = text_of(stream, RunStep::Failed)) {
    outcome.message = *failed;
  } else if (const auto unfit = text_of(stream, RunStep::NotAPlugin)) {
    outcome.message = *unfit;
  } else if (outcome.message.empty() && stream.damaged) {
    outcome.message = "the result channel was overwritten";
  } else if (outcome.message.empty() && !observation.output.empty()) {
    outcome.message = first_line(printable(observation.output));
  }
  return outcome;
}

}  // namespace crossheap::matrix
