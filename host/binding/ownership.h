// SPDX-License-Identifier: MIT OR Apache-2.0
//
// From bindings to heaps: which allocator instance each object of a process allocates from and releases to.
//
// A definition is not yet an instance. libstdc++'s operators ask malloc, libc's reallocarray asks realloc, an
// executable's canonical PLT entry leads to whatever its own slot holds, a library that counts calls of malloc asks
// dlsym for the next one: all of them forward, and are followed to the object that keeps the blocks.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "allocator/families.h"
#include "allocator/functions.h"
#include "binding/process.h"

namespace crossheap::binding {

/// One copy of an allocator in a process.
struct Instance {
  ObjectIndex object = kNoObject;
  std::string prefix;  ///< of a prefixed build that is in the object beside others: "je_"
  auto operator<=>(const Instance &) const = default;  // NOLINT(modernize-use-nullptr): as in FileId
};

/// One malloc-family function as an object reaches it.
struct Use {
  const Function *function = nullptr;
  std::string name;  ///< with its prefix
  Instance instance;
  const Binding *binding = nullptr;  ///< the slot it goes through; null where the object calls its own definition
};

class Ownership {
public:
  /// \param process  must outlive this
  explicit Ownership(const Snapshot &process);

  /// The functions that `object` refers to or calls of its own, by name, each once.
  const std::vector<Use> &uses_of(ObjectIndex object) const { return uses_[object]; }

  /// How `object` reaches the function called `name`; null where it does not use it.
  const Use *use_of(ObjectIndex object, std::string_view name) const;

  /// How `object` reaches the function that its exported variable `variable` points to as the loader left it; null
  /// where that is none of the malloc family.
  const Use *use_in_variable(ObjectIndex object, std::string_view variable) const;

  /// The instances that `object` gets blocks from, or gives them back to.
  std::set<Instance> instances_of(ObjectIndex object, Role role) const;

  /// The instance behind `definition`, forwarders followed; nullopt where that leads nowhere (a slot that holds 0).
  std::optional<Instance> instance_behind(const Definition &definition, std::string_view name) const;

  /// The instance behind the slot at `address` of `object`, which names `name`; nullopt for none.
  std::optional<Instance> instance_behind_slot(ObjectIndex object, std::uint64_t address, std::string_view name) const;

  /// The instance that `object` reaches where it calls its own definition of `name`.
  std::optional<Instance> instance_behind_own(ObjectIndex object, std::string_view name) const;

  /// The instance that `object` reaches by dlsym(RTLD_NEXT, name).
  std::optional<Instance> instance_behind_next(ObjectIndex object, std::string_view name) const;

  /// The allocator that is inside `object` without names, where the object asks nobody else to release blocks: then
  /// what it serves cannot be known, but it is all there is. nullopt elsewhere.
  std::optional<Instance> nameless_instance(ObjectIndex object) const;

  /// Whether the object is an allocator's own library, the C library or the loader.
  bool is_allocator(ObjectIndex object) const;

  /// The allocator family of an instance, as far as its file tells.
  Family family_of(const Instance &instance) const;

  /// The instance that libc's own functions (strdup, getline) of a link namespace get blocks from.
  std::optional<Instance> instance_of_libc(std::uint32_t link_namespace) const;

  /// Whether the object is the C library.
  bool is_libc(ObjectIndex object) const;

  /// The C library of a link namespace; kNoObject for none.
  ObjectIndex libc_of(std::uint32_t link_namespace) const;

private:
  using Slots = std::map<std::string_view, const Binding *>;

  std::optional<Instance> follow(const Definition &definition, const Function &function, std::string_view prefix,
                                 int steps) const;
  std::optional<Instance> follow_own(ObjectIndex object, std::string_view name, int steps) const;
  void add_hidden_uses(ObjectIndex object);
  bool is_wrapper(ObjectIndex object) const;
  std::optional<Definition> next_definition(ObjectIndex object, std::string_view name) const;

  const std::vector<Object> &objects_;
  std::vector<Slots> slots_;
  std::vector<std::vector<Use>> uses_;
  std::map<std::pair<ObjectIndex, std::uint64_t>, const Binding *> slot_at_;
  mutable std::map<const ObjectFile *, Family> families_;
  mutable std::map<const ObjectFile *, Family> nameless_;
  mutable std::map<const ObjectFile *, bool> wrappers_;
};

}  // namespace crossheap::binding
