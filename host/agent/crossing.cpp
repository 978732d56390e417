// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/crossing.h"

#include "agent/backtrace.h"
#include "agent/guard.h"
#include "agent/identity.h"
#include "agent/vector_state.h"

namespace crossheap::agent {

namespace {

using event::Detail;
using event::OnCrossing;
using event::Refusal;

// SAFETY: the addresses in Services are those of functions of the program with these types.
void *call_allocate(const Object &object, std::size_t size) {
  return reinterpret_cast<void *(*)(std::size_t)>(object.services.allocate)(size);
}
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

void hand_on(Object &object, Refusal why) {
  for (std::uint32_t i = 0; i < object.site_count; ++i) __atomic_store_n(&object.sites[i].passes, 1, __ATOMIC_RELAXED);
  log::unwatched(&object, {}, why);
}

// Asks the object for a block and looks where it is. Once in the life of an object, when the first block that is not
// in its memory comes to it: the program itself is calling it just now, so it can be called.
void probe(Object &object) {
  std::uint8_t expected = 0;
  if (!__atomic_compare_exchange_n(&object.probed, &expected, 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) return;
  if (object.is_libc || object.services.allocate == 0 || object.services.release == 0) return;
  constexpr std::size_t kProbeBytes = 64;
  const VectorState vectors(true);
  const CallingOut calling_out;
  void *const block = call_allocate(object, kProbeBytes);
  // SAFETY: only the number is looked at.
  const auto address = reinterpret_cast<std::uint64_t>(block);
  const pages::Mark owner = pages::owner_of(address);
  if (block != nullptr && owner != object.mark)
    hand_on(object, owner == pages::kNobody ? Refusal::Untraceable : Refusal::Forwards);
  if (block != nullptr) call_release(object, address);
}

// An object's operator delete may hand on although its malloc does not: its reference to free is bound elsewhere
// (Debian's libjemalloc behind libc). So such a function is given a block of its object's own allocator; where that
// arrives at another watched function, it is one that hands on. Once in its life, when the first block that is not its
// own comes to it, and only where that block's owner is watched: what is handed on, to there if anywhere, is caught.
void probe_operator(Site &site, pages::Mark owner_mark) {
  const Function &function = function_of(site);
  Object &object = *site.object;
  const Object *const owner = object_with(owner_mark);
  if (function.role != Role::Release || function.interface != Interface::Operators || owner == nullptr ||
      !owner->is_allocator || owner->site_count == 0 || object.services.allocate == 0 || object.services.release == 0)
    return;
  std::uint8_t expected = 0;
  if (!__atomic_compare_exchange_n(&site.probed, &expected, 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) return;
  constexpr std::uint64_t kBytes = 64;
  constexpr std::uint64_t kAlignment = 16;
  const VectorState vectors(true);
  const CallingOut calling_out;
  // SAFETY: addresses as numbers; the function is one of the table's, with these arguments.
  const auto block = reinterpret_cast<std::uint64_t>(call_allocate(object, kBytes));
  if (block == 0) return;
  const auto argument = [&](std::int8_t position) {
    return function.arguments.size == position ? kBytes : function.arguments.align == position ? kAlignment : 0;
  };
  thread_state.probe = block;
  using Released = void (*)(std::uint64_t, std::uint64_t, std::uint64_t);
  reinterpret_cast<Released>(const_cast<void *>(site.resume))(block, argument(1), argument(2));
  if (thread_state.probe == 0) {
    call_release(object, block);
    __atomic_store_n(&site.passes, 1, __ATOMIC_RELAXED);
    log::unwatched(&object, function.name, Refusal::Forwards);
  }
  thread_state.probe = 0;
}

// Does for the owner what the releaser was asked for. False where the owner cannot be asked.
bool route(Call &call, pages::Mark owner_mark) {
  const Object *const owner = object_with(owner_mark);
  const Function &function = function_of(*call.site);
  const std::uint64_t block = argument_of(call, function.arguments.block);
  if (owner == nullptr || !owner->is_allocator) return false;
  const Services &services = owner->services;
  const VectorState vectors(call.site->preserves != 0);
  const CallingOut calling_out;
  bool done = true;
  switch (function.role) {
    case Role::Release:
      if ((done = services.release != 0)) call_release(*owner, block);
      break;
    case Role::Resize:
      if ((done = services.resize != 0)) call.result = call_resize(*owner, block, asked_size(call, function.arguments));
      break;
    case Role::Query:
    case Role::InPlace:
      // Nothing grows where it stands: an owner's answer to xallocx is the size the block has.
      if ((done = services.usable_size != 0)) call.result = call_usable_size(*owner, block);
      break;
    default:
      done = false;
  }
  return done;
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

Foreign judge_foreign(Site &site, std::uint64_t block, pages::Mark owner) {
  Object &object = *site.object;
  if (thread_state.calling_out != 0) return {false, owner};
  // A pointer with a tag, or -1: no address, and what the function makes of it is not known.
  if (block >> pages::kAddressBits != 0) return {false, owner};
  if (__atomic_load_n(&site.passes, __ATOMIC_RELAXED) != 0) return {false, owner};
  if (owner == pages::kNobody && block >= object.begin && block < object.end) return {false, site.mark};
  probe(object);
  probe_operator(site, owner);
  if (__atomic_load_n(&site.passes, __ATOMIC_RELAXED) != 0) return {false, owner};
  return {true, owner};
}

bool is_probe(std::uint64_t block) {
  if (block == 0 || thread_state.probe != block) return false;
  thread_state.probe = 0;
  return true;
}

void report_finding(const Call &call, HazardId hazard, Detail detail, pages::Mark owner, const Allocation &allocation) {
  const Site &site = *call.site;
  const Arguments &arguments = function_of(site).arguments;
  Trail trail;
  take_trail(call, log::settings().frames, trail);
  log::finding({.block = argument_of(call, arguments.block),
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
                .detail = detail},
               {trail.addresses, trail.count}, allocation.backtrace);
}

Verdict handle_crossing(Call &call, pages::Mark owner, const Allocation &allocation) {
  const Role role = function_of(*call.site).role;
  const HazardId hazard = hazard_of(role);
  switch (log::settings().on_crossing) {
    case OnCrossing::Report:
      report_finding(call, hazard, Detail::None, owner, allocation);
      return Verdict::Proceed;
    case OnCrossing::Abort:
      report_finding(call, hazard, Detail::None, owner, allocation);
      stop_the_program();
    case OnCrossing::Route:
      break;
  }
  if (route(call, owner)) {
    report_finding(call, hazard, Detail::Routed, owner, allocation);
    return Verdict::Done;
  }
  if (role != Role::Release) {
    report_finding(call, hazard, Detail::None, owner, allocation);
    return Verdict::Proceed;
  }
  // Nobody takes it back: it leaks, and the program lives.
  report_finding(call, hazard, Detail::Withheld, owner, allocation);
  call.result = 0;
  return Verdict::Done;
}

Verdict judge_call(Call &call) {
  if (is_busy(call)) return Verdict::Proceed;
  const std::uint64_t block = argument_of(call, function_of(*call.site).arguments.block);
  if (block == 0) return Verdict::Proceed;
  if (is_probe(block)) {
    call.result = 0;
    return Verdict::Done;
  }
  const Busy busy(call);
  const Foreign foreign = judge(*call.site, block);
  return foreign.is_foreign ? handle_crossing(call, foreign.owner, kUnknownAllocation) : Verdict::Proceed;
}

}  // namespace crossheap::agent
