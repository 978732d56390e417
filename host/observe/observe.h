// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The check of the model: the same objects, opened by the real loader in a sandboxed process, and every slot read back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "binding/object_file.h"
#include "binding/process.h"

namespace crossheap::observe {

/// One call of dlopen or dlmopen.
struct Opening {
  std::filesystem::path file;
  binding::OpenMode mode;
};

struct Program {
  std::filesystem::path executable;
  std::vector<std::string> preloads;
  std::string library_path;       ///< as LD_LIBRARY_PATH
  std::string tunables;           ///< as GLIBC_TUNABLES
  bool dynamic_weak = false;      ///< LD_DYNAMIC_WEAK
  std::vector<Opening> openings;  ///< in order
  std::uint64_t static_tls = 0;   ///< bytes of thread-local storage that must fit the static block
};

/// A slot, or an object, of which prediction and process say different things.
struct Difference {
  std::string object;      ///< whose slot it is, or the object that is there or not
  std::string symbol;      ///< "" for an object
  std::string relocation;  ///< "JUMP_SLOT", "GLOB_DAT", "data"
  std::string predicted;   ///< "libc.so.6", "nothing"
  std::string observed;
};

struct Comparison {
  std::uint64_t slots = 0;  ///< that were compared
  std::vector<Difference> differences;
  /// Data slots that the program has overwritten since they were bound: a library that puts functions of its own into
  /// another's table (XH115). They hold no definition of the symbol at all, so they say nothing about the model.
  std::vector<Difference> overwritten;
  /// Objects that code of the program opened (a constructor called dlopen), and the slots that are bound as they are
  /// for that reason: of those objects, and those that hold a definition of one. No rule of the loader foretells them.
  std::vector<Difference> by_code;
  std::vector<std::string> refusals;  ///< what the loader said of what it did not open, or when it gave up
  bool ran = false;                   ///< the process came to the point where its slots could be read
  std::string output;                 ///< what it printed; says why where it did not run
};

/// Runs `program` up to its main function, opens what is to be opened, reads the slots and compares them with what
/// `predicted` has for the same. Binding is immediate (LD_BIND_NOW). Throws Error where no process can be started.
/// \param files  where files are read; lives longer than the call
Comparison observe(const Program &program, const binding::Process &predicted, binding::ObjectFiles &files);

}  // namespace crossheap::observe
