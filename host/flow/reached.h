// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which functions of a file run at all: those that others may call, and those that these call.
//
// A C++ runtime that was linked statically brings functions that nobody needs, such as locales that call strdup and
// free. What they do with blocks happens in no process, and must not be reported.
#pragma once

#include <cstdint>
#include <unordered_set>

#include "flow/call_targets.h"
#include "flow/code.h"
#include "flow/file_symbols.h"

namespace crossheap::flow {

class Reached {
public:
  Reached(const Code &code, const FileSymbols &symbols, CallTargets &targets);

  /// Whether the code at `address` may run. Always, in a file without a runtime of its own.
  bool may_run(std::uint64_t address) const;

private:
  const Code &code_;
  bool all_ = false;
  std::unordered_set<std::uint64_t> reached_;
};

}  // namespace crossheap::flow
