// SPDX-License-Identifier: MIT OR Apache-2.0
//
// All hooks run before the function, and none behind it. dlopen and dlmopen look at their return address to learn whose
// search path and namespace count, and dl_iterate_phdr whose namespace it shows: with our frame around them they would
// find the agent. So nobody tells us when dlopen returns. Its number is kept for the thread until the loader says that
// its list of objects is consistent again (loading_done). The objects that the loader maps until then came by this
// call.
//
// Calls that are alike in caller, path, flags and namespace share one number, and so one record, in a table of 1,024. A
// program that loads and unloads one plugin all day fills one place. Where the table is full, an object has no call.
#include "agent/loading.h"

#include <link.h>

#include <cstring>

#include "agent/guard.h"
#include "agent/log.h"

namespace crossheap::agent {

namespace {

/// A call of dlopen or dlmopen. Kept here until an object that came by it is told of.
struct OpenCall {
  std::uint64_t key;  ///< of caller, namespace, flags and path; 0 until they stand here
  std::uint64_t caller;
  std::int64_t link_namespace;
  std::uint32_t flags;
  std::uint8_t is_taken;  ///< by the thread that fills it in
  std::uint8_t told;
  char path[226];  ///< cut where it is longer
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

/// The number of this call; 0 where there are too many different ones. Two threads that make it for the first time at
/// once may get two.
std::uint32_t number_of(OpenCall &call) {
  const std::uint64_t key = key_of(call);
  call.is_taken = 1;
  for (std::size_t probe = 0; probe < kOpens; ++probe) {
    OpenCall &place = opens[(key + probe) % kOpens];
    const std::uint64_t seen = __atomic_load_n(&place.key, __ATOMIC_ACQUIRE);
    if (seen != key) {
      if (seen != 0 || __atomic_exchange_n(&place.is_taken, 1, __ATOMIC_RELAXED) != 0) continue;
      place = call;
      __atomic_store_n(&place.key, key, __ATOMIC_RELEASE);
    }
    return static_cast<std::uint32_t>(&place - opens + 1);
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

/// The loader has room for 16, of which one is ours: a program that uses all of them has one fewer than alone.
void say_if_last(const Call &call) {
  constexpr unsigned kMost = 16;  // DL_NNS
  static std::uint8_t said;
  if (namespaces_in_use() + 1 < kMost || __atomic_exchange_n(&said, 1, __ATOMIC_RELAXED) != 0) return;
  // SAFETY: the string argument of dlmopen, as the program passed it.
  const auto *const path = reinterpret_cast<const char *>(call.arguments[1]);
  log::unwatched(nullptr, path == nullptr ? "" : path, event::Refusal::NoNamespace);
}

Verdict before_dlmopen(Call &call) {
  if (static_cast<std::int64_t>(call.arguments[0]) == LM_ID_NEWLM) say_if_last(call);
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

// An unwinder that is not libgcc's (LLVM's libunwind, or a libgcc from before _dl_find_object) looks for the unwind
// tables of a return address with dl_iterate_phdr, which shows the objects of its own link namespace: not ours, whose
// frame stands on the stack while a watched function runs around form. The exception that leaves operator new would end
// there. So while this thread is inside such a function, and only then, our object is shown before the others, to a
// callback of an object that may hold an unwinder: a program that counts its objects counts what it counts alone.
dl_phdr_info own_object;

int note_own_object(dl_phdr_info *info, std::size_t, void *) {
  const auto code = reinterpret_cast<std::uint64_t>(&crossheap_agent_enter_around);  // SAFETY: as a number
  for (std::size_t i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr) &segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || code - (info->dlpi_addr + segment.p_vaddr) >= segment.p_memsz) continue;
    own_object = *info;
    return 1;
  }
  return 0;
}

// Before, not after: the function shows the objects of its caller's namespace, and must see its real caller.
Verdict before_iterate(Call &call) {
  const ThreadState &state = thread_state;
  const bool is_inside = state.in_heap_call != 0 && stack_of(call) < state.outermost;
  const bool our_frame_stands = is_inside || state.changes_stacks != 0;
  if (!our_frame_stands || own_object.dlpi_phdr == nullptr) return Verdict::Proceed;
  const Object *const asking = object_at(call.arguments[0]);
  if (asking != nullptr && asking->has_no_unwinder) return Verdict::Proceed;
  using Callback = int (*)(dl_phdr_info *, std::size_t, void *);
  // SAFETY: the arguments of dl_iterate_phdr, which will call the one with the other.
  const auto callback = reinterpret_cast<Callback>(call.arguments[0]);
  dl_phdr_info info = own_object;
  const int answer = callback(&info, sizeof info, reinterpret_cast<void *>(call.arguments[1]));
  call.result = static_cast<std::uint64_t>(static_cast<std::int64_t>(answer));
  return answer == 0 ? Verdict::Proceed : Verdict::Done;
}

constexpr NamedHook kHooks[] = {
    {"dlopen", before_dlopen, nullptr},           {"dlmopen", before_dlmopen, nullptr},
    {"dlclose", before_dlclose, nullptr},         {"_exit", before_exit, nullptr},
    {"dl_iterate_phdr", before_iterate, nullptr},
};

}  // namespace

void start_loading() { ::dl_iterate_phdr(note_own_object, nullptr); }

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
