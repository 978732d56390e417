// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A block came to a release function: is it a crossing, and what is done about it.
#pragma once

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

/// The hook behind the check of an island: the page's mark is not that of the function's object. [in-malloc]
Verdict judge_call(Call &call);

/// Whose block it is, where it is not the releaser's own.
struct Foreign {
  bool is_foreign;
  pages::Mark owner;  ///< pages::kNobody: it is in no memory that any watched allocator obtained
};

/// For a page whose mark, `owner`, is not the site's: finds out once what kind of allocator an object is: one of its
/// own, or one that hands on to another, whose functions are then judged instead. [in-malloc]
Foreign judge_foreign(Site &site, std::uint64_t block, pages::Mark owner);
/// Decides by the page's mark. [in-malloc]
inline Foreign judge(Site &site, std::uint64_t block) {
  const pages::Mark owner = pages::owner_of(block);
  return owner == site.mark ? Foreign{false, owner} : judge_foreign(site, block, owner);
}

/// Whether the block is the agent's own, on its way through a function of the program that is being found out about. It
/// goes no further: the call is to be answered with 0. [in-malloc]
bool is_probe(std::uint64_t block);

/// What else is known of the block, by depth.
struct Allocation {
  std::uint64_t size;
  std::uint16_t function;  ///< event::kNoFunction where unknown
  log::Backtrace backtrace;
};
inline constexpr Allocation kUnknownAllocation{0, event::kNoFunction, {nullptr, 0}};

/// Reports the crossing and does as the policy says. [in-malloc]
Verdict handle_crossing(Call &call, pages::Mark owner, const Allocation &allocation);

/// Reports any other finding about the block of this call. [in-malloc]
void report_finding(const Call &call, HazardId hazard, event::Detail detail, pages::Mark owner,
                    const Allocation &allocation);

}  // namespace crossheap::agent
