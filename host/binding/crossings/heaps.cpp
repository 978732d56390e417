// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An end of a flow is of one of three kinds, and each leads to a heap in its own way:
//
//     a slot       what the loader bound it to, forwarders followed (ownership.h)
//     its own      a definition in the object itself
//     a name       what dlsym would answer: in the default scope, behind this object (RTLD_NEXT), or in libc
//
// libc's functions that hand out blocks (strdup) allocate from the malloc that libc itself is bound to. An example:
// jemalloc is preloaded, and a plugin is opened with RTLD_DEEPBIND. The plugin's free leads to libc, but its strdup
// returns a block of jemalloc's, since libc's own malloc is bound to the preload.
//
// Where no code tells which function is meant, the heap of an object's malloc stands for it (usual).
#include "binding/crossings/heaps.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "allocator/families.h"
#include "allocator/names.h"
#include "binding/in_words.h"
#include "binding/looked_up_names.h"
#include "elf/symbols.h"

namespace crossheap::binding {

using flow::LookedUpIn;

Heaps::Heaps(const Process &process, const Ownership &ownership, const std::vector<std::string> &named)
    : process_(process), objects_(process.objects()), ownership_(ownership) {
  for (ObjectIndex object = 0; object < objects_.size(); ++object)
    if (objects_[object].origin == Origin::Opened || (object != 0 && is_called_by_name(object, named)))
      plugins_.push_back(object);
}

bool Heaps::is_called_by_name(ObjectIndex object, const std::vector<std::string> &named) const {
  const Object &its = objects_[object];
  return std::any_of(named.begin(), named.end(), [&](const std::string &name) {
    return its.path == name || std::find(its.names.begin(), its.names.end(), name) != its.names.end();
  });
}

bool Heaps::several() const {
  std::set<Instance> heaps;
  for (ObjectIndex object = 0; object < objects_.size(); ++object) {
    for (const Use &use : ownership_.uses_of(object)) heaps.insert(use.instance);
    if (const auto nameless = ownership_.nameless_instance(object)) heaps.insert(*nameless);
  }
  return heaps.size() > 1 || reaches_for_libc();
}

// Whether a plugin may ask dlsym for libc's own malloc, which nothing else in the process is on.
bool Heaps::reaches_for_libc() const {
  for (const ObjectIndex plugin : plugins_) {
    const ObjectIndex libc = ownership_.libc_of(objects_[plugin].link_namespace);
    const auto instance = ownership_.instance_of_libc(objects_[plugin].link_namespace);
    if (libc != kNoObject && instance && instance->object != libc && looks_functions_up(plugin) &&
        imports(plugin, {"dlopen"}))
      return true;
  }
  return false;
}

// Where a call out of `object` that hands out blocks gets them from, or one that takes them brings them.
std::optional<Instance> Heaps::of(ObjectIndex object, const FlowEnd &end) const {
  if (!end.set_by.empty())
    if (auto given = of_given(object, end)) return given;
  if (end.kind == FlowEnd::Kind::Own) return ownership_.instance_behind_own(object, end.name);
  if (end.kind == FlowEnd::Kind::Named) return of_looked_up(object, end);
  if (end.kind != FlowEnd::Kind::Slot) return std::nullopt;
  if (family_function(end.name) != nullptr) return ownership_.instance_behind_slot(object, end.address, end.name);
  if (hands_out_libc_block(end.name) || object_given(end) != nullptr || releases_libc_object(end.name))
    return of_libc_block(object, end.name);
  return std::nullopt;
}

// The heap of the functions that another object gives to `object` in place of those that its pointers lead to first.
std::optional<Instance> Heaps::of_given(ObjectIndex object, const FlowEnd &end) const {
  const Function *const function = family_function(end.name);
  if (function == nullptr) return std::nullopt;
  const bool releases = function->role == Role::Release;
  const auto [entry, is_new] = given_.try_emplace({object, end.set_by, releases}, std::nullopt);
  if (!is_new) return entry->second;
  for (ObjectIndex giver = 0; giver < objects_.size(); ++giver) {
    if (giver == object || ownership_.is_allocator(giver) || !may_call_setter(giver, end.set_by, object)) continue;
    // What a plugin gives to a library that was there before concerns what was allocated before, too: replaced_memory.
    const bool is_late = std::any_of(plugins_.begin(), plugins_.end(), [&](ObjectIndex plugin) {
      return came_for(giver, plugin) && !came_for(object, plugin);
    });
    if (is_late) continue;
    for (const flow::GivenMemory &given : flow_of(giver).given_memory) {
      const FlowEnd &its = releases ? given.release : given.allocate;
      if (given.to != end.set_by || its.name.empty()) continue;
      if (const auto heap = of(giver, its)) return given_[{object, end.set_by, releases}] = heap;
    }
  }
  return std::nullopt;
}

bool Heaps::may_call_setter(ObjectIndex object, std::string_view setter, ObjectIndex definer) const {
  if (definer_of(object, setter) == definer) return true;
  return opens_plugins(object) && exports(definer, setter) &&
         LookedUpNames({setter}).may_stand_in(objects_[object].file->elf_file);
}

// A function that dlsym answers.
std::optional<Instance> Heaps::of_looked_up(ObjectIndex object, const FlowEnd &end) const {
  const bool is_of_family = family_function(end.name) != nullptr;
  if (!is_of_family && !hands_out_libc_block(end.name)) return std::nullopt;
  switch (end.looked_up_in) {
    case LookedUpIn::Default: {
      const auto found = process_.find_for(object, end.name);
      if (!found) return std::nullopt;
      return is_of_family ? ownership_.instance_behind(*found, end.name) : of_definer(found->object);
    }
    case LookedUpIn::Next:
      return is_of_family ? ownership_.instance_behind_next(object, end.name) : std::nullopt;
    case LookedUpIn::Libc: {
      const ObjectIndex libc = ownership_.libc_of(objects_[object].link_namespace);
      if (libc == kNoObject) return std::nullopt;
      return is_of_family ? std::optional(Instance{libc, {}}) : of_definer(libc);
    }
    case LookedUpIn::Unknown:
      break;
  }
  return std::nullopt;
}

// strdup's block is of the malloc that its definer uses: libc as a rule, and libc's malloc may be replaced.
std::optional<Instance> Heaps::of_libc_block(ObjectIndex object, std::string_view function) const {
  const ObjectIndex definer = definer_of(object, function);
  if (definer == kNoObject) return std::nullopt;
  return passes_on(definer, function) ? ownership_.instance_of_libc(objects_[definer].link_namespace)
                                      : of_definer(definer);
}

// Whether `definer`, which is not libc, only hands out what the next one's function of that name returns.
bool Heaps::passes_on(ObjectIndex definer, std::string_view function) const {
  if (ownership_.is_libc(definer) || !looks_functions_up(definer)) return false;
  bool passes = false;
  for (const flow::Flow &way : flow_of(definer).flows) {
    if (way.to.kind != FlowEnd::Kind::Function || way.to.name != function || !way.to.is_result()) continue;
    if (way.from.kind != FlowEnd::Kind::Named || way.from.name != function || way.from.looked_up_in != LookedUpIn::Next)
      return false;
    passes = true;
  }
  return passes;
}

std::optional<Instance> Heaps::of_definer(ObjectIndex definer) const {
  if (ownership_.is_libc(definer)) return ownership_.instance_of_libc(objects_[definer].link_namespace);
  const Use *use = ownership_.use_of(definer, "malloc");
  return use != nullptr ? use->instance : Instance{definer, {}};
}

// The object whose definition of `function` the import of `object` is bound to.
ObjectIndex Heaps::definer_of(ObjectIndex object, std::string_view function) const {
  const auto [entry, is_new] = definers_.try_emplace({object, std::string(function)}, kNoObject);
  if (!is_new) return entry->second;
  std::uint32_t index = 0;
  const elf::DynamicSymbols &symbols = objects_[object].file->symbols;
  for (std::uint32_t i = 1; i < symbols.count() && index == 0; ++i)
    if (symbols.table().name_of(i) == function) index = i;
  if (index == 0) return kNoObject;
  if (const auto definition = process_.search(object, index, TypeClass::Plt).definition)
    entry->second = definition->object;
  return entry->second;
}

// The heap that an object's code uses where nothing tells which function it is: the one of its malloc.
std::optional<Instance> Heaps::usual(ObjectIndex object, Role role) const {
  for (const std::string_view function :
       {role == Role::Release ? "free" : "malloc", role == Role::Release ? "_ZdlPv" : "_Znwm"})
    if (const Use *use = ownership_.use_of(object, function)) return use->instance;
  for (const Use &use : ownership_.uses_of(object))
    if (use.function->role == role || use.function->role == Role::Resize) return use.instance;
  return ownership_.nameless_instance(object);
}

bool Heaps::differ(ObjectIndex one, ObjectIndex other) const {
  if (objects_[one].link_namespace != objects_[other].link_namespace) return true;  // each has a libc of its own
  for (const Role role : {Role::Allocate, Role::Release}) {
    const auto its = usual(one, role);
    for (const Role against : {Role::Allocate, Role::Release}) {
      const auto others = usual(other, against);
      if (its && others && *its != *others) return true;
    }
  }
  return false;
}

bool Heaps::exports(ObjectIndex object, std::string_view function) const {
  return objects_[object].file->symbols.find(
      elf::HashedName(function), [](const elf::Symbol &symbol) { return symbol.defined() && !symbol.local(); });
}

bool Heaps::imports(ObjectIndex object, std::initializer_list<std::string_view> functions) const {
  return any_import(*objects_[object].file, [&](std::string_view name) {
    return std::find(functions.begin(), functions.end(), name) != functions.end();
  });
}

bool Heaps::may_run(ObjectIndex object, std::uint64_t site) const {
  const Origin origin = objects_[object].origin;
  if ((origin != Origin::StartUp && origin != Origin::Dependency) ||
      std::find(plugins_.begin(), plugins_.end(), object) != plugins_.end())
    return true;
  const auto &only_through = flow_of(object).only_through;
  const auto found = only_through.find(site);
  if (found == only_through.end()) return true;
  if (imported_by_any_.empty())
    for (const Object &other : objects_)
      any_import(*other.file, [&](std::string_view name) {
        imported_by_any_.emplace(name);
        return false;
      });
  return std::any_of(found->second.begin(), found->second.end(),
                     [&](const std::string &name) { return imported_by_any_.contains(name); });
}

std::vector<ObjectIndex> Heaps::relayed_to(ObjectIndex object, const FlowEnd &function) const {
  std::vector<ObjectIndex> objects;
  if (function.kind == FlowEnd::Kind::Slot) {
    // What has a heap itself passes much on that it keeps: a framework's functions call each other with their objects.
    const ObjectIndex library = has_any(object) ? kNoObject : definer_of(object, function.name);
    if (library != kNoObject && library != object && !ownership_.is_allocator(library)) objects.push_back(library);
    return objects;
  }
  std::copy_if(plugins_.begin(), plugins_.end(), std::back_inserter(objects),
               [&](ObjectIndex plugin) { return exports(plugin, function.name); });
  return objects;
}

bool Heaps::came_for(ObjectIndex object, ObjectIndex plugin) const {
  for (ObjectIndex at = object; at != kNoObject; at = objects_[at].loader) {
    if (at == plugin) return true;
    if (at == 0) return false;
  }
  return false;
}

std::string Heaps::name(ObjectIndex object) const { return name_of(objects_, object); }
std::string Heaps::in_words(const Instance &instance) const {
  return binding::in_words(objects_, ownership_, instance);
}

std::string Heaps::family_word(const Instance &instance) const {
  return std::string(name_of(ownership_.family_of(instance)));
}

// "RTLD_DEEPBIND searches ...: found in libc.so.6"
std::string Heaps::why(ObjectIndex object, std::string_view function) const {
  const Use *const use = ownership_.use_of(object, function);
  const std::string subject = fmt::format("{}'s {}", name(object), binding::in_words(function));
  if (use == nullptr || use->binding == nullptr)
    return fmt::format("{} is its own, called without the loader's help", subject);
  return fmt::format("{}: {}", subject, reason_of(process_, *use->binding));
}

void Heaps::note_same_family(const Instance &one, const Instance &other, std::vector<std::string> &evidence) const {
  const Family family = ownership_.family_of(one);
  if (family == ownership_.family_of(other) && family != Family::Unknown)
    evidence.push_back(
        fmt::format("both are {}, but two copies of it: each knows only its own blocks (XH403)", name_of(family)));
}

std::vector<std::string> libc_blocks_imported(const ObjectFile &file) {
  std::vector<std::string> names;
  any_import(file, [&](std::string_view name) {
    if (hands_out_libc_block(name)) names.emplace_back(name);
    return false;
  });
  return names;
}

}  // namespace crossheap::binding
