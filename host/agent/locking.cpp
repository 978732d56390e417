// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/locking.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/identity.h"
#include "agent/limits.h"
#include "agent/mappings.h"
#include "agent/memory.h"

namespace crossheap::agent {

namespace {

constexpr int kOnFault = 4;                      // MCL_ONFAULT, since Linux 4.4
constexpr int kLockOnFault = 1;                  // MLOCK_ONFAULT
constexpr std::uint64_t kCapabilityToLock = 14;  // CAP_IPC_LOCK

/// What the program has mapped, without ours.
std::uint64_t bytes_of_program() {
  std::uint64_t bytes = 0;
  for_each_mapping(
      [](void *sum, const Mapping &mapping) {
        if (mapping.path != "[vsyscall]") *static_cast<std::uint64_t *>(sum) += mapping.end - mapping.begin;
        return false;
      },
      &bytes);
  const std::uint64_t ours = mapped_bytes() + own_objects_bytes();
  return bytes > ours ? bytes - ours : 0;
}

bool may_lock_anything() {
  struct {
    std::uint32_t version;
    int pid;
  } header{0x20080522, 0};  // _LINUX_CAPABILITY_VERSION_3
  struct {
    std::uint32_t effective;
    std::uint32_t permitted;
    std::uint32_t inheritable;
  } sets[2]{};
  return ::syscall(SYS_capget, &header, sets) == 0 && (sets[0].effective >> kCapabilityToLock & 1) != 0;
}

/// The flags that mlockall gives to each mapping. What cannot be locked is passed over, as there.
bool lock_one(void *flags, const Mapping &mapping) {
  for (std::uint64_t at = mapping.begin; at < mapping.end;) {
    const Piece piece = piece_without_reserved(at, mapping.end);
    if (piece.begin < piece.end)
      ::syscall(SYS_mlock2, piece.begin, piece.end - piece.begin, *static_cast<const long *>(flags));
    at = piece.end;
  }
  return false;
}

Verdict before_mlockall(Call &call) {
  const auto flags = static_cast<int>(call.arguments[0]);
  const bool is_valid = (flags & ~(MCL_CURRENT | MCL_FUTURE | kOnFault)) == 0;
  if (is_restricted() || !is_valid || (flags & MCL_CURRENT) == 0) return Verdict::Proceed;
  rlimit limit{};
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return Verdict::Proceed;
  if (limit.rlim_cur != RLIM_INFINITY && !may_lock_anything()) {
    // With nothing to lock the kernel says EPERM and with too much ENOMEM, as it would alone.
    const std::uint64_t bytes = bytes_of_program();
    if (bytes == 0 || limit.rlim_cur == 0 || bytes > limit.rlim_cur) return Verdict::Proceed;
  }
  using Function = int (*)(int);
  // SAFETY: the program's own mlockall.
  const auto real = reinterpret_cast<Function>(const_cast<void *>(call.site->resume));
  int answer = 0;
  // What is mapped from now on first, as the kernel does; without it, all that was said of the future before is over.
  if ((flags & MCL_FUTURE) != 0) answer = real(flags & ~MCL_CURRENT);
  long each = (flags & kOnFault) != 0 ? kLockOnFault : 0;
  if (answer == 0) for_each_mapping(lock_one, &each);
  call.result = static_cast<std::uint64_t>(std::int64_t{answer});
  return Verdict::Done;
}

constexpr NamedHook kHooks[] = {{"mlockall", before_mlockall, nullptr}};

}  // namespace

HookTable locking_hooks() { return {kHooks, sizeof kHooks / sizeof kHooks[0]}; }

}  // namespace crossheap::agent
