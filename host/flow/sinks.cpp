// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A worked example:
//
//     void drop(char *p) { free(p); }      parameter 0 of drop ends in free
//     void end(item *i) { drop(i->text); } so what stands 8 behind parameter 0 of end ends there as well
//     void run() { end(make()); }          and so does the member of what make returns
//
// Each use of a parameter is noted with its function and goes to the callers once, a few calls up.
#include "flow/sinks.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "allocator/names.h"
#include "flow/end_kinds.h"
#include "flow/limits.h"
#include "flow/machine_state.h"

namespace crossheap::flow {

namespace {

constexpr std::size_t kSinksAtMost = 32;  // of one function's parameters
// Behind the address of a structure in the frame; Machine notes as many at each call.
constexpr std::int16_t kFrameWordsAtMost = kObjectAtMost / 2;

}  // namespace

void Sinks::add_argument(const CodeFunction &function, const CallSite &site, const FlowEnd &end, Inside inside) {
  const auto index = as_index(end.index);
  if (index >= kAllArguments || site.arguments[index].empty()) return;
  const Use use{end, is_release(end), site.address};
  add_value(function, site.arguments[index], inside, use);
  if (!inside || index >= kArguments) return;
  // getline has one word to do with, others perhaps a structure.
  add_value(function, use.releases ? site.first[index] : site.inside[index], std::nullopt, use);
  if (!use.releases) add_fields(function, site, use);
}

// What `function` itself has put into a structure whose address it gives to the call. In the frame, the first word may
// be an out parameter and no structure: what it held before is not given.
void Sinks::add_fields(const CodeFunction &function, const CallSite &site, Use use) {
  for (const Word &word : site.words) {
    if (word.base.index != use.end.index || word.offset <= 0) continue;
    use.end.offset = word.offset;
    add_value(function, word.value, std::nullopt, use);
  }
  for (Atom given : site.arguments[as_index(use.end.index)]) {
    if (given.inside || given.indexed || given.distance() == Atom::kAnywhere) continue;
    const std::int16_t distance = given.interior ? given.distance() : std::int16_t{0};
    given.interior = false;
    given.set_distance(0);
    for (const Word &word : function.words) {
      if (word.offset < distance || !(word.base == given)) continue;
      use.end.offset = static_cast<std::int16_t>(word.offset - distance);
      add_value(function, word.value, std::nullopt, use);
    }
  }
}

// \param header  how many bytes before `value` the block begins that is used
void Sinks::add_value(const CodeFunction &function, const Value &value, Inside inside, const Use &use,
                      std::int16_t header) {
  const Following following = use.releases                          ? Following::All
                              : use.end.kind == FlowEnd::Kind::Slot ? Following::Fresh
                                                                    : Following::FreshOrGiven;
  add_ends(ends_.of(function, value, inside, following), use, header);
}

void Sinks::add_ends(const std::vector<FlowEnd> &ends, const Use &use, std::int16_t header) {
  for (const FlowEnd &end : ends) {
    if (end.header + header > Atom::kHeaderAtMost) continue;
    if (header == 0) {
      add_end(end, use);
      continue;
    }
    FlowEnd from = end;
    from.header = static_cast<std::int16_t>(from.header + header);
    add_end(from, use);
  }
}

void Sinks::add_end(const FlowEnd &from, const Use &use) {
  if (from.kind == FlowEnd::Kind::Function) {
    if (from.header < 0 || (from.header > 0 && !use.releases)) return;
    add_sink(from, use);
    if (use.releases) {
      add_reachable(from, use.end, use.site);
    } else if (!from.inside && is_relayed(use.end)) {
      for (FlowEnd &named : called_by_others(from.address)) {
        named.index = from.index;
        named.inside = false;
        named.offset = FlowEnd::kAnywhere;
        named.header = 0;
        if (!named.name.empty()) flows_.add_relay(named, use.end, use.site);
      }
    }
  } else if (!use.releases) {
    flows_.give(from, use.end, use.site);
  } else if (from.header >= 0 && !is_size_only(from) && (from.header == 0 || !is_fresh(from))) {
    flows_.add(from, use.end, use.site);
  }
}

void Sinks::add_reachable(const FlowEnd &from, const FlowEnd &end, std::uint64_t at) {
  for (FlowEnd &named : called_by_others(from.address)) {
    named.index = from.index;
    named.inside = from.inside;
    named.offset = from.offset;
    named.header = from.header;
    flows_.add(named, end, at);
  }
}

// As which functions others may call that one. The parameter in them is still that of the last question.
std::vector<FlowEnd> &Sinks::called_by_others(std::uint64_t function) {
  const auto [entry, is_new] = called_by_others_.try_emplace(function);
  if (is_new) entry->second = symbols_.called_by_others(code_, function);
  return entry->second;
}

void Sinks::add_sink(const FlowEnd &parameter, const Use &use) {
  auto &sinks = sinks_[parameter.address];
  if (sinks.size() >= kSinksAtMost) return;
  const Sink sink{parameter.index, parameter.inside ? Inside(parameter.offset) : std::nullopt, parameter.header,
                  &*uses_.insert(use).first};
  if (std::find(sinks.begin(), sinks.end(), sink) != sinks.end()) return;
  sinks.push_back(sink);
  fresh_[parameter.address].push_back(sink);
}

void Sinks::propagate() {
  std::unordered_map<std::uint64_t, std::vector<std::pair<const CodeFunction *, const CallSite *>>> callers;
  for (const auto &[start, function] : code_.functions())
    for (const CallSite &site : function.calls) {
      const Target target = targets_.of(function, site);
      if (target.local != nullptr) callers[target.local->start].emplace_back(&function, &site);
    }
  for (int round = 0; round < kCallsDeep && !fresh_.empty(); ++round) {
    std::map<std::uint64_t, std::vector<Sink>> now;
    now.swap(fresh_);
    for (const auto &[callee, sinks] : now) {
      const auto found = callers.find(callee);
      if (found == callers.end()) continue;
      for (const auto &[function, site] : found->second) {
        const std::string_view set_by = targets_.of(*function, *site).set_by;
        for (Sink sink : sinks) {
          if (sink.use->end.set_by.empty() && !set_by.empty()) {
            Use set_here = *sink.use;
            set_here.end.set_by = set_by;
            sink.use = &*uses_.insert(std::move(set_here)).first;
          }
          add_value(*function, site->arguments[as_index(sink.parameter)], sink.inside, *sink.use, sink.header);
          if (sink.inside && as_index(sink.parameter) < kArguments) add_from_frame(*function, *site, sink);
        }
      }
    }
  }
}

// The same of a structure that stands in the caller's frame.
void Sinks::add_from_frame(const CodeFunction &function, const CallSite &site, const Sink &sink) {
  const auto index = as_index(sink.parameter);
  if (*sink.inside < 0 || *sink.inside >= kFrameWordsAtMost) {
    add_value(function, site.inside[index], std::nullopt, *sink.use, sink.header);
    return;
  }
  const Word *below = nullptr;
  for (const Word &word : site.words) {
    if (word.base.index != sink.parameter || word.offset > *sink.inside) continue;
    if (below == nullptr || word.offset > below->offset) below = &word;
  }
  if (below == nullptr) return;
  if (below->offset == *sink.inside) {
    add_value(function, below->value, std::nullopt, *sink.use, sink.header);
    return;
  }
  // What a call has stored behind the word that it was given the address of.
  std::vector<Atom> stored;
  for (Atom atom : below->value) {
    if (atom.kind != Atom::Kind::Out || atom.inside || atom.interior) continue;
    atom.at = static_cast<std::int16_t>(atom.at + *sink.inside - below->offset);
    stored.push_back(atom);
  }
  if (!stored.empty()) add_ends(ends_.of_all(function, stored).ends, *sink.use, sink.header);
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
        if (sink.parameter == parameter && !sink.inside && sink.header == 0 && sink.use->releases)
          ends.insert(sink.use->end);
    }
  }
  return ends;
}

}  // namespace crossheap::flow
