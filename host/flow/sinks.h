// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What each function of a file does with what it is given, and so which flows there are.
//
//     void put_back(void *p) { free(p); }         a sink of put_back: parameter 0 ends in free
//     void end(char *name) { put_back(name); }    end gives its own parameter there: its sink as well
//     void run() { end(strdup("x")); }            strdup ... free: a flow
//
// Every argument of every call out of the file is asked for its ends (ends.h). An end outside of the file makes a flow;
// a parameter makes a sink of the function, and propagate() asks the function's callers for what they give to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "flow/block_flow.h"
#include "flow/call_targets.h"
#include "flow/code.h"
#include "flow/ends.h"
#include "flow/file_symbols.h"
#include "flow/flows.h"

namespace crossheap::flow {

class Sinks {
public:
  /// All must outlive this; what is found goes to `flows`.
  Sinks(const Code &code, const FileSymbols &symbols, CallTargets &targets, Ends &ends, Flows &flows)
      : code_(code), symbols_(symbols), targets_(targets), ends_(ends), flows_(flows) {}

  /// An argument of a call out of the file: `end` says which. With `inside` what stands in the memory that it points
  /// to.
  void add_argument(const CodeFunction &function, const CallSite &site, const FlowEnd &end, Inside inside);

  /// What a function does with its parameters, its callers do with what they give it.
  void propagate();

  /// The releases that parameter `parameter` of these functions ends in: functions of this file, or slots of imported
  /// ones.
  std::set<FlowEnd> releases_of(std::span<const Atom> functions, std::int8_t parameter);

  /// A block given to a function that others can call gets to `end`.
  void add_reachable(const FlowEnd &from, const FlowEnd &end, std::uint64_t at);

private:
  // What is done with a value, by the call at `site`.
  struct Use {
    FlowEnd end;
    bool releases;
    std::uint64_t site;
    bool operator==(const Use &) const = default;
  };
  // What a call does with an argument, and with each word behind it.
  struct UseHash {
    std::size_t operator()(const Use &use) const noexcept {
      return use.site * std::size_t{0x9e3779b97f4a7c15} +
             (static_cast<std::uint16_t>(use.end.offset) * std::size_t{64} +
              static_cast<std::uint8_t>(use.end.index) * std::size_t{2} + (use.end.inside ? 1U : 0U)) *
                 8;
    }
  };
  // What a function does with one of its parameters.
  struct Sink {
    std::int8_t parameter;
    Inside inside;
    std::int16_t header;
    const Use *use;  // in uses_: one use is a sink of many functions
    bool operator==(const Sink &) const = default;
  };

  void add_value(const CodeFunction &function, const Value &value, Inside inside, const Use &use,
                 std::int16_t header = 0);
  void add_ends(const std::vector<FlowEnd> &ends, const Use &use, std::int16_t header);
  void add_from_frame(const CodeFunction &function, const CallSite &site, const Sink &sink);
  void add_fields(const CodeFunction &function, const CallSite &site, Use use);
  void add_end(const FlowEnd &from, const Use &use);
  void add_sink(const FlowEnd &parameter, const Use &use);
  std::vector<FlowEnd> &called_by_others(std::uint64_t function);

  const Code &code_;
  const FileSymbols &symbols_;
  CallTargets &targets_;
  Ends &ends_;
  Flows &flows_;
  std::unordered_set<Use, UseHash> uses_;
  std::unordered_map<std::uint64_t, std::vector<Sink>> sinks_;
  std::map<std::uint64_t, std::vector<Sink>> fresh_;  // those that no caller was asked for
  std::unordered_map<std::uint64_t, std::vector<FlowEnd>> called_by_others_;
};

}  // namespace crossheap::flow
