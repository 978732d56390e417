// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What passes between a plugin and those that may have opened it, which no import shows.
//
// Two things that the two sides share are seen in their code: names that the opener gives to dlsym, and pointers that
// one side hands out and the other calls.
//
//     name = dlsym(handle, "plugin_name"); free(name());        by names: the plugin's plugin_name is compared
//     table->release(block);                                    by pointers: the functions in the plugin's table are
//
// Where neither is seen, what the plugin's own functions show counts for less (one_sided), and two heaps without any
// sign make a note, no finding (apart).
#pragma once

#include <string>

#include "binding/crossings/half_ways.h"
#include "binding/crossings/heaps.h"
#include "binding/crossings/ways.h"

namespace crossheap::binding {

class OpeningWays {
public:
  /// All must outlive this.
  OpeningWays(const Heaps &heaps, Ways &ways, const ReadAhead &read_ahead)
      : heaps_(heaps), ways_(ways), read_ahead_(read_ahead), halves_(heaps) {}

  /// Notes the ways between `plugin` and its openers.
  void look_at(ObjectIndex plugin);

private:
  bool may_meet(ObjectIndex opener, ObjectIndex plugin) const;
  bool by_names(ObjectIndex opener, ObjectIndex plugin);
  std::optional<HalfWay> put_there_by_others(ObjectIndex plugin, const FlowEnd &place) const;
  void by_any_name(ObjectIndex opener, ObjectIndex plugin, const Flow &way);
  void by_pointers(ObjectIndex caller, ObjectIndex other, ObjectIndex plugin);
  bool stands_before_library(ObjectIndex plugin, ObjectIndex opener) const;
  void one_sided(ObjectIndex plugin);
  void apart(ObjectIndex plugin, bool known, const std::string &sign);
  std::string what_code_shows(ObjectIndex one, ObjectIndex other) const;

  const Heaps &heaps_;
  Ways &ways_;
  const ReadAhead &read_ahead_;
  HalfWays halves_;
  bool blocks_pass_ = false;  // between the plugin that is looked at and those that know its names
};

}  // namespace crossheap::binding
