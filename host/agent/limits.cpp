// SPDX-License-Identifier: MIT OR Apache-2.0
//
// For each of the two limits we keep two values: what the program meant, and what the kernel was given for it. Whoever
// asks gets the first as long as the kernel still has the second. Any other value was set by somebody else, and is the
// truth.
//
//     setrlimit(2 GiB)                 the kernel gets 2 GiB and all that we have mapped: say 34 GiB
//     getrlimit()                      the kernel says 34 GiB, which we set: the program reads 2 GiB
//     another process sets 10 GiB      the kernel says 10 GiB, which we did not set: the program reads 10 GiB
//     mmap fails with ENOMEM           our reservations fill the 10 GiB: raised by them, and mmap is tried once more
//
// A limit above the old hard limit would need a privilege that the program does not need alone, so it is cut there. The
// hooks make the call in the program's place, through the function's own code (Original), and answer Done.
#include "agent/limits.h"

#include <link.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "agent/identity.h"
#include "agent/log.h"
#include "agent/memory.h"
#include "agent/readable.h"

namespace crossheap::agent {

namespace {

using Limit = rlimit64;

/// A limit as the program set it, and as the kernel has it.
struct Hidden {
  int resource;
  bool is_hidden;
  Limit meant;
  Limit set;
};
Hidden hidden[] = {{RLIMIT_AS, false, {}, {}}, {RLIMIT_DATA, false, {}, {}}};

std::uint64_t objects_bytes;  // of our own link namespace

bool same(const Limit &one, const Limit &other) {
  return one.rlim_cur == other.rlim_cur && one.rlim_max == other.rlim_max;
}

Hidden *hidden_for(std::uint64_t resource) {
  for (Hidden &one : hidden)
    if (static_cast<std::uint64_t>(one.resource) == (resource & UINT32_MAX)) return &one;
  return nullptr;
}

bool ask(int resource, Limit &limit) { return ::syscall(SYS_prlimit64, 0, resource, nullptr, &limit) == 0; }

/// What the program believes the limit to be, of what the kernel says.
Limit as_meant(const Hidden &one, const Limit &now) { return one.is_hidden && same(one.set, now) ? one.meant : now; }

std::uint64_t raised(std::uint64_t value) {
  const std::uint64_t more = mapped_bytes() + objects_bytes;
  return value > RLIM64_INFINITY - more ? RLIM64_INFINITY : value + more;
}

Limit raised(const Limit &wanted, const Limit &now, const Limit &meant_now) {
  Limit limit{raised(wanted.rlim_cur), raised(wanted.rlim_max)};
  // Nobody may go beyond a hard limit from before our time, and nobody is told that he did.
  if (limit.rlim_max > now.rlim_max && wanted.rlim_max <= meant_now.rlim_max) {
    limit.rlim_max = now.rlim_max;
    limit.rlim_cur = std::min(limit.rlim_cur, limit.rlim_max);
  }
  return limit;
}

/// SAFETY: the program's own pointers, as it passed them.
template <class T>
T *pointer(std::uint64_t argument) {
  return reinterpret_cast<T *>(argument);
}

std::uint64_t extended(int answer) { return static_cast<std::uint64_t>(std::int64_t{answer}); }

bool is_readable(const Limit *limit) { return Readable().has(limit, sizeof *limit); }

/// Makes the call with another limit in the place of `wanted`, and remembers. `call_with(limit)` answers as the
/// function.
template <class CallWith>
Verdict set(Call &call, Hidden &one, const Limit &wanted, CallWith call_with) {
  Limit now{};
  if (!ask(one.resource, now)) return Verdict::Proceed;
  const Limit limit = raised(wanted, now, as_meant(one, now));
  const int answer = call_with(limit);
  if (answer == 0) {
    one.meant = wanted;
    one.set = limit;
    one.is_hidden = !same(wanted, limit);
  }
  call.result = extended(answer);
  return Verdict::Done;
}

/// The program's own function, by which a hook makes the call in its place. By libc's `syscall` the number comes first.
class Original {
public:
  explicit Original(const Call &call, std::size_t skipped)
      : function_(call.site->resume), number_(call.arguments[0]), by_number_(skipped != 0) {}

