// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Who is on which heap: the questions that every search for crossings asks of one process.
//
// An end of a flow says "what the slot at 0x3fe0 returned, strdup". Heaps says whose heap that is in this process: the
// slot leads to libc, and libc's own malloc may be replaced by a preloaded one.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "binding/crossings/ends.h"
#include "binding/ownership.h"
#include "binding/process.h"

namespace crossheap::binding {

using flow::BlockFlow;

class Heaps {
public:
  /// The plugins are the opened objects and, preloaded or needed, those called by one of `named`. Both must outlive
  /// this.
  Heaps(const Process &process, const Ownership &ownership, const std::vector<std::string> &named);

  const Process &process() const noexcept { return process_; }
  const std::vector<Object> &objects() const noexcept { return objects_; }
  const Ownership &ownership() const noexcept { return ownership_; }
  const std::vector<ObjectIndex> &plugins() const noexcept { return plugins_; }
  const BlockFlow &flow_of(ObjectIndex object) const { return objects_[object].file->block_flow(); }

  /// Whether there are several heaps at all, or a plugin may ask dlsym for another one.
  bool several() const;

  /// Where a call out of `object` that hands out blocks gets them from, or one that takes them brings them.
  std::optional<Instance> of(ObjectIndex object, const FlowEnd &end) const;
  /// strdup's block is of the malloc that its definer uses: libc as a rule, and libc's malloc may be replaced.
  std::optional<Instance> of_libc_block(ObjectIndex object, std::string_view function) const;
  /// The heap that an object's code uses where nothing tells which function it is: the one of its malloc.
  std::optional<Instance> usual(ObjectIndex object, Role role) const;
  /// Whether what one of the two allocates may be on another heap than what the other releases to.
  bool differ(ObjectIndex one, ObjectIndex other) const;

  /// The object whose definition of `function` the import of `object` is bound to.
  ObjectIndex definer_of(ObjectIndex object, std::string_view function) const;
  bool exports(ObjectIndex object, std::string_view function) const;
  bool imports(ObjectIndex object, std::initializer_list<std::string_view> functions) const;
  bool looks_functions_up(ObjectIndex object) const { return imports(object, {"dlsym", "dlvsym"}); }
  bool opens_plugins(ObjectIndex object) const { return imports(object, {"dlsym", "dlvsym", "dlopen", "dlmopen"}); }
  /// Whether anything in the process leads to `site`: a library that came in as another one's brings functions that
  /// nobody here calls.
  bool may_run(ObjectIndex object, std::uint64_t site) const;
  /// Whether reading the code of `object` can show anything about blocks of others.
  bool has_any(ObjectIndex object) const {
    return !ownership_.is_allocator(object) && (usual(object, Role::Allocate) || usual(object, Role::Release));
  }
  /// The objects in which a call of `function` may end where `object` only passes a block on: the library that an
  /// import leads to; for a function that is looked up by its name, each plugin that exports it.
  std::vector<ObjectIndex> relayed_to(ObjectIndex object, const FlowEnd &function) const;
  /// Whether `object` came into the process for `plugin`.
  bool came_for(ObjectIndex object, ObjectIndex plugin) const;

  // In words.
  std::string name(ObjectIndex object) const;
  std::string in_words(const Instance &instance) const;
  std::string family_word(const Instance &instance) const;
  /// "RTLD_DEEPBIND searches ...: found in libc.so.6"
  std::string why(ObjectIndex object, std::string_view function) const;
  /// Adds a word where both heaps are of one family.
  void note_same_family(const Instance &one, const Instance &other, std::vector<std::string> &evidence) const;

private:
  bool is_called_by_name(ObjectIndex object, const std::vector<std::string> &named) const;
  bool reaches_for_libc() const;
  std::optional<Instance> of_looked_up(ObjectIndex object, const FlowEnd &end) const;
  std::optional<Instance> of_given(ObjectIndex object, const FlowEnd &end) const;
  bool may_call_setter(ObjectIndex object, std::string_view setter, ObjectIndex definer) const;
  std::optional<Instance> of_definer(ObjectIndex definer) const;
  bool passes_on(ObjectIndex definer, std::string_view function) const;

  const Process &process_;
  const std::vector<Object> &objects_;
  const Ownership &ownership_;
  std::vector<ObjectIndex> plugins_;
  mutable std::map<std::pair<ObjectIndex, std::string>, ObjectIndex> definers_;
  mutable std::set<std::string> imported_by_any_;
  mutable std::map<std::tuple<ObjectIndex, std::string, bool>, std::optional<Instance>> given_;
};

/// Asks `wanted` for each name that the file imports. \return whether one was, after which nothing is asked
template <class Wanted>
bool any_import(const ObjectFile &file, Wanted wanted) {
  const elf::SymbolTable &table = file.symbols.table();
  for (std::uint32_t i = 1; i < file.symbols.count(); ++i)
    if (!table.nameless(i).defined() && wanted(table.name_of(i))) return true;
  return false;
}

/// What a file asks of libc that returns heap memory.
std::vector<std::string> libc_blocks_imported(const ObjectFile &file);

}  // namespace crossheap::binding
