// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What an object does with blocks of libraries whose functions it imports, and gives to them.
//
//     names = list_names(); free(names);            what a library returned is released by the object
//     list_add(list, strdup("x"));                  what the object allocated is released by the library
//     xmlFree(text);                                a library's pointer to its own free is called
//     list_new(&free); xmlMemSetup(&free, ...);     a library is given a function that releases
//     take_b(give_a());                             a block of one library is given to another one
#pragma once

#include <string_view>

#include "binding/crossings/half_ways.h"
#include "binding/crossings/heaps.h"
#include "binding/crossings/ways.h"

namespace crossheap::binding {

class ImportWays {
public:
  /// All must outlive this.
  ImportWays(const Heaps &heaps, Ways &ways) : heaps_(heaps), ways_(ways), halves_(heaps) {}

  /// Notes the ways between `object` and what it imports.
  void look_at(ObjectIndex object);

private:
  bool joins_heaps(ObjectIndex object) const;
  bool stands_between(ObjectIndex object, ObjectIndex other) const;
  bool calls_across(ObjectIndex object) const;
  ObjectIndex definer_of_variable(ObjectIndex object, std::string_view name) const;
  void through_pointer(ObjectIndex object, const FlowEnd &pointer, const FlowEnd &block, bool releases);
  void through_variables(ObjectIndex object, const Flow &flow);
  void through_result(ObjectIndex object, const Flow &flow);
  void through_argument(ObjectIndex object, const Flow &flow);
  void through_destructors(ObjectIndex object);
  void through_bases(ObjectIndex object);
  void between_libraries(ObjectIndex object);
  void replaced_memory(ObjectIndex object);

  const Heaps &heaps_;
  Ways &ways_;
  HalfWays halves_;
};

}  // namespace crossheap::binding
