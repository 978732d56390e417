// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Runs the experiment: asks every image which scenarios it has, opens every plugin in every host in every mode with the
// loader's defaults, looks further with a larger static TLS surplus where that was the reason of a refusal, and
// then plays every case in a process of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "matrix/case.h"
#include "matrix/experiment.h"
#include "matrix/selection.h"
#include "sandbox/sandbox.h"

namespace crossheap::matrix {

struct Settings {
  std::uint32_t repeat = 1;                  ///< runs of each case, each with another address layout
  unsigned jobs = 1;                         ///< processes at a time
  std::chrono::milliseconds deadline{5000};  ///< of one run
  std::optional<Tracing> tracing;            ///< play each case under the agent too
  bool executes_each = false;                ///< never fork a runner that has started
  /// The cases that are played more often before anybody relies on them; empty: none.
  std::function<bool(const CaseResult &)> play_again = {};
};

struct Results {
  std::vector<HostBuild> hosts;
  std::vector<PluginBuild> plugins;
  std::vector<LoadMode> modes;
  std::map<std::string, Offer, std::less<>> scenarios;  ///< by name, those that were selected
  std::vector<LeftOut> left_out;
  std::vector<Load> loads;
  std::vector<CaseResult> cases;  ///< in the order of their names' dimensions; only those that were run
  std::map<std::string, std::uint64_t, std::less<>> untraced;  ///< why cases were not played under the agent: how many
  std::uint64_t planned = 0;                                   ///< cases that were to be run
  std::uint32_t repeat = 1;
  Shard shard;
  bool interrupted = false;
  std::chrono::duration<double> took{};  ///< of playing the cases
  std::optional<Tracing> tracing;
  std::chrono::duration<double> tracing_took{};
  sandbox::Protections protections;
};

/// What a run is for.
enum class Purpose : std::uint8_t {
  List,  ///< say which scenarios the host has, or the plugin
  Load,  ///< open the plugin and say what is bound to what
  Play,  ///< play one scenario
};

/// What a run is to do, as the runner's arguments say it.
struct Task {
  Purpose purpose = Purpose::List;
  const HostBuild *host = nullptr;
  const PluginBuild *plugin = nullptr;  ///< null: the host alone, for Purpose::List
  const LoadMode *mode = nullptr;       ///< null where there is no plugin
  std::string scenario;                 ///< of Purpose::Play
  std::string direction;
  std::uint64_t static_tls_raised = 0;
  bool forked = false;  ///< from a runner that has started, where the host's can
};

/// Called now and then from run_matrix with what is being done and how far it is.
using Progress = std::function<void(std::string_view doing, std::uint64_t done, std::uint64_t of)>;

class Runner {
public:
  /// \param supervisor  runs the processes; lives longer than this; stop() on it makes run() return early
  Runner(const Builds &builds, sandbox::Supervisor &supervisor, Settings settings);

  /// Runs what `selection` names. Throws Error for a selection that names nothing, for a plugin of the user's that
  /// cannot be opened or does not speak the contract, and where processes cannot be started.
  Results run(const Selection &selection, const Progress &progress);

  /// The cases `selection` names, without playing them (builds are still asked what they have).
  std::vector<Case> list(const Selection &selection);

private:
  struct Capabilities {
    std::vector<Offer> offers;
    std::uint64_t tls_of_new_objects = 0;
    std::uint64_t tls_of_all_objects = 0;
  };
  struct Plan {
    std::vector<HostBuild> hosts;
    std::vector<PluginBuild> plugins;
    std::vector<LoadMode> modes;
    std::map<std::string, Capabilities, std::less<>> host_capabilities;
    std::map<std::string, Capabilities, std::less<>> plugin_capabilities;
    std::map<std::string, Offer, std::less<>> scenarios;
    std::vector<LeftOut> left_out;
  };

  /// A case that is to be played, and where.
  struct Planned {
    std::size_t result;  ///< in Results::cases
    Task task;
  };

  Plan plan(const Selection &selection);
  Capabilities ask(const HostBuild &host, const PluginBuild *plugin);
  std::vector<Load> open_all(const Plan &plan, const Progress &progress);
  std::vector<Case> cases_of(const Plan &plan, const Load &load) const;
  /// Fills results.cases with what is to be played. The tasks point into `plan`.
  std::vector<Planned> plan_cases(const Plan &plan, const Shard &shard, Results &results) const;
  /// Adds `repeat` runs of each case to its result.
  void play(std::string_view doing, std::uint32_t repeat, const std::vector<Planned> &planned, Results &results,
            const Progress &progress);
  void play_under_agent(const std::vector<Planned> &planned, Results &results, const Progress &progress);

  const Builds &builds_;
  sandbox::Supervisor &supervisor_;
  Settings settings_;
};

/// The command of a task. Without a token the runner writes lines for people instead of records.
sandbox::Command command_of(const Task &task, std::optional<std::uint64_t> token);

/// The same for a person's shell, one line.
std::string shell_line(const sandbox::Command &command);

}  // namespace crossheap::matrix
