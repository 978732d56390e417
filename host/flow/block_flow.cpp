// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The order in which one file's code is read. The parts, each of which uses those above it:
//
//     file_symbols.h       what the symbols say of addresses
//     code.h               each function by itself: which values its calls get, and what it returns and stores
//     call_targets.h       what a call leads to                      }  these two
//     memory.h             what stands in memory                     }  ask each other
//     reached.h            which functions run at all
//     shared_variables.h   variables that others see
//     ends.h               where a value comes from
//     sinks.h              what a function does with what it is given
//     handed_to_libc.h     blocks that libc is to release later
//     given_functions.h    functions that others are given
//     function_facts.h     what is known of single functions besides
//
// What is here is asked of single calls and functions: which of a call's arguments are worth asking for, and what a
// function that others call returns to them.
#include "flow/block_flow.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "allocator/libc_blocks.h"
#include "allocator/names.h"
#include "base/error.h"
#include "flow/call_targets.h"
#include "flow/code.h"
#include "flow/end_kinds.h"
#include "flow/ends.h"
#include "flow/file_symbols.h"
#include "flow/flows.h"
#include "flow/function_facts.h"
#include "flow/given_functions.h"
#include "flow/handed_to_libc.h"
#include "flow/limits.h"
#include "flow/reached.h"
#include "flow/shared_variables.h"
#include "flow/sinks.h"

namespace crossheap::flow {

namespace {

class Reader {
public:
  Reader(const Code &code, const FileSymbols &symbols, BlockFlow &result)
      : code_(code),
        symbols_(symbols),
        result_(result),
        targets_(code, symbols),
        reached_(code, symbols, targets_),
        variables_(code, symbols),
        ends_(code, targets_, variables_),
        sinks_(code, symbols, targets_, ends_, flows_),
        given_(code, symbols, targets_, ends_, sinks_, flows_, result) {}

  void read() {
    for (const auto &[start, function] : code_.functions()) {
      if (symbols_.own.contains(start)) continue;  // what an allocator does inside is its own business
      for (const CallSite &site : function.calls) read_call(function, site);
    }
    sinks_.propagate();
    read_handed_to_libc(code_, targets_, ends_, sinks_, flows_);
    given_.read_containers();
    for (const auto &[start, function] : code_.functions()) read_results(function);
    variables_.read_stores(targets_, ends_, flows_);
    given_.read_given_memory();
    given_.note_keepers();
    given_.note_handed_out();
    for (const Flow &flow : flows_.all())
      if (!hands_out_libc_block(flow.from.name) || reached_.may_run(flow.site)) result_.flows.push_back(flow);
    note_function_facts(code_, symbols_, targets_, ends_, result_);
    result_.relays.assign(flows_.relays().begin(), flows_.relays().end());
    result_.kept.assign(kept_.begin(), kept_.end());
    result_.own_called.assign(own_called_.begin(), own_called_.end());
    result_.looked_up.assign(targets_.names_looked_up().begin(), targets_.names_looked_up().end());
    result_.cut_off = ends_.exhausted() || targets_.memory().exhausted() || flows_.full();
  }

private:
  void read_call(const CodeFunction &function, const CallSite &site) {
    const Target target = targets_.of(function, site);
    if (target.kind == FlowEnd::Kind::Function) return;
    if (target.kind == FlowEnd::Kind::Own) own_called_.emplace(target.name);
    FlowEnd end = target.end();
    if (is_family_call(end)) {
      if (const Function *known = family_function(target.name)) {
        if (takes_block(*known) && known->arguments.block >= 0) {
          end.index = known->arguments.block;
          sinks_.add_argument(function, site, end, std::nullopt);
        }
        return;
      }
      if (const LibcBlockFunction *libc = find_libc_block_function(target.name)) {
        if (reached_.may_run(function.start)) note_buffer(site, *libc);
        if ((libc->out >= 0 || is_kept(function, site)) && reached_.may_run(function.start)) kept_.emplace(target.name);
        if (libc->grows) {
          end.index = libc->out;
          sinks_.add_argument(function, site, end, 0);
        }
        return;
      }
    }
    if (target.of_libc) {  // what libc takes and keeps is in its tables
      end.index = 0;
      if (is_release(end))
        sinks_.add_argument(function, site, end,
                            empties_structure(target.name) ? Inside(FlowEnd::kAnywhere) : std::nullopt);
      return;
    }
    given_.add_call(function, site, target);
    if (target.kind == FlowEnd::Kind::Slot) {
      read_passed_on(function, site, target);
      relay_parameters(function, site, target);
    }
    for (std::size_t i = 0; i < kAllArguments; ++i) {
      end.index = static_cast<std::int8_t>(i);
      sinks_.add_argument(function, site, end, std::nullopt);
      end.inside = true;
      sinks_.add_argument(function, site, end, FlowEnd::kAnywhere);
      end.inside = false;
    }
  }