  // SAFETY (both): the function is the one that the program called, with arguments of these types.
  template <class... Arguments>
  int operator()(Arguments... arguments) const {
    if (by_number_)
      return static_cast<int>(
          reinterpret_cast<long (*)(std::uint64_t, ...)>(const_cast<void *>(function_))(number_, arguments...));
    return reinterpret_cast<int (*)(Arguments...)>(const_cast<void *>(function_))(arguments...);
  }

private:
  const void *function_;
  std::uint64_t number_;
  bool by_number_;
};

/// \param at  which of the call's arguments is the function's first
Verdict before_setrlimit(Call &call, std::size_t at) {
  Hidden *const one = hidden_for(call.arguments[at]);
  const auto *const wanted = pointer<const Limit>(call.arguments[at + 1]);
  if (one == nullptr || wanted == nullptr || !is_readable(wanted)) return Verdict::Proceed;
  const Original real(call, at);
  return set(call, *one, *wanted, [&](const Limit &limit) { return real(one->resource, &limit); });
}

Verdict before_getrlimit(Call &call, std::size_t at) {
  Hidden *const one = hidden_for(call.arguments[at]);
  auto *const answer = pointer<Limit>(call.arguments[at + 1]);
  if (one == nullptr || !one->is_hidden || answer == nullptr) return Verdict::Proceed;
  const int result = Original(call, at)(one->resource, answer);
  if (result == 0) *answer = as_meant(*one, *answer);
  call.result = extended(result);
  return Verdict::Done;
}

Verdict before_prlimit(Call &call, std::size_t at) {
  const auto pid = static_cast<std::uint32_t>(call.arguments[at]);
  Hidden *const one = hidden_for(call.arguments[at + 1]);
  const auto *const wanted = pointer<const Limit>(call.arguments[at + 2]);
  auto *const old = pointer<Limit>(call.arguments[at + 3]);
  if (one == nullptr || (pid != 0 && pid != own_process_ids().pid)) return Verdict::Proceed;
  if (wanted == nullptr ? !one->is_hidden : !is_readable(wanted)) return Verdict::Proceed;
  const Original real(call, at);
  const Hidden before = *one;
  const auto call_with = [&](const Limit *limit) {
    const int result = real(static_cast<int>(pid), one->resource, limit, old);
    if (result == 0 && old != nullptr) *old = as_meant(before, *old);
    return result;
  };
  if (wanted != nullptr) return set(call, *one, *wanted, [&](const Limit &limit) { return call_with(&limit); });
  call.result = extended(call_with(nullptr));
  return Verdict::Done;
}

template <Verdict (*hook)(Call &, std::size_t)>
Verdict by_name(Call &call) {
  return hook(call, 0);
}

constexpr NamedHook kHooks[] = {
    {"setrlimit", by_name<before_setrlimit>, nullptr}, {"setrlimit64", by_name<before_setrlimit>, nullptr},
    {"getrlimit", by_name<before_getrlimit>, nullptr}, {"getrlimit64", by_name<before_getrlimit>, nullptr},
    {"prlimit", by_name<before_prlimit>, nullptr},     {"prlimit64", by_name<before_prlimit>, nullptr},
};

int add_object(dl_phdr_info *info, std::size_t, void *) {
  std::uint64_t end = 0;
  std::uint64_t begin = UINT64_MAX;
  for (std::size_t i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr) &segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD) continue;
    begin = std::min<std::uint64_t>(begin, page_down(segment.p_vaddr));
    end = std::max<std::uint64_t>(end, page_up(segment.p_vaddr + segment.p_memsz));
  }
  if (begin >= end) return 0;
  objects_bytes += end - begin;
  // SAFETY: where the loader has put it.
  note_reserved(reinterpret_cast<const void *>(info->dlpi_addr + begin), end - begin);
  return 0;
}

