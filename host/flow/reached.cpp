// SPDX-License-Identifier: MIT OR Apache-2.0
#include "flow/reached.h"

#include <iterator>
#include <vector>

namespace crossheap::flow {

Reached::Reached(const Code &code, const FileSymbols &symbols, CallTargets &targets)
    : code_(code), all_(symbols.runtimes_functions.empty()) {
  if (all_) return;
  std::vector<std::uint64_t> waiting;
  const auto reach = [&](std::uint64_t address) {
    if (const CodeFunction *const function = code.function_at(address);
        function != nullptr && reached_.insert(function->start).second)
      waiting.push_back(function->start);
  };
  for (const auto &[address, held] : code.stored_by_loader()) {
    auto table = symbols.runtimes_tables.upper_bound(address);
    const bool is_runtimes =
        table != symbols.runtimes_tables.begin() && address - std::prev(table)->first < std::prev(table)->second;
    if (!is_runtimes && code.address_taken().contains(held)) reach(held);
  }
  for (const auto &[address, names] : symbols.exported)
    if (!symbols.runtimes_functions.contains(address)) reach(address);
  for (const std::uint64_t taken : code.taken_by_code()) reach(taken);
  // Whom nobody is seen to call, some table leads to.
  for (const auto &[start, function] : code.functions())
    if (!targets.memory().is_called_directly(function) && !symbols.runtimes_functions.contains(start) &&
        !code.address_taken().contains(start))
      reach(start);
  while (!waiting.empty()) {
    const CodeFunction *const function = code.function_at(waiting.back());
    waiting.pop_back();
    for (const CallSite &site : function->calls) {
      if (const Target target = targets.of(*function, site); target.local != nullptr) reach(target.local->start);
    }
  }
}

bool Reached::may_run(std::uint64_t address) const {
  if (all_) return true;
  const CodeFunction *const function = code_.function_at(address);
  return function == nullptr || reached_.contains(function->start);
}

}  // namespace crossheap::flow
