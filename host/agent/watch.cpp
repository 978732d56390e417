// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/watch.h"

#include <algorithm>

#include "agent/blocks.h"
#include "agent/code_facts.h"
#include "agent/crossing.h"
#include "agent/identity.h"
#include "agent/island.h"
#include "agent/log.h"
#include "agent/memory.h"
#include "agent/relocate.h"
#include "agent/targets.h"
#include "agent/tracking.h"

namespace crossheap::agent {

namespace {

using event::Refusal;

/// Whether the function calls the malloc family by its references, as any program does: the operators of a C++ runtime,
/// and libc's reallocarray, whose realloc is the process's. Others are found out when they are used.
bool hands_on(const Object &object, const Site &site) {
  return object.is_cxx_runtime || (object.is_libc && function_of(site).name.ends_with("reallocarray"));
}

/// From the entry to the next function.
std::uint64_t room_of(const Target &target) { return target.next == 0 ? 0 : target.next - target.address; }

Body body_of(const Target &target) {
  // A symbol without a size ends where the next one begins at the latest, filling included.
  const std::uint64_t room = room_of(target);
  const std::uint64_t size = target.size != 0 ? target.size : room;
  return {.bytes = reinterpret_cast<const std::uint8_t *>(target.address),  // SAFETY: mapped code
          .size = size,
          .padding = room > size ? room - size : 0,
          .address = target.address};
}

Watching watching(const Target &target, const Object &object) {
  if (target.hook != nullptr)
    return {.before = target.hook->before,
            .after = target.hook->after,
            .enter = target.hook->after == nullptr ? kEnterBefore : kEnterAround};
  const Role role = kFunctions[target.row].role;
  // At depth ownership a function that asks who called it is left as it is: what it hands out is judged by its page.
  const bool is_tracked = object.is_tracked && !target.looks_at_caller;
  if (log::settings().depth != event::Depth::Ownership || is_tracked) {
    const TrackingHooks hooks = tracking_hooks(role);
    return {.before = hooks.before, .after = hooks.after, .enter = hooks.enter};
  }
  if (role == Role::Measure) return {};

  if (role == Role::Allocate) return {};
  // libc's hand nothing on, so that nothing has to be done behind them.
  if (object.is_libc) return {.before = judge_call, .enter = kEnterBefore, .check = true};
  return {.before = judge_call, .after = after_judged_call, .enter = kEnterAround, .check = true};
}

Refusal plan(Target &target, const Object &object, const Image &image) {
  if (target.indirect) return Refusal::Indirect;
  if (!is_code(image, target.address)) return Refusal::Protected;
  if (object.mark == pages::kOther) return Refusal::TooMany;
  const Body body = body_of(target);
  const std::uint64_t room = room_of(target);
  if (target.refusal != Refusal::None) return target.refusal;
  target.displacement = plan_displacement(body);
  if (target.displacement.refusal != Refusal::None) return target.displacement.refusal;
  if (room != 0 && room < target.displacement.offset + kJumpBytes) return Refusal::OtherEntry;
  return Refusal::None;
}

void offer(std::uint64_t &service, std::uint64_t address, bool preferred) {
  if (service == 0 || preferred) service = address;
}

// Remembers what can be called to route a block or to find out where memory comes from. Rows are in the order of
// preference: C before C++ before the extended interfaces.
void note_services(Object &object, const Target &target, const Site *site) {
  if (target.hook != nullptr) return;
  const Function &function = kFunctions[target.row];
  const Arguments &arguments = function.arguments;
  const std::uint64_t address = site == nullptr ? target.address : reinterpret_cast<std::uint64_t>(site->resume);
  if (function.role == Role::Allocate && arguments.align == 0 && arguments.size == 1 &&
      arguments.count == Arguments::kAbsent && arguments.out == Arguments::kAbsent)
    offer(object.services.aligned, address, function.name == "memalign");
  if (arguments.block > 0) return;  // an arena comes first
  const bool simple = arguments.align == Arguments::kAbsent && arguments.count == Arguments::kAbsent;
  const bool standard = function.interface == Interface::Standard;
  const bool plain = standard && (function.name == "malloc" || function.name == "free" || function.name == "realloc");
  if (!simple || arguments.out != Arguments::kAbsent) return;
  if (function.role == Role::Allocate && arguments.size == 0) offer(object.services.allocate, address, plain);
  if (function.role == Role::Release && arguments.size == Arguments::kAbsent)
    offer(object.services.release, address, plain);
  if (function.role == Role::Resize && arguments.size == 1) offer(object.services.resize, address, plain);
  if (function.role == Role::Query) offer(object.services.usable_size, address, standard);
}

// Writes the jumps. Neighbours in one page share the two changes of its access. Code that is writable by the object's
// own wish stays as it is.
void write_jumps(Targets &targets) {
  const Image &image = *targets.image;
  for (Target *begin = targets.begin(); begin != targets.end();) {
    Target *stop = begin;
    while (stop != targets.end() && page_down(stop->address) == page_down(begin->address)) ++stop;
    if (std::all_of(begin, stop, [](const Target &target) { return target.start == 0; })) {
      begin = stop;
      continue;
    }
    const std::uint64_t first = begin->address;
    const std::uint64_t last = stop[-1].address + stop[-1].displacement.offset + kJumpBytes;
    const bool is_ours_to_change = !is_writable(image, first);
    const bool writable = !is_ours_to_change || set_access(first, last, Access::ReadWrite);
    for (; begin != stop; ++begin) {
      if (begin->start == 0) continue;
      const std::uint64_t at = begin->address + begin->displacement.offset;
      // SAFETY: the entry of a function of this object, just made writable; its code does not run yet.
      Code entry(reinterpret_cast<std::uint8_t *>(at), kJumpBytes, at);
      if (writable) entry.jump(begin->start);
      if (!writable || !entry.good()) begin->refusal = Refusal::Protected;
    }
    if (writable && is_ours_to_change) set_access(first, last, Access::ReadExecute);
  }
}

bool looks_at_caller(const Target &target, const Image &image) {
  return target.hook == nullptr && is_code(image, target.address) && reads_return_address(body_of(target));
}

/// What comes from the kernel by such a jump seems to be the program's, unless it is known that the function runs.
bool hands_out_by_jump(const Object &object, const Targets &targets) {
  if (object.is_libc || object.is_cxx_runtime || object.has_own_heap) return false;
  return std::any_of(targets.begin(), targets.end(), [&](const Target &target) {
    const bool hands_out = target.hook == nullptr && (kFunctions[target.row].role == Role::Allocate ||
                                                      kFunctions[target.row].role == Role::Resize);
    return hands_out && is_code(*targets.image, target.address) &&
           jumps_to(object, body_of(target), [](std::string_view name) {
             return name == "mmap" || name == "mmap64" || name == "mremap" || name == "sbrk";
           });
  });
}

void report_instance(Object &object, const Targets &targets) {
  std::uint32_t watched = 0;
  std::uint32_t unwatched = 0;
  std::string_view prefix;
  for (const Target &target : targets) {
    if (target.refusal != Refusal::None) log::unwatched(&object, name_of(target), target.refusal);
    if (target.looks_at_caller && target.refusal == Refusal::None && log::settings().depth != event::Depth::Ownership)
      log::unwatched(&object, name_of(target), Refusal::SeesAgent);
    if (target.hook != nullptr) continue;
    ++(target.refusal == Refusal::None ? watched : unwatched);
    if (target.prefix_size != 0) prefix = prefix_of(target);
  }
  if (object.is_allocator)
    log::instance(object, prefix, targets.interfaces, family_of(targets, object), watched, unwatched);
}

// Nothing of it that hands out blocks is unnamed or unwatched. A family with heaps (mimalloc's) has more functions.
bool hands_out_all_known(const Object &object, const Targets &targets) {
  constexpr auto kBit = [](Family family) { return 1u << static_cast<unsigned>(family); };
  constexpr std::uint32_t kComplete = kBit(Family::Glibc) | kBit(Family::Jemalloc) | kBit(Family::Tcmalloc);
  const bool is_known = object.is_libc || (targets.families & ~kComplete) == 0;
  if (!object.is_libc && (targets.families & kComplete) == 0 && targets.hands_out_otherwise) return false;
  return is_known && !object.may_hand_on && std::all_of(targets.begin(), targets.end(), [](const Target &t) {
           const bool hands_out = t.hook == nullptr &&
                                  (kFunctions[t.row].role == Role::Allocate || kFunctions[t.row].role == Role::Resize);
           return !hands_out || t.refusal == Refusal::None;
         });
}

}  // namespace

void watch(Object &object, const Image &image) {
  Targets &targets = find_targets(object, image);
  if (targets.size == 0) return;
  if (object.is_allocator) mark_of(object);
  const bool at_ownership = log::settings().depth == event::Depth::Ownership;
  if (at_ownership && object.is_allocator && !object.is_tracked && hands_out_by_jump(object, targets))
    object.is_tracked = blocks::start();

  object.island_bytes = page_up(targets.size * kIslandBytes);
  object.islands = map_near(object.begin, object.end, object.island_bytes);
  object.sites = static_cast<Site *>(arena_allocate(targets.size * sizeof(Site)));
  for (Target &target : targets) {
    target.start = 0;
    // A family of its own kind (a sanitizer) gets memory in ways that are not seen, and its blocks must be.
    target.looks_at_caller = (!at_ownership || targets.families == 0) && looks_at_caller(target, image);
    const Watching how = watching(target, object);
    if (how.before == nullptr) {
      target.refusal = Refusal::None;
      note_services(object, target, nullptr);
      continue;
    }
    target.refusal = plan(target, object, image);
    if (object.islands == nullptr || object.sites == nullptr) target.refusal = Refusal::NoIsland;
    if (target.refusal != Refusal::None) continue;
    Site &site = object.sites[object.site_count];
    site = {.resume = nullptr,
            .before = how.before,
            .after = how.after,
            .passes = 0,
            .mark = object.mark,
            .row = target.row,
            .names_more = target.hook == nullptr && names_more(kFunctions[target.row]),
            .preserves = !target.interposable,
            .is_of_malloc_family = target.hook == nullptr,
            .reach = Reach::NotLookedAt,
            .object = &object,
            .entry = target.address};
    std::uint8_t *const to = object.islands + object.site_count * kIslandBytes;
    Code island(to, kIslandBytes, reinterpret_cast<std::uint64_t>(to));  // SAFETY: where it will run
    if (!write_island(island, body_of(target), target.displacement, how, site, target.start)) {
      target.start = 0;
      target.refusal = Refusal::OutOfReach;
      continue;
    }
    ++object.site_count;
    note_services(object, target, &site);
  }
  const auto islands = reinterpret_cast<std::uint64_t>(object.islands);  // SAFETY: as a number
  // A system that lets no code be made says so here, before the program's own is touched.
  if (object.islands != nullptr && !set_access(islands, islands + object.island_bytes, Access::ReadExecute)) {
    for (Target &target : targets) {
      if (target.start != 0) target.refusal = Refusal::Protected;
      target.start = 0;
    }
  } else {
    write_jumps(targets);
  }
  for (std::uint32_t i = 0; i < object.site_count; ++i)
    if (hands_on(object, object.sites[i])) object.sites[i].passes = 1;
  object.hands_out_all_known = hands_out_all_known(object, targets);
  if (!object.is_cxx_runtime) report_instance(object, targets);
}

void unwatch(Object &object) {
  if (object.islands != nullptr && !is_restricted()) unmap_near(object.islands, object.island_bytes);
  object.islands = nullptr;
}

}  // namespace crossheap::agent
