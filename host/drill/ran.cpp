// SPDX-License-Identifier: MIT OR Apache-2.0
#include "drill/ran.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstring>

#include "base/text.h"
#include "matrix/outcome.h"

namespace crossheap::drill {

namespace {

std::string name_of_signal(int signal) {
  const char *name = ::sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

}  // namespace

Told read_told(const event::RunStream &stream) {
  Told told;
  told.damaged = stream.damaged;
  for (const event::RunRecord &record : stream.records) {
    const std::size_t bar = record.text.find('|');
    if (record.step == event::RunStep::Told && bar != std::string::npos)
      told.words.emplace_back(record.text.substr(0, bar), record.text.substr(bar + 1));
  }
  return told;
}

std::uint64_t number(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::string while_doing(const Told &told) {
  const std::string *doing = told.last(kDoing);
  return doing == nullptr ? "before it opened the plugin" : "while " + printable_name(*doing);
}

std::string how_it_ended(const Ran &ran) {
  const std::string when = while_doing(ran.told);
  const std::string said = matrix::allocator_message(ran.observation.output);
  const std::string quoted = said.empty() ? "" : fmt::format(": \"{}\"", said.substr(0, 200));
  if (const auto *exited = std::get_if<sandbox::Exited>(&ran.observation.ending)) {
    if (ran.told.damaged) return "the plugin wrote into the descriptor by which the host tells what it does";
    if (ran.cannot_tell()) return fmt::format("the plugin closed the descriptors of its host {}", when);
    if (ran.told.has(kDone)) return fmt::format("the process ended with status {} {}{}", exited->status, when, quoted);
    return fmt::format("the plugin ended the process with status {} {}{}", exited->status, when, quoted);
  }
  if (const auto *killed = std::get_if<sandbox::Killed>(&ran.observation.ending))
    return fmt::format("the process was killed by {} {}{}", name_of_signal(killed->signal), when, quoted);
  if (sandbox::was_starved(ran.observation))
    return fmt::format(
        "the process did not come to its end within {:.0f} s {}, because the machine was too busy to run it",
        std::chrono::duration<double>(ran.observation.took).count(), when);
  if (const auto *timed_out = std::get_if<sandbox::TimedOut>(&ran.observation.ending))
    return timed_out->stopped ? fmt::format("a signal stopped the process {}, and nothing let it go on", when)
                              : fmt::format("the process hung {}", when);
  if (const auto *refused = std::get_if<sandbox::Refused>(&ran.observation.ending))
    return fmt::format("the process asked for what the sandbox refuses, {}, {}", printable_name(refused->what), when);
  const auto &failure = std::get<sandbox::NotStarted>(ran.observation.ending);
  return fmt::format("the process could not be started: {}: {}", failure.doing, std::strerror(failure.errno_value));
}

}  // namespace crossheap::drill
