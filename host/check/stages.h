// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The stages of a check. Each adds evidence and findings to the cells that it can say something about; the verdicts
// are drawn when all have had their turn (verdict.cpp).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "check/check.h"

namespace crossheap::check {

/// The check under way: what the stages write into.
class Work {
public:
  Work(const Request &asked, Check &answer) : request(asked), result(answer) {}

  /// Adds the finding once, and to this cell.
  void add(std::size_t cell, Finding finding, Stage stage);
  void add(std::size_t cell, trace::Incident incident, Stage stage);
  /// A finding about the file itself.
  void add_of_file(Finding finding);
  /// What could not be done, once.
  void problem(std::string subject, std::string reason, std::string next_step);

  const Request &request;
  Check &result;

  /// What the real host came to, for each cell that it was asked about.
  enum class Host : std::uint8_t { NotAsked, Opened, Refused, Crashed, FailsAlone };
  struct State {
    Host host = Host::NotAsked;
    std::string host_reason;
    bool watched = false;             ///< the agent was in the real host
    bool own_test = false;            ///< the real host is the user's own test program
    std::vector<std::string> beside;  ///< what came of it with other plugins in the real host, a clause each
    std::uint64_t drills_held = 0;
    std::uint64_t calls_held = 0;  ///< that the contract names, and that were made
    std::string calls_missing;     ///< why they could not all be made; "" where they were, or there is no contract
    std::vector<std::string> drills_failed;
    std::vector<std::string> drills_not_tried;  ///< of those that say something about it, a clause each
    bool stand_in_opened = false;
    std::string stand_in_reason;  ///< why the stand-in host could not open it
    bool starved = false;         ///< that is so because the machine was busy with other things
    std::string loader_refuses;   ///< by prediction
    std::uint64_t cases = 0;      ///< of the plugin contract that were played
    std::uint64_t cases_failed = 0;
    std::string not_available;  ///< why nothing can be said of this allocator here
  };
  std::vector<State> states;  ///< one for each cell

private:
  std::size_t keep(Found found, const std::string &key, const std::string &general);
  std::string generally(std::size_t cell, std::string text) const;
  void link(std::size_t finding, std::size_t cell);
  std::map<std::string, std::size_t> known_;  ///< findings by what makes them the same
};

void look_at_files(Work &work, const sandbox::Supervisor &supervisor, const Progress &progress);
void ask_real_hosts(Work &work, sandbox::Supervisor &supervisor, const Progress &progress);
void play_drills(Work &work, sandbox::Supervisor &supervisor, const Progress &progress);
/// Where the plugin speaks our plugin contract.
void play_plugin_contract(Work &work, sandbox::Supervisor &supervisor, const Progress &progress);
void draw_verdicts(Work &work);

}  // namespace crossheap::check
