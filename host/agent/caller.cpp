// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/caller.h"

#include <cstring>

#include "agent/guard.h"

namespace crossheap::agent {

namespace {

// SAFETY (both): inside a loaded object, as the callers have seen.
template <class T>
T read(std::uint64_t address) {
  T value{};
  // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): 0 lies in no object
  std::memcpy(&value, reinterpret_cast<const void *>(address), sizeof value);
  return value;
}
bool holds(const Object &object, std::uint64_t address, std::uint64_t bytes) {
  return address >= object.begin && address < object.end && object.end - address >= bytes;
}

constexpr std::uint64_t displaced(std::uint64_t next, std::int32_t by) {
  return next + static_cast<std::uint64_t>(static_cast<std::int64_t>(by));
}

/// What stands in the slot that `jmp *slot(%rip)` or `call *slot(%rip)` refers to; 0 where it is not in the object.
std::uint64_t slot_of(const Object &object, std::uint64_t next) {
  const std::uint64_t slot = displaced(next, read<std::int32_t>(next - 4));
  return holds(object, slot, 8) ? read<std::uint64_t>(slot) : 0;
}

/// Where a stub of the procedure linkage table leads; the address itself where it is none.
std::uint64_t through_stub(const Object &object, std::uint64_t target) {
  if (!holds(object, target, 16)) return target;
  std::uint64_t at = target;
  constexpr std::uint32_t kEndbr64 = 0xfa1e0ff3;
  if (read<std::uint32_t>(at) == kEndbr64) at += 4;
  if (read<std::uint8_t>(at) == 0xf2) ++at;  // bnd
  if (read<std::uint16_t>(at) != 0x25ff) return target;
  const std::uint64_t found = slot_of(object, at + 6);
  return holds(object, found, 1) ? 0 : found;  // still the stub of a function that is not bound
}

}  // namespace

std::uint64_t called_from(const Object &object, std::uint64_t return_address) {
  constexpr std::uint64_t kLongest = 7;
  if (return_address < object.begin + kLongest || return_address > object.end) return 0;
  const auto byte = [&](std::uint64_t back) { return read<std::uint8_t>(return_address - back); };
  // The bytes before an address can be read in several ways: where one is a call by a register, nothing is said.
  const auto by_register = [&](std::uint64_t back, unsigned mode) {
    return byte(back) == 0xff && (byte(back - 1) & 0x38) == 0x10 && byte(back - 1) >> 6 == mode;
  };
  if (by_register(2, 3) || by_register(2, 0) || by_register(3, 1)) return 0;
  if (byte(6) == 0xff && byte(5) == 0x15) {
    const std::uint64_t found = slot_of(object, return_address);
    return holds(object, found, 1) ? through_stub(object, found) : found;
  }
  if (byte(5) != 0xe8) return 0;
  return through_stub(object, displaced(return_address, read<std::int32_t>(return_address - 4)));
}

std::uint64_t passed_by_jump(const Call &call) {
  const Object *const returns_to = object_at(call.return_address);
  if (returns_to == nullptr) return 0;
  const std::uint64_t called = called_from(*returns_to, call.return_address);
  if (called == 0 || called == call.site->entry) return 0;
  // The operators of a C++ runtime are what the program called; that they jump to free is no news.
  const Object *const between = object_at(called);
  return between == nullptr || between == returns_to || between->is_cxx_runtime ? 0 : called;
}

bool is_by_pointer(const Call &call) {
  const Object *const returns_to = object_at(call.return_address);
  return returns_to != nullptr && called_from(*returns_to, call.return_address) == 0;
}

Object *calling_object(const Call &call) {
  Object *const returns_to = object_at(call.return_address);
  if (returns_to == nullptr) {
    // A watched function that ended in a jump to this one returns to our own frame around it.
    const ThreadState &state = thread_state;
    // SAFETY: the address as a number; the call stands on the stack below us and is under way.
    const auto ours = reinterpret_cast<std::uint64_t>(&crossheap_agent_enter_around);
    constexpr std::uint64_t kCodeBytes = 8192;  // of entry.S, at most
    const bool is_ours = call.return_address - ours + kCodeBytes < 2 * kCodeBytes;
    if (!is_ours || state.in_heap_call == 0 || stack_of(call) >= state.outermost) return nullptr;
    return reinterpret_cast<const Call *>(state.outermost)->site->object;
  }
  const std::uint64_t called = called_from(*returns_to, call.return_address);
  if (called == 0 || called == call.site->entry) return returns_to;
  Object *const between = object_at(called);
  return between == nullptr ? returns_to : between;
}

}  // namespace crossheap::agent
