// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/memory_hooks.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/guard.h"
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

Verdict before_break(Call &call) {
  call.note[0] = current_break();
  return enter(call);
}

void after_break(Call &call) {
  thread_state.in_memory_call = 0;
  const Busy busy(call);
  const std::uint64_t before = call.note[0];
  const std::uint64_t after = current_break();
  if (after > before)
    pages::obtained(before, after - before, caller_mark(call));
  else if (after < before)
    pages::returned(after, before - after);
}

constexpr NamedHook kHooks[] = {
    {"mmap", before_map, after_map},       {"mmap64", before_map, after_map},   {"munmap", before_unmap, nullptr},
    {"mremap", before_remap, after_remap}, {"sbrk", before_break, after_break}, {"brk", before_break, after_break},
};

}  // namespace

HookTable memory_hooks() { return {kHooks, sizeof kHooks / sizeof kHooks[0]}; }

}  // namespace crossheap::agent
