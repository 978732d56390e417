// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One run of crossheap-drill: what it was to do, what it told on the way, and how it ended. It tells by records which
// carry the run's token (event/run_record.h), each a word of drill/inside/tell.h and what belongs to it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "drill/drills.h"
#include "drill/inside/tell.h"
#include "event/run_record.h"
#include "sandbox/sandbox.h"
#include "trace/incident.h"

namespace crossheap::drill {

/// What a run told.
struct Told {
  std::vector<std::pair<std::string, std::string>> words;
  bool damaged = false;

  const std::string *last(std::string_view word) const {
    const auto found = std::find_if(words.rbegin(), words.rend(), [&](const auto &one) { return one.first == word; });
    return found == words.rend() ? nullptr : &found->second;
  }
  bool has(std::string_view word) const { return last(word) != nullptr; }
};

Told read_told(const event::RunStream &stream);

/// One run to make.
struct Task {
  std::size_t subject;
  const Drill *drill;
  bool watched;
  std::size_t with = 0;      ///< which of the other plugins, in a drill about pairs
  bool other_alone = false;  ///< that one is opened, and not the subject
};

/// What came of it.
struct Ran {
  Task task;
  sandbox::Observation observation;
  Told told;
  std::vector<trace::Incident> incidents;
  bool watched = false;
  bool overwritten = false;  // what the agent had written, by the plugin

  bool done() const {
    const auto *exited = std::get_if<sandbox::Exited>(&observation.ending);
    return exited != nullptr && exited->status == 0 && told.has(kDone) && !told.damaged;
  }
  /// The host came to its end, and could not say so.
  bool cannot_tell() const {
    const auto *exited = std::get_if<sandbox::Exited>(&observation.ending);
    return exited != nullptr && exited->status == kCannotTell && !told.has(kDone) && !told.damaged;
  }
  bool refused() const {
    const auto *exited = std::get_if<sandbox::Exited>(&observation.ending);
    return exited != nullptr && exited->status == 0 && !told.has(kDone) && told.has(kRefused);
  }
};

/// "while opening the plugin"
std::string while_doing(const Told &told);

/// How a run ended that did not come to its end, as a clause about the process.
std::string how_it_ended(const Ran &ran);

/// The number that digits spell; 0 for other texts.
std::uint64_t number(std::string_view digits);

}  // namespace crossheap::drill
