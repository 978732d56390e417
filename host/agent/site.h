// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A watched function: what its island, the entry code in entry.S and the hooks know of it.
//
// Three ways through an island:
//   check   release functions at depth `ownership`: one comparison in the island, and the hook only where it differs
//   before  the hook, then the function as if called by the program itself (its return address is the program's)
//   around  the hook, the function, the hook again with its result; our frame stands on the stack meanwhile
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/entry_layout.h"
#include "agent/pages.h"
#include "allocator/functions.h"

namespace crossheap::agent {

struct Object;
struct Site;

/// What the code of a release function can get at (reach.h).
enum class Reach : std::uint8_t {
  NotLookedAt,
  Nothing,    ///< certainly no other allocator's release function
  Functions,  ///< functions of the malloc family, by the names that its object refers to
  Addresses,  ///< and what is called by an address or could not be followed, which may be any function
};

/// The registers of a call, as entry.S saves them on the stack, and room for what `before` tells `after`. The last two
/// stand as in any frame with a frame pointer.
struct Call {
  std::uint64_t note[2];
  std::uint64_t result;  ///< set by `before` when it answers Done; the function's own in `after`
  Site *site;
  std::uint64_t arguments[6];
  std::uint64_t frame_pointer;  ///< rbp, as the caller left it
  std::uint64_t return_address;
};
static_assert(sizeof(Call) == std::size_t{12} * 8);
static_assert(offsetof(Call, result) == CROSSHEAP_CALL_RESULT && offsetof(Call, site) == CROSSHEAP_CALL_SITE &&
              offsetof(Call, arguments) == CROSSHEAP_CALL_ARGUMENTS &&
              offsetof(Call, frame_pointer) == CROSSHEAP_CALL_FRAME_POINTER &&
              offsetof(Call, return_address) == CROSSHEAP_CALL_RETURN_ADDRESS);

enum class Verdict : std::uint64_t {
  Proceed,         ///< run the function; then `after` where the island is of that kind
  ProceedQuietly,  ///< run the function, no `after`
  Done,            ///< return Call::result without running it
};

static_assert(static_cast<int>(Verdict::Proceed) == CROSSHEAP_VERDICT_PROCEED &&
              static_cast<int>(Verdict::ProceedQuietly) == CROSSHEAP_VERDICT_PROCEED_QUIETLY &&
              static_cast<int>(Verdict::Done) == CROSSHEAP_VERDICT_DONE);

using BeforeHook = Verdict (*)(Call &call);
using AfterHook = void (*)(Call &call);

/// Layout of the first four members shared with entry.S, of `passes` with the islands as well.
struct Site {
  const void *resume;  ///< the displaced instructions, and so the function as it was
  BeforeHook before;
  AfterHook after;
  std::uint8_t passes;      ///< not 0: the function hands on to a watched one; nothing is checked here
  pages::Mark mark;         ///< of `object`, when the island was written
  std::uint16_t row;        ///< in kFunctions; unused for functions of other tables
  std::uint8_t names_more;  ///< of a release: there is more to check than whose the block is (tracking.cpp)
  std::uint8_t preserves;   ///< callers may know its registers (entry.S)
  std::uint8_t is_of_malloc_family;
  std::uint8_t makes_frame;  ///< rbp is no variable for it: its code begins by saving rbp
  std::uint8_t is_plain;     ///< of an allocation where each block is recorded: it is asked for a size and nothing else
  Reach reach;               ///< what its code can get at
  Object *object;
  std::uint64_t entry;
  std::uint64_t *gate;  ///< where its island goes first; null where it has no gate (gates.h)
  std::uint64_t open;   ///< what the gate is set to when it is opened
};
static_assert(offsetof(Site, resume) == CROSSHEAP_SITE_RESUME && offsetof(Site, before) == CROSSHEAP_SITE_BEFORE &&
              offsetof(Site, after) == CROSSHEAP_SITE_AFTER && offsetof(Site, passes) == CROSSHEAP_SITE_PASSES &&
              offsetof(Site, makes_frame) == CROSSHEAP_SITE_MAKES_FRAME);

inline const Function &function_of(const Site &site) { return kFunctions[site.row]; }

/// In entry.S: where islands of the second and third kind lead, with the Site's address in r11, in two forms: what may
/// change across a call may be changed, or nothing may.
struct Way {
  void (*fast)();
  void (*preserving)();
};
extern "C" void crossheap_agent_enter_before();
extern "C" void crossheap_agent_enter_before_preserving();
extern "C" void crossheap_agent_enter_around();
extern "C" void crossheap_agent_enter_around_preserving();
/// The same with the two hooks of tracking.cpp that run most.
extern "C" void crossheap_agent_enter_allocate();
extern "C" void crossheap_agent_enter_allocate_preserving();
extern "C" void crossheap_agent_enter_release();
extern "C" void crossheap_agent_enter_release_preserving();
inline constexpr Way kEnterBefore{crossheap_agent_enter_before, crossheap_agent_enter_before_preserving};
inline constexpr Way kEnterAround{crossheap_agent_enter_around, crossheap_agent_enter_around_preserving};
inline constexpr Way kEnterAllocate{crossheap_agent_enter_allocate, crossheap_agent_enter_allocate_preserving};
inline constexpr Way kEnterRelease{crossheap_agent_enter_release, crossheap_agent_enter_release_preserving};

}  // namespace crossheap::agent
