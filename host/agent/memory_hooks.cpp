// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/memory_hooks.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/guard.h"
#include "agent/identity.h"
#include "agent/memory.h"
#include "agent/objects.h"
#include "agent/pages.h"

namespace crossheap::agent {

namespace {

constexpr std::uint64_t kFailed = UINT64_MAX;  // MAP_FAILED, and (void *)-1 of sbrk

bool is_inner(const Call &call) { return stack_of(call) < thread_state.in_memory_call || is_busy(call); }

Verdict enter(const Call &call) {
  if (is_inner(call)) return Verdict::ProceedQuietly;
  thread_state.in_memory_call = stack_of(call);
  return Verdict::Proceed;
}

pages::Mark caller_mark(const Call &call) {
  Object *const caller = object_at(call.return_address);
  return caller == nullptr ? pages::kOther : mark_of(*caller);
}

std::uint64_t current_break() { return static_cast<std::uint64_t>(::syscall(SYS_brk, 0)); }

Verdict before_map(Call &call) { return enter(call); }

void after_map(Call &call) {
  thread_state.in_memory_call = 0;
  if (call.result == kFailed) return;
  const Busy busy(call);
  pages::obtained(call.result, page_up(call.arguments[1]), caller_mark(call));
}

// The marks go before the memory does: right after the call another thread may get it.
Verdict before_unmap(Call &call) {
  if (is_inner(call) || call.arguments[0] % kPageBytes != 0) return Verdict::Proceed;
  const Busy busy(call);
  pages::returned(call.arguments[0], page_up(call.arguments[1]));
  return Verdict::Proceed;
}

Verdict before_remap(Call &call) { return enter(call); }

void after_remap(Call &call) {
  thread_state.in_memory_call = 0;
  if (call.result == kFailed) return;
  const Busy busy(call);
  pages::moved(call.arguments[0], page_up(call.arguments[1]), call.result, page_up(call.arguments[2]));
}

// Where the break stands, from what the program's own calls say: asking would be a call that it did not make.
std::uint64_t known_break;

Verdict before_break(Call &call) {
  if (__atomic_load_n(&known_break, __ATOMIC_RELAXED) == 0 && !is_quiet())
    __atomic_store_n(&known_break, current_break(), __ATOMIC_RELAXED);
  call.note[0] = __atomic_load_n(&known_break, __ATOMIC_RELAXED);
  return enter(call);
}

void moved_break(const Call &call, std::uint64_t before, std::uint64_t after) {
  const Busy busy(call);
  __atomic_store_n(&known_break, after, __ATOMIC_RELAXED);
  if (after > before)
    pages::obtained(before, after - before, caller_mark(call));
  else if (after < before)
    pages::returned(after, before - after);
}

void after_sbrk(Call &call) {
  thread_state.in_memory_call = 0;
  if (call.result != kFailed) moved_break(call, call.result, call.result + call.arguments[0]);
}

void after_brk(Call &call) {
  thread_state.in_memory_call = 0;
  const bool moved = static_cast<std::int32_t>(call.result) == 0 && call.note[0] != 0;
  if (moved) moved_break(call, call.note[0], call.arguments[0]);
}

constexpr NamedHook kHooks[] = {
    {"mmap", before_map, after_map},       {"mmap64", before_map, after_map},  {"munmap", before_unmap, nullptr},
    {"mremap", before_remap, after_remap}, {"sbrk", before_break, after_sbrk}, {"brk", before_break, after_brk},
};

}  // namespace

HookTable memory_hooks() { return {kHooks, sizeof kHooks / sizeof kHooks[0]}; }

}  // namespace crossheap::agent