std::uint64_t number_from(std::string_view &text) {
  std::uint64_t value = 0;
  while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
    value = value * 10 + static_cast<std::uint64_t>(text[0] - '0');
    text = text.substr(1);
  }
  if (!text.empty()) text = text.substr(1);
  return value;
}

}  // namespace

std::uint64_t own_objects_bytes() { return objects_bytes; }

Verdict before_limit_call(Call &call) {
  switch (call.arguments[0]) {
    case SYS_setrlimit:
      return before_setrlimit(call, 1);
    case SYS_getrlimit:
      return before_getrlimit(call, 1);
    case SYS_prlimit64:
      return before_prlimit(call, 1);
    default:
      return Verdict::Proceed;
  }
}

bool raise_limits_of_others() {
  if (is_restricted() || may_restrict_itself()) return false;
  static std::uint8_t told;
  bool has_raised = false;
  for (Hidden &one : hidden) {
    Limit now{};
    if (!ask(one.resource, now) || now.rlim_cur == RLIM64_INFINITY || (one.is_hidden && same(one.set, now))) continue;
    const Limit both{raised(now.rlim_cur), raised(now.rlim_max)};
    const Limit soft{std::min(both.rlim_cur, now.rlim_max), now.rlim_max};
    for (const Limit &limit : {both, soft}) {
      if (limit.rlim_cur == now.rlim_cur) continue;
      if (::syscall(SYS_prlimit64, 0, one.resource, &limit, nullptr) != 0) continue;
      one.meant = now;
      one.set = limit;
      one.is_hidden = has_raised = true;
      break;
    }
    if (!has_raised && __atomic_exchange_n(&told, 1, __ATOMIC_RELAXED) == 0)
      log::unwatched(nullptr, one.resource == RLIMIT_AS ? "RLIMIT_AS" : "RLIMIT_DATA", event::Refusal::LimitOfOthers);
  }
  return has_raised;
}

HookTable limit_hooks() { return {kHooks, sizeof kHooks / sizeof kHooks[0]}; }

void start_limits() {
  ::dl_iterate_phdr(add_object, nullptr);
  const char *const told = std::getenv(kLimitsVariable);
  if (told == nullptr) return;
  std::string_view text(told);
  for (Hidden &one : hidden) {
    one.meant.rlim_cur = number_from(text);
    one.meant.rlim_max = number_from(text);
    one.set.rlim_cur = number_from(text);
    one.set.rlim_max = number_from(text);
    Limit now{};
    one.is_hidden = !same(one.meant, one.set) && ask(one.resource, now) && same(now, one.set);
  }
}

std::size_t write_limits_variable(char *to, std::size_t room) {
  if (!hidden[0].is_hidden && !hidden[1].is_hidden) return 0;
  std::size_t length = 0;
  const auto add = [&](std::string_view more) {
    if (more.size() >= room - length) return;
    std::memcpy(to + length, more.data(), more.size());
    length += more.size();
    to[length] = 0;
  };
  add(kLimitsVariable);
  char separator = '=';
  for (const Hidden &one : hidden) {
    const std::uint64_t zero = 0;
    for (const std::uint64_t *value :
         {one.is_hidden ? &one.meant.rlim_cur : &zero, one.is_hidden ? &one.meant.rlim_max : &zero,
          one.is_hidden ? &one.set.rlim_cur : &zero, one.is_hidden ? &one.set.rlim_max : &zero}) {
      char digits[24];
      std::size_t at = sizeof digits;
      for (std::uint64_t rest = *value; at == sizeof digits || rest != 0; rest /= 10)
        digits[--at] = static_cast<char>('0' + rest % 10);
      digits[--at] = separator;
      add({digits + at, sizeof digits - at});
      separator = ',';
    }
  }
  return length;
}

void set_limits_as_meant() {
  for (const Hidden &one : hidden) {
    Limit now{};
    if (one.is_hidden && ask(one.resource, now) && same(now, one.set))
      ::syscall(SYS_prlimit64, 0, one.resource, &one.meant, nullptr);
  }
}

}  // namespace crossheap::agent
