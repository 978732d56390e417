// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Most hooks come in pairs: "before" notes what will not be known afterwards, "after" marks the pages (pages.h). Four
// things can go wrong, and each has its part here.
//
// The kernel takes memory away before munmap is back, and may give the same address to another thread meanwhile, which
// marks it first. So "before" announces the range (pages::Leaving), and "after" clears what nobody took since:
//
//     thread 1                                thread 2
//     munmap(p): p is leaving
//     the kernel takes p
//                                             mmap: answers p, which is marked as another allocator's
//     munmap is back: p has been taken, its mark stays
//
// brk says only where the break is to stand. Where it stood is known from libc's variable __curbrk and from the results
// of the program's own calls: asking the kernel would be a call that the program did not make.
//
// An object may have an mmap of its own in front of libc's. Where that is not watched and only passes the call on, its
// caller is the owner (caller_of_namesake).
//
// A signal handler may obtain memory while its thread holds our locks: that is noted in a list without locks and marked
// later.
#include "agent/memory_hooks.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "agent/backtrace.h"
#include "agent/caller.h"
#include "agent/guard.h"
#include "agent/identity.h"
#include "agent/limits.h"
#include "agent/memory.h"
#include "agent/objects.h"
#include "agent/pages.h"
#include "agent/symbols.h"

