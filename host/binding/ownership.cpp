// SPDX-License-Identifier: MIT OR Apache-2.0
//
// From a slot to the object that keeps the blocks, step by step (follow). For `new` in a plugin of a program that
// exports a malloc of its own:
//
//     plugin       the slot of _Znwm is bound to libstdc++
//     libstdc++    defines _Znwm, but no malloc: its operators forward, so its own slot of malloc is asked
//     its slot     is bound to the program, which defines malloc and forwards to nobody
//     answer       the instance of the program
//
// A canonical PLT entry of the program and libc's reallocarray are followed in the same way. So are wrappers, which
// define malloc and ask dlsym(RTLD_NEXT) for the real one (inspect::wraps_malloc). A chain of more than eight steps is
// a ring.
//
// What an object defines and no slot names is called directly, so it counts as its own use. An allocator's own library
// is excepted: it is what others use.
#include "binding/ownership.h"

#include <algorithm>

#include "allocator/names.h"
#include "allocator/operators.h"
#include "inspect/allocators.h"
#include "inspect/inspection.h"

namespace crossheap::binding {

namespace {

constexpr int kForwardsAtMost = 8;  // a chain of forwarders this long is a ring

// What an operator of a C++ runtime may call, the nearest first. A runtime other than Debian's libstdc++ has another
// function for aligned blocks. Source: libc++ new.cpp.
std::vector<std::string_view> may_call(const Function &function) {
  std::vector<std::string_view> all;
  for (std::string_view next = operator_calls(function.name); !next.empty(); next = operator_calls(next))
    all.push_back(next);
  if (!all.empty() && all.back() == "aligned_alloc") all.insert(all.end(), {"posix_memalign", "memalign"});
  return all;
}

// Which C library an object is: by its own name; musl's is its loader as well, and known by that name.
Family libc_in(const Object &object) {
  const auto &soname = object.file->elf_file.dynamic().soname;
  const Family family = soname ? libc_called(*soname) : Family::Unknown;
  return family == Family::Unknown && libc_called(object.path.filename().native()) == Family::Musl ? Family::Musl
                                                                                                   : family;
}

bool is_standard_or_operator(const Function &function) {
  return function.interface == Interface::Standard || function.interface == Interface::Operators;
}

}  // namespace

Ownership::Ownership(const Snapshot &process)
    : objects_(process.objects), slots_(objects_.size()), uses_(objects_.size()) {
  // One slot for each name: the PLT's and the GOT's hold the same but for a canonical PLT entry, which is followed.
  for (const Binding &binding : process.bindings)
    if (is_of_malloc_family(binding.symbol.name)) {
      slots_[binding.object].try_emplace(binding.symbol.name, &binding);
      slot_at_.try_emplace({binding.object, binding.slot.relocation.address}, &binding);
    }
  for (ObjectIndex object = 0; object < objects_.size(); ++object) {
    for (const auto &[name, binding] : slots_[object]) {
      if (!binding->definition) continue;
      const auto instance = instance_behind(*binding->definition, name);
      if (instance) uses_[object].push_back({split_prefix(name)->function, std::string(name), *instance, binding});
    }
    add_hidden_uses(object);
  }
}

// What an object defines and no slot of its own leads to, it calls directly: it can only be its own. An allocator's own
// library is what others use, and no user.
void Ownership::add_hidden_uses(ObjectIndex object) {
  const Object &its = objects_[object];
  if (is_allocator(object) && its.origin != Origin::Opened && its.origin != Origin::Preload) return;
  for (const std::string &name : its.file->own_functions()) {
    if (slots_[object].contains(name)) continue;
    const auto split = split_prefix(name);
    if (!split) continue;
    const auto instance = follow_own(object, name, kForwardsAtMost);
    if (instance) uses_[object].push_back({split->function, name, *instance, nullptr});
  }
}

std::optional<Instance> Ownership::instance_behind_slot(ObjectIndex object, std::uint64_t address,
                                                        std::string_view name) const {
  const auto found = slot_at_.find({object, address});
  if (found == slot_at_.end() || !found->second->definition) return std::nullopt;
  return instance_behind(*found->second->definition, name);
}

std::optional<Instance> Ownership::instance_behind_own(ObjectIndex object, std::string_view name) const {
  const auto split = split_prefix(name);
  if (!split) return std::nullopt;
  elf::Symbol own;
  own.name = name;
  own.section = SHN_ABS;
  return follow({object, own}, *split->function, split->prefix, kForwardsAtMost);
}

std::optional<Instance> Ownership::instance_behind_next(ObjectIndex object, std::string_view name) const {
  const auto next = next_definition(object, name);
  return next ? instance_behind(*next, name) : std::nullopt;
}

std::optional<Instance> Ownership::nameless_instance(ObjectIndex object) const {
  if (is_allocator(object)) return std::nullopt;
  for (const Use &use : uses_[object])
    if (use.function->role == Role::Release || use.function->role == Role::Resize) return std::nullopt;
  const ObjectFile &file = *objects_[object].file;
  const auto [entry, is_new] = nameless_.try_emplace(&file, Family::Unknown);
  if (is_new)
    for (const inspect::AllocatorInside &allocator : file.inspection().allocators)
      if (allocator.presence == inspect::Presence::Nameless) entry->second = allocator.family;
  if (entry->second == Family::Unknown) return std::nullopt;
  return Instance{object, {}};
}

bool Ownership::is_allocator(ObjectIndex object) const {
  if (is_libc(object)) return true;
  const auto &soname = objects_[object].file->elf_file.dynamic().soname;
  if (!soname) return family_of_library(objects_[object].path.filename().native()) != Family::Unknown;
  return family_of_library(*soname) != Family::Unknown || libc_of_loader(*soname) != Family::Unknown;
}

const Use *Ownership::use_of(ObjectIndex object, std::string_view name) const {
  for (const Use &use : uses_[object])
    if (use.name == name) return &use;
  return nullptr;
}

const Use *Ownership::use_in_variable(ObjectIndex object, std::string_view variable) const {
  std::uint64_t address = 0;
  objects_[object].file->symbols.find(elf::HashedName(variable), [&](const elf::Symbol &symbol) {
    if (!symbol.defined() || symbol.type != STT_OBJECT) return false;
    address = symbol.value;
    return true;
  });
  const auto slot = slot_at_.find({object, address});
  return address == 0 || slot == slot_at_.end() ? nullptr : use_of(object, slot->second->symbol.name);
}

std::set<Instance> Ownership::instances_of(ObjectIndex object, Role role) const {
  std::set<Instance> instances;
  for (const Use &use : uses_[object])
    if (use.function->role == role || use.function->role == Role::Resize) instances.insert(use.instance);
  return instances;
}

bool Ownership::is_libc(ObjectIndex object) const { return libc_in(objects_[object]) != Family::Unknown; }

ObjectIndex Ownership::libc_of(std::uint32_t link_namespace) const {
  for (ObjectIndex object = 0; object < objects_.size(); ++object)
    if (objects_[object].link_namespace == link_namespace && is_libc(object)) return object;
  return kNoObject;
}

std::optional<Instance> Ownership::instance_of_libc(std::uint32_t link_namespace) const {
  const ObjectIndex libc = libc_of(link_namespace);
  if (libc == kNoObject) return std::nullopt;
  const Use *use = use_of(libc, "malloc");
  return use != nullptr ? use->instance : Instance{libc, {}};
}

std::optional<Instance> Ownership::instance_behind(const Definition &definition, std::string_view name) const {
  const auto split = split_prefix(name);
  if (!split) return std::nullopt;
  return follow(definition, *split->function, split->prefix, kForwardsAtMost);
}

// Where `object`'s own use of `name` leads.
std::optional<Instance> Ownership::follow_own(ObjectIndex object, std::string_view name, int steps) const {
  if (steps == 0) return std::nullopt;
  const auto split = split_prefix(name);
  if (const auto slot = slots_[object].find(name); slot != slots_[object].end()) {
    if (!slot->second->definition) return std::nullopt;
    return follow(*slot->second->definition, *split->function, split->prefix, steps - 1);
  }
  elf::Symbol own;
  own.name = name;
  own.section = SHN_ABS;  // its own, wherever that stands
  return follow({object, own}, *split->function, split->prefix, steps - 1);
}

std::optional<Instance> Ownership::follow(const Definition &definition, const Function &function,
                                          std::string_view prefix, int steps) const {
  const ObjectIndex object = definition.object;
  if (steps == 0) return std::nullopt;
  if (definition.symbol.canonical_plt()) {
    const auto slot = slots_[object].find(definition.symbol.name);
    if (slot == slots_[object].end() || !slot->second->definition || slot->second->definition->object == object)
      return std::nullopt;
    return follow(*slot->second->definition, function, prefix, steps - 1);
  }
  // libc's and libbsd's reallocarray multiply and ask realloc; an allocator's own has its malloc beside it.
  if (function.name == "reallocarray" && slots_[object].contains("realloc") &&
      (is_libc(object) || !objects_[object].file->own_functions().contains("malloc")))
    return follow_own(object, "realloc", steps);
  if (function.interface == Interface::Operators && !objects_[object].file->own_functions().contains("malloc")) {
    for (const std::string_view name : may_call(function))
      if (slots_[object].contains(name)) return follow_own(object, name, steps);
  }
  if (is_wrapper(object))
    if (const auto next = next_definition(object, definition.symbol.name))
      return follow(*next, function, prefix, steps - 1);
  return Instance{object, is_standard_or_operator(function) ? std::string(prefix) : std::string()};
}

bool Ownership::is_wrapper(ObjectIndex object) const {
  if (is_libc(object) || !objects_[object].file->own_functions().contains("malloc")) return false;
  const ObjectFile &file = *objects_[object].file;
  const auto [entry, is_new] = wrappers_.try_emplace(&file, false);
  if (!is_new) return entry->second;
  const inspect::Inspection &inspection = file.inspection();
  entry->second = inspect::wraps_malloc(inspection);
  // Its code shows what it gives to dlsym, wherever the text stands.
  if (!entry->second && inspect::may_wrap_malloc(inspection)) {
    const std::vector<std::string> &names = file.block_flow().looked_up;
    entry->second = std::find(names.begin(), names.end(), "malloc") != names.end();
  }
  return entry->second;
}

// dlsym(RTLD_NEXT, name): the next definition in the order of loading.
std::optional<Definition> Ownership::next_definition(ObjectIndex object, std::string_view name) const {
  const elf::HashedName hashed(name);
  for (ObjectIndex next = object + 1; next < objects_.size(); ++next) {
    if (objects_[next].link_namespace != objects_[object].link_namespace) continue;
    std::optional<Definition> found;
    objects_[next].file->symbols.find(hashed, [&](const elf::Symbol &symbol) {
      if (!symbol.defined() || symbol.local()) return false;
      found = Definition{next, symbol};
      return true;
    });
    if (found) return found;
  }
  return std::nullopt;
}

Family Ownership::family_of(const Instance &instance) const {
  const ObjectFile &file = *objects_[instance.object].file;
  if (const Family libc = libc_in(objects_[instance.object]); libc != Family::Unknown) return libc;
  const auto [entry, is_new] = families_.try_emplace(&file, Family::Unknown);
  if (!is_new) return entry->second;
  if (const auto &soname = file.elf_file.dynamic().soname) entry->second = family_of_library(*soname);
  if (entry->second == Family::Unknown)
    for (const inspect::AllocatorInside &allocator : file.inspection().allocators)
      if (entry->second == Family::Unknown || allocator.serves_malloc) entry->second = allocator.family;
  return entry->second;
}

}  // namespace crossheap::binding
