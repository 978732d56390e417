// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Variables that this file and others use: what one stores there, the other may release.
//
// Four kinds, and each goes by a name that both sides have:
//
// * one that this file exports, or imports: `last_error`;
// * what a pointer in such a variable leads to: "state->";
// * an object whose address an exported function returns: "host_state()";
// * what a pointer in a variable leads to, where an exported function returns that pointer: "host_state()" as well.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "flow/code.h"
#include "flow/file_symbols.h"

namespace crossheap::flow {

class CallTargets;
class Ends;
class Flows;

/// An object that a function hands out the address of goes by the function's name: "host_state()".
std::string returned_by(std::string_view function);
/// What the pointer in a variable leads to: "state->".
std::string behind(std::string_view variable);

class SharedVariables {
public:
  /// Both must outlive this.
  SharedVariables(const Code &code, const FileSymbols &symbols);

  /// The name of the variable that holds the word at `address` and that others see; "" where there is none.
  std::string_view exported_at(std::uint64_t address) const;
  /// The same of an object whose address an exported function returns.
  std::string_view returned_at(std::uint64_t address) const;
  /// The same of what the pointer at `address` leads to.
  std::string_view returned_behind(std::uint64_t address) const;

  /// Adds to `flows` the fresh blocks that code of this file puts into any of them.
  void read_stores(CallTargets &targets, Ends &ends, Flows &flows) const;

private:
  const Code &code_;
  const FileSymbols &symbols_;
  std::map<std::uint64_t, std::string> returned_areas_;     // what exported functions return the address of
  std::map<std::uint64_t, std::string> returned_pointers_;  // and pointers in variables that they return
};

}  // namespace crossheap::flow
