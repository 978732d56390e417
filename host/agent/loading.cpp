// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/loading.h"

#include <link.h>

#include <cstring>

#include "agent/log.h"

namespace crossheap::agent {

namespace {

/// A call of dlopen or dlmopen. Kept here until an object that came by it is told of.
struct OpenCall {
  std::uint64_t key;  ///< of all that follows; 0 where the place is free
  std::uint64_t caller;
  std::int64_t link_namespace;
  std::uint32_t flags;
  std::uint8_t told;
  char path[228];  ///< cut where it is longer
};

constexpr std::size_t kOpens = 1024;
OpenCall opens[kOpens];  // a call's number is its place, from 1

// Set when a dlopen is entered, read while the loader maps what it asked for. The function itself is not wrapped: it
// must see its real caller, whose search path and namespace it uses.
thread_local std::uint32_t open_number __attribute__((tls_model("initial-exec")));

thread_local CallPlace close_call __attribute__((tls_model("initial-exec")));

std::uint64_t key_of(const OpenCall &call) {
  std::uint64_t key = 0xcbf29ce484222325 ^ call.caller;
  key = key * 0x100000001b3 ^ static_cast<std::uint64_t>(call.link_namespace) << 32 ^ call.flags;
  for (const char *c = call.path; *c != 0; ++c) key = (key ^ static_cast<unsigned char>(*c)) * 0x100000001b3;
  return key | 1;
}

/// The number of this call; 0 where there are too many different ones.
std::uint32_t number_of(OpenCall &call) {
  call.key = key_of(call);
  for (std::size_t probe = 0; probe < kOpens; ++probe) {
    const std::size_t place = (call.key + probe) % kOpens;
    std::uint64_t seen = 0;
    if (__atomic_compare_exchange_n(&opens[place].key, &seen, call.key, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      opens[place] = call;
    else if (seen != call.key)
      continue;
    return static_cast<std::uint32_t>(place + 1);
  }
  return 0;
}

void enter(const Call &call, std::uint64_t path, std::uint64_t flags, std::int64_t link_namespace) {
  OpenCall open{};
  open.caller = call.return_address;
  open.link_namespace = link_namespace;
  open.flags = static_cast<std::uint32_t>(flags);
  // SAFETY: the string argument of dlopen or dlmopen, as the program passed it.
  if (path != 0) ::strncpy(open.path, reinterpret_cast<const char *>(path), sizeof open.path - 1);
  open_number = number_of(open);
  close_call = {};
}

Verdict before_dlopen(Call &call) {
  enter(call, call.arguments[0], call.arguments[1], LM_ID_BASE);
  return Verdict::Proceed;
}

Verdict before_dlmopen(Call &call) {
  enter(call, call.arguments[1], call.arguments[2], static_cast<std::int64_t>(call.arguments[0]));
  return Verdict::Proceed;
}

// The place outlives this hook: dlclose returns by it.
Verdict before_dlclose(Call &call) {
  close_call = place_of(call);
  return Verdict::Proceed;
}

Verdict before_exit(Call &call) {
  log::exited(static_cast<std::uint32_t>(call.arguments[0]));
  return Verdict::Proceed;
}

constexpr NamedHook kHooks[] = {
    {"dlopen", before_dlopen, nullptr},
    {"dlmopen", before_dlmopen, nullptr},
    {"dlclose", before_dlclose, nullptr},
    {"_exit", before_exit, nullptr},
};

}  // namespace

HookTable loading_hooks() { return {kHooks, sizeof kHooks / sizeof kHooks[0]}; }

std::uint32_t current_open() { return open_number; }

void tell_of_open(std::uint32_t number) {
  OpenCall &call = opens[number - 1];
  if (__atomic_exchange_n(&call.told, 1, __ATOMIC_RELAXED) == 0)
    log::opened(number, call.path, call.flags, call.link_namespace, call.caller);
}

CallPlace current_close() { return close_call; }

void loading_done() {
  open_number = 0;
  close_call = {};
}

}  // namespace crossheap::agent
