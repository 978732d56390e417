// SPDX-License-Identifier: MIT OR Apache-2.0
#include "flow/sinks.h"

#include <utility>
#include <vector>

#include "allocator/names.h"
#include "flow/end_kinds.h"
#include "flow/limits.h"

namespace crossheap::flow {

namespace {

constexpr std::size_t kSinksAtMost = 24;  // of one function's parameters

}  // namespace

void Sinks::add_argument(const CodeFunction &function, const CallSite &site, const FlowEnd &end, bool inside) {
  const auto index = as_index(end.index);
  if (index >= kAllArguments) return;
  add_value(function, site.arguments[index], inside, site.address, end);
  // getline has one word to do with, others perhaps a structure.
  if (index >= kArguments) return;
  const Value &there = is_release(end) ? site.first[index] : site.inside[index];
  if (inside) add_value(function, there, false, site.address, end);
}

// \param header  how many bytes before `value` the block begins that `end` takes
void Sinks::add_value(const CodeFunction &function, const Value &value, bool inside, std::uint64_t at,
                      const FlowEnd &end, std::int16_t header) {
  const bool releases = is_release(end);
  const Following following = releases                          ? Following::All
                              : end.kind == FlowEnd::Kind::Slot ? Following::Fresh
                                                                : Following::FreshOrGiven;
  for (FlowEnd from : ends_.of(function, value, inside, following)) {
    from.header = static_cast<std::int16_t>(from.header + header);
    if (from.header > Atom::kHeaderAtMost) continue;
    if (from.kind == FlowEnd::Kind::Function) {
      if (from.header < 0 || (from.header > 0 && !releases)) continue;
      add_sink(from.address, {from.index, from.inside, from.header, end, at});
      if (releases)
        add_reachable(from, end, at);
      else if (!from.inside && is_relayed(end))
        for (FlowEnd named : symbols_.called_by_others(code_, from.address))
          if (named.index = from.index; !named.name.empty()) flows_.add_relay({named, end, at});
    } else if (!releases) {
      flows_.give(from, end, at);
    } else if (from.header >= 0 && !is_size_only(from) && (from.header == 0 || !is_fresh(from))) {
      flows_.add({from, end, at});
    }
  }
}

void Sinks::add_reachable(const FlowEnd &from, const FlowEnd &end, std::uint64_t at) {
  for (FlowEnd named : symbols_.called_by_others(code_, from.address)) {
    named.index = from.index;
    named.inside = from.inside;
    named.header = from.header;
    flows_.add({named, end, at});
  }
}

void Sinks::add_sink(std::uint64_t function, const Sink &sink) {
  auto &sinks = sinks_[function];
  if (sinks.size() >= kSinksAtMost || !sinks.insert(sink).second) return;
  changed_.insert(function);
}

void Sinks::propagate() {
  std::unordered_map<std::uint64_t, std::vector<std::pair<const CodeFunction *, const CallSite *>>> callers;
  for (const auto &[start, function] : code_.functions())
    for (const CallSite &site : function.calls) {
      const Target target = targets_.of(function, site);
      if (target.local != nullptr) callers[target.local->start].emplace_back(&function, &site);
    }
  for (int round = 0; round < kCallsDeep && !changed_.empty(); ++round) {
    std::set<std::uint64_t> now;
    now.swap(changed_);
    for (const std::uint64_t callee : now) {
      const auto found = callers.find(callee);
      if (found == callers.end()) continue;
      const std::set<Sink> sinks = sinks_[callee];
      for (const auto &[function, site] : found->second)
        for (const Sink &sink : sinks) {
          const auto index = as_index(sink.parameter);
          add_value(*function, site->arguments[index], sink.inside, sink.site, sink.end, sink.header);
          if (sink.inside && index < kArguments)
            add_value(*function, site->inside[index], false, sink.site, sink.end, sink.header);
        }
    }
  }
}

std::set<FlowEnd> Sinks::releases_of(std::span<const Atom> functions, std::int8_t parameter) {
  std::set<FlowEnd> ends;
  for (const Atom &atom : functions) {
    if (atom.inside || atom.interior) continue;
    if (atom.kind == Atom::Kind::Slot) {
      FlowEnd end = targets_.of_slot(atom.value).end();
      const Function *const known = family_function(end.name);
      end.index = parameter;
      if (known != nullptr && takes_block(*known) && known->arguments.block == parameter) ends.insert(std::move(end));
    } else if (atom.kind == Atom::Kind::Function) {
      for (const Sink &sink : sinks_[atom.value])
        if (sink.parameter == parameter && !sink.inside && sink.header == 0 && is_release(sink.end))
          ends.insert(sink.end);
    }
  }
  return ends;
}

}  // namespace crossheap::flow
