// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block came to a release function: is it a crossing, and what is done about it.
#pragma once

#include "agent/blocks.h"
#include "agent/guard.h"
#include "agent/log.h"
#include "agent/objects.h"
#include "agent/site.h"

namespace crossheap::agent {

/// An argument by its place in the table of functions.
inline std::uint64_t argument_of(const Call &call, std::int8_t position) {
  return call.arguments[static_cast<std::uint8_t>(position)];
}
/// The size this call names, elements multiplied out; the largest number where that overflows.
std::uint64_t asked_size(const Call &call, const Arguments &arguments);

/// The hooks behind the check of an island: the page's mark is not that of the function's object. [in-malloc]
Verdict judge_call(Call &call);
void after_judged_call(Call &call);

/// Whether it is certain that glibc's malloc, whose mark `owner` is, has no block at this address. [in-malloc]
bool cannot_be_glibc_block(std::uint64_t block, pages::Mark owner);

/// What else is known of the block, by depth.
struct Allocation {
  std::uint64_t size;
  std::uint16_t function;  ///< event::kNoFunction where unknown
  log::Backtrace backtrace;
};
inline constexpr Allocation kUnknownAllocation{0, event::kNoFunction, {nullptr, 0}};

/// Whose block it is, where it is not the releaser's own.
struct Foreign {
  bool is_foreign;
  pages::Mark owner;  ///< pages::kNobody: it is in no memory that any watched allocator obtained
};

/// An object that is an allocator by the names of its functions alone hands out and takes what can be a block: an
/// address in memory that somebody obtained. Where it does not, it is none, and nothing is said of it any more.
/// [in-malloc]
bool is_believed(Object &object, std::uint64_t block);

/// Decides by what is recorded of the block, {0, 0} for nothing, and else by the mark of its page. [in-malloc]
Foreign judge(const Site &site, std::uint64_t block, blocks::Packed packed);

/// A foreign block is on its way through a function that may hand it on to its owner. Until it gets there, or the call
/// is over, the finding stands as pending: it is in the log already, in case the process dies, and is taken back when
/// the block arrives.
struct Pending {
  std::uint64_t block;
  std::uint64_t stack;  ///< where the call stands (guard.h)
  Object *object;       ///< that has the function
  pages::Mark owner;    ///< of the block
  Pending *outer;       ///< of the same thread
  std::size_t group;    ///< of the finding in the log
  std::uint32_t generation;
  std::uint8_t used;
  std::uint8_t as_program;    ///< tracking.cpp: it is the program's own call
  std::uint8_t arrived;       ///< at its owner's, in whichever thread
  std::uint8_t arrived_near;  ///< or what it is a part of, at a depth that does not know where blocks begin
};

/// A bit for each block that is on its way, or was kept and may come home later: clear says that this one is neither.
// NOLINTNEXTLINE(bugprone-dynamic-static-initializers): it is valid as zero bytes
extern std::uint64_t awaited;
inline bool may_be_awaited(std::uint64_t block) {
  return (__atomic_load_n(&awaited, __ATOMIC_RELAXED) >> (block >> 4 & 63) & 1) != 0;
}

/// Whether a call around this one has brought the block to its owner, who passes it to another function of its own,
/// maybe by way of those that hand on: a shim's realloc calls free by its name, which leads to the first shim of
/// several. [in-malloc]
bool is_being_taken(const Call &call, std::uint64_t block);

/// A block came to its owner's function: were it or what is inside it on the way here? Answers the pending call of this
/// thread by which it came, or null. `packed` is what was recorded of the block. [in-malloc]
Pending *arrived(const Call &call, std::uint64_t block, blocks::Packed packed);

/// The call, or one that it was inside of, is over: what did not arrive was a crossing. [in-malloc]
void settle_pending(const Call &call);

/// A foreign block: reports it, now or when it turns out to be a crossing, and does as the policy says. [in-malloc]
Verdict handle_foreign(Call &call, pages::Mark owner, const Allocation &allocation, bool as_program);

/// Reports any other finding about the block of this call. [in-malloc]
/// Answers the finding's group in the log.
std::size_t report_finding(const Call &call, HazardId hazard, event::Detail detail, pages::Mark owner,
                           const Allocation &allocation);

}  // namespace crossheap::agent
