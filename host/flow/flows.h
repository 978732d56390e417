// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The flows of one file, while they are gathered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

#include "flow/block_flow.h"
#include "flow/end_kinds.h"
#include "flow/limits.h"

namespace crossheap::flow {

class Flows {
public:
  void add(const Flow &flow) {
    if (flows_.size() < kFlowsAtMost) flows_.insert(flow);
  }

  void add_relay(const Flow &flow) {
    if (relays_.size() < kFlowsAtMost) relays_.insert(flow);
  }

  /// A fresh block gets to others, or what lies behind its header.
  void give(FlowEnd from, FlowEnd to, std::uint64_t at) {
    if (!is_fresh(from) || from.header > 0) return;
    to.header = static_cast<std::int16_t>(-from.header);
    from.header = 0;
    add({std::move(from), std::move(to), at});
  }

  const std::set<Flow> &all() const noexcept { return flows_; }
  const std::set<Flow> &relays() const noexcept { return relays_; }
  bool full() const noexcept { return flows_.size() >= kFlowsAtMost; }

private:
  std::set<Flow> flows_;
  std::set<Flow> relays_;
};

}  // namespace crossheap::flow
