// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The other side of a way: what a function does with a block that is given to it, or where it gets one from that it
// hands out. A function that only passes on what a plugin gives, or gives to a plugin, is followed there.
#pragma once

#include <optional>
#include <string_view>

#include "binding/crossings/heaps.h"

namespace crossheap::binding {

/// One half of a way: what a function does with a block, on which heap, and whose function it is in the end.
struct HalfWay {
  Instance heap;
  const Flow *flow;
  ObjectIndex object;
};

class HalfWays {
public:
  explicit HalfWays(const Heaps &heaps) : heaps_(heaps) {}

  /// The heap that function `function` of `object` hands blocks out from at that place, such as `release` takes;
  /// nullopt where none is seen. Of several one that is not `other`.
  std::optional<HalfWay> gives(ObjectIndex object, std::string_view function, const FlowEnd &place,
                               const FlowEnd &release, const Instance &other, int relays = kRelaysAtMost) const;

  /// The same of one that takes `block` there.
  /// \param exactly  a block that is given is not what stands inside it: where the host does not look the function up
  /// by its name, the two have less to do with each other
  std::optional<HalfWay> takes(ObjectIndex object, std::string_view function, const FlowEnd &place,
                               const FlowEnd &block, const Instance &other, bool exactly,
                               int relays = kRelaysAtMost) const;

private:
  static constexpr int kRelaysAtMost = 2;

  bool fills_itself(ObjectIndex object, const FlowEnd &member) const;
  bool is_called(ObjectIndex object, const FlowEnd &end, std::string_view function) const;

  const Heaps &heaps_;
};

}  // namespace crossheap::binding