  // A parameter of a function that others call is given to another library as it is.
  void relay_parameters(const CodeFunction &function, const CallSite &site, const Target &target) {
    const auto exported = symbols_.exported.find(function.start);
    if (exported == symbols_.exported.end()) return;
    FlowEnd to = target.end();
    for (std::size_t i = 0; i < kArguments; ++i)
      for (const Atom &atom : site.arguments[i]) {
        if (atom.kind != Atom::Kind::Argument || atom.inside || atom.interior) continue;
        to.index = static_cast<std::int8_t>(i);
        for (const std::string &name : exported->second)
          flows_.add_relay(
              {.kind = FlowEnd::Kind::Function, .index = atom.index, .address = function.start, .name = name}, to,
              site.address);
      }
  }

  // What one library gave is given to another one: the block is of neither's caller.
  void read_passed_on(const CodeFunction &function, const CallSite &site, const Target &target) {
    FlowEnd to = target.end();
    for (std::size_t i = 0; i < kArguments; ++i)
      for (const Atom &atom : site.arguments[i]) {
        const bool is_out = atom.kind == Atom::Kind::Out && atom.at == 0;
        if ((atom.kind != Atom::Kind::Result && !is_out) || atom.inside || atom.interior) continue;
        const CallSite *const maker = function.call_at(atom.value);
        if (maker == nullptr || maker == &site) continue;
        const Target from = targets_.of(function, *maker);
        if (from.kind != FlowEnd::Kind::Slot || from.of_libc || family_function(from.name) != nullptr) continue;
        to.index = static_cast<std::int8_t>(i);
        FlowEnd given = from.end();
        given.index = place_of(atom);
        given.inside = is_out;
        if (result_.passed_on.size() < kFlowsAtMost) result_.passed_on.insert({given, to, site.address});
      }
  }

  // Whether the result of a call gets out of sight: into memory, to a caller within the file, into another function.
  bool is_kept(const CodeFunction &function, const CallSite &call) {
    const auto holds = [&](const Value &value) {
      return std::any_of(value.begin(), value.end(), [&](const Atom &atom) {
        return atom.kind == Atom::Kind::Result && atom.index == 0 && !atom.inside && atom.value == call.address;
      });
    };
    if (function.kept_results.contains(call.address)) return true;
    // What a function that others call returns is theirs to release: that is a flow.
    if (holds(function.returns) && !symbols_.exported.contains(function.start)) return true;
    for (const CallSite &site : function.calls) {
      if (!std::any_of(site.arguments.begin(), site.arguments.end(), holds) &&
          !std::any_of(site.inside.begin(), site.inside.end(), holds))
        continue;
      if (!targets_.of(function, site).of_libc) return true;
    }
    return false;
  }

  void note_buffer(const CallSite &site, const LibcBlockFunction &libc) {
    const std::int8_t index = libc.buffer;
    if (index < 0) return;
    const Value &value = site.arguments[as_index(index)];
    bool null = false;
    bool other = false;
    bool unknown = value.empty() || value.partly_unknown();
    for (const Atom &atom : value) {
      if (atom.kind == Atom::Kind::Constant && atom.value == 0)
        null = true;
      else if (atom.kind == Atom::Kind::Stack || atom.kind == Atom::Kind::GlobalAddress)
        other = true;
      else if (atom.kind == Atom::Kind::Result)
        other = true;  // a buffer that was allocated
      else
        unknown = true;
    }
    result_.buffer_calls.push_back({.name = std::string(libc.name),
                                    .site = site.address,
                                    .buffer = null                ? Nullness::Null
                                              : other && !unknown ? Nullness::NotNull
                                                                  : Nullness::Unknown});
  }

