// SPDX-License-Identifier: MIT OR Apache-2.0
#include "flow/handed_to_libc.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "flow/end_kinds.h"

namespace crossheap::flow {

namespace {

// libc releases for others what they give to it, with a function that they give to it.
struct HandedToLibc {
  std::string_view takes_function;
  std::string_view takes_block;
  std::int8_t function;   // the argument of takes_function
  std::int8_t parameter;  // of that function: the block
  std::int8_t block;      // the argument of takes_block
  bool is_thread_key = false;
};
constexpr HandedToLibc kHandedToLibc[] = {
    {"__cxa_atexit", "__cxa_atexit", 0, 0, 1},
    {"__cxa_thread_atexit_impl", "__cxa_thread_atexit_impl", 0, 0, 1},
    {"on_exit", "on_exit", 0, 1, 1},
    {"pthread_key_create", "pthread_setspecific", 1, 0, 1, true},
    {"tdestroy", "tsearch", 1, 0, 0},
    {"tss_create", "tss_set", 1, 0, 1, true},
    {"pthread_create", "pthread_create", 2, 0, 3},
};

struct HandedCall {
  const CodeFunction *function;
  const CallSite *site;
};

class HandedReader {
public:
  HandedReader(const Code &code, CallTargets &targets, Ends &ends, Sinks &sinks, Flows &flows)
      : code_(code), targets_(targets), ends_(ends), sinks_(sinks), flows_(flows) {}

  void read() {
    std::map<std::string_view, std::vector<HandedCall>> calls;
    for (const auto &[start, function] : code_.functions())
      for (const CallSite &site : function.calls)
        if (const Target target = targets_.of(function, site); target.kind == FlowEnd::Kind::Slot)
          for (const HandedToLibc &row : kHandedToLibc)
            if (target.name == row.takes_function || target.name == row.takes_block) {
              calls[target.name].push_back({&function, &site});
              break;
            }
    for (const HandedToLibc &row : kHandedToLibc) {
      const bool is_one_call = row.takes_function == row.takes_block;
      // Which of several keys a block is for is not followed: each must release.
      std::set<FlowEnd> all;
      bool each = true;
      for (const HandedCall &given : calls[row.takes_function]) {
        const std::set<FlowEnd> ends = sinks_.releases_of(given.site->arguments[as_index(row.function)], row.parameter);
        each = each && !ends.empty();
        all.insert(ends.begin(), ends.end());
        if (!is_one_call) continue;
        read_block(*given.function, *given.site, row, ends);
        read_block(*given.function, *given.site, row, unknown_functions(given, row));
      }
      if (is_one_call || !each) continue;
      for (const HandedCall &given : calls[row.takes_block]) read_block(*given.function, *given.site, row, all);
      if (row.is_thread_key) read_thread_key(row, calls[row.takes_function], calls[row.takes_block], all);
    }
  }

private:
  // One file may make the key, and another one set its values.
  void read_thread_key(const HandedToLibc &row, const std::vector<HandedCall> &makers,
                       const std::vector<HandedCall> &setters, const std::set<FlowEnd> &releases) {
    const FlowEnd key{.kind = FlowEnd::Kind::Variable, .name = std::string(FlowEnd::kThreadKey)};
    for (const FlowEnd &release : releases) flows_.add({key, release, makers.front().site->address});
    if (!makers.empty()) return;
    for (const HandedCall &given : setters) read_block(*given.function, *given.site, row, {key});
  }

  // The function that libc is given is another one's: what it does with the block, that one shows.
  std::set<FlowEnd> unknown_functions(const HandedCall &given, const HandedToLibc &row) {
    std::set<FlowEnd> ends;
    for (const Atom &atom : given.site->arguments[as_index(row.function)])
      if (atom.kind == Atom::Kind::Argument || atom.kind == Atom::Kind::Result)
        if (const std::string_view name = targets_.root_of(*given.function, atom); !name.empty())
          ends.insert({.kind = FlowEnd::Kind::Indirect, .index = row.parameter, .name = std::string(name)});
    return ends;
  }

  void read_block(const CodeFunction &function, const CallSite &site, const HandedToLibc &row,
                  const std::set<FlowEnd> &ends) {
    for (const FlowEnd &from : ends_.of(function, site.arguments[as_index(row.block)], false, Following::FreshOrGiven))
      for (const FlowEnd &to : ends)
        if (from.kind == FlowEnd::Kind::Function && from.header >= 0)
          sinks_.add_reachable(from, to, site.address);
        else if (is_fresh(from) && from.header == 0)
          flows_.add({from, to, site.address});
  }

  const Code &code_;
  CallTargets &targets_;
  Ends &ends_;
  Sinks &sinks_;
  Flows &flows_;
};

}  // namespace

void read_handed_to_libc(const Code &code, CallTargets &targets, Ends &ends, Sinks &sinks, Flows &flows) {
  HandedReader(code, targets, ends, sinks, flows).read();
}

}  // namespace crossheap::flow
