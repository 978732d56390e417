// SPDX-License-Identifier: MIT OR Apache-2.0
//
// libc keeps what it is given, with the function that releases it:
//
//     pthread_key_create(&key, drop);      drop will be called
//     pthread_setspecific(key, strdup());  with this block
//
// So each call that gives a block is joined with each that gives a function, as a row of the table says. Where one file
// makes only one of the two calls, the other half is another file's: a shared variable stands for what libc keeps.
#include "flow/handed_to_libc.h"

#include <algorithm>
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
  std::int8_t function;            // the argument of takes_function
  std::int8_t parameter;           // of that function: the block
  std::int8_t block;               // the argument of takes_block
  std::string_view variable = {};  // by which the two may be of two files
};
constexpr HandedToLibc kHandedToLibc[] = {
    {"__cxa_atexit", "__cxa_atexit", 0, 0, 1},
    {"__cxa_thread_atexit_impl", "__cxa_thread_atexit_impl", 0, 0, 1},
    {"fopencookie", "fopencookie", 9, 0, 0},  // the fourth of a structure by value, which is on the stack
    {"on_exit", "on_exit", 0, 1, 1},
    {"pthread_key_create", "pthread_setspecific", 1, 0, 1, FlowEnd::kThreadKey},
    {"tdestroy", "tsearch", 1, 0, 0, FlowEnd::kTree},
    {"tss_create", "tss_set", 1, 0, 1, FlowEnd::kThreadKey},
    {"pthread_create", "pthread_create", 2, 0, 3},
};

constexpr std::string_view kHashSearch = "hsearch";

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
        if (const Target target = targets_.of(function, site); target.kind == FlowEnd::Kind::Slot) {
          if (target.name == kHashSearch) calls[kHashSearch].push_back({&function, &site});
          for (const HandedToLibc &row : kHandedToLibc)
            if (target.name == row.takes_function || target.name == row.takes_block) {
              calls[target.name].push_back({&function, &site});
              break;
            }
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
      if (!row.variable.empty()) read_variable(row, calls[row.takes_function], calls[row.takes_block], all);
    }
    read_found(calls[kHashSearch]);
  }

private:
  // One file may make the key, and another one set its values.
  void read_variable(const HandedToLibc &row, const std::vector<HandedCall> &makers,
                     const std::vector<HandedCall> &setters, const std::set<FlowEnd> &releases) {
    const FlowEnd variable = variable_called(row.variable);
    for (const FlowEnd &release : releases) flows_.add(variable, release, makers.front().site->address);
    if (!makers.empty()) return;
    for (const HandedCall &given : setters)
      if (row.variable != FlowEnd::kTree || is_given_by_others(given.site->arguments[1]))
        read_block(*given.function, *given.site, row, {variable});
  }

  static FlowEnd variable_called(std::string_view name) {
    return {.kind = FlowEnd::Kind::Variable, .name = std::string(name)};
  }

  // Whether the root of a tree is no variable of this file's alone.
  static bool is_given_by_others(const Value &root) {
    return std::any_of(root.begin(), root.end(), [](const Atom &atom) {
      return atom.kind == Atom::Kind::Argument || atom.kind == Atom::Kind::Slot || atom.kind == Atom::Kind::Result;
    });
  }

  // What libc's trees and its hash table keep is released where it is found, and put there by hsearch.
  void read_found(const std::vector<HandedCall> &hash_searches) {
    std::vector<Flow> found;
    for (const Flow &flow : flows_.all())
      if (flow.from.kind == FlowEnd::Kind::Slot && flow.from.inside && flow.from.is_result() && is_release(flow.to)) {
        if (flow.from.name == "tfind" || flow.from.name == "tsearch")
          found.push_back({variable_called(FlowEnd::kTree), flow.to, flow.site});
        if (flow.from.name == kHashSearch) found.push_back({variable_called(FlowEnd::kHashTable), flow.to, flow.site});
      }
    for (const Flow &flow : found) flows_.add(flow.from, flow.to, flow.site);
    if (!found.empty()) return;
    for (const HandedCall &given : hash_searches)
      for (const std::int8_t part : {std::int8_t{0}, std::int8_t{1}})  // the structure's key, and its data
        read_block(*given.function, *given.site,
                   {.takes_function = {}, .takes_block = kHashSearch, .function = 0, .parameter = 0, .block = part},
                   {variable_called(FlowEnd::kHashTable)});
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
    for (const FlowEnd &from :
         ends_.of(function, site.arguments[as_index(row.block)], std::nullopt, Following::FreshOrGiven))
      for (const FlowEnd &to : ends)
        if (from.kind == FlowEnd::Kind::Function && from.header >= 0)
          sinks_.add_reachable(from, to, site.address);
        else if (is_fresh(from) && from.header == 0)
          flows_.add(from, to, site.address);
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
