// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Each fact answers a doubt about another file's half of a way:
//
//     char *text(void) { return memory.allocate(60); }
//                           returns a block, and through which allocator is not seen (note_unknown_result)
//     int get(char **error) { *error = NULL; return 0; }
//                           gives nothing, so what its caller releases is no block of it (note_nothing_given)
//     Derived::Derived() : Base() { name = strdup("x"); }
//                           a block in a member that the base's destructor, in another file, releases: one file notes
//                           what was stored where, the other what is released from where (constructed, destroyed)
//     path canonical(const path &);
//                           the only way to a flow, and nobody in the process calls it (note_only_through)
//
// The last one goes from callee to caller, from the function that has the flow to exported ones. Where a function on
// the way has its address taken, or where nobody calls it, anybody might, and the flow counts as always possible.
#include "flow/function_facts.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "allocator/libc_blocks.h"
#include "allocator/names.h"
#include "flow/end_kinds.h"

namespace crossheap::flow {

namespace {

class FactsReader {
public:
  FactsReader(const Code &code, const FileSymbols &symbols, CallTargets &targets, Ends &ends, BlockFlow &result)
      : code_(code), symbols_(symbols), targets_(targets), ends_(ends), result_(result) {}

  void read() {
    for (const auto &[address, names] : symbols_.exported)
      if (const CodeFunction *const function = code_.function_at(address);
          function != nullptr && function->start == address) {
        note_unknown_result(*function, names);
        note_nothing_given(*function, names);
        note_destroyed(*function, names);
      }
    for (const auto &[start, function] : code_.functions()) note_constructed(function);
    note_only_through();
  }

private:
  // A library that allocates through a table of functions: whose block a function returns is not seen, only that it is
  // none of what the library was given.
  void note_unknown_result(const CodeFunction &function, const std::vector<std::string> &names) {
    std::vector<Atom> returned;
    for (const Atom &atom : function.returns) {
      if (atom.interior) return;
      if (atom.kind != Atom::Kind::Constant) returned.push_back(atom);
    }
    if (returned.empty()) return;
    const Ends::Traced traced = ends_.of_all(function, returned);
    bool unknown = traced.lost;
    for (const FlowEnd &end : traced.ends) {
      if (end.kind == FlowEnd::Kind::Function || end.kind == FlowEnd::Kind::Variable) return;
      if (end.kind == FlowEnd::Kind::Slot && family_function(end.name) == nullptr && !hands_out_libc_block(end.name))
        return;
      unknown = unknown || (end.kind == FlowEnd::Kind::Indirect && end.is_result() && !end.inside);
    }
    if (unknown) result_.returns_unknown.insert(names.begin(), names.end());
  }

  // Out parameters and results that are never anything but null.
  void note_nothing_given(const CodeFunction &function, const std::vector<std::string> &names) {
    const auto is_of = [](const Value &value, std::int8_t parameter) {
      return std::any_of(value.begin(), value.end(), [&](const Atom &atom) {
        return atom.kind == Atom::Kind::Argument && atom.index == parameter;
      });
    };
    for (std::size_t i = 0; i < kArguments; ++i) {
      const auto parameter = static_cast<std::int8_t>(i);
      const bool is_used =
          function.may_give[i] || is_of(function.returns, parameter) || function.keeps_arguments ||
          std::any_of(function.stores.begin(), function.stores.end(),
                      [&](const auto &store) { return store.first == parameter; }) ||
          std::any_of(function.words.begin(), function.words.end(),
                      [&](const Word &word) {
                        return (word.base.kind == Atom::Kind::Argument && word.base.index == parameter) ||
                               is_of(word.value, parameter);
                      }) ||
          std::any_of(function.calls.begin(), function.calls.end(), [&](const CallSite &site) {
            return std::any_of(site.arguments.begin(), site.arguments.end(),
                               [&](const Value &value) { return is_of(value, parameter); }) ||
                   std::any_of(site.inside.begin(), site.inside.end(),
                               [&](const Value &value) { return is_of(value, parameter); });
          });
      if (!is_used)
        for (const std::string &name : names) result_.only_null[name] |= BlockFlow::bit_of(parameter);
    }
    if (!function.returns.empty() && !function.returns.partly_unknown() &&
        std::all_of(function.returns.begin(), function.returns.end(),
                    [](const Atom &atom) { return atom.kind == Atom::Kind::Constant; }))
      for (const std::string &name : names) result_.only_null[name] |= BlockFlow::bit_of(FlowEnd::kResult);
  }

