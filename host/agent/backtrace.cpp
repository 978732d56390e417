// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/backtrace.h"

#include <sys/auxv.h>

#include "agent/memory.h"
#include "agent/unwind.h"

namespace crossheap::agent {

namespace {

// Which memory above a place on a stack is certainly mapped, and stack. Asking the kernel would be a call that the
// program did not make, and a stack may be anything: a piece of somebody's heap, the last page before a guard page, a
// fiber's that has just been made smaller. Certain are
//
//   the main thread's stack   up to the name of the program, which the kernel has put above everything else there.
//   Within
//                             128 MiB below it the kernel puts no mapping of its own accord
//   a thread's stack          up to its descriptor, where libc has put both into one mapping, or the program has said
//   where
//                             the stack is: libc notes its begin and size in the descriptor
//   any other                 up to the end of its page
//
// An example: a fiber starts with its stack pointer at the end of a mapping, by a jump. Its first function has no
// return address; where one would be, the next fiber's guard page begins. By the unwind tables the function looks
// called.

std::uint64_t top_of_main_stack() {
  static std::uint64_t top;
  if (top == 0) top = ::getauxval(AT_EXECFN) & ~std::uint64_t{7};
  return top;
}

struct ThreadStack {
  std::uint64_t begin;  ///< of the guard below it
  std::uint64_t end;    ///< its descriptor
};

/// Where in a thread's descriptor libc notes the begin of its stack and, behind it, the size: the two words that fit a
/// stack with this place and this descriptor in it. Differs between versions, so it is looked for once. Zeros where the
/// place is on another stack.
ThreadStack thread_stack(std::uint64_t place) {
  constexpr std::uint64_t kFirst = 0x300;
  constexpr std::uint64_t kLast = 0x8f0;
  constexpr std::uint64_t kMostBehind = 0x10000;
  static std::uint64_t known_offset;
  // SAFETY: the thread's descriptor, 2,304 bytes from the thread pointer on.
  const auto descriptor = reinterpret_cast<std::uint64_t>(__builtin_thread_pointer());
  const auto word = [&](std::uint64_t offset) {
    return *reinterpret_cast<const volatile std::uint64_t *>(descriptor + offset);
  };
  const auto fits = [&](std::uint64_t begin, std::uint64_t size) {
    return begin != 0 && place >= begin && place < descriptor && descriptor - begin < size;
  };
  const std::uint64_t offset = __atomic_load_n(&known_offset, __ATOMIC_RELAXED);
  if (offset != 0) return fits(word(offset), word(offset + 8)) ? ThreadStack{word(offset), descriptor} : ThreadStack{};
  for (std::uint64_t at = kFirst; at < kLast; at += 8) {
    const std::uint64_t begin = word(at);
    const std::uint64_t size = word(at + 8);
    if (begin % kPageBytes != 0 || size % kPageBytes != 0 || !fits(begin, size)) continue;
    if (begin + size - descriptor > kMostBehind) continue;
    __atomic_store_n(&known_offset, at, __ATOMIC_RELAXED);
    return {begin, descriptor};
  }
  return {};
}

bool is_on_main_stack(std::uint64_t place) {
  constexpr std::uint64_t kOnlyStack = std::uint64_t{128} << 20;
  const std::uint64_t top = top_of_main_stack();
  return place < top && top - place < kOnlyStack;
}

std::uint64_t certain_end(std::uint64_t place) {
  const std::uint64_t end = end_of_own_stack(place);
  return end != 0 ? end : page_down(place) + kPageBytes;
}

}  // namespace

std::uint64_t end_of_own_stack(std::uint64_t place) {
  return is_on_main_stack(place) ? top_of_main_stack() : thread_stack(place).end;
}

std::uint64_t room_on_own_stack(std::uint64_t place) {
  // The main thread's may be limited to less than it was made for; who is deep in it is taken as near its end.
  constexpr std::uint64_t kShallow = std::uint64_t{64} << 10;
  if (is_on_main_stack(place)) return top_of_main_stack() - place < kShallow ? kShallow : 0;
  const ThreadStack stack = thread_stack(place);
  return stack.end == 0 ? 0 : place - stack.begin;
}

void take_trail_from(const CallPlace &call, std::size_t frames, Trail &trail) {
  // SAFETY: addresses as numbers.
  const auto first = reinterpret_cast<std::uint64_t>(call.return_address);
  unwind::Frame frame{.address = *call.return_address,
                      .stack = first + sizeof(std::uint64_t),
                      .frame_pointer = call.frame_pointer,
                      .interrupted = false,
                      .begin = first,
                      .end = certain_end(first)};
  const std::size_t wanted = frames < event::kMaxFrames ? frames : event::kMaxFrames;
  trail.addresses[0] = frame.address;
  trail.distances[0] = 0;
  trail.count = 1;
  while (trail.count < wanted && unwind::step(frame) && frame.address != 0) {
    const std::uint64_t distance = frame.stack - sizeof(std::uint64_t) - first;
    // Another stack (a signal's, a coroutine's) begins here: its places say nothing about this one.
    if (distance > UINT32_MAX) break;
    trail.addresses[trail.count] = frame.address;
    trail.distances[trail.count] = static_cast<std::uint32_t>(distance);
    ++trail.count;
  }
}

void take_trail(const Call &call, std::size_t frames, Trail &trail) { take_trail_from(place_of(call), frames, trail); }

}  // namespace crossheap::agent
