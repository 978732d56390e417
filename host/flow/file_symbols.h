// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a file's symbol tables say of its functions and variables, as the reading of its code needs it.
//
// The code shows addresses: `call 0x1200`. The symbols say what stands there: the file's own `free`, a function that it
// exports as `plugin_take`, a member of a C++ runtime that was linked into it. A stripped file says only what it
// exports and imports.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "elf/file.h"
#include "elf/symbols.h"
#include "flow/block_flow.h"
#include "flow/code.h"

namespace crossheap::flow {

struct FileSymbols {
  /// Both must outlive this: names are views of theirs.
  FileSymbols(const elf::File &file, const elf::DynamicSymbols &symbols);

  /// As which functions others may call the one at `address`: one end for each exported name, or one without a name
  /// where only the address is handed out. Empty where nobody else can.
  std::vector<FlowEnd> called_by_others(const Code &code, std::uint64_t address) const;

  struct Variable {
    std::uint64_t size;
    std::string_view name;
  };

  std::map<std::uint64_t, Variable> variables;                           ///< that it exports
  std::unordered_map<std::uint64_t, std::string> own;                    ///< malloc-family functions that it defines
  std::unordered_map<std::string, std::uint64_t> by_name;                ///< functions in its dynamic symbol table
  std::unordered_map<std::uint64_t, std::vector<std::string>> exported;  ///< the names of those that others reach
  std::unordered_set<std::string_view> of_libc;                          ///< imports that ask for libc's version
  std::unordered_set<std::uint64_t> runtimes_functions;                  ///< of a C++ runtime that was linked in
  std::map<std::uint64_t, std::uint64_t> runtimes_tables;                ///< its virtual tables, and their sizes

private:
  void note(const elf::DynamicSymbols &symbols, const elf::SymbolTable &table, bool dynamic);
  void note_of_runtime(const elf::Symbol &symbol);
  void note_own(std::uint64_t address, std::string_view name);
};

}  // namespace crossheap::flow
