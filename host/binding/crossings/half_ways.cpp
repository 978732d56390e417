// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/crossings/half_ways.h"

#include <algorithm>
#include <vector>

namespace crossheap::binding {

// Whether `function` is that end's name, or its resolver (IFUNC) answers the end's address.
bool HalfWays::is_called(ObjectIndex object, const FlowEnd &end, std::string_view function) const {
  return end.name == function ||
         (end.name.empty() && heaps_.flow_of(object).passed_by.contains({std::string(function), end.address}) &&
          heaps_.objects()[object].file->symbols.find(elf::HashedName(function), [](const elf::Symbol &symbol) {
            return symbol.defined() && symbol.type == STT_GNU_IFUNC;
          }));
}

std::optional<HalfWay> HalfWays::gives(ObjectIndex object, std::string_view function, const FlowEnd &place,
                                       const FlowEnd &release, const Instance &other, int relays) const {
  std::optional<HalfWay> any;
  const BlockFlow &code = heaps_.flow_of(object);
  for (const Flow &flow : code.flows) {
    if (flow.to.kind != FlowEnd::Kind::Function || !is_called(object, flow.to, function) ||
        !same_place(flow.to, place) || !go_together(flow.from, release))
      continue;
    if (const auto owner = heaps_.of(object, flow.from); owner && (!any || any->heap == other))
      any = HalfWay{*owner, &flow, object};
  }
  for (const Flow &relay : code.relays) {
    if (relays == 0 || relay.to.kind != FlowEnd::Kind::Function || relay.to.name != function ||
        !same_place(relay.to, place))
      continue;
    for (const ObjectIndex giver : heaps_.relayed_to(object, relay.from))
      if (const std::optional<HalfWay> given = gives(giver, relay.from.name, relay.from, release, other, relays - 1);
          given && (!any || any->heap == other))
        any = given;
  }
  return any;
}

// Whether what `object` releases in structures that it is given was put there, as far as is seen, by its own functions.
bool HalfWays::fills_itself(ObjectIndex object, const FlowEnd &member) const {
  const std::vector<Flow> &flows = heaps_.flow_of(object).flows;
  return member.offset != FlowEnd::kAnywhere && std::any_of(flows.begin(), flows.end(), [&](const Flow &flow) {
           return flow.to.kind == FlowEnd::Kind::Function && flow.to.inside && flow.to.offset == member.offset;
         });
}

std::optional<HalfWay> HalfWays::takes(ObjectIndex object, std::string_view function, const FlowEnd &place,
                                       const FlowEnd &block, const Instance &other, bool exactly, int relays) const {
  std::optional<HalfWay> any;
  const BlockFlow &code = heaps_.flow_of(object);
  for (const Flow &flow : code.flows) {
    if (flow.from.kind != FlowEnd::Kind::Function || !is_called(object, flow.from, function) ||
        !same_place(flow.from, place) || !is_release_end(flow.to) || !go_together(block, flow.to) ||
        (exactly && (flow.from.inside != place.inside || (place.inside && flow.from.offset != place.offset))))
      continue;
    if (flow.from.inside && !place.inside && fills_itself(object, flow.from)) continue;
    if (const auto releaser = heaps_.of(object, flow.to); releaser && (!any || any->heap == other))
      any = HalfWay{*releaser, &flow, object};
  }
  for (const Flow &relay : code.relays) {
    if (relays == 0 || relay.from.kind != FlowEnd::Kind::Function || relay.from.name != function ||
        !same_place(relay.from, place))
      continue;
    for (const ObjectIndex taker : heaps_.relayed_to(object, relay.to))
      if (const std::optional<HalfWay> taken = takes(taker, relay.to.name, relay.to, block, other, exactly, relays - 1);
          taken && (!any || any->heap == other))
        any = taken;
  }
  return any;
}

}  // namespace crossheap::binding
