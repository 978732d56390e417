// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The flows of one file, while they are gathered.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

#include "flow/block_flow.h"
#include "flow/end_kinds.h"
#include "flow/limits.h"

namespace crossheap::flow {

class Flows {
  // A flow that may be known already: most are, and are not copied.
  struct Wanted {
    const FlowEnd &from;
    const FlowEnd &to;
    std::uint64_t site;
  };

  // As Flow orders itself.
  struct Order {
    using is_transparent = void;
    template <typename One, typename Other>
    bool operator()(const One &one, const Other &other) const {
      if (const auto from = one.from <=> other.from; std::is_neq(from)) return std::is_lt(from);
      if (const auto to = one.to <=> other.to; std::is_neq(to)) return std::is_lt(to);
      return one.site < other.site;
    }
  };
  using Sorted = std::set<Flow, Order>;

public:
  void add(const FlowEnd &from, const FlowEnd &to, std::uint64_t site) { add(flows_, {from, to, site}); }
  void add_relay(const FlowEnd &from, const FlowEnd &to, std::uint64_t site) { add(relays_, {from, to, site}); }

  /// A fresh block gets to others, or what lies behind its header.
  void give(const FlowEnd &from, const FlowEnd &to, std::uint64_t at) {
    if (!is_fresh(from) || from.header > 0) return;
    if (from.header == 0 && to.header == 0) {
      add(from, to, at);
      return;
    }
    FlowEnd block = from;
    FlowEnd taker = to;
    taker.header = static_cast<std::int16_t>(-from.header);
    block.header = 0;
    add(block, taker, at);
  }

  const Sorted &all() const noexcept { return flows_; }
  const Sorted &relays() const noexcept { return relays_; }
  bool full() const noexcept { return flows_.size() >= kFlowsAtMost; }

private:
  static void add(Sorted &flows, const Wanted &wanted) {
    if (flows.size() >= kFlowsAtMost) return;
    const auto at = flows.lower_bound(wanted);
    if (at == flows.end() || Order()(wanted, *at)) flows.insert(at, {wanted.from, wanted.to, wanted.site});
  }

  Sorted flows_;
  Sorted relays_;
};

}  // namespace crossheap::flow