namespace crossheap::agent {

namespace {

constexpr std::uint64_t kDontUnmap = 4;        // MREMAP_DONTUNMAP, since Linux 5.7
constexpr std::uint64_t kFailed = UINT64_MAX;  // MAP_FAILED, and (void *)-1 of sbrk

// tcmalloc's mmap calls libc's: the outer call is back last and says whose the memory is. So inner calls need no care.

/// What a signal handler obtained while its thread was inside our bookkeeping, whose locks it must not ask for.
struct Postponed {
  std::uint64_t begin;
  std::uint64_t bytes;
  Object *owner;
  std::uint32_t state;
};
enum : std::uint32_t { kFree, kWriting, kReady };
Postponed postponed[32];
std::uint32_t postponed_count;

void postpone(std::uint64_t begin, std::uint64_t bytes, Object *owner) {
  for (Postponed &one : postponed) {
    std::uint32_t expected = kFree;
    if (!__atomic_compare_exchange_n(&one.state, &expected, kWriting, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
      continue;
    one.begin = begin;
    one.bytes = bytes;
    one.owner = owner;
    __atomic_store_n(&one.state, kReady, __ATOMIC_RELEASE);
    __atomic_add_fetch(&postponed_count, 1, __ATOMIC_RELEASE);
    return;
  }
}

constexpr std::string_view kNames[] = {"mmap", "mmap64", "munmap", "mremap", "sbrk", "brk"};

// An object's own mmap that passes the call on is no owner: its caller is. By a tail call the return address is that
// caller's already.
Object *caller_of_namesake(const Call &call, Object &namesake) {
  const std::uint64_t back = call.return_address;
  const bool tail = back < namesake.begin || back >= namesake.end;
  Object *const returns_to = tail ? object_at(back) : &namesake;
  const std::uint64_t inside = tail && returns_to != nullptr ? called_from(*returns_to, back) : back - 1;
  const auto is_memory_function = [](std::string_view name) {
    for (const std::string_view known : kNames)
      if (known == name) return true;
    return false;
  };
  if (!is_in_dynamic_function(*namesake.map, inside, is_memory_function)) return &namesake;
  if (tail) return returns_to;
  Trail trail;
  take_trail(call, 2, trail);
  Object *const caller = trail.count == 2 ? object_at(trail.addresses[1]) : nullptr;
  return caller == nullptr ? &namesake : caller;
}

/// Whose function called: a function of the same name in front of libc's only passes the call on for its own caller.
Object *obtaining_object(const Call &call) {
  Object *const caller = calling_object(call);
  return caller == nullptr || !caller->names_memory_functions ? caller : caller_of_namesake(call, *caller);
}

pages::Mark mark_of_caller(Object *caller) { return caller == nullptr ? pages::kOther : mark_of(*caller); }

std::uint64_t current_break() { return static_cast<std::uint64_t>(::syscall(SYS_brk, 0)); }

/// A name of libc's, looked up once for each copy of it.
class DefinitionOfLibc {
public:
  explicit constexpr DefinitionOfLibc(const char *name) : name_(name) {}
  /// 0 where it has none.
  std::uint64_t in(const Object &libc) {
    if (__atomic_load_n(&number_, __ATOMIC_ACQUIRE) != libc.number) {
      __atomic_store_n(&address_, definition_of(*libc.map, name_), __ATOMIC_RELAXED);
      __atomic_store_n(&number_, libc.number, __ATOMIC_RELEASE);
    }
    return __atomic_load_n(&address_, __ATOMIC_RELAXED);
  }

private:
  const char *name_;
  std::uint32_t number_ = 0;
  std::uint64_t address_ = 0;
};

/// libc's errno, as the failed call has left it.
int errno_of(const Object &libc) {
  static constinit DefinitionOfLibc location("__errno_location");
  const std::uint64_t address = location.in(libc);
  // SAFETY: a function that every libc has, of this type, which looks up an address.
  return address == 0 ? 0 : *reinterpret_cast<int *(*)()>(address)();
}

/// Whether the call has failed for want of memory, and our reservations may have been the reason.
bool may_try_again(const Call &call) {
  const Object &libc = *call.site->object;
  if (is_busy(call) || !libc.is_libc || errno_of(libc) != ENOMEM) return false;
  const Busy busy(call);
  return raise_limits_of_others();
}

/// Behind a function of libc: where that helps, the call is made once more, as it was.
template <void (*after)(Call &), class Result>
void with_second_try(Call &call) {
  if (static_cast<Result>(call.result) == static_cast<Result>(kFailed) && may_try_again(call)) {
    using Function =
        Result (*)(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t);
    // SAFETY: the function that the program called, with its arguments.
    const auto real = reinterpret_cast<Function>(const_cast<void *>(call.site->resume));
    const std::uint64_t *const all = call.arguments;
    call.result = static_cast<std::uint64_t>(std::int64_t{real(all[0], all[1], all[2], all[3], all[4], all[5])});
  }
  after(call);
}

/// What a call of mmap has obtained: of huge pages whole ones, however much was asked for.
std::uint64_t mapped_by(const Call &call) {
  constexpr std::uint64_t kUsualLog2 = 21;
  constexpr std::uint64_t kLog2Bits = 63;
  const std::uint64_t flags = call.arguments[3];
  if ((flags & MAP_HUGETLB) == 0) return page_up(call.arguments[1]);
  const std::uint64_t log2 = flags >> MAP_HUGE_SHIFT & kLog2Bits;
  const std::uint64_t page = std::uint64_t{1} << (log2 == 0 ? kUsualLog2 : log2);
  return (call.arguments[1] + page - 1) & ~(page - 1);
}

Verdict before_map(Call &) { return Verdict::Proceed; }

void after_map(Call &call) {
  if (call.result == kFailed) return;
  Object *const owner = obtaining_object(call);
  const std::uint64_t bytes = mapped_by(call);
  if (is_busy(call)) {
    postpone(call.result, bytes, owner);
    return;
  }
  const Busy busy(call);
  pages::obtained(call.result, bytes, mark_of_caller(owner));
}

Verdict before_unmap(Call &call) {
  if (is_busy(call)) return Verdict::ProceedQuietly;
  const Busy busy(call);
  call.note[0] = pages::Leaving(call.arguments[0], page_up(call.arguments[1])).token();
  return Verdict::Proceed;
}

void after_unmap(Call &call) {
  const Busy busy(call);
  const pages::Leaving leaving(call.note[0]);
  if (call.result == 0)
    leaving.gone();
  else
    leaving.stays();
}

// Whose memory it is is asked before: behind the call another thread may have been given it.
Verdict before_remap(Call &call) {
  if (is_busy(call)) return Verdict::ProceedQuietly;
  const Busy busy(call);
  call.note[0] = pages::Leaving(call.arguments[0], page_up(call.arguments[1])).token();
  call.note[1] = pages::owner_of(call.arguments[0]);
  return Verdict::Proceed;
}

void after_remap(Call &call) {
  const Busy busy(call);
  const pages::Leaving leaving(call.note[0]);
  const std::uint64_t from = call.arguments[0];
  const std::uint64_t old_bytes = page_up(call.arguments[1]);
  const std::uint64_t new_bytes = page_up(call.arguments[2]);
  const auto owner = static_cast<pages::Mark>(call.note[1]);
  const bool keeps_old = old_bytes == 0 || (call.arguments[3] & kDontUnmap) != 0;
  if (call.result == kFailed || keeps_old || (call.result == from && new_bytes >= old_bytes))
    leaving.stays();
  else
    leaving.gone(call.result == from ? new_bytes : 0);
  if (call.result != kFailed) pages::obtained(call.result, new_bytes, owner);
}

// Where the break stands, from what the program's own calls say: asking would be a call that it did not make.
std::uint64_t known_break;
std::uint64_t first_break;

/// As libc itself has noted it in a variable; 0 before it was ever asked for.
std::uint64_t noted_break(const Object &libc) {
  static constinit DefinitionOfLibc variable("__curbrk");
  const std::uint64_t address = variable.in(libc);
  // SAFETY: a pointer that libc exports.
  return address == 0 ? 0 : *reinterpret_cast<const volatile std::uint64_t *>(address);
}

Verdict before_sbrk(Call &call) { return is_busy(call) ? Verdict::ProceedQuietly : Verdict::Proceed; }

Verdict before_break(Call &call) {
  if (is_busy(call)) return Verdict::ProceedQuietly;
  if (__atomic_load_n(&known_break, __ATOMIC_RELAXED) == 0) {
    std::uint64_t now = noted_break(*call.site->object);
    const bool is_query = call.arguments[0] == 0;
    if (now == 0 && !is_query && !is_restricted()) now = current_break();
    first_break = known_break = now;
  }
  call.note[0] = __atomic_load_n(&known_break, __ATOMIC_RELAXED);
  return Verdict::Proceed;
}

void moved_break(const Call &call, std::uint64_t before, std::uint64_t after) {
  const Busy busy(call);
  __atomic_store_n(&known_break, after, __ATOMIC_RELAXED);
  if (after > before)
    pages::obtained(before, after - before, mark_of_caller(obtaining_object(call)));
  else if (after < before)
    pages::returned(after, before - after);
}

void after_sbrk(Call &call) {
  if (call.result == kFailed) return;
  if (first_break == 0) first_break = call.result;
  moved_break(call, call.result, call.result + call.arguments[0]);
}

void after_brk(Call &call) {
  if (static_cast<std::int32_t>(call.result) != 0) return;
  if (call.arguments[0] == 0) {  // it asked: a libc that did not know, the program's or one of another namespace
    if (first_break == 0) first_break = known_break = noted_break(*call.site->object);
    return;
  }
  // Below where it began the kernel leaves it as it is, and libc takes that for a success.
  if (call.note[0] != 0 && call.arguments[0] >= first_break) moved_break(call, call.note[0], call.arguments[0]);
}

/// The kernel answers with where the break stands then, whether it was moved or not.
void after_break_by_syscall(const Call &call) {
  if (is_busy(call)) return;
  const std::uint64_t before = __atomic_load_n(&known_break, __ATOMIC_RELAXED);
  if (before == 0 || before == call.result) {
    __atomic_store_n(&known_break, call.result, __ATOMIC_RELAXED);
    return;
  }
  moved_break(call, before, call.result);
}

std::uint8_t unreadable_heap;

Verdict before_protect(Call &call) {
  const std::uint64_t first = call.arguments[0];
  if ((call.arguments[2] & PROT_READ) != 0 || __atomic_load_n(&unreadable_heap, __ATOMIC_RELAXED) != 0 || is_busy(call))
    return Verdict::ProceedQuietly;
  const Busy busy(call);
  // libc itself protects what no block of it stands in.
  const Object *const owner = object_with(pages::owner_of(first));
  const Object *const caller = object_at(call.return_address);
  if (owner != nullptr && owner->is_libc && owner != caller) __atomic_store_n(&unreadable_heap, 1, __ATOMIC_RELAXED);
  return Verdict::ProceedQuietly;
}

constexpr NamedHook kHooks[] = {
    {"mmap", before_map, with_second_try<after_map, std::int64_t>},
    {"mmap64", before_map, with_second_try<after_map, std::int64_t>},
    {"munmap", before_unmap, after_unmap},
    {"mremap", before_remap, with_second_try<after_remap, std::int64_t>},
    {"sbrk", before_sbrk, after_sbrk},
    {"brk", before_break, with_second_try<after_brk, std::int32_t>},
    {"mprotect", before_protect, nullptr},
    {"pkey_mprotect", before_protect, nullptr},
};

}  // namespace

void settle_postponed() {
  if (__atomic_load_n(&postponed_count, __ATOMIC_ACQUIRE) == 0) return;
  for (Postponed &one : postponed) {
    std::uint32_t expected = kReady;
    if (!__atomic_compare_exchange_n(&one.state, &expected, kWriting, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
      continue;
    pages::obtained(one.begin, one.bytes, mark_of_caller(one.owner));
    __atomic_store_n(&one.state, kFree, __ATOMIC_RELEASE);
    __atomic_sub_fetch(&postponed_count, 1, __ATOMIC_RELEASE);
  }
}

bool has_unreadable_heap() { return __atomic_load_n(&unreadable_heap, __ATOMIC_RELAXED) != 0; }

namespace {

Verdict before_gift(Call &) { return Verdict::Proceed; }
void after_gift(Call &call) {
  const Busy busy(call);
  constexpr std::uint64_t kTruth = 0xff;  // a bool
  if ((call.result & kTruth) != 0) pages::obtained(call.arguments[0], call.arguments[1], mark_of(*call.site->object));
}
/// The last two of its eight arguments stand on the stack (hook_table.h): so the call is made from here.
Verdict gift_for_an_arena(Call &call) {
  using Manage = std::uint64_t (*)(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t,
                                   std::uint64_t, std::uint64_t, std::uint64_t);
  const auto real = reinterpret_cast<Manage>(const_cast<void *>(call.site->resume));
  const std::uint64_t *const in_registers = call.arguments;
  // SAFETY: where a caller puts its seventh argument and those behind it.
  const std::uint64_t *const on_stack = &call.return_address + 1;
  call.result = real(in_registers[0], in_registers[1], in_registers[2], in_registers[3], in_registers[4],
                     in_registers[5], on_stack[0], on_stack[1]);
  after_gift(call);
  return Verdict::Done;
}

/// mallctl(name, old, old size, new, new size): whoever sets extent hooks decides where an arena's memory comes from.
Verdict before_mallctl(Call &call) {
  // SAFETY: the name that the program passed, which the function reads next.
  const auto *const name = reinterpret_cast<const char *>(call.arguments[0]);
  if (call.arguments[3] == 0 || name == nullptr) return Verdict::ProceedQuietly;
  const std::string_view what(name);
  if (what == "arenas.create" || what.ends_with("extent_hooks"))
    __atomic_store_n(&call.site->object->is_given, 1, __ATOMIC_RELAXED);
  return Verdict::ProceedQuietly;
}
/// By its number: mallctlbymib(number, count, old, old size, new, new size).
Verdict before_mallctl_by_number(Call &call) {
  if (call.arguments[4] != 0 && call.arguments[5] == sizeof(void *))
    __atomic_store_n(&call.site->object->is_given, 1, __ATOMIC_RELAXED);
  return Verdict::ProceedQuietly;
}

constexpr NamedHook kGiftHooks[] = {
    {"mi_manage_os_memory", before_gift, after_gift},
    {"mi_manage_os_memory_ex", gift_for_an_arena, nullptr},
    {"mallctl", before_mallctl, nullptr},
    {"je_mallctl", before_mallctl, nullptr},
    {"mallctlbymib", before_mallctl_by_number, nullptr},
    {"je_mallctlbymib", before_mallctl_by_number, nullptr},
};

}  // namespace

HookTable gift_hooks() { return {kGiftHooks, sizeof kGiftHooks / sizeof kGiftHooks[0]}; }

bool is_memory_call(std::uint64_t number) {
  return number == SYS_mmap || number == SYS_munmap || number == SYS_mremap || number == SYS_brk;
}

// The last of its arguments stands on the stack (hook_table.h): so the call is made from here.
Verdict memory_by_syscall(Call &call) {
  const std::uint64_t number = call.arguments[0];
  std::uint64_t all[6];
  // SAFETY: where a caller puts a seventh argument; where it has none, memory of the caller's frame.
  all[5] = *(&call.return_address + 1);
  for (std::size_t i = 0; i < 5; ++i) all[i] = call.arguments[i + 1];
  for (std::size_t i = 0; i < 6; ++i) call.arguments[i] = all[i];
  Verdict verdict = Verdict::Proceed;
  if (number == SYS_munmap) verdict = before_unmap(call);
  if (number == SYS_mremap) verdict = before_remap(call);
  using Syscall = std::uint64_t (*)(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t,
                                    std::uint64_t, std::uint64_t);
  const auto real = reinterpret_cast<Syscall>(const_cast<void *>(call.site->resume));
  const auto make = [&] { return real(number, all[0], all[1], all[2], all[3], all[4], all[5]); };
  call.result = make();
  if (call.result == kFailed && may_try_again(call)) call.result = make();
  if (verdict != Verdict::Proceed) return Verdict::Done;
  if (number == SYS_mmap) after_map(call);
  if (number == SYS_munmap) after_unmap(call);
  if (number == SYS_mremap) after_remap(call);
  if (number == SYS_brk) after_break_by_syscall(call);
  return Verdict::Done;
}

HookTable memory_hooks() { return {kHooks, sizeof kHooks / sizeof kHooks[0]}; }

}  // namespace crossheap::agent
