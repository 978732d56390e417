// SPDX-License-Identifier: MIT OR Apache-2.0
#include "flow/shared_variables.h"

#include <algorithm>
#include <iterator>

#include "allocator/names.h"
#include "flow/call_targets.h"
#include "flow/ends.h"
#include "flow/flows.h"
#include "flow/limits.h"

namespace crossheap::flow {

namespace {

constexpr std::uint64_t kAreaAtMost = 64;  // of an object that a function returns the address of

// Adds the blocks that code of one file puts into variables that others see.
class StoreReader {
public:
  StoreReader(const Code &code, CallTargets &targets, Ends &ends, Flows &flows)
      : code_(code), targets_(targets), ends_(ends), flows_(flows) {}

  void give(const CodeFunction &writer, const Value &value, std::string_view name) {
    for (const FlowEnd &from : ends_.of_fresh(writer, value, Ends::Variables::No))
      flows_.give(from, {.kind = FlowEnd::Kind::Variable, .name = std::string(name)}, writer.start);
  }

  // A variable that others see, and the blocks that code of this file puts there.
  void read_own(std::uint64_t address, std::uint64_t size_of_variable, std::string_view name) {
    const std::uint64_t size = std::min<std::uint64_t>(size_of_variable, kStructureAtMost);
    for (std::uint64_t offset = 0; offset < std::max<std::uint64_t>(size, 1); offset += sizeof(void *))
      for (const auto &[writer, value] : code_.stored_at(address + offset)) give(*writer, value, name);
    if (size_of_variable == sizeof(void *)) read_behind(address, behind(name));
  }

  void read_behind(std::uint64_t pointer, std::string_view name) {
    if (const Memory::Stored *const stored = targets_.memory().stored_behind(pointer))
      for (const auto &[writer, word] : *stored)
        if (!word->base.inside) give(*writer, word->value, name);
  }

  // The same of variables that others define.
  void read_foreign(const CodeFunction &function) {
    for (const Word &word : function.words)
      if (word.base.kind == Atom::Kind::Slot && word.base.inside)
        give(function, word.value, behind(code_.slot_symbol(word.base.value)));
      else if (word.base.kind == Atom::Kind::Slot)
        give(function, word.value, code_.slot_symbol(word.base.value));
      else if (word.base.kind == Atom::Kind::Result && word.base.index == 0 && !word.base.inside)
        if (const CallSite *const call = function.call_at(word.base.value))
          if (const Target target = targets_.of(function, *call);
              target.kind == FlowEnd::Kind::Slot && !target.of_libc && family_function(target.name) == nullptr)
            give(function, word.value, returned_by(target.name));
  }

private:
  const Code &code_;
  CallTargets &targets_;
  Ends &ends_;
  Flows &flows_;
};

}  // namespace

std::string returned_by(std::string_view function) { return std::string(function) + "()"; }
std::string behind(std::string_view variable) { return std::string(variable) + "->"; }

SharedVariables::SharedVariables(const Code &code, const FileSymbols &symbols) : code_(code), symbols_(symbols) {
  for (const auto &[address, names] : symbols_.exported) {
    const CodeFunction *const function = code_.function_at(address);
    if (function == nullptr || function->start != address) continue;
    for (const Atom &atom : function->returns) {
      if (atom.inside || atom.interior) continue;
      if (atom.kind == Atom::Kind::GlobalAddress) returned_areas_.try_emplace(atom.value, returned_by(names.front()));
      if (atom.kind == Atom::Kind::Global) returned_pointers_.try_emplace(atom.value, returned_by(names.front()));
    }
  }
}

std::string_view SharedVariables::exported_at(std::uint64_t address) const {
  auto at = symbols_.variables.upper_bound(address);
  if (at == symbols_.variables.begin()) return {};
  at = std::prev(at);
  return address - at->first < std::max<std::uint64_t>(at->second.size, 1) ? at->second.name : std::string_view();
}

std::string_view SharedVariables::returned_at(std::uint64_t address) const {
  auto at = returned_areas_.upper_bound(address);
  if (at == returned_areas_.begin()) return {};
  at = std::prev(at);
  return address - at->first < kAreaAtMost ? std::string_view(at->second) : std::string_view();
}

std::string_view SharedVariables::returned_behind(std::uint64_t address) const {
  const auto pointer = returned_pointers_.find(address);
  return pointer == returned_pointers_.end() ? std::string_view() : std::string_view(pointer->second);
}

void SharedVariables::read_stores(CallTargets &targets, Ends &ends, Flows &flows) const {
  StoreReader reader(code_, targets, ends, flows);
  for (const auto &[address, variable] : symbols_.variables) reader.read_own(address, variable.size, variable.name);
  for (const auto &[address, name] : returned_areas_) reader.read_own(address, kAreaAtMost, name);
  for (const auto &[pointer, name] : returned_pointers_) reader.read_behind(pointer, name);
  for (const auto &[start, function] : code_.functions()) reader.read_foreign(function);
}

}  // namespace crossheap::flow
