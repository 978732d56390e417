// SPDX-License-Identifier: MIT OR Apache-2.0
#include "flow/end_kinds.h"

#include "allocator/libc_blocks.h"
#include "allocator/names.h"

namespace crossheap::flow {

std::size_t as_index(std::int8_t argument) { return static_cast<unsigned char>(argument); }

std::int8_t place_of(const Atom &atom) {
  if (atom.kind != Atom::Kind::Result) return atom.index;
  return atom.index == 0 ? FlowEnd::kResult : FlowEnd::kSecondResult;
}

bool takes_block(const Function &function) {
  return function.role == Role::Release || function.role == Role::Resize || function.role == Role::InPlace ||
         function.role == Role::Query;
}

bool is_family_call(const FlowEnd &end) {
  return end.kind == FlowEnd::Kind::Slot || end.kind == FlowEnd::Kind::Own ||
         (end.kind == FlowEnd::Kind::Named && end.looked_up_in != LookedUpIn::Unknown);
}

bool is_call_out(FlowEnd::Kind kind) { return kind != FlowEnd::Kind::Function && kind != FlowEnd::Kind::Variable; }

bool is_release(const FlowEnd &end) {
  return is_family_call(end) &&
         (family_function(end.name) != nullptr || hands_out_libc_block(end.name) || releases_libc_object(end.name));
}

bool is_fresh(const FlowEnd &end) { return is_family_call(end) && !end.inside && is_fresh(end.name, end.index); }

bool is_fresh(std::string_view name, std::int8_t index) {
  if (const Function *known = family_function(name))
    return (known->role == Role::Allocate || known->role == Role::Resize) &&
           index == (known->arguments.out < 0 ? FlowEnd::kResult : known->arguments.out);
  if (find_libc_object(name, index) != nullptr) return true;
  const LibcBlockFunction *libc = find_libc_block_function(name);
  return libc != nullptr && index == (libc->out < 0 ? FlowEnd::kResult : libc->out);
}

bool is_size_only(const FlowEnd &from) {
  if (!is_family_call(from)) return false;
  const Function *known = family_function(from.name);
  return known != nullptr && !is_fresh(from);
}

bool is_relayed(const FlowEnd &end) {
  if (end.inside || end.name.empty()) return false;
  return end.kind == FlowEnd::Kind::Named || (end.kind == FlowEnd::Kind::Slot && family_function(end.name) == nullptr);
}

}  // namespace crossheap::flow
