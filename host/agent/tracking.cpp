// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Watched functions call one another: operator new calls malloc, realloc calls free, a profiler's free calls libc's. A
// thread counts how many it is in, and how many of those only hand on (`relays`). This is how `new int` in a program on
// libc's malloc is recorded, with the operators of libstdc++ handing on:
//
//     operator new(4)     enter: outermost, in 1, relays 1
//       malloc(4)         enter: in 2
//       malloc is back    recorded: libc's, by malloc, without a backtrace, as it is an inner call
//     new is back         recorded again: libc's still, as the inner record says, by operator new, with a backtrace
//
// A release takes the block out of the table before the function runs, because behind it another thread may be handed
// the address. A function that hands on leaves it there for the next. A resize that fails puts it back.
//
// Nobody tells us of a function that longjmp has left. The next call of the thread tells: it stands further out on the
// stack than the outermost call did (is_inner).
//
// The most frequent calls, a plain allocation and a plain release by the program itself, have ways of their own with
// few comparisons. What they leave out must be what is_plain, is_own and is_ordinary_release have excluded.
#include "agent/tracking.h"

#include "agent/backtrace.h"
#include "agent/blocks.h"
#include "agent/crossing.h"
#include "agent/gates.h"
#include "agent/guard.h"
#include "agent/loading.h"
#include "agent/stacks.h"

