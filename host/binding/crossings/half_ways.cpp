// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/crossings/half_ways.h"

namespace crossheap::binding {

std::optional<HalfWay> HalfWays::gives(ObjectIndex object, std::string_view function, const FlowEnd &place,
                                       const FlowEnd &release, const Instance &other, int relays) const {
  std::optional<HalfWay> any;
  const BlockFlow &code = heaps_.flow_of(object);
  for (const Flow &flow : code.flows) {
    if (flow.to.kind != FlowEnd::Kind::Function || flow.to.name != function || !same_place(flow.to, place) ||
        !go_together(flow.from, release))
      continue;
    if (const auto owner = heaps_.of(object, flow.from); owner && (!any || any->heap == other))
      any = HalfWay{*owner, &flow, object};
  }
  for (const Flow &relay : code.relays) {
    if (relays == 0 || relay.to.kind != FlowEnd::Kind::Function || relay.to.name != function ||
        !same_place(relay.to, place))
      continue;
    if (const ObjectIndex library = heaps_.relayed_to(object, relay.from); library != kNoObject)
      if (const std::optional<HalfWay> given = gives(library, relay.from.name, relay.from, release, other, relays - 1);
          given && (!any || any->heap == other))
        any = given;
    if (relay.from.kind == FlowEnd::Kind::Slot) continue;
    for (const ObjectIndex plugin : heaps_.plugins())
      if (heaps_.exports(plugin, relay.from.name))
        if (const std::optional<HalfWay> given = gives(plugin, relay.from.name, relay.from, release, other, relays - 1);
            given && (!any || any->heap == other))
          any = given;
  }
  return any;
}

std::optional<HalfWay> HalfWays::takes(ObjectIndex object, std::string_view function, const FlowEnd &place,
                                       const FlowEnd &block, const Instance &other, bool exactly, int relays) const {
  std::optional<HalfWay> any;
  const BlockFlow &code = heaps_.flow_of(object);
  for (const Flow &flow : code.flows) {
    if (flow.from.kind != FlowEnd::Kind::Function || flow.from.name != function || !same_place(flow.from, place) ||
        !is_release_end(flow.to) || !go_together(block, flow.to) || (exactly && flow.from.inside != place.inside))
      continue;
    if (const auto releaser = heaps_.of(object, flow.to); releaser && (!any || any->heap == other))
      any = HalfWay{*releaser, &flow, object};
  }
  for (const Flow &relay : code.relays) {
    if (relays == 0 || relay.from.kind != FlowEnd::Kind::Function || relay.from.name != function ||
        !same_place(relay.from, place))
      continue;
    if (const ObjectIndex library = heaps_.relayed_to(object, relay.to); library != kNoObject)
      if (const std::optional<HalfWay> taken =
              takes(library, relay.to.name, relay.to, block, other, exactly, relays - 1);
          taken && (!any || any->heap == other))
        any = taken;
    if (relay.to.kind == FlowEnd::Kind::Slot) continue;
    for (const ObjectIndex plugin : heaps_.plugins())
      if (heaps_.exports(plugin, relay.to.name))
        if (const std::optional<HalfWay> taken =
                takes(plugin, relay.to.name, relay.to, block, other, exactly, relays - 1);
            taken && (!any || any->heap == other))
          any = taken;
  }
  return any;
}

}  // namespace crossheap::binding
