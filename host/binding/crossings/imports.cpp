// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Each way has two halves, in two files. The object's own code shows one: what it does with the results, the arguments
// and the variables of a function that it imports. The other half is asked of the library that defines the function:
// does it give a block there, or release what it gets there (HalfWays)? A way is noted where both halves are seen, and
// the two heaps differ. An example, with the plugin on jemalloc and the library on libc:
//
//     plugin     text = make_name(); free(text);       from make_name's result to free, which is jemalloc's
//     library    make_name() { return strdup("x"); }   from strdup to make_name's result: libc's block
//
// Where the library's code cannot be read, or hides what it returns, its usual heap stands for it. Reading code is what
// costs. So it is read only of objects that import from one on another heap, or from one that may open plugins on
// another.
#include "binding/crossings/imports.h"

#include <fmt/format.h>

#include <algorithm>

#include "allocator/names.h"
#include "binding/crossings/variable_ways.h"
#include "binding/in_words.h"

namespace crossheap::binding {

using flow::GivenMemory;
using flow::GivenRelease;

// What an object does with blocks of libraries whose functions it imports.
void ImportWays::look_at(ObjectIndex object) {
  if (!heaps_.has_any(object)) {
    if (!heaps_.ownership().is_allocator(object) && joins_heaps(object)) between_libraries(object);
    return;
  }
  if (!calls_across(object)) return;
  through_destructors(object);
  replaced_memory(object);
  between_libraries(object);
  through_bases(object);
  for (const Flow &flow : heaps_.flow_of(object).flows) {
    through_variables(object, flow);
    if (flow.to.kind == FlowEnd::Kind::Indirect && !flow.to.name.empty() && !flow.to.inside && is_call(flow.from) &&
        hands_out(flow.from))
      through_pointer(object, flow.to, flow.from, true);
    if (flow.from.kind == FlowEnd::Kind::Indirect && !flow.from.name.empty() && !flow.from.inside &&
        is_release_end(flow.to))
      through_pointer(object, flow.from, flow.to, false);
    if (flow.from.kind == FlowEnd::Kind::Slot && !is_family_or_libc(flow.from) && is_release_end(flow.to))
      through_result(object, flow);
    if (flow.to.kind == FlowEnd::Kind::Slot && !is_family_or_libc(flow.to) && is_call(flow.from))
      through_argument(object, flow);
  }
}

// A variable of the one that the other releases.
void ImportWays::through_variables(ObjectIndex object, const Flow &flow) {
  if (flow.from.kind == FlowEnd::Kind::Variable && is_release_end(flow.to))
    if (const ObjectIndex giver = definer_of_variable(object, flow.from.name); giver != kNoObject && giver != object)
      note_variable_way(heaps_, ways_, giver, object, flow);
  if (flow.to.kind == FlowEnd::Kind::Variable)
    if (const ObjectIndex taker = definer_of_variable(object, flow.to.name);
        taker != kNoObject && taker != object && !heaps_.ownership().is_allocator(taker))
      for (const Flow &way : heaps_.flow_of(taker).flows)
        if (way.from.kind == FlowEnd::Kind::Variable && way.from.name == flow.to.name && is_release_end(way.to))
          note_variable_way(heaps_, ways_, object, taker, way);
}

// What a library's function returned is released by the object.
void ImportWays::through_result(ObjectIndex object, const Flow &flow) {
  const auto releaser = heaps_.of(object, flow.to);
  const ObjectIndex giver = heaps_.definer_of(object, flow.from.name);
  if (!releaser || giver == kNoObject || giver == object || heaps_.ownership().is_allocator(giver)) return;
  // What stands inside of a structure that is returned is seldom the block that the structure is.
  if (flow.from.inside && flow.from.is_result()) return;
  const auto given = halves_.gives(giver, flow.from.name, flow.from, flow.to, *releaser);
  // Where the giver's code is read and shows no block, what is released is something else.
  const bool is_unknown =
      flow.from.is_result() && !flow.from.inside && heaps_.flow_of(giver).returns_unknown.contains(flow.from.name);
  const bool may_hide = (heaps_.ownership().nameless_instance(giver).has_value() || is_unknown) &&
                        !releases_libc_object(flow.to.name) && flow.from.header == 0;
  if (!given && !may_hide &&
      (heaps_.flow_of(giver).read || flow.from.inside || !flow.from.is_result() || flow.from.header != 0))
    return;
  const auto owner = given ? std::optional(given->heap) : heaps_.usual(giver, Role::Allocate);
  if (!owner || *owner == *releaser) return;
  ways_.note({given ? given->object : giver, object, *owner, *releaser}, Level::Warning,
             fmt::format("{} gives what {} of {} returned{} to {}", heaps_.name(object), in_words(flow.from.name),
                         heaps_.name(giver), given ? fmt::format(", a block from {},", told(given->flow->from)) : "",
                         told(flow.to)));
}

// A block of the object is given to a library's function.
void ImportWays::through_argument(ObjectIndex object, const Flow &flow) {
  // What an out parameter held before the call is not given.
  if (flow.to.inside && flow.to.offset == FlowEnd::kAnywhere) return;
  const auto owner = heaps_.of(object, flow.from);
  const ObjectIndex taker = heaps_.definer_of(object, flow.to.name);
  if (!owner || taker == kNoObject || taker == object || heaps_.ownership().is_allocator(taker)) return;
  const auto taken = halves_.takes(taker, flow.to.name, flow.to, flow.from, *owner, true);
  if (!taken || taken->heap == *owner) return;
  ways_.note({object, taken->object, *owner, taken->heap}, Level::Warning,
             fmt::format("{} gives a block from {} to {} of {}, which passes it to {}", heaps_.name(object),
                         told(flow.from), in_words(flow.to.name), heaps_.name(taker), told(taken->flow->to)));
}

// Whether `object`, which has no heap itself, calls libraries that stand on different ones.
bool ImportWays::joins_heaps(ObjectIndex object) const {
  ObjectIndex first = kNoObject;
  for (ObjectIndex other = 0; other < heaps_.objects().size(); ++other) {
    if (other == object || !heaps_.has_any(other) || heaps_.objects()[other].real != kNoObject ||
        heaps_.objects()[other].link_namespace != heaps_.objects()[object].link_namespace ||
        !any_import(*heaps_.objects()[object].file, [&](std::string_view name) { return heaps_.exports(other, name); }))
      continue;
    if (first == kNoObject) first = other;
    if (heaps_.differ(first, other)) return true;
  }
  return false;
}

// Whether `other` may pass on what a plugin on another heap than `object`'s gives.
bool ImportWays::stands_between(ObjectIndex object, ObjectIndex other) const {
  return heaps_.opens_plugins(other) &&
         std::any_of(heaps_.plugins().begin(), heaps_.plugins().end(), [&](ObjectIndex plugin) {
           return plugin != object && plugin != other && heaps_.differ(object, plugin);
         });
}

// Whether `object` imports a function of one that stands on another heap.
bool ImportWays::calls_across(ObjectIndex object) const {
  const elf::DynamicSymbols &symbols = heaps_.objects()[object].file->symbols;
  for (ObjectIndex other = 0; other < heaps_.objects().size(); ++other) {
    if (other == object || heaps_.ownership().is_allocator(other) || heaps_.objects()[other].real != kNoObject ||
        heaps_.objects()[other].link_namespace != heaps_.objects()[object].link_namespace ||
        !(heaps_.differ(object, other) || stands_between(object, other)))
      continue;
    for (std::uint32_t i = 1; i < symbols.count(); ++i)
      if (!symbols.table().nameless(i).defined() && heaps_.exports(other, symbols.table().name_of(i))) return true;
  }
  return false;
}

// The object that defines what a flow calls the variable `name`.
ObjectIndex ImportWays::definer_of_variable(ObjectIndex object, std::string_view name) const {
  return heaps_.definer_of(object, symbol_of_variable(name));
}

// A library's pointer to its own malloc or free, called by another object: xmlFree.
void ImportWays::through_pointer(ObjectIndex object, const FlowEnd &pointer, const FlowEnd &block, bool releases) {
  const ObjectIndex library = heaps_.definer_of(object, pointer.name);
  if (library == kNoObject || library == object || heaps_.ownership().is_allocator(library)) return;
  const Use *const use = heaps_.ownership().use_in_variable(library, pointer.name);
  if (use == nullptr || pointer.header != 0) return;
  const Function &function = *use->function;
  const auto other = heaps_.of(object, block);
  if (!other || *other == use->instance) return;
  if (releases && releases_block(function) && pointer.index == function.arguments.block)
    ways_.note({object, library, *other, use->instance}, Level::Warning,
               fmt::format("{} gives a block from {} to {} of {}, a pointer to {}", heaps_.name(object), told(block),
                           pointer.name, heaps_.name(library), in_words(use->name)));
  if (!releases && function.role == Role::Allocate && function.arguments.out < 0 && pointer.is_result())
    ways_.note({library, object, use->instance, *other}, Level::Warning,
               fmt::format("{} gives what {} of {} returned, a pointer to {}, to {}", heaps_.name(object), pointer.name,
                           heaps_.name(library), in_words(use->name), told(block)));
}

// A library that is given a function which releases, and gives blocks of its own to it.
void ImportWays::through_destructors(ObjectIndex object) {
  for (const GivenRelease &given : heaps_.flow_of(object).given_releases) {
    const ObjectIndex library = heaps_.definer_of(object, given.to);
    if (library == kNoObject || library == object || heaps_.ownership().is_allocator(library)) continue;
    const auto releaser = heaps_.of(object, given.release);
    // free itself; a handler that releases something in the end has more to do than that.
    const std::vector<FlowEnd> &handed = heaps_.flow_of(object).handed_out;
    if (!releaser ||
        std::none_of(handed.begin(), handed.end(), [&](const FlowEnd &end) { return end.name == given.release.name; }))
      continue;
    for (const Flow &way : heaps_.flow_of(library).flows) {
      // The function may have been given at one call, and is called in another one that this object makes.
      if (way.to.kind != FlowEnd::Kind::Indirect || way.to.index != 0 || way.to.inside || way.to.header != 0 ||
          way.to.name.empty() || !is_call(way.from) || !hands_out(way.from) || !go_together(way.from, given.release) ||
          heaps_.definer_of(object, way.to.name) != library)
        continue;
      const auto owner = heaps_.of(library, way.from);
      if (!owner || *owner == *releaser) continue;
      ways_.note({library, object, *owner, *releaser}, Level::Warning,
                 fmt::format("{} gives its {} to {} of {}, which gives a block from {} to such a function",
                             heaps_.name(object), told(given.release), in_words(given.to), heaps_.name(library),
                             told(way.from)));
      break;
    }
  }
}

// A derived class of `object` stores blocks in members that the destructor of its base, in another file, releases.
void ImportWays::through_bases(ObjectIndex object) {
  for (const flow::ConstructedField &field : heaps_.flow_of(object).constructed) {
    const ObjectIndex base = heaps_.definer_of(object, field.constructor);
    const auto owner = heaps_.of(object, field.from);
    if (base == kNoObject || base == object || heaps_.ownership().is_allocator(base) || !owner) continue;
    for (const flow::DestroyedField &destroyed : heaps_.flow_of(base).destroyed) {
      constexpr std::size_t kMark = 4;  // D2Ev
      const std::string_view of_class(destroyed.destructor.data(), destroyed.destructor.size() - kMark);
      const std::string_view constructor = field.constructor;
      if (!constructor.starts_with(of_class) || !constructor.substr(of_class.size()).starts_with("C") ||
          field.offset != destroyed.offset || !go_together(field.from, destroyed.release))
        continue;
      const auto releaser = heaps_.of(base, destroyed.release);
      if (!releaser || *releaser == *owner) continue;
      ways_.note({object, base, *owner, *releaser}, Level::Warning,
                 fmt::format("{} stores a block from {} in an object whose base's destructor, of {}, passes it to {}",
                             heaps_.name(object), told(field.from), heaps_.name(base), told(destroyed.release)));
    }
  }
}

// `object` gives what one library handed out to another one that releases it.
void ImportWays::between_libraries(ObjectIndex object) {
  for (const Flow &way : heaps_.flow_of(object).passed_on) {
    const ObjectIndex giver = heaps_.definer_of(object, way.from.name);
    const ObjectIndex taker = heaps_.definer_of(object, way.to.name);
    if (giver == kNoObject || taker == kNoObject || giver == taker || giver == object || taker == object ||
        heaps_.ownership().is_allocator(giver) || heaps_.ownership().is_allocator(taker) ||
        !heaps_.differ(giver, taker))
      continue;
    const FlowEnd release{.kind = FlowEnd::Kind::Slot, .index = 0, .name = "free"};
    const auto other = heaps_.usual(taker, Role::Release);
    if (!other) continue;
    const auto given = halves_.gives(giver, way.from.name, way.from, release, *other);
    if (!given) continue;
    const auto taken = halves_.takes(taker, way.to.name, way.to, given->flow->from, given->heap, true);
    if (!taken || taken->heap == given->heap) continue;
    ways_.note({given->object, taken->object, given->heap, taken->heap}, Level::Warning,
               fmt::format("{} gives what {} of {} returned, a block from {}, to {} of {}, which passes it to {}",
                           heaps_.name(object), in_words(way.from.name), heaps_.name(giver), told(given->flow->from),
                           in_words(way.to.name), heaps_.name(taker), told(taken->flow->to)));
  }
}

// A plugin that tells a library which functions are to be its malloc and free: what the library allocated before
// goes there as well, and what it allocates from now on goes to all who use it.
void ImportWays::replaced_memory(ObjectIndex object) {
  for (const GivenMemory &given : heaps_.flow_of(object).given_memory) {
    const ObjectIndex library = heaps_.definer_of(object, given.to);
    if (given.allocate.name.empty() || given.release.name.empty() || library == kNoObject || library == object ||
        heaps_.ownership().is_allocator(library) || !heaps_.flow_of(library).keeps_functions.contains(given.to))
      continue;
    if (std::none_of(heaps_.plugins().begin(), heaps_.plugins().end(), [&](ObjectIndex plugin) {
          return heaps_.came_for(object, plugin) && !heaps_.came_for(library, plugin);
        }))
      continue;
    const auto owner = heaps_.usual(library, Role::Allocate);
    const auto releaser = heaps_.of(object, given.release);
    if (!owner || !releaser || *owner == *releaser) continue;
    ways_.note({library, object, *owner, *releaser}, Level::Warning,
               fmt::format("{} gives its {} and {} to {} of {}, which was there before and may have allocated already",
                           heaps_.name(object), told(given.allocate), told(given.release), in_words(given.to),
                           heaps_.name(library)));
  }
}

}  // namespace crossheap::binding
