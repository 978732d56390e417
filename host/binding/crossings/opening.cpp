// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A plugin's opener calls it through dlsym and through pointers, so no binding joins the two. The search goes from
// cheap to expensive, since openers are large programs:
//
//     1. Who may have opened it: the program, and objects that import dlopen or dlsym, if their heap is another one.
//     2. Does the plugin's own code give or take any block through its functions? If not, nothing can pass.
//     3. Can the two meet? The opener's bytes have a name of the plugin's, or the plugin imports one of the opener's.
//     4. Then the openers' code is read, all files at once, and both halves of each way are compared.
//
// A pointer has no name. Two halves fit when they stand at the same place (the third function of a table, its first
// argument) and a shared name leads there: an exported function that the opener looks up, or one of the opener's that
// the plugin calls. For instance, the opener looks up "plugin_entry" and gives a block to the second pointer of what it
// returns. The plugin's plugin_entry returns a table whose second function releases.
#include "binding/crossings/opening.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "allocator/names.h"
#include "binding/crossings/variable_ways.h"
#include "binding/in_words.h"
#include "binding/looked_up_names.h"
#include "elf/symbols.h"

namespace crossheap::binding {

// What passes between a plugin and those that may have opened it: by the names that they look up, by functions whose
// addresses are handed over.
void OpeningWays::look_at(ObjectIndex plugin) {
  std::vector<ObjectIndex> openers;
  for (ObjectIndex object = 0; object < heaps_.objects().size(); ++object)
    if (!heaps_.came_for(object, plugin) && !heaps_.ownership().is_allocator(object) &&
        heaps_.objects()[object].real == kNoObject && (object == 0 || heaps_.opens_plugins(object)))
      openers.push_back(object);
  bool known = false;
  bool any = false;
  blocks_pass_ = false;
  // Openers are large as a rule. Where the plugin's own code shows none of its functions giving or taking a block,
  // and no pointer through which one goes, there is nothing to compare theirs with.
  const BlockFlow &flow = heaps_.flow_of(plugin);
  const bool may_pass = !flow.read || heaps_.ownership().nameless_instance(plugin) || !flow.relays.empty() ||
                        std::any_of(flow.flows.begin(), flow.flows.end(), [](const Flow &way) {
                          const auto passes = [](const FlowEnd &end) {
                            return end.kind == FlowEnd::Kind::Function || end.kind == FlowEnd::Kind::Indirect ||
                                   end.kind == FlowEnd::Kind::Variable;
                          };
                          return passes(way.from) || passes(way.to);
                        });
  std::vector<ObjectIndex> read;
  for (const ObjectIndex opener : openers) {
    if (stands_before_library(plugin, opener)) {
      by_names(opener, plugin);
      continue;
    }
    if (!heaps_.differ(opener, plugin)) continue;
    any = true;
    if (may_pass && may_meet(opener, plugin)) read.push_back(opener);
  }
  if (read_ahead_) {
    std::vector<const ObjectFile *> files;
    files.reserve(read.size());
    for (const ObjectIndex opener : read) files.push_back(heaps_.objects()[opener].file.get());
    read_ahead_(files);
  }
  for (const ObjectIndex opener : read) {
    known = by_names(opener, plugin) || known;
    by_pointers(opener, plugin, plugin);
    by_pointers(plugin, opener, plugin);
  }
  if (!any) return;
  if (!known && may_pass) one_sided(plugin);
  std::string sign;
  if (!may_pass && !flow.cut_off)
    sign = fmt::format("no sign is seen that blocks pass: no function of {} gives or takes one", heaps_.name(plugin));
  else if (may_pass && (read.empty() || read.front() != 0))
    sign = fmt::format("no sign is seen that blocks pass: {} names no function of {}, which imports none of its",
                       heaps_.name(0), heaps_.name(plugin));
  apart(plugin, known, sign);
}

// Whether the code of both can have a function in common: one that the opener looks up, or one of the opener's that the
// plugin imports. Told without reading it.
bool OpeningWays::may_meet(ObjectIndex opener, ObjectIndex plugin) const {
  const elf::DynamicSymbols &symbols = heaps_.objects()[plugin].file->symbols;
  std::vector<std::string_view> names;
  for (std::uint32_t i = 1; i < symbols.count(); ++i) {
    const elf::Symbol symbol = symbols.table().nameless(i);
    const std::string_view name = symbols.table().name_of(i);
    if (symbol.defined() && !symbol.local()) names.push_back(name);
    if (!symbol.defined() && heaps_.exports(opener, name) && heaps_.definer_of(plugin, name) == opener) return true;
  }
  // Of so many one is in any file.
  constexpr std::size_t kNamesAtMost = 1000;
  return names.size() > kNamesAtMost || LookedUpNames(names).may_stand_in(heaps_.objects()[opener].file->elf_file);
}

// Whether `plugin` has no heap of its own, and a library that came in for it stands on another one than `opener`.
bool OpeningWays::stands_before_library(ObjectIndex plugin, ObjectIndex opener) const {
  if (heaps_.has_any(plugin) || heaps_.flow_of(plugin).relays.empty()) return false;
  for (ObjectIndex object = 0; object < heaps_.objects().size(); ++object)
    if (object != plugin && heaps_.came_for(object, plugin) && heaps_.has_any(object) && heaps_.differ(object, opener))
      return true;
  return false;
}

// Answers whether the opener looks functions of the plugin up by names that its code shows: then what it does with
// them is seen as well.
bool OpeningWays::by_names(ObjectIndex opener, ObjectIndex plugin) {
  const BlockFlow &flow = heaps_.flow_of(opener);
  bool known = false;
  for (const std::string &looked_up : flow.looked_up) known = known || heaps_.exports(plugin, looked_up);
  for (const Flow &way : flow.flows) {
    if (way.from.kind == FlowEnd::Kind::Named && way.from.name.empty() && is_release_end(way.to))
      by_any_name(opener, plugin, way);
    if (way.from.kind == FlowEnd::Kind::Named && is_release_end(way.to) && heaps_.exports(plugin, way.from.name)) {
      blocks_pass_ = true;
      const auto releaser = heaps_.of(opener, way.to);
      if (!releaser) continue;
      auto given = halves_.gives(plugin, way.from.name, way.from, way.to, *releaser);
      if (!given && way.from.perhaps && way.from.inside) given = put_there_by_others(plugin, way.from);
      if (!given &&
          (way.from.perhaps || releases_libc_object(way.to.name) || (way.from.header != 0 && !way.from.inside) ||
           heaps_.flow_of(plugin).gives_nothing(way.from.name, way.from.index)))
        continue;
      const auto owner = given ? std::optional(given->heap) : heaps_.usual(plugin, Role::Allocate);
      if (!owner) continue;
      ways_.note({plugin, opener, *owner, *releaser}, Level::Warning,
                 fmt::format("{} gives what {} of {} returned{} to {}", heaps_.name(opener), in_words(way.from.name),
                             heaps_.name(plugin),
                             given ? fmt::format(", a block from {},", told(given->flow->from)) : "", told(way.to)));
    }
    if (way.from.kind == FlowEnd::Kind::Variable && is_release_end(way.to) &&
        heaps_.exports(plugin, symbol_of_variable(way.from.name)))
      note_variable_way(heaps_, ways_, plugin, opener, way);
    if (way.to.kind == FlowEnd::Kind::Named && heaps_.exports(plugin, way.to.name)) {
      blocks_pass_ = true;
      const auto owner = heaps_.of(opener, way.from);
      if (!owner) continue;
      const auto taken = halves_.takes(plugin, way.to.name, way.to, way.from, *owner, false);
      if (!taken) continue;
      ways_.note({opener, plugin, *owner, taken->heap}, Level::Warning,
                 fmt::format("{} gives a block from {} to {} of {}, which passes it to {}", heaps_.name(opener),
                             told(way.from), in_words(way.to.name), heaps_.name(plugin), told(taken->flow->to)));
    }
  }
  return known && flow.read && !heaps_.ownership().nameless_instance(opener);
}

// The plugin's function gives the structure that it gets to another one, in one call with a block of the plugin's:
// `void fill(struct list *l) { list_add(l, malloc(9)); }`.
std::optional<HalfWay> OpeningWays::put_there_by_others(ObjectIndex plugin, const FlowEnd &place) const {
  const BlockFlow &flow = heaps_.flow_of(plugin);
  for (const Flow &relay : flow.relays) {
    if (relay.from.kind != FlowEnd::Kind::Function || relay.from.name != place.name || relay.from.index != place.index)
      continue;
    for (const Flow &way : flow.flows)
      if (way.site == relay.site && way.to.kind == relay.to.kind && way.to.name == relay.to.name && hands_out(way.from))
        if (const auto owner = heaps_.of(plugin, way.from)) return HalfWay{*owner, &way, plugin};
  }
  return std::nullopt;
}

// The opener puts the names together that it looks up, and releases what such a function gives.
void OpeningWays::by_any_name(ObjectIndex opener, ObjectIndex plugin, const Flow &way) {
  const auto releaser = heaps_.of(opener, way.to);
  if (!releaser) return;
  for (const Flow &half : heaps_.flow_of(plugin).flows) {
    if (half.to.kind != FlowEnd::Kind::Function || half.to.name.empty() || is_mangled(half.to.name) ||
        !same_place(half.to, way.from) || !go_together(half.from, way.to))
      continue;
    const auto owner = heaps_.of(plugin, half.from);
    if (!owner || *owner == *releaser) continue;
    ways_.note(
        {plugin, opener, *owner, *releaser}, Level::Warning,
        fmt::format("{} gives what functions that it looks up return to {}; {} of {} returns a block from {}",
                    heaps_.name(opener), told(way.to), in_words(half.to.name), heaps_.name(plugin), told(half.from)));
    return;
  }
}

// `caller` calls functions whose addresses it was given, and `other` hands such out. That they are given to one
// another shows a name: what the opener looks up in the plugin, or an exported function of the plugin that it looks
// up.
void OpeningWays::by_pointers(ObjectIndex caller, ObjectIndex other, ObjectIndex plugin) {
  const ObjectIndex opens = caller == plugin ? other : caller;
  const BlockFlow &opener = heaps_.flow_of(opens);
  const auto is_looked_up = [&](const FlowEnd &end) {
    return !end.name.empty() && heaps_.exports(plugin, end.name) &&
           (!opener.read ||
            std::find(opener.looked_up.begin(), opener.looked_up.end(), end.name) != opener.looked_up.end());
  };
  // A function of the opener that the plugin imports: it was given the table, or gave the pointer.
  const auto is_called_by_plugin = [&](const FlowEnd &end) {
    return !end.name.empty() && heaps_.exports(opens, end.name) && heaps_.definer_of(plugin, end.name) == opens;
  };
  const auto is_shared = [&](const FlowEnd &end) { return is_looked_up(end) || is_called_by_plugin(end); };
  const auto is_that = [&](const FlowEnd &pointer, const FlowEnd &function) {
    return is_looked_up(pointer) || heaps_.flow_of(other).passed_by.contains({pointer.name, function.address});
  };
  const BlockFlow &calls = heaps_.flow_of(caller);
  const BlockFlow &functions = heaps_.flow_of(other);
  for (const Flow &way : calls.flows) {
    if (way.from.kind == FlowEnd::Kind::Indirect && is_release_end(way.to) && is_shared(way.from)) {
      const auto releaser = heaps_.of(caller, way.to);
      for (const Flow &half : functions.flows) {
        if (half.to.kind != FlowEnd::Kind::Function || !same_place(half.to, way.from) ||
            !go_together(half.from, way.to) || !is_that(way.from, half.to))
          continue;
        const auto owner = heaps_.of(other, half.from);
        if (!owner || !releaser || *owner == *releaser) continue;
        ways_.note({other, caller, *owner, *releaser}, Level::Warning,
                   fmt::format("{} gives what it gets through a pointer to {}; {} of {} {} a block from {}",
                               heaps_.name(caller), told(way.to), function_word(half.to), heaps_.name(other),
                               half.to.is_result() ? "returns" : "stores", told(half.from)));
        break;
      }
      for (const FlowEnd &handed : functions.handed_out) {
        if (!is_looked_up(way.from) || !go_together(handed, way.to) || way.from.header != 0) break;
        const Function *const function = family_function(handed.name);
        const auto owner = heaps_.of(other, handed);
        if (!owner || !releaser || *owner == *releaser || function->role != Role::Allocate) continue;
        ways_.note({other, caller, *owner, *releaser}, Level::Warning,
                   fmt::format("{} gives what it gets through a pointer to {}; {} hands out {}", heaps_.name(caller),
                               told(way.to), heaps_.name(other), told(handed)));
        break;
      }
    }
    if (way.to.kind == FlowEnd::Kind::Indirect && is_call(way.from) && is_shared(way.to)) {
      const auto owner = heaps_.of(caller, way.from);
      for (const Flow &half : functions.flows) {
        if (half.from.kind != FlowEnd::Kind::Function || !same_place(half.from, way.to) || !is_release_end(half.to) ||
            !go_together(way.from, half.to) || !is_that(way.to, half.from))
          continue;
        const auto releaser = heaps_.of(other, half.to);
        if (!owner || !releaser || *owner == *releaser) continue;
        ways_.note(
            {caller, other, *owner, *releaser}, Level::Warning,
            fmt::format("{} gives a block from {} away through a pointer; {} of {} passes what it is given to {}",
                        heaps_.name(caller), told(way.from), function_word(half.from), heaps_.name(other),
                        told(half.to)));
        break;
      }
      for (const FlowEnd &handed : functions.handed_out) {
        if (!is_looked_up(way.to) || !go_together(way.from, handed) || way.to.header != 0) break;
        const Function *const function = family_function(handed.name);
        const auto releaser = heaps_.of(other, handed);
        if (!owner || !releaser || *owner == *releaser || function->role != Role::Release ||
            way.to.index != function->arguments.block)
          continue;
        ways_.note({caller, other, *owner, *releaser}, Level::Warning,
                   fmt::format("{} gives a block from {} away through a pointer; {} hands out {}", heaps_.name(caller),
                               told(way.from), heaps_.name(other), told(handed)));
        break;
      }
    }
  }
}

// Nothing is known of what the host does with the plugin's functions, and the plugin's own say that blocks pass: one
// returns a block and none takes it back, or the other way round.
void OpeningWays::one_sided(ObjectIndex plugin) {
  const BlockFlow &flow = heaps_.flow_of(plugin);
  const Flow *giver = nullptr;
  const Flow *taker = nullptr;
  for (const Flow &way : flow.flows) {
    // A FILE that is handed out is closed by libc for whoever asks.
    if (object_given(way.from) != nullptr || releases_libc_object(way.to.name)) continue;
    // A member's address is handed around as often as a block behind its header.
    if (way.from.header != 0 || way.to.header != 0) continue;
    if (way.to.kind == FlowEnd::Kind::Function && !way.to.name.empty() && !is_mangled(way.to.name) && giver == nullptr)
      giver = &way;
    if (way.from.kind == FlowEnd::Kind::Function && !way.from.name.empty() && !is_mangled(way.from.name) &&
        is_release_end(way.to) && (taker == nullptr || (taker->from.inside && !way.from.inside)))
      taker = &way;
  }
  if (giver == nullptr && taker == nullptr) return;
  // What a function releases inside of what it is given may have been put there by the plugin itself.
  const Level level =
      (giver != nullptr && taker != nullptr) || (giver == nullptr && taker->from.inside) ? Level::Note : Level::Warning;
  if (giver != nullptr) {
    const auto owner = heaps_.of(plugin, giver->from);
    const auto releaser = heaps_.usual(0, Role::Release);
    if (owner && releaser)
      ways_.note({plugin, 0, *owner, *releaser}, level,
                 fmt::format("{} of {} hands out a block from {}", in_words(giver->to.name), heaps_.name(plugin),
                             told(giver->from)));
  }
  if (taker != nullptr) {
    const auto releaser = heaps_.of(plugin, taker->to);
    const auto owner = heaps_.usual(0, Role::Allocate);
    if (owner && releaser)
      ways_.note({0, plugin, *owner, *releaser}, level,
                 fmt::format("{} of {} passes what it is given to {}", in_words(taker->from.name), heaps_.name(plugin),
                             told(taker->to)));
  }
}

// Two heaps, and no sign seen: said, and no more.
//
// \param sign  what is known without the program's code; empty where that is to be read
void OpeningWays::apart(ObjectIndex plugin, bool known, const std::string &sign) {
  if (ways_.touch(plugin)) return;
  const bool nameless = heaps_.ownership().nameless_instance(plugin) || heaps_.ownership().nameless_instance(0);
  const Level level = nameless && (!known || blocks_pass_) ? Level::Warning : Level::Note;
  const auto say = [&](ObjectIndex gives, ObjectIndex takes) {
    const auto owner = heaps_.usual(gives, Role::Allocate);
    const auto releaser = heaps_.usual(takes, Role::Release);
    if (!owner || !releaser || *owner == *releaser) return false;
    ways_.note({gives, takes, *owner, *releaser}, level,
               nameless       ? std::string()
               : sign.empty() ? what_code_shows(gives, takes)
                              : sign);
    return true;
  };
  if (!say(0, plugin)) say(plugin, 0);
}

std::string OpeningWays::what_code_shows(ObjectIndex one, ObjectIndex other) const {
  for (const ObjectIndex object : {one, other}) {
    const BlockFlow &flow = heaps_.flow_of(object);
    if (!flow.read)
      return fmt::format("whether blocks pass is not known: {}'s code is not read, {}", heaps_.name(object),
                         flow.why_not);
    if (flow.cut_off)
      return fmt::format("no sign is seen that blocks pass, but {}'s code has more ways than are followed",
                         heaps_.name(object));
  }
  return "no sign is seen in their code that blocks pass";
}

}  // namespace crossheap::binding
