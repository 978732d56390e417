// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/in_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "allocator/families.h"
#include "allocator/names.h"

namespace crossheap::binding {

std::string name_of(const std::vector<Object> &objects, ObjectIndex object) {
  const Object &its = objects[object];
  std::string text = its.path.filename().string();
  if (its.link_namespace != 0) text += fmt::format(" in namespace {}", its.link_namespace);
  return text;
}

std::string in_words(const std::vector<Object> &objects, const Ownership &ownership, const Instance &instance) {
  const Family family = ownership.family_of(instance);
  const std::string where = name_of(objects, instance.object);
  std::string text = family == Family::Unknown ? "an allocator" : std::string(name_of(family));
  if (!instance.prefix.empty()) text += fmt::format(" ({})", instance.prefix);
  return fmt::format("{} in {}", text, where);
}

std::string reason_of(const Process &process, const Binding &binding) {
  const std::vector<Object> &objects = process.objects();
  const Object &its = objects[binding.object];
  const Search search =
      process.search(binding.object, binding.slot.symbol, type_class_of(binding.slot.relocation.kind));
  const std::string_view order = its.deep ? "RTLD_DEEPBIND searches its own scope before the global one"
                                 : its.link_namespace != 0 ? "a namespace of its own has a global scope of its own"
                                 : !its.scopes.empty() && its.scopes.front().itself_only
                                     ? "DT_SYMBOLIC searches the object itself first"
                                     : "the global scope comes first";
  std::vector<std::string> names;
  constexpr std::size_t kEnough = 8;
  for (const ObjectIndex object : search.searched) {
    if (names.size() == kEnough && search.searched.size() > kEnough + 1) {
      names.push_back(fmt::format("{} more", search.searched.size() - kEnough - 1));
      break;
    }
    if (object != search.searched.back()) names.push_back(objects[object].path.filename().string());
  }
  const std::string found =
      search.definition ? fmt::format("found in {}", name_of(objects, search.definition->object)) : "found nowhere";
  return names.empty() ? fmt::format("{}; {} at once", order, found)
                       : fmt::format("{}; not in {}; {}", order, fmt::join(names, ", "), found);
}

std::string in_words(std::string_view name) {
  const Function *const function = find_function(name);
  if (function == nullptr || function->interface != Interface::Operators) return std::string(name);
  const bool array = function->pairing == Pairing::NewArray;
  const bool sized = function->role == Role::Release && function->arguments.size >= 0;
  const bool aligned = function->arguments.align >= 0;
  return fmt::format("{}{}operator {}{}", sized ? "sized " : "", aligned ? "aligned " : "",
                     function->role == Role::Allocate ? "new" : "delete", array ? "[]" : "");
}

}  // namespace crossheap::binding
