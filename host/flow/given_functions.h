// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Functions whose addresses a file gives to others, or keeps for them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "flow/block_flow.h"
#include "flow/call_targets.h"
#include "flow/code.h"
#include "flow/ends.h"
#include "flow/file_symbols.h"
#include "flow/flows.h"
#include "flow/sinks.h"

namespace crossheap::flow {

class GivenFunctions {
public:
  /// All must outlive this.
  GivenFunctions(const Code &code, const FileSymbols &symbols, CallTargets &targets, Ends &ends, Sinks &sinks,
                 Flows &flows, BlockFlow &result)
      : code_(code), symbols_(symbols), targets_(targets), ends_(ends), sinks_(sinks), flows_(flows), result_(result) {}

  /// Another one's function that is given functions of this file or imported ones. Such calls are kept, and read when
  /// all of the file's own functions are known.
  void add_call(const CodeFunction &function, const CallSite &site, const Target &target);

  /// A container of another library is given a function that releases what is put into it: what the same call is given
  /// beside the function, or what another one is given together with the container, goes there.
  void read_containers();

  /// Another library is told which functions are to be its malloc and free.
  void read_given_memory();

  /// Which exported functions keep functions that they are given in variables: for all of the process, as xmlMemSetup
  /// does, and not for one object.
  void note_keepers();

  /// Which malloc-family functions others are given, and by which names others get to know functions of this file.
  void note_handed_out();

private:
  // A call out of the file that is given functions which release, and those that allocate, of this file or imported.
  struct GivesFunctions {
    const CodeFunction *function;
    const CallSite *site;
    std::string name;
    bool has_releases;
  };

  std::optional<Target> looked_up(const CodeFunction &function, const Atom &atom);
  std::set<FlowEnd> destructors_of(const CallSite &site);
  std::set<FlowEnd> plugins_functions_in(const CodeFunction &function, const CallSite &site);
  std::set<std::uint64_t> containers_in(const CodeFunction &function, const Value &value);
  void put_into(const CodeFunction &function, const CallSite &site,
                const std::map<std::uint64_t, std::set<FlowEnd>> &containers, const std::set<FlowEnd> &ends);
  void note_passed(const CodeFunction &function);

  const Code &code_;
  const FileSymbols &symbols_;
  CallTargets &targets_;
  Ends &ends_;
  Sinks &sinks_;
  Flows &flows_;
  BlockFlow &result_;
  std::vector<GivesFunctions> calls_with_functions_;
};

}  // namespace crossheap::flow