  // ---- classes whose base another file defines

  static bool is_destructor(std::string_view name) {
    return name.starts_with("_ZN") && (name.ends_with("D0Ev") || name.ends_with("D1Ev") || name.ends_with("D2Ev"));
  }
  static bool is_constructor(std::string_view name) {
    return name.starts_with("_ZN") &&
           (name.find("C1E") != std::string_view::npos || name.find("C2E") != std::string_view::npos);
  }

  void note_destroyed(const CodeFunction &function, const std::vector<std::string> &names) {
    if (std::none_of(names.begin(), names.end(), is_destructor)) return;
    for (const CallSite &site : function.calls) {
      FlowEnd release = targets_.of(function, site).end();
      const Function *const known = family_function(release.name);
      if (!is_family_call(release) || known == nullptr || known->role != Role::Release) continue;
      release.index = known->arguments.block;
      for (const Atom &atom : site.arguments[as_index(release.index)])
        if (atom.kind == Atom::Kind::Argument && atom.index == 0 && atom.inside && !atom.deeper && !atom.interior &&
            atom.offset != Atom::kAnywhere)
          for (const std::string &name : names)
            if (is_destructor(name)) result_.destroyed.insert({name, atom.offset, release});
    }
  }

  // What a function stores in the object that it has constructed by a constructor of another file.
  void note_constructed(const CodeFunction &function) {
    if (function.words.empty()) return;
    for (const CallSite &site : function.calls) {
      const Target target = targets_.of(function, site);
      if (target.kind != FlowEnd::Kind::Slot || !is_constructor(target.name)) continue;
      for (const Atom &object : site.arguments[0])
        for (const Word &word : function.words) {
          if (!(word.base == object)) continue;
          for (const FlowEnd &from : ends_.of_fresh(function, word.value, Ends::Variables::No))
            if (is_fresh(from) && from.header == 0)
              result_.constructed.insert({std::string(target.name), word.offset, from});
        }
    }
  }

  // Which exported functions lead to a flow of libc's blocks, where nothing else does.
  void note_only_through() {
    constexpr std::size_t kNamesAtMost = 64;
    if (std::none_of(result_.flows.begin(), result_.flows.end(),
                     [](const Flow &flow) { return hands_out_libc_block(flow.from.name); }))
      return;
    std::unordered_map<std::uint64_t, std::vector<std::uint64_t>> callers;
    for (const auto &[start, function] : code_.functions())
      for (const CallSite &site : function.calls)
        if (const Target target = targets_.of(function, site); target.local != nullptr)
          callers[target.local->start].push_back(start);
    for (const Flow &flow : result_.flows) {
      if (!hands_out_libc_block(flow.from.name) || result_.only_through.contains(flow.site)) continue;
      const CodeFunction *const function = code_.function_at(flow.site);
      if (function == nullptr) continue;
      std::vector<std::string> names;
      std::set<std::uint64_t> seen{function->start};
      std::vector<std::uint64_t> waiting{function->start};
      bool always = false;
      while (!waiting.empty() && !always) {
        const std::uint64_t at = waiting.back();
        waiting.pop_back();
        const auto exported = symbols_.exported.find(at);
        const auto called_by = callers.find(at);
        const bool is_called = called_by != callers.end();
        always = code_.address_taken().contains(at) || (exported == symbols_.exported.end() && !is_called);
        if (exported != symbols_.exported.end())
          names.insert(names.end(), exported->second.begin(), exported->second.end());
        if (is_called)
          for (const std::uint64_t caller : called_by->second)
            if (seen.insert(caller).second) waiting.push_back(caller);
        always = always || names.size() > kNamesAtMost;
      }
      if (!always) result_.only_through.emplace(flow.site, std::move(names));
    }
  }

  const Code &code_;
  const FileSymbols &symbols_;
  CallTargets &targets_;
  Ends &ends_;
  BlockFlow &result_;
};

}  // namespace

void note_function_facts(const Code &code, const FileSymbols &symbols, CallTargets &targets, Ends &ends,
                         BlockFlow &result) {
  FactsReader(code, symbols, targets, ends, result).read();
}

}  // namespace crossheap::flow
