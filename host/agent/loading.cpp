// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/loading.h"

#include <link.h>

#include "agent/log.h"

namespace crossheap::agent {

namespace {

// Set when a dlopen is entered, read while the loader maps what it asked for. The function itself is not wrapped: it
// must see its real caller, whose search path and namespace it uses.
thread_local std::uint32_t open_number __attribute__((tls_model("initial-exec")));

// SAFETY: the first string argument of dlopen and dlmopen, as the program passed it.
const char *path_of(std::uint64_t argument) { return argument == 0 ? "" : reinterpret_cast<const char *>(argument); }

Verdict before_dlopen(Call &call) {
  open_number =
      log::opened(path_of(call.arguments[0]), static_cast<int>(call.arguments[1]), LM_ID_BASE, call.return_address);
  return Verdict::Proceed;
}

Verdict before_dlmopen(Call &call) {
  open_number = log::opened(path_of(call.arguments[1]), static_cast<int>(call.arguments[2]),
                            static_cast<std::int64_t>(call.arguments[0]), call.return_address);
  return Verdict::Proceed;
}

Verdict before_exit(Call &call) {
  log::exited(static_cast<std::uint32_t>(call.arguments[0]));
  return Verdict::Proceed;
}

constexpr NamedHook kHooks[] = {
    {"dlopen", before_dlopen, nullptr},
    {"dlmopen", before_dlmopen, nullptr},
    {"_exit", before_exit, nullptr},
};

}  // namespace

HookTable loading_hooks() { return {kHooks, sizeof kHooks / sizeof kHooks[0]}; }

std::uint32_t current_open() { return open_number; }
void loading_done() { open_number = 0; }

}  // namespace crossheap::agent
