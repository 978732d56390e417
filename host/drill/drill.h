// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Drills: what a plugin must survive in a host that stands in for the real one. Each drill is one run of our own small
// host (crossheap-drill) in the sandbox, under the agent: it opens the plugin in a load mode and puts it through one
// situation, or calls it as a contract says. What it shows is data: held, failed, or not tried with the reason.
//
// The supervisor's side of them. `crossheap check` asks for all drills of several subjects at once, so that they share
// the machine.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/load_modes.h"
#include "catalog/finding.h"
#include "sandbox/sandbox.h"
#include "trace/incident.h"

namespace crossheap::contract {
struct Contract;
}

namespace crossheap::drill {

/// What is put through the drills.
struct Subject {
  std::filesystem::path plugin;                ///< absolute
  std::vector<std::filesystem::path> with;     ///< other plugins, opened beside it, before it and after it
  const LoadMode *mode = nullptr;              ///< how it is opened; not preload
  std::string preload;                         ///< LD_PRELOAD: the allocator of the process; "" for libc's
  std::filesystem::path host;                  ///< the program that opens it; empty: crossheap-drill
  const contract::Contract *calls = nullptr;   ///< the calls to make; null: none
  std::chrono::milliseconds deadline{10'000};  ///< of each drill
};

enum class State : std::uint8_t {
  Held,      ///< everything was done, and nothing was wrong
  Failed,    ///< a hazard was seen: `findings` and `incidents` have it, or the run ended as `reason` says
  NotTried,  ///< `reason` says why
};

/// "held", "failed", "not tried".
std::string_view name_of(State state) noexcept;

struct Result {
  std::string drill;  ///< a stable name: "load-unload"
  std::string about;  ///< what it does, a sentence
  State state = State::NotTried;
  std::string reason;                      ///< of Failed and NotTried, a clause for people; else ""
  std::vector<Finding> findings;           ///< what the drill itself saw
  std::vector<trace::Incident> incidents;  ///< what the agent saw meanwhile
  std::uint64_t calls = 0;                 ///< functions of the plugin that were called, by its contract
  bool opened = false;                     ///< the plugin was opened at least once
  bool inapplicable = false;               ///< not tried, because it says nothing about such a subject
  bool about_others = false;               ///< the drill opens another plugin beside it
  bool watched = false;                    ///< the agent was in the process
  bool starved = false;                    ///< not tried, because the machine had no processor for it
};

/// Called now and then with what is being done.
using Progress = std::function<void(std::string_view doing, std::uint64_t done, std::uint64_t of)>;

/// What is the same about an incident in two runs, for whoever compares them.
std::string signature_of(const trace::Incident &incident);

/// All drills of each subject, in the order of `subjects`. After supervisor.stop() the rest is not tried.
/// What goes wrong with a plugin is its result. Where a part of crossheap is missing, each subject has one result, not
/// tried, that names it. Throws Error where a process cannot be started.
std::vector<std::vector<Result>> run(const std::vector<Subject> &subjects, sandbox::Supervisor &supervisor,
                                     const Progress &progress);

}  // namespace crossheap::drill
