// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/crossings/variable_ways.h"

#include <fmt/format.h>

namespace crossheap::binding {

void note_variable_way(const Heaps &heaps, Ways &ways, ObjectIndex giver, ObjectIndex taker, const Flow &release) {
  const auto releaser = heaps.of(taker, release.to);
  if (!releaser || heaps.ownership().is_allocator(giver)) return;
  for (const Flow &half : heaps.flow_of(giver).flows) {
    if (half.to.kind != FlowEnd::Kind::Variable || half.to.name != release.from.name ||
        half.to.header != release.from.header || !go_together(half.from, release.to))
      continue;
    const auto owner = heaps.of(giver, half.from);
    if (!owner || *owner == *releaser) continue;
    ways.note({giver, taker, *owner, *releaser}, Level::Warning,
              fmt::format("{} gives what stands in {} of {}, a block from {}, to {}", heaps.name(taker),
                          release.from.name, heaps.name(giver), told(half.from), told(release.to)));
    return;
  }
}

}  // namespace crossheap::binding