namespace crossheap::agent {

namespace {

using event::Detail;

// A handler allocated or released while its thread was busy here.
Verdict missed() {
  blocks::miss();
  return Verdict::ProceedQuietly;
}

template <Verdict (*hook)(Call &)>
Verdict before(Call &call) {
  if (is_busy(call)) return missed();
  const Busy busy(call);
  return hook(call);
}

template <void (*hook)(Call &)>
void after(Call &call) {
  const Busy busy(call);
  hook(call);
}

std::uint8_t log2_of(std::uint64_t alignment) {
  return alignment == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(__builtin_ctzll(alignment) & 15);
}

/// The alignment this call names; 0 where it names none.
std::uint64_t asked_alignment(const Call &call, const Arguments &arguments) {
  if (arguments.align != Arguments::kAbsent) return argument_of(call, arguments.align);
  if (arguments.flags == Arguments::kAbsent) return 0;
  const std::uint64_t log2 = argument_of(call, arguments.flags) & 63;  // MALLOCX_LG_ALIGN
  return log2 == 0 ? 0 : std::uint64_t{1} << log2;
}

bool passes(const Site &site) { return __atomic_load_n(&site.passes, __ATOMIC_RELAXED) != 0; }

/// Who handed the block out, and whether it may be another allocator's that was passed on.
struct Giver {
  pages::Mark owner;
  bool relayed;
};

// The function of `site` answers with the block. What another watched function handed out inside that call stands in
// the table by now: then the block is that one's. A part of another allocator's memory that is no block of it is the
// site's.
Giver giver_of(const Site &site, std::uint64_t address, pages::Mark page) {
  const bool is_in_site_memory = page == site.mark;
  if (is_in_site_memory && !passes(site)) return {site.mark, false};
  if (const blocks::Packed packed = blocks::find(address); packed.key != 0 && !is_evidence(packed)) {
    const blocks::Block inner = blocks::unpack(packed);
    const bool is_made_by_inner = !inner.relayed && inner.owner != page && page != pages::kNobody;
    if (passes(site) || is_made_by_inner) return {inner.owner, inner.relayed};
    return {site.mark, true};
  }
  if (passes(site)) return {page == pages::kNobody ? site.mark : page, true};
  if (page == pages::kNobody) return {site.mark, object_at(address) != site.object};  // a static array is its own
  if (log::is_by_pages()) return {site.mark, true};
  // What has no functions of these names has no blocks: it only obtained the memory.
  const Object *const obtained_by = object_with(page);
  const bool is_no_allocator = obtained_by != nullptr && !obtained_by->is_allocator;
  const bool is_known =
      is_no_allocator || (obtained_by != nullptr && obtained_by->hands_out_all_known && blocks::all_known());
  return {site.mark, !is_known};
}

void note_once(std::uint8_t &flag) {
  if (__atomic_load_n(&flag, __ATOMIC_RELAXED) == 0) __atomic_store_n(&flag, 1, __ATOMIC_RELAXED);
}

/// Behind a gate. What an outer function of the allocator asked for is recorded again by that one.
void record_evidence(const Call &call, std::uint64_t address) {
  const Site &site = *call.site;
  blocks::add(blocks::pack({.address = address,
                            .size = asked_size(call, function_of(site).arguments),
                            .stack = stacks::of_call(call),
                            .row = site.row,
                            .owner = site.mark,
                            .align_log2 = 0,
                            .relayed = false}));
}

/// The backtrace for a record at the depths that go by pages: at auto, of what crossed before, or of the allocator's
/// function inside this one.
stacks::Id stack_by_pages(const Call &call, std::uint64_t address) {
  if (!log::is_auto()) return stacks::kNone;
  if (__atomic_load_n(&call.site->object->is_recorded, __ATOMIC_RELAXED) != 0) return stacks::of_call(call);
  const blocks::Packed inner = blocks::find(address);
  return is_evidence(inner) ? blocks::unpack(inner).stack : stacks::kNone;
}

// What answers with a small number, or with a negative one as an `int`, may only bear the name of a function that
// allocates, and tell of an error.
bool is_number(std::uint64_t answer) {
  constexpr std::uint64_t kLowestMapped = 1 << 16;
  const auto low = static_cast<std::uint32_t>(answer);
  return answer < kLowestMapped || (answer >> 32 == 0 && low > UINT32_MAX - kLowestMapped) || ~answer < kLowestMapped;
}

void record(const Call &call, std::uint64_t address, pages::Mark routed_to = pages::kNobody) {
  const Site &site = *call.site;
  const Arguments &arguments = function_of(site).arguments;
  if (!is_number(address)) note_once(site.object->has_handed_out);
  if (!is_believed(*site.object, address)) return;
  if (log::is_auto() && !site.object->is_tracked) {
    if (routed_to == pages::kNobody) record_evidence(call, address);
    return;
  }
  const pages::Mark page = pages::owner_of(address);
  const bool is_recorded = __atomic_load_n(&site.object->is_recorded, __ATOMIC_RELAXED) != 0;
  if (log::is_by_pages() && page == site.mark && !is_recorded) return;
  const Giver giver = routed_to != pages::kNobody ? Giver{routed_to, false} : giver_of(site, address, page);
  // What a shim behind this one made out of another allocator's block is the shim's work, and not of this one.
  bool is_part = (!giver.relayed && giver.owner == site.mark) || page == pages::kNobody;
  if (log::is_by_pages()) {
    const Object *const from = object_with(page);
    is_part = is_part || (from != nullptr && from->is_libc && cannot_be_glibc_block(address, page));
    if (is_part && page != pages::kNobody) pages::watch(address);
  }
  if (!is_part && routed_to == pages::kNobody) note_once(site.object->relays);
  if (is_part && page != pages::kNobody && page != site.mark) note_once(site.object->makes_parts);
  // What another watched function asked for (operator new its malloc) is recorded again by that one, with the stack.
  const bool is_inner = thread_state.in_heap_call != 0;
  const stacks::Id stack = log::is_by_pages() ? stack_by_pages(call, address)
                           : is_inner         ? stacks::kNone
                                              : stacks::of_call(call);
  blocks::add(blocks::pack({.address = address,
                            .size = asked_size(call, arguments),
                            .stack = stack,
                            .row = site.row,
                            .owner = giver.owner,
                            .align_log2 = log2_of(asked_alignment(call, arguments)),
                            .relayed = giver.relayed}));
}

Allocation allocation_of(blocks::Packed packed) {
  if (packed.key == 0) return kUnknownAllocation;
  const blocks::Block block = blocks::unpack(packed);
  return {block.size, block.row, stacks::addresses(block.stack)};
}

Allocation allocation_of(blocks::Packed packed, pages::Mark owner) {
  return is_evidence(packed) ? allocation_by_evidence(packed, owner) : allocation_of(packed);
}

/// A release of what is no live block, on the allocator's own heap. Said only where it is certain: an allocator may
/// have functions that hand out blocks and are not in the table, and what it releases to itself (glibc: its cache of
/// released blocks, when a thread ends) is its own affair.
[[gnu::cold]] void report_unknown_block(const Call &call, std::uint64_t address) {
  const Object &object = *call.site->object;
  const pages::Mark mark = call.site->mark;
  const bool by_itself = call.return_address >= object.begin && call.return_address < object.end;
  if (log::is_by_pages() || by_itself || object.is_disbelieved) return;
  if (!object.hands_out_all_known || !blocks::all_known()) return;
  if (blocks::was_released(address)) {
    report_finding(call, HazardId::NoLiveBlock, Detail::ReleasedTwice, mark, kUnknownAllocation);
    return;
  }
  const blocks::Packed around = blocks::around(address);
  if (around.key != 0)
    report_finding(call, HazardId::NoLiveBlock, Detail::InsideBlock, mark, allocation_of(around));
  else if (object.is_libc)
    report_finding(call, HazardId::NoLiveBlock, Detail::NeverAllocated, mark, kUnknownAllocation);
  else
    call.site->object->hands_out_all_known = false;  // there is a function that is not known
}

bool is_language_pairing(Pairing pairing) { return pairing != Pairing::Extended; }

bool may_check(const Site &site) { return !log::is_by_pages() && !site.object->is_disbelieved && blocks::all_known(); }

/// The pairs of malloc and free, new and delete, where the block stays on its heap. realloc is of malloc's.
void check_pair(const Call &call, const blocks::Block &block, blocks::Packed packed) {
  const Pairing function = function_of(*call.site).pairing;
  const Pairing allocated_as = kFunctions[block.row].pairing;
  if (log::settings().api_mismatch != 0 && is_language_pairing(allocated_as) && is_language_pairing(function) &&
      allocated_as != function)
    report_finding(call, HazardId::WrongPair, Detail::None, block.owner, allocation_of(packed));
}

/// Sized releases, and pairs, where the block stays on its heap.
void check_release(const Call &call, const blocks::Block &block, blocks::Packed packed) {
  const Site &site = *call.site;
  if (!may_check(site)) return;
  const Function &function = function_of(site);
  const Arguments &arguments = function.arguments;
  const bool exact = is_language_pairing(function.pairing);
  const Pairing allocated_as = kFunctions[block.row].pairing;
  if (arguments.size != Arguments::kAbsent && block.size != blocks::kSizeUnknown) {
    const std::uint64_t given = asked_size(call, arguments);
    // The extended interfaces take any size up to what the block really has. An operator new that was compiled into its
    // caller may ask malloc for more than it was asked for.
    const bool is_pair = allocated_as == function.pairing || allocated_as == Pairing::Extended;
    const bool is_rounded_up = !is_pair && given < block.size && block.size % 8 == 0;
    const bool wrong_pair = given != block.size && !is_rounded_up;
    const bool wrong = exact ? wrong_pair : given < block.size && block.size != 0;
    if (wrong) report_finding(call, HazardId::WrongSize, Detail::WrongSize, block.owner, allocation_of(packed));
  }
  const std::uint64_t alignment = asked_alignment(call, arguments);
  if (alignment != 0 && exact && allocated_as == function.pairing && log2_of(alignment) != block.align_log2)
    report_finding(call, HazardId::WrongSize, Detail::WrongAlignment, block.owner, allocation_of(packed));
  check_pair(call, block, packed);
}

/// How this call of a watched function came about.
struct Entry {
  bool outermost;   ///< by the program: in no other watched function
  bool as_program;  ///< around it are only functions that hand on, so what it is asked is what the program asked
};

[[gnu::cold, gnu::noinline]] void forget_outer_calls(const Call &call) {
  ThreadState &state = thread_state;
  const std::uint64_t end = end_of_own_stack(stack_of(call));
  if (end == 0 || end_of_own_stack(state.outermost) != end) state.changes_stacks = 1;
  state.in_heap_call = state.relays = 0;
}

/// Whether the thread is in a watched function already. A call that stands further out on the stack than the outermost
/// one did says that that one was left by longjmp.
[[gnu::always_inline]] inline bool is_inner(const Call &call) {
  ThreadState &state = thread_state;
  if (state.in_heap_call == 0) return false;
  if (stack_of(call) < state.outermost) return true;
  forget_outer_calls(call);
  return false;
}

[[gnu::always_inline]] inline Entry enter(const Call &call) {
  ThreadState &state = thread_state;
  const bool inner = is_inner(call);
  if (!inner) {
    state.outermost = stack_of(call);
    state.taken = 0;
  }
  const Entry entry{!inner, state.in_heap_call == state.relays};
  if (entry.as_program && passes(*call.site)) ++state.relays;
  ++state.in_heap_call;
  return entry;
}
void leave_one() {
  ThreadState &state = thread_state;
  if (state.in_heap_call > 0) --state.in_heap_call;
  if (state.relays > state.in_heap_call) state.relays = state.in_heap_call;
}
void leave(const Call &call) {
  if (thread_state.pending != nullptr) settle_pending(call);
  leave_one();
}

/// What is known of the block of a call that takes it. A function that hands on leaves it for the next to take.
blocks::Packed take_block(const Site &site, std::uint64_t address) {
  return passes(site) ? blocks::find(address) : blocks::take(address);
}

/// Judges a call that takes `address`, whose record is `packed`. False where it has been done already.
bool judge_block(Call &call, std::uint64_t address, blocks::Packed packed, const Entry &entry, Verdict &verdict) {
  // A function that makes use of another one of its own allocator (realloc of free, one operator delete of another)
  // takes a block that is taken already. Where only some allocators' blocks are recorded, others behind it are no
  // different.
  ThreadState &state = thread_state;
  if (!entry.outermost && state.taken == address && (state.taken_by == call.site->mark || log::is_by_pages()))
    return true;
  if (!entry.outermost && is_being_taken(call, address)) {
    arrived(call, address, packed);
    return true;
  }
  const Foreign foreign = judge(*call.site, address, packed);
  const bool is_unknown = packed.key == 0 && !passes(*call.site);
  if (foreign.is_foreign) {
    // The owner's own function takes it, if it gets there.
    blocks::add(packed);
    verdict = handle_foreign(call, foreign.owner, allocation_of(packed, foreign.owner), entry.as_program);
    if (verdict == Verdict::Done) blocks::take(address);
    return verdict != Verdict::Done;
  }
  // Of an object that turned out to be no allocator it is not known that it took anything.
  if (packed.key != 0 && call.site->object->is_disbelieved && blocks::unpack(packed).owner != call.site->mark)
    blocks::add(packed);
  // A block that is passed on lives until it is released there, now or later.
  if (packed.key != 0 && !log::is_by_pages()) {
    blocks::Block known = blocks::unpack(packed);
    if (known.relayed && known.owner == call.site->mark && !passes(*call.site)) {
      known.owner = pages::owner_of(address);
      known.relayed = false;
      if (known.owner != pages::kNobody) blocks::add(blocks::pack(known));
    }
  }
  if (entry.outermost && !passes(*call.site)) {
    state.taken = address;
    state.taken_by = call.site->mark;
  }
  const Pending *const on_its_way = arrived(call, address, packed);
  const bool as_program = entry.as_program || (on_its_way != nullptr && on_its_way->as_program != 0);
  if (is_unknown && as_program) report_unknown_block(call, address);
  return true;
}

void record_allocation(const Call &call) {
  leave(call);
  const Arguments &arguments = function_of(*call.site).arguments;
  std::uint64_t address = call.result;
  if (arguments.out != Arguments::kAbsent) {
    if (call.result != 0) return;  // posix_memalign answers with an errno
    // SAFETY: the program's own place for the address, just written by the function.
    address = *reinterpret_cast<const std::uint64_t *>(argument_of(call, arguments.out));
  }
  if (is_number(address)) note_once(call.site->object->answered_nothing);
  if (address != 0) record(call, address);
}

// Taken out before the function runs: right after it another thread may be handed the address.
[[gnu::noinline]] Verdict before_any_release(Call &call, blocks::Packed packed) {
  const Entry entry = enter(call);
  const std::uint64_t address = argument_of(call, function_of(*call.site).arguments.block);
  Verdict verdict = Verdict::Proceed;
  if (judge_block(call, address, packed, entry, verdict) && entry.outermost && packed.key != 0)
    check_release(call, blocks::unpack(packed), packed);
  if (verdict == Verdict::Done) leave(call);
  return verdict;
}

}  // namespace

// Called by name from entry.S.
#define CROSSHEAP_AGENT_HOOK extern "C" __attribute__((visibility("hidden"), used))

CROSSHEAP_AGENT_HOOK Verdict crossheap_agent_before_allocate(Call &call) {
  if (is_busy(call)) return missed();
  enter(call);
  return Verdict::Proceed;
}

// Nearly every allocation is by the program itself, by malloc or calloc, from memory of the allocator itself.
CROSSHEAP_AGENT_HOOK void crossheap_agent_after_allocate(Call &call) {
  const Busy busy(call);
  ThreadState &state = thread_state;
  const Site &site = *call.site;
  if (site.is_plain != 0 && state.in_heap_call == 1 && state.relays == 0 && state.pending == nullptr && !passes(site) &&
      pages::owner_of(call.result) == site.mark) {
    state.in_heap_call = 0;
    const std::uint64_t size = asked_size(call, function_of(site).arguments);
    blocks::add_own(call.result, size, stacks::of_call(call), site.row, site.mark);
    return;
  }
  record_allocation(call);
}

namespace {

/// Nearly every release is by the program itself, of a live block, to its owner, and names nothing but the block.
[[gnu::always_inline]] inline bool is_ordinary_release(const Call &call, std::uint64_t address, blocks::Packed packed,
                                                       bool inner) {
  const Site &site = *call.site;
  return !inner && site.names_more == 0 && !passes(site) && blocks::is_own(packed, site.mark) &&
         pages::owner_of(address) == site.mark && !may_be_awaited(address);
}

}  // namespace

CROSSHEAP_AGENT_HOOK Verdict crossheap_agent_before_release(Call &call) {
  if (is_busy(call)) return missed();
  ThreadState &state = thread_state;
  const Site &site = *call.site;
  const std::uint64_t address = argument_of(call, function_of(site).arguments.block);
  if (address == 0) return Verdict::ProceedQuietly;
  const Busy busy(call);
  const blocks::Packed packed = take_block(site, address);
  if (is_ordinary_release(call, address, packed, is_inner(call))) {
    state.outermost = stack_of(call);
    state.in_heap_call = 1;
    return Verdict::Proceed;
  }
  return before_any_release(call, packed);
}

namespace {

/// The same for a function inside which no watched one is called: what stands behind it would have nothing to do.
Verdict before_release_alone(Call &call) {
  if (is_busy(call)) return missed();
  ThreadState &state = thread_state;
  const Site &site = *call.site;
  const std::uint64_t address = argument_of(call, function_of(site).arguments.block);
  if (address == 0) return Verdict::ProceedQuietly;
  const Busy busy(call);
  const blocks::Packed packed = take_block(site, address);
  const bool inner = is_inner(call);
  if (is_ordinary_release(call, address, packed, inner)) return Verdict::ProceedQuietly;
  const Entry entry{!inner, state.in_heap_call == state.relays};
  if (!inner) state.taken = 0;
  Verdict verdict = Verdict::ProceedQuietly;
  if (judge_block(call, address, packed, entry, verdict) && entry.outermost && packed.key != 0)
    check_release(call, blocks::unpack(packed), packed);
  return verdict == Verdict::Done ? verdict : Verdict::ProceedQuietly;
}

}  // namespace

CROSSHEAP_AGENT_HOOK void crossheap_agent_after_release(Call &call) {
  if (thread_state.pending == nullptr) {
    leave(call);
    return;
  }
  const Busy busy(call);
  leave(call);
}

namespace {

Verdict before_resize(Call &call) {
  const Entry entry = enter(call);
  const std::uint64_t address = argument_of(call, function_of(*call.site).arguments.block);
  call.note[0] = call.note[1] = 0;
  if (address == 0) return Verdict::Proceed;
  const blocks::Packed packed = take_block(*call.site, address);
  call.note[0] = packed.key;
  call.note[1] = packed.rest;
  Verdict verdict = Verdict::Proceed;
  const pages::Mark owner = packed.key != 0 ? blocks::unpack(packed).owner : pages::owner_of(address);
  if (judge_block(call, address, packed, entry, verdict) && entry.outermost && packed.key != 0 && may_check(*call.site))
    check_pair(call, blocks::unpack(packed), packed);
  if (verdict == Verdict::Done) {
    leave(call);
    if (call.result != 0)
      record(call, call.result, owner);
    else
      blocks::add(packed);
  }
  return verdict;
}

void after_resize(Call &call) {
  leave(call);
  if (call.result != 0) {
    record(call, call.result);
    return;
  }
  // Nothing came back: the block is still there, unless it was resized to nothing.
  if (asked_size(call, function_of(*call.site).arguments) != 0 && call.note[0] != 0)
    blocks::add({call.note[0], call.note[1]});
}

Verdict before_query(Call &call) {
  enter(call);
  const std::uint64_t address = argument_of(call, function_of(*call.site).arguments.block);
  if (address == 0) return Verdict::Proceed;
  Verdict verdict = Verdict::Proceed;
  const blocks::Packed packed = blocks::find(address);
  const Foreign foreign = judge(*call.site, address, packed);
  if (foreign.is_foreign)
    verdict = handle_foreign(call, foreign.owner, allocation_of(packed, foreign.owner), false);
  else
    arrived(call, address, packed);
  if (verdict == Verdict::Done) leave(call);
  return verdict;
}

// xallocx answers with the size the block has now, mi_expand with the block or null.
void after_in_place(Call &call) {
  leave(call);
  const Arguments &arguments = function_of(*call.site).arguments;
  const std::uint64_t address = argument_of(call, arguments.block);
  const std::uint64_t asked = asked_size(call, arguments);
  const blocks::Packed packed = blocks::find(address);
  if (packed.key == 0 || (call.result != address && call.result < asked)) return;
  blocks::Block block = blocks::unpack(packed);
  block.size = asked;
  blocks::add(blocks::pack(block));
}

/// The blocks of one owner, by where they were allocated.
struct Outliving {
  struct Group {
    blocks::Block first;
    std::uint64_t count;
  };
  static constexpr std::size_t kGroups = 64;  ///< what is left over counts for the last
  Group groups[kGroups];
  std::size_t used;

