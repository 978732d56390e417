// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A release function that gets another allocator's block is not yet a crossing: it may be a wrapper that passes the
// block on to its owner, as a profiler's `free` does with libc's blocks. What a call looks like then:
//
//     profiler's free(p)       judge: p is libc's. The finding is made, and waits in a Pending of the thread.
//       libc's free(p)         arrived: p came to its owner while the outer call lasts. The finding is taken back.
//     returns                  settle: nothing is left.
//
// If p does not arrive, the finding stands and p is Kept. A quarantine may bring it home later; that takes the finding
// back as well.
//
// What a function does with such a block is known beforehand where its code can reach no other allocator (is_certain):
// then handle_crossing reports, ends the program, or routes the block at once.
#include "agent/crossing.h"

#include <cstring>

#include "agent/backtrace.h"
#include "agent/caller.h"
#include "agent/gates.h"
#include "agent/identity.h"
#include "agent/loan.h"
#include "agent/lock.h"
#include "agent/memory.h"
#include "agent/memory_hooks.h"
#include "agent/reach.h"
#include "agent/symbols.h"
#include "agent/vector_state.h"
#include "allocator/names.h"

namespace crossheap::agent {

std::uint64_t awaited = 0;

namespace {

using event::Detail;
using event::OnCrossing;

// SAFETY: the addresses in Services are those of functions of the program with these types.
// A release function of an extended interface takes flags behind the block; others ignore the zero.
void call_release(const Object &object, std::uint64_t block) {
  reinterpret_cast<void (*)(std::uint64_t, int)>(object.services.release)(block, 0);
}
std::uint64_t call_resize(const Object &object, std::uint64_t block, std::uint64_t size) {
  return reinterpret_cast<std::uint64_t (*)(std::uint64_t, std::uint64_t, int)>(object.services.resize)(block, size, 0);
}
std::uint64_t call_usable_size(const Object &object, std::uint64_t block) {
  return reinterpret_cast<std::uint64_t (*)(std::uint64_t, int)>(object.services.usable_size)(block, 0);
}

/// While a function of the program runs at our request: its inner calls of the malloc family are not judged, but the
/// memory that it obtains is the allocator's, as ever.
class CallingOut {
public:
  CallingOut() : busy_(thread_state.busy) {
    thread_state.busy = 0;
    ++thread_state.calling_out;
    ++thread_state.in_heap_call;
  }
  CallingOut(const CallingOut &) = delete;
  CallingOut &operator=(const CallingOut &) = delete;
  ~CallingOut() {
    --thread_state.in_heap_call;
    --thread_state.calling_out;
    thread_state.busy = busy_;
  }

private:
  std::uint64_t busy_;
};

// Names of functions that take a block.
bool takes_block(std::string_view name) {
  const Function *const function = find_function(name);
  return function != nullptr && function->interface != Interface::Operators &&
         (function->role == Role::Release || function->role == Role::Resize);
}

/// Whether the function can pass a block on to another allocator. A family that is known to keep its own heap does not,
/// except by an operator delete that calls a `free` which is bound elsewhere (Debian's libjemalloc behind libc).
bool may_hand_on(const Site &site) {
  const Object &object = *site.object;
  if (object.is_libc) return false;
  if (!object.has_own_heap) return object.may_hand_on;
  return function_of(site).interface == Interface::Operators && is_own_name_bound_elsewhere(*object.map, takes_block);
}

// Pages of memory that nobody was seen to obtain, and who took blocks of them back: for the name of an owner only.
struct TakenIn {
  std::uint64_t page;
  pages::Mark by;
};
TakenIn taken_in[1024];

TakenIn &taken_in_page(std::uint64_t block) { return taken_in[(block / kPageBytes) % 1024]; }

constexpr std::size_t kPendingRoom = 256;
Pending pendings[kPendingRoom];
std::uint32_t pending_count;

/// A foreign block that did not get to its owner within the call. A quarantine, or another thread, may release it
/// later: then the object that took it brings it home, and the finding is taken back.
struct Kept {
  std::uint64_t block;  ///< 0: free
  const Object *object;
  std::size_t group;
  std::uint32_t generation;
};
constexpr std::size_t kKeptSets = 8192;
constexpr std::size_t kKeptInSet = 8;
Kept kept_blocks[kKeptSets][kKeptInSet];
std::uint32_t kept_turn;  // under the lock
Lock kept_lock;

auto &kept_set(std::uint64_t block) { return kept_blocks[(block >> 4) * 0x9e3779b97f4a7c15 >> 51]; }

/// Null where it is not kept.
Kept *kept_with(std::uint64_t block) {
  for (Kept &one : kept_set(block))
    if (one.block == block) return &one;
  return nullptr;
}

/// Under the lock. What is forgotten for it may come home unseen: of an object that brings blocks home, nothing is said
/// of it any more.
void keep(const Kept &fresh) {
  auto &set = kept_set(fresh.block);
  Kept *place = kept_with(fresh.block);
  for (Kept &one : set)
    if (place == nullptr && (one.block == 0 || one.generation != fresh.generation)) place = &one;
  if (place == nullptr) {
    place = &set[kept_turn++ % kKeptInSet];
    if (place->object->handed_on != 0 || place->object->relays != 0) log::take_back(place->group);
  }
  *place = fresh;
}

void await(std::uint64_t block) {
  __atomic_fetch_or(&awaited, std::uint64_t{1} << (block >> 4 & 63), __ATOMIC_RELEASE);
}

Pending *new_pending() {
  const std::uint32_t generation = fork_generation();
  for (Pending &one : pendings) {
    std::uint8_t used = __atomic_load_n(&one.used, __ATOMIC_RELAXED);
    if (used != 0 && one.generation == generation) continue;  // else its thread stayed behind in the parent
    if (!__atomic_compare_exchange_n(&one.used, &used, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) continue;
    one.generation = generation;
    __atomic_store_n(&one.block, 0, __ATOMIC_RELAXED);
    if (used == 0) __atomic_add_fetch(&pending_count, 1, __ATOMIC_RELAXED);
    return &one;
  }
  return nullptr;
}

/// Whether the call that took the block is over, now that this one is made or left: it was this one, or was left by
/// longjmp, and then this one stands further out. Two places say so only where both are on the thread's own stack. A
/// fiber may be left inside its call, and a handler may have a stack of its own.
bool is_over(const Pending &pending, const Call &call) {
  const std::uint64_t place = stack_of(call);
  if (pending.stack >= place) return pending.stack == place;
  const std::uint64_t end = end_of_own_stack(place);
  return end != 0 && end_of_own_stack(pending.stack) == end;
}

void settle(Pending &pending) {
  const std::uint64_t block = __atomic_exchange_n(&pending.block, 0, __ATOMIC_ACQ_REL);
  const bool there = __atomic_load_n(&pending.arrived, __ATOMIC_ACQUIRE) != 0;
  if (pending.arrived_near != 0 && !there) log::take_back(pending.group);
  const bool on = there || pending.arrived_near != 0;
  Object &object = *pending.object;
  __atomic_store_n(on ? &object.handed_on : &object.kept, 1, __ATOMIC_RELAXED);
  if (!on) {
    open_gates(pending.owner);
    if (const Locked locked(kept_lock); locked) keep({block, &object, pending.group, pending.generation});
  }
  __atomic_sub_fetch(&pending_count, 1, __ATOMIC_RELAXED);
  __atomic_store_n(&pending.used, 0, __ATOMIC_RELEASE);
  // What passes blocks of another allocator on as they are may do so later: that it has kept one is not certain.
  if (!on && object.relays == 0 && log::settings().on_crossing == OnCrossing::Abort) stop_the_program();
}

/// The block of a call of another thread, or of one that is over, came to its owner.
void arrived_from_elsewhere(const Call &call, std::uint64_t block) {
  const std::uint32_t generation = fork_generation();
  if (__atomic_load_n(&pending_count, __ATOMIC_RELAXED) != 0)
    for (Pending &one : pendings) {
      const bool is_this = __atomic_load_n(&one.used, __ATOMIC_ACQUIRE) != 0 && one.generation == generation &&
                           __atomic_load_n(&one.block, __ATOMIC_ACQUIRE) == block;
      if (is_this && __atomic_exchange_n(&one.arrived, 1, __ATOMIC_ACQ_REL) == 0) log::take_back(one.group);
    }
  if (kept_with(block) == nullptr) return;
  Object *const by = calling_object(call);
  const Locked locked(kept_lock);
  Kept *const kept = locked ? kept_with(block) : nullptr;
  if (kept == nullptr || kept->generation != generation || kept->object != by) return;
  kept->block = 0;
  log::take_back(kept->group);
  __atomic_store_n(&by->handed_on, 1, __ATOMIC_RELAXED);
}

void *call_aligned(const Object &object, std::uint64_t alignment, std::uint64_t size) {
  return reinterpret_cast<void *(*)(std::size_t, std::size_t)>(object.services.aligned)(alignment, size);
}

/// What a call that resizes promises of the block that it answers with.
struct Promise {
  std::uint64_t alignment;  ///< 0: as malloc does
  bool zeroed;              ///< behind what the old block held
};

Promise promise_of(const Call &call) {
  const Function &function = function_of(*call.site);
  const Arguments &arguments = function.arguments;
  Promise promise{0, function.resizing == Resizing::FillsWithZeros};
  if (arguments.align != Arguments::kAbsent) promise.alignment = argument_of(call, arguments.align);
  if (arguments.flags != Arguments::kAbsent) {
    constexpr std::uint64_t kAlignmentLog2 = 63;  // MALLOCX_LG_ALIGN
    constexpr std::uint64_t kZero = 0x40;         // MALLOCX_ZERO
    const std::uint64_t flags = argument_of(call, arguments.flags);
    if ((flags & kAlignmentLog2) != 0) promise.alignment = std::uint64_t{1} << (flags & kAlignmentLog2);
    promise.zeroed = (flags & kZero) != 0;
  }
  return promise;
}

// Resizes by the owner's functions, and keeps what the call promised. False where the owner has not got them.
bool resize_by_owner(Call &call, const Object &owner, std::uint64_t block, std::uint64_t recorded) {
  const Services &services = owner.services;
  const Promise promise = promise_of(call);
  const std::uint64_t size = asked_size(call, function_of(*call.site).arguments);
  const std::uint64_t held = recorded != 0 ? recorded : services.usable_size != 0 ? call_usable_size(owner, block) : 0;
  constexpr std::uint64_t kOrdinary = 16;
  const bool is_aligned = promise.alignment > kOrdinary;
  if (promise.zeroed && held == 0) return false;
  const bool releases = function_of(*call.site).resizing == Resizing::ReleasesOnFailure && services.release != 0;
  // SAFETY: throughout, blocks of the owner, addresses as numbers.
  if (!is_aligned && services.resize != 0) {
    call.result = call_resize(owner, block, size);
    // An answer of nothing to a request for nothing is no failure: the block is gone.
    if (call.result == 0 && size != 0 && releases) call_release(owner, block);
  } else {
    const bool can_allocate = is_aligned ? services.aligned != 0 : services.allocate != 0;
    if (held == 0 || !can_allocate || services.release == 0) return false;
    void *const fresh = is_aligned ? call_aligned(owner, promise.alignment, size)
                                   : reinterpret_cast<void *(*)(std::size_t)>(services.allocate)(size);
    call.result = reinterpret_cast<std::uint64_t>(fresh);
    if (fresh == nullptr && releases) call_release(owner, block);
    if (fresh == nullptr) return true;
    std::memcpy(fresh, reinterpret_cast<const void *>(block), held < size ? held : size);
    call_release(owner, block);
  }
  if (promise.zeroed && call.result != 0 && size > held)
    std::memset(reinterpret_cast<void *>(call.result + held), 0, size - held);
  return true;
}

// Does for the owner what the releaser was asked for. False where the owner cannot be asked.
// \param recorded  the size of the block; 0 where it is not known
bool route(Call &call, pages::Mark owner_mark, std::uint64_t recorded) {
  const Object *const owner = object_with(owner_mark);
  const Function &function = function_of(*call.site);
  const std::uint64_t block = argument_of(call, function.arguments.block);
  if (owner == nullptr || !owner->is_allocator) return false;
  const Services &services = owner->services;
  const VectorState vectors(call.site->preserves != 0);
  const CallingOut calling_out;
  switch (function.role) {
    case Role::Release:
      if (services.release == 0) return false;
      call_release(*owner, block);
      return true;
    case Role::Resize:
      return resize_by_owner(call, *owner, block, recorded);
    case Role::Query:
    case Role::InPlace: {
      if (services.usable_size == 0 && recorded == 0) return false;
      // Nothing grows where it stands: xallocx answers with the size the block has, mi_expand with the block or null.
      const std::uint64_t held = services.usable_size == 0 ? recorded : call_usable_size(*owner, block);
      call.result = held;
      if (function.resizing == Resizing::AnswersWithBlock)
        call.result = asked_size(call, function.arguments) <= held ? block : 0;
      return true;
    }
    default:
      return false;
  }
}

HazardId hazard_of(Role role) {
  switch (role) {
    case Role::Resize:
    case Role::InPlace:
      return HazardId::CrossingRealloc;
    case Role::Query:
      return HazardId::CrossingQuery;
    default:
      return HazardId::CrossingFree;
  }
}

}  // namespace

std::uint64_t asked_size(const Call &call, const Arguments &arguments) {
  const std::uint64_t size = argument_of(call, arguments.size);
  if (arguments.count == Arguments::kAbsent) return size;
  std::uint64_t product = 0;
  return __builtin_mul_overflow(argument_of(call, arguments.count), size, &product) ? UINT64_MAX : product;
}

// A block of glibc's begins behind a chunk's header, whose size leads to the next one, which says that this one is in
// use. Where that does not hold, the address is no block of it. (malloc/malloc.c; the layout is that of every release.)
bool cannot_be_glibc_block(std::uint64_t block, pages::Mark owner) {
  constexpr std::uint64_t kSmallest = 32;
  constexpr std::uint64_t kFlags = 7;
  constexpr std::uint64_t kPreviousInUse = 1;
  constexpr std::uint64_t kMapped = 2;
  if (block % 16 != 0) return true;
  // SAFETY: the page is the owner's, and so is the header before it: a first page begins with no block.
  const auto word = [](std::uint64_t address) { return *reinterpret_cast<const std::uint64_t *>(address); };
  if (block % kPageBytes < 16 && pages::owner_of(block - 16) != owner) return true;
  if (block % kPageBytes < 16 && has_unreadable_heap()) return false;
  const std::uint64_t field = word(block - 8);
  const std::uint64_t size = field & ~kFlags;
  if (size < kSmallest || size % 16 != 0) return true;
  if ((field & kMapped) != 0) {
    const std::uint64_t before = word(block - 16);
    return (block - 16 - before) % kPageBytes != 0 || (before + size) % kPageBytes != 0;
  }
  const std::uint64_t next = block - 16 + size;
  if (next < block || pages::owner_of(next) != owner) return true;
  // What is no size may lead anywhere, and not all of an arena can be read.
  return page_down(next + 15) == page_down(block) && (word(next + 8) & kPreviousInUse) == 0;
}

namespace {

/// An object whose malloc has answered, and never with a block, is no allocator as far as is known: its functions only
/// bear the names, and take something else.
bool has_shown_no_block(Object &object) {
  if (object.answered_nothing == 0 || object.has_handed_out != 0 || object.has_own_heap || object.is_libc) return false;
  if (object.mark != pages::kNobody && pages::has_obtained(object.mark)) return false;
  if (!__atomic_exchange_n(&object.is_disbelieved, true, __ATOMIC_RELAXED))
    log::unwatched(&object, {}, event::Refusal::Disbelieved);
  return true;
}

}  // namespace

Foreign judge(const Site &site, std::uint64_t block, blocks::Packed packed) {
  if (thread_state.calling_out != 0 || __atomic_load_n(&site.passes, __ATOMIC_RELAXED) != 0) return {false, site.mark};
  // A pointer with a tag, or -1: no address, and what the function makes of it is not known.
  if (block >> pages::kAddressBits != 0) return {false, site.mark};
  settle_postponed();
  if (is_evidence(packed)) packed = {};
  if (!is_believed(*site.object, block)) return {false, site.mark};
  const pages::Mark page = pages::owner_of(block);
  if (page != site.mark && has_shown_no_block(*site.object)) return {false, site.mark};
  if (packed.key != 0) {
    const blocks::Block known = blocks::unpack(packed);
    // Where blocks are known by their pages, a record of memory that was nobody's is over when somebody obtains its
    // page.
    const bool is_over = log::is_by_pages() && page != pages::kNobody && !known.relayed && known.owner != page;
    if (!is_over) {
      if (known.owner == site.mark || (known.relayed && page == site.mark)) return {false, site.mark};
      if (!known.relayed) return {true, known.owner};
      // Whose memory it is was not seen. A libc's would have been.
      if (page == pages::kNobody) return {site.object->is_libc, known.owner};
    }
  }
  // Memory that the program gave to the function's own allocator is the program's still, as far as is seen.
  if (site.object->is_given != 0) {
    const Object *const obtained_by = page == pages::kNobody ? object_at(block) : object_with(page);
    if (obtained_by == nullptr || !obtained_by->is_allocator) return {false, site.mark};
  }
  if (page != pages::kNobody) return {page != site.mark, page};
  // Memory that the loader mapped is its object's.
  if (Object *const holder = object_at(block); holder != nullptr)
    return {holder != site.object, holder == site.object ? site.mark : mark_of(*holder)};
  // Where no kernel maps anything stands no block: a handle, or the address 16 for blocks of no size.
  constexpr std::uint64_t kLowestMapped = 1 << 16;
  if (block < kLowestMapped && !site.object->is_libc) return {false, pages::kNobody};
  // Nobody was seen to obtain it. It may be the function's own, unless all its memory is seen: a libc's; where blocks
  // are recorded, this one was handed out by a function that is not known, and only the known families' memory is.
  const bool may_say = log::is_by_pages() ? !site.object->is_tracked : site.object->has_own_heap;
  const bool is_all_seen = site.object->is_libc || (may_say && pages::has_obtained(site.mark));
  TakenIn &taken = taken_in_page(block);
  if (is_all_seen) {
    const pages::Mark owner = taken.page == page_down(block) ? taken.by : pages::kNobody;
    return {owner != site.mark, owner};
  }
  if (!site.object->may_hand_on) taken = {page_down(block), site.mark};
  return {false, pages::kNobody};
}

bool is_believed(Object &object, std::uint64_t block) {
  if (!object.is_by_names) return true;
  if (pages::owner_of(block) != pages::kNobody || object_at(block) != nullptr) return true;
  for (std::uint32_t i = 0; i < object.site_count; ++i)
    if (object.sites[i].is_of_malloc_family) __atomic_store_n(&object.sites[i].passes, 1, __ATOMIC_RELAXED);
  if (!__atomic_exchange_n(&object.is_disbelieved, true, __ATOMIC_RELAXED))
    log::unwatched(&object, {}, event::Refusal::Disbelieved);
  return false;
}

bool is_being_taken(const Call &call, std::uint64_t block) {
  for (const Pending *one = thread_state.pending; one != nullptr; one = one->outer)
    if (one->block == block && one->owner == call.site->mark && one->arrived != 0 && !is_over(*one, call)) return true;
  return false;
}

Pending *arrived(const Call &call, std::uint64_t block, blocks::Packed packed) {
  // It may have passed several functions on its way, each of which waits: the sized operator delete of a static
  // libstdc++ calls the unsized one, and that calls free.
  Pending *innermost = nullptr;
  bool is_first = false;  // else those found may be of a call that another thread has gone on with since
  for (Pending *one = thread_state.pending; one != nullptr; one = one->outer) {
    if (one->block == block && !is_over(*one, call)) {
      if (__atomic_exchange_n(&one->arrived, 1, __ATOMIC_ACQ_REL) == 0) {
        log::take_back(one->group);
        is_first = true;
      }
      if (innermost == nullptr) innermost = one;
      continue;
    }
    if (innermost != nullptr || one->stack < stack_of(call)) continue;
    constexpr std::uint64_t kHeader = kPageBytes;
    const bool is_recorded = !log::is_by_pages();
    const std::uint64_t size = is_recorded ? (packed.key == 0 ? 0 : blocks::unpack(packed).size) : kHeader;
    if (block < one->block && one->block - block <= size) one->arrived_near = 1;
  }
  if (!is_first && may_be_awaited(block)) arrived_from_elsewhere(call, block);
  return innermost;
}

void settle_pending(const Call &call) {
  for (Pending **place = &thread_state.pending; *place != nullptr;) {
    Pending &one = **place;
    if (is_over(one, call)) {
      *place = one.outer;
      settle(one);
    } else {
      place = &one.outer;
    }
  }
}

namespace {

Rooms<Trail> trails;

std::size_t report_with(Trail &trail, const Call &call, HazardId hazard, Detail detail, pages::Mark owner,
                        const Allocation &allocation) {
  const Site &site = *call.site;
  const Arguments &arguments = function_of(site).arguments;
  take_trail(call, log::settings().frames, trail);
  // A function that ended in a jump to this one stands on no stack. Frames are told by return addresses, which lie
  // behind what they are about.
  if (const std::uint64_t by = passed_by_jump(call); by != 0) {
    if (trail.count >= log::settings().frames) --trail.count;
    std::memmove(trail.addresses + 1, trail.addresses, trail.count * sizeof trail.addresses[0]);
    trail.addresses[0] = by + 1;
    ++trail.count;
  }
  return log::finding({.block = argument_of(call, arguments.block),
                       .size = allocation.size,
                       .given = arguments.size == Arguments::kAbsent ? 0 : argument_of(call, arguments.size),
                       .group = 0,
                       .owner = number_with(owner),
                       .releaser = site.object->number,
                       .hazard = hazard,
                       .function = site.row,
                       .allocated_by = allocation.function,
                       .release_frames = 0,
                       .allocation_frames = 0,
                       .detail = detail,
                       .is_by_pointer = is_by_pointer(call) ? 1u : 0u,
                       .zero = 0},
                      {trail.addresses, trail.count}, allocation.backtrace);
}

[[gnu::noinline]] std::size_t report_on_own_stack(const Call &call, HazardId hazard, Detail detail, pages::Mark owner,
                                                  const Allocation &allocation) {
  Trail trail;
  return report_with(trail, call, hazard, detail, owner, allocation);
}

}  // namespace

std::size_t report_finding(const Call &call, HazardId hazard, Detail detail, pages::Mark owner,
                           const Allocation &allocation) {
  const Loan<Trail> trail(trails);
  return trail ? report_with(*trail, call, hazard, detail, owner, allocation)
               : report_on_own_stack(call, hazard, detail, owner, allocation);
}

/// An address that libc's own functions would end the program for: in its variables, or inside a block. A function of
/// the program's may take such a one and do nothing with it, a folded function that is not even a release.
bool is_no_block_of(pages::Mark owner, std::uint64_t block) {
  const Object *const object = object_with(owner);
  if (object == nullptr || !object->is_libc) return false;
  return (block >= object->begin && block < object->end) || cannot_be_glibc_block(block, owner);
}

/// It is a crossing, and that is certain.
Verdict handle_crossing(Call &call, pages::Mark owner, const Allocation &allocation) {
  const Role role = function_of(*call.site).role;
  const HazardId hazard = hazard_of(role);
  open_gates(owner);
  switch (log::settings().on_crossing) {
    case OnCrossing::Report:
      report_finding(call, hazard, Detail::None, owner, allocation);
      return Verdict::Proceed;
    case OnCrossing::Abort:
      report_finding(call, hazard, Detail::None, owner, allocation);
      stop_the_program();
    case OnCrossing::Route:
      if (is_no_block_of(owner, argument_of(call, function_of(*call.site).arguments.block))) owner = pages::kNobody;
      break;
  }
  if (route(call, owner, allocation.function == event::kNoFunction ? 0 : allocation.size)) {
    report_finding(call, hazard, Detail::Routed, owner, allocation);
    return Verdict::Done;
  }
  if (role == Role::Query) {
    report_finding(call, hazard, Detail::NoService, owner, allocation);
    return Verdict::Proceed;
  }
  if (role != Role::Release) {
    // The releaser would take it apart. That there is no memory is an answer that every program expects.
    report_finding(call, hazard, Detail::NoService, owner, allocation);
    call.result = 0;
    return Verdict::Done;
  }
  // Nobody takes it back: it leaks, and the program lives.
  report_finding(call, hazard, Detail::Withheld, owner, allocation);
  call.result = 0;
  return Verdict::Done;
}

/// Whether each release of a block of the page by `owner` will be seen. A page that is the owner's no more needs no
/// look: another thread may give it back while this one asks.
bool is_watched(std::uint64_t page, pages::Mark owner) {
  return owner != pages::owner_of(page) || pages::watch(page) || owner != pages::owner_of(page);
}

/// The finding waits for the end of the call. Where there is no room to wait, since threads have ended inside such
/// calls or left them for good, the block counts as kept, and may come home. False where its arrival would not be seen.
bool wait_for_arrival(const Call &call, pages::Mark owner, const Allocation &allocation, bool as_program) {
  const std::uint64_t block = argument_of(call, function_of(*call.site).arguments.block);
  const std::uint64_t page = page_down(block);
  // Where blocks are known by their pages, the owner's check would let it pass, being its own.
  const bool is_seen = !log::is_by_pages() || (pages::watch(block) && is_watched(page - 1, owner));
  settle_pending(call);  // what longjmp has left stands no further out than this
  if (!is_seen && owner != pages::kNobody) return false;
  const bool is_route = log::settings().on_crossing == OnCrossing::Route;
  Pending *const pending = new_pending();
  const std::size_t group = report_finding(call, hazard_of(function_of(*call.site).role),
                                           is_route ? Detail::NotRouted : Detail::None, owner, allocation);
  await(block);
  if (pending == nullptr) {
    if (const Locked locked(kept_lock); locked) keep({block, call.site->object, group, fork_generation()});
    return true;
  }
  pending->stack = stack_of(call);
  pending->object = call.site->object;
  pending->owner = owner;
  pending->as_program = as_program ? 1 : 0;
  pending->arrived = pending->arrived_near = 0;
  pending->outer = thread_state.pending;
  pending->group = group;
  thread_state.pending = pending;
  __atomic_store_n(&pending->block, block, __ATOMIC_RELEASE);
  return true;
}

/// What an object does not refer to it can only have been told of by an address.
bool code_keeps(Site &site) {
  if (site.object->keeps_strangers && !site.object->may_hand_on) return true;
  if (site.reach == Reach::NotLookedAt) site.reach = reach_of(site);
  return site.reach == Reach::Nothing || (site.reach == Reach::Functions && !site.object->may_hand_on);
}

/// Whether what the function does with another allocator's block is known before it does it. A report can wait and be
/// certain. The other policies must know at once where it can be known, by what the code can reach.
bool is_certain(Site &site) {
  const Object &object = *site.object;
  if (!may_hand_on(site) && (object.is_libc || object.has_own_heap)) return true;
  const OnCrossing policy = log::settings().on_crossing;
  if (policy == OnCrossing::Report || object.relays != 0 || object.handed_on != 0) return false;
  // Else the end of the program can wait for the end of the call. A block cannot: one that was kept says that the next
  // is kept, and what makes its blocks out of another allocator's looks for a header of its own.
  const bool has_shown = policy == OnCrossing::Route && (object.kept != 0 || object.makes_parts != 0);
  return has_shown || code_keeps(site);
}

Verdict handle_foreign(Call &call, pages::Mark owner, const Allocation &allocation, bool as_program) {
  if (is_certain(*call.site)) return handle_crossing(call, owner, allocation);
  // Where its arrival would not be seen, it is said of those only that know no other allocator.
  if (!wait_for_arrival(call, owner, allocation, as_program) && !may_hand_on(*call.site))
    return handle_crossing(call, owner, allocation);
  return Verdict::Proceed;
}

Verdict judge_call(Call &call) {
  if (is_busy(call)) return Verdict::ProceedQuietly;
  const std::uint64_t block = argument_of(call, function_of(*call.site).arguments.block);
  if (block == 0) return Verdict::ProceedQuietly;
  const Busy busy(call);
  const Site &site = *call.site;
  const blocks::Packed packed = blocks::is_started() ? blocks::find(block) : blocks::Packed{};
  Foreign foreign = judge(site, block, packed);
  // A block that another allocator made out of one of libc's.
  if (!foreign.is_foreign && site.object->is_libc && packed.key != 0 && thread_state.pending == nullptr &&
      foreign.owner == pages::owner_of(block) && !is_evidence(packed) && cannot_be_glibc_block(block, foreign.owner))
    foreign = {true, blocks::unpack(packed).owner};
  if (foreign.is_foreign)
    return handle_foreign(call, foreign.owner, allocation_by_evidence(packed, foreign.owner), true);
  arrived(call, block, packed);
  return Verdict::ProceedQuietly;
}

void after_judged_call(Call &call) {
  const Busy busy(call);
  settle_pending(call);
}

}  // namespace crossheap::agent