  // What functions that others call give to them.
  void read_results(const CodeFunction &function) {
    const std::vector<FlowEnd> ends = symbols_.called_by_others(code_, function.start);
    if (ends.empty() || symbols_.own.contains(function.start)) return;
    const auto hand_over = [&](std::span<const Atom> value, std::int8_t index,
                               std::int16_t offset = FlowEnd::kAnywhere) {
      const std::vector<FlowEnd> fresh = ends_.of_fresh(function, value, Ends::Variables::Yes);
      relay(function, value, index, ends);
      for (const FlowEnd &from : fresh)
        if (is_call_out(from.kind) && is_fresh(from))
          for (FlowEnd to : ends) {
            to.index = index;
            to.inside = !to.is_result();
            to.offset = offset;
            flows_.give(from, to, function.start);
          }
    };
    hand_over(function.returns, FlowEnd::kResult);
    hand_over(function.returns_second, FlowEnd::kSecondResult);
    // Where a block stands behind a parameter, as far as that is known.
    const auto is_word_behind = [](const Word &word, std::int8_t parameter) {
      return word.base == Atom{.kind = Atom::Kind::Argument, .index = parameter};
    };
    for (const Word &word : function.words)
      if (word.base.kind == Atom::Kind::Argument && is_word_behind(word, word.base.index))
        hand_over(word.value, word.base.index, word.offset);
    for (const auto &[parameter, value] : function.stores) {
      std::vector<Atom> elsewhere;
      for (const Atom &atom : value)
        if (std::none_of(function.words.begin(), function.words.end(), [&, index = parameter](const Word &word) {
              return is_word_behind(word, index) &&
                     std::find(word.value.begin(), word.value.end(), atom) != word.value.end();
            }))
          elsewhere.push_back(atom);
      hand_over(elsewhere, parameter);
    }
    // A parameter that is only passed on to what stores a block behind it.
    for (const Passed &passed : ends_.passed_on_by(function))
      hand_over(std::array{Atom{.kind = Atom::Kind::Out, .index = passed.argument, .value = passed.site}},
                passed.parameter);
  }

  void relay(const CodeFunction &function, std::span<const Atom> value, std::int8_t index,
             const std::vector<FlowEnd> &ends) {
    for (const Atom &atom : value) {
      if (atom.kind != Atom::Kind::Result || atom.inside) continue;
      const CallSite *const found = function.call_at(atom.value);
      if (found == nullptr) continue;
      const Target target = targets_.of(function, *found);
      const FlowEnd from{.kind = target.kind, .index = place_of(atom), .name = std::string(target.name)};
      if (!is_relayed(from) || target.of_libc) continue;
      for (FlowEnd to : ends) {
        to.index = index;
        to.inside = !to.is_result();
        if (!to.name.empty()) flows_.add_relay(from, to, function.start);
      }
    }
  }

  const Code &code_;
  const FileSymbols &symbols_;
  BlockFlow &result_;
  Flows flows_;
  CallTargets targets_;
  Reached reached_;
  SharedVariables variables_;
  Ends ends_;
  Sinks sinks_;
  GivenFunctions given_;
  std::set<std::string> kept_;
  std::set<std::string> own_called_;
};

}  // namespace

BlockFlow block_flow_of(const elf::File &file, const elf::DynamicSymbols &symbols) {
  BlockFlow result;
  if (file.header().machine != EM_X86_64 || !file.header().encoding.wide) {
    result.why_not = "not for x86-64";
    return result;
  }
  try {
    const Code code(file, symbols);
    const FileSymbols names(file, symbols);
    if (code.too_large()) {
      result.why_not = "too large";
      return result;
    }
    result.read = true;
    Reader(code, names, result).read();
  } catch (const Error &) {
    result = {};
    result.why_not = "damaged";
  }
  return result;
}

}  // namespace crossheap::flow
