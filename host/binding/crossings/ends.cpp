// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/crossings/ends.h"

#include <fmt/format.h>

#include "allocator/names.h"
#include "binding/in_words.h"

namespace crossheap::binding {

using flow::LookedUpIn;

bool releases_block(const Function &function) {
  return function.role == Role::Release || function.role == Role::Resize || function.role == Role::Query;
}

const LibcObject *object_given(const FlowEnd &end) {
  return end.kind == FlowEnd::Kind::Slot ? find_libc_object(end.name, end.index) : nullptr;
}

bool go_together(const FlowEnd &from, const FlowEnd &to) {
  const LibcObject *const object = object_given(from);
  if (releases_libc_object(to.name)) return object != nullptr && object->release == to.name;
  return object == nullptr || object->is_block || (object->is_filled && from.inside);
}

bool is_call(const FlowEnd &end) {
  return end.kind == FlowEnd::Kind::Slot || end.kind == FlowEnd::Kind::Own ||
         (end.kind == FlowEnd::Kind::Named && end.looked_up_in != LookedUpIn::Unknown && is_family_or_libc(end));
}

bool is_family_or_libc(const FlowEnd &end) {
  return family_function(end.name) != nullptr || hands_out_libc_block(end.name) || object_given(end) != nullptr ||
         releases_libc_object(end.name);
}

bool is_release_end(const FlowEnd &end) {
  if (!is_call(end)) return false;
  const Function *const function = family_function(end.name);
  return function != nullptr ? releases_block(*function)
                             : hands_out_libc_block(end.name) || releases_libc_object(end.name);
}

bool hands_out(const FlowEnd &end) {
  if (const Function *known = family_function(end.name))
    return end.index == (known->arguments.out < 0 ? FlowEnd::kResult : known->arguments.out);
  const LibcBlockFunction *libc = find_libc_block_function(end.name);
  return libc == nullptr || end.index == (libc->out < 0 ? FlowEnd::kResult : libc->out);
}

bool same_place(const FlowEnd &one, const FlowEnd &other) {
  const bool may_stand_there =
      one.offset == other.offset || one.offset == FlowEnd::kAnywhere || other.offset == FlowEnd::kAnywhere;
  return one.index == other.index && may_stand_there && (one.header == other.header || one.inside || other.inside);
}

std::string told(const FlowEnd &end) { return in_words(end.name); }

std::string function_word(const FlowEnd &end) {
  return end.name.empty() ? fmt::format("the function at {:#x}", end.address) : in_words(end.name);
}

std::string_view symbol_of_variable(std::string_view variable) {
  if (variable.ends_with("()") || variable.ends_with("->")) variable.remove_suffix(2);
  return variable;
}

bool is_mangled(std::string_view name) { return name.starts_with("_Z"); }

}  // namespace crossheap::binding