  void add(const blocks::Block &block) {
    std::size_t at = 0;
    while (at < used && groups[at].first.stack != block.stack) ++at;
    if (at == kGroups) --at;
    if (at == used) groups[used++] = {block, 0};
    ++groups[at].count;
  }
};

/// Whether the memory around a block went back to where it came from, so that the block went with it.
bool is_given_back(const Object &object, std::uint64_t address) {
  const pages::Mark page = pages::owner_of(address);
  if (page == object.mark || (address >= object.begin && address < object.end)) return false;
  return page == pages::kNobody || blocks::around(address).key == 0;
}

}  // namespace

TrackingHooks tracking_hooks(Role role, const Object &object) {
  switch (role) {
    case Role::Allocate:
      return {crossheap_agent_before_allocate, crossheap_agent_after_allocate, kEnterAllocate};
    case Role::Release:
      if (object.releases_alone) return {before_release_alone, nullptr, kEnterBefore};
      return {crossheap_agent_before_release, crossheap_agent_after_release, kEnterRelease};
    case Role::Resize:
      return {before<before_resize>, after<after_resize>, kEnterAround};
    case Role::InPlace:
      return {before<before_query>, after<after_in_place>, kEnterAround};
    case Role::Query:
      return {before<before_query>, crossheap_agent_after_release, kEnterAround};
    case Role::Measure:
      break;
  }
  return {nullptr, nullptr, {nullptr, nullptr}};
}

bool names_more(const Function &function) {
  return function.arguments.size != Arguments::kAbsent || function.arguments.align != Arguments::kAbsent ||
         function.arguments.flags != Arguments::kAbsent || log::settings().api_mismatch != 0;
}

bool is_plain_allocation(const Function &function) {
  const Arguments &arguments = function.arguments;
  return function.role == Role::Allocate && arguments.out == Arguments::kAbsent &&
         arguments.align == Arguments::kAbsent && arguments.flags == Arguments::kAbsent && !log::is_by_pages();
}

bool start_tracking() {
  const event::Settings &settings = log::settings();
  if (settings.depth == event::Depth::Ownership) return true;  // its table is made when an object needs it
  return stacks::start(settings.depth == event::Depth::Sites ? 1 : settings.frames) && blocks::start();
}

void report_outliving_blocks(Object &object) {
  // What libc keeps for itself when a namespace is closed is no loss to anybody.
  if (!blocks::is_started() || !object.is_allocator || object.is_libc) return;
  if (log::is_auto() && !object.is_tracked) {
    blocks::forget(object.mark);
    return;
  }
  Outliving outliving{};
  blocks::bereave(
      object.mark, [](void *all, const blocks::Block &block) { static_cast<Outliving *>(all)->add(block); },
      &outliving);
  if (log::is_by_pages()) return;
  Trail trail{};
  const CallPlace closing = current_close();
  if (outliving.used != 0 && closing.return_address != nullptr) take_trail_from(closing, log::settings().frames, trail);
  for (std::size_t i = 0; i < outliving.used; ++i) {
    const Outliving::Group &group = outliving.groups[i];
    if (is_given_back(object, group.first.address)) continue;
    log::finding({.block = group.first.address,
                  .size = group.first.size,
                  .given = 0,
                  .group = 0,
                  .owner = object.number,
                  .releaser = object.number,
                  .hazard = HazardId::BlocksOutliveOwner,
                  .function = event::kNoFunction,
                  .allocated_by = group.first.row,
                  .release_frames = 0,
                  .allocation_frames = 0,
                  .detail = Detail::None,
                  .is_by_pointer = 0,
                  .zero = 0},
                 {trail.addresses, trail.count}, stacks::addresses(group.first.stack), group.count);
  }
}

// A block that was on its way counts as kept, as it does where a process dies.
void left_by_exception() { leave_one(); }

}  // namespace crossheap::agent
