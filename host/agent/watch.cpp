// SPDX-License-Identifier: MIT OR Apache-2.0
//
// In this order, and nothing of the program is changed before the last step:
//
//     targets      which functions (targets.cpp)
//     watching     how each is watched at this depth: by a check, by hooks around it, by a gate, or not at all
//     plan         whether its entry can make way for a jump, or why not
//     islands      one for each, in pages near the object; then these pages are made executable
//     jumps        page by page: made writable, the jumps written, made executable again
//
// No thread runs the code meanwhile, because the loader calls us before the object's own code runs. A page is never
// writable and executable at once, so a system that refuses made code says so at the islands.
//
// At depth auto, whether releases need gates depends on whether each function that hands out blocks is watched, and
// that on which entries are refused. So there are two passes over the targets, the first with a guess.
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

/// Depth auto (gates.h).
bool has_gate(const Target &target, const Object &object) {
  if (!log::is_auto() || object.is_tracked || target.looks_at_caller) return false;
  switch (kFunctions[target.row].role) {
    case Role::Allocate:
    case Role::Resize:
    case Role::InPlace:
      return true;
    case Role::Release:
      return !object.hands_out_all_known;
    default:
      return false;
  }
}

Watching watching(const Target &target, const Object &object) {
  if (target.hook != nullptr)
    return {.before = target.hook->before,
            .after = target.hook->after,
            .enter = target.hook->after == nullptr ? kEnterBefore : kEnterAround};
  const Role role = kFunctions[target.row].role;
  const TrackingHooks hooks = tracking_hooks(role, object);
  // Where blocks are known by their pages, a function that asks who called it is left as it is.
  const bool is_tracked = object.is_tracked && !target.looks_at_caller;
  if (!log::is_by_pages() || is_tracked) return {.before = hooks.before, .after = hooks.after, .enter = hooks.enter};
  if (role == Role::Measure) return {};
  Watching how{.gate = has_gate(target, object)};
  if (how.gate) {
    how.open_before = hooks.before;
    how.open_after = hooks.after;
    how.open = hooks.enter;
  }
  if (role == Role::Allocate) return how;
  how.before = judge_call;
  how.check = true;
  how.enter = kEnterBefore;
  if (object.is_libc) return how;  // it hands nothing on, so that nothing has to be done behind it
  how.after = after_judged_call;
  how.enter = kEnterAround;
  return how;
}

/// Whether it begins by saving rbp, as what makes a frame does. The sanitizers' functions make one and look for their
/// caller's.
bool makes_frame(const Target &target, const Targets &targets) {
  constexpr std::uint8_t kPushFramePointer = 0x55;
  const bool is_sanitizer = (targets.families >> static_cast<unsigned>(Family::Sanitizer) & 1) != 0;
  // SAFETY: the code of the entry, which is watched.
  const auto *const entry = reinterpret_cast<const std::uint8_t *>(target.address) + target.displacement.offset;
  return is_sanitizer || *entry == kPushFramePointer;
}

/// Wine's libraries have a malloc and a free that take their arguments as Windows passes them. A program's own function
/// of that name may take more arguments than there are registers.
bool has_other_convention(const Target &target, const Object &object, const Targets &targets, const Body &body) {
  if (target.hook != nullptr || object.is_libc || object.is_cxx_runtime || object.has_own_heap) return false;
  if (targets.families == 0 && takes_stack_arguments(body)) return true;
  const Arguments &all = kFunctions[target.row].arguments;
  constexpr std::int8_t kInRcx = 3;
  for (const std::int8_t position : {all.block, all.size, all.count, all.align, all.flags, all.out})
    if (position >= kInRcx) return false;
  return takes_windows_arguments(body);
}

Refusal plan(Target &target, const Object &object, const Targets &targets) {
  const Image &image = *targets.image;
  if (target.indirect) return Refusal::Indirect;
  if (!is_code(image, target.address)) return Refusal::Protected;
  if (object.mark == pages::kOther) return Refusal::TooMany;
  const Body body = body_of(target);
  const std::uint64_t room = room_of(target);
  if (target.refusal != Refusal::None) return target.refusal;
  if (has_other_convention(target, object, targets, body)) return Refusal::OtherConvention;
  target.displacement = plan_displacement(body);
  if (target.displacement.refusal != Refusal::None) return target.displacement.refusal;
  if (room != 0 && room < target.displacement.offset + kJumpBytes) return Refusal::OtherEntry;
  return Refusal::None;
}

/// The row of the function that serves best so far, of each service. Rows are in the order of preference: C before C++
/// before the extended interfaces, and the plain function of a role before those that promise more (mi_realloc before
/// mi_reallocf, which releases the block where there is no room).
struct ServiceRows {
  static constexpr std::uint16_t kNone = UINT16_MAX;
  std::uint16_t allocate = kNone;
  std::uint16_t release = kNone;
  std::uint16_t resize = kNone;
  std::uint16_t usable_size = kNone;
  std::uint16_t aligned = kNone;
};

void offer(std::uint64_t &service, std::uint16_t &best, std::uint64_t address, std::uint16_t row) {
  if (row >= best) return;
  service = address;
  best = row;
}

// Remembers what can be called to route a block or to find out where memory comes from.
void note_services(Object &object, const Target &target, const Site *site, ServiceRows &best) {
  if (target.hook != nullptr) return;
  Services &services = object.services;
  const Function &function = kFunctions[target.row];
  const Arguments &arguments = function.arguments;
  const std::uint64_t address = site == nullptr ? target.address : reinterpret_cast<std::uint64_t>(site->resume);
  if (function.role == Role::Allocate && arguments.align == 0 && arguments.size == 1 &&
      arguments.count == Arguments::kAbsent && arguments.out == Arguments::kAbsent) {
    // Many an aligned_alloc refuses a size that is no multiple of the alignment.
    const bool takes_any_size = function.name == "memalign";
    offer(services.aligned, best.aligned, address, takes_any_size ? std::uint16_t{0} : target.row);
  }
  if (arguments.block > 0) return;  // an arena comes first
  const bool simple = arguments.align == Arguments::kAbsent && arguments.count == Arguments::kAbsent;
  if (!simple || arguments.out != Arguments::kAbsent) return;
  if (function.role == Role::Allocate && arguments.size == 0)
    offer(services.allocate, best.allocate, address, target.row);
  if (function.role == Role::Release && arguments.size == Arguments::kAbsent)
    offer(services.release, best.release, address, target.row);
  if (function.role == Role::Resize && arguments.size == 1) offer(services.resize, best.resize, address, target.row);
  if (function.role == Role::Query) offer(services.usable_size, best.usable_size, address, target.row);
}

/// Goes by its gate at once where there is room: one jump fewer than by way of the island.
std::uint64_t gate_of(const Target &target, const Site &site) {
  const std::uint64_t room = room_of(target);
  const bool has_room = target.displacement.length >= kGateJumpBytes &&
                        (room == 0 || room >= target.displacement.offset + kGateJumpBytes);
  // SAFETY: an address as a number.
  return has_room ? reinterpret_cast<std::uint64_t>(site.gate) : 0;
}

bool has_jump(const Target &target) { return target.start != 0; }

std::uint64_t jump_of(const Target &target) { return target.address + target.displacement.offset; }
std::size_t jump_bytes_of(const Target &target) { return target.gate != 0 ? kGateJumpBytes : kJumpBytes; }

// Writes the jumps. Neighbours in one page share the two changes of its access. Code that is writable by the object's
// own wish stays as it is.
void write_jumps(Targets &targets) {
  const Image &image = *targets.image;
  for (Target *begin = targets.begin(); begin != targets.end();) {
    Target *stop = begin;
    while (stop != targets.end() && page_down(stop->address) == page_down(begin->address)) ++stop;
    // Only what is written: behind the last byte may begin a page that is no code, and is not ours to change.
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    for (const Target *target = begin; target != stop; ++target) {
      if (!has_jump(*target)) continue;
      if (first == 0) first = jump_of(*target);
      last = std::max(last, jump_of(*target) + jump_bytes_of(*target));
    }
    if (last == 0) {
      begin = stop;
      continue;
    }
    const bool is_ours_to_change = !is_writable(image, first);
    const bool writable = !is_ours_to_change || set_access(first, last, Access::ReadWrite);
    for (; begin != stop; ++begin) {
      if (!has_jump(*begin)) continue;
      const std::uint64_t at = jump_of(*begin);
      // SAFETY: the entry of a function of this object, just made writable; its code does not run yet.
      Code entry(reinterpret_cast<std::uint8_t *>(at), jump_bytes_of(*begin), at);
      if (writable && begin->gate != 0)
        entry.jump_by(begin->gate);
      else if (writable)
        entry.jump(begin->start);
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
    if (target.looks_at_caller && target.refusal == Refusal::None && !log::is_by_pages())
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
           const bool is_left_alone = t.looks_at_caller && log::is_by_pages();
           return !hands_out || (t.refusal == Refusal::None && !is_left_alone);
         });
}

/// Whether each function that resizes or takes back blocks of the object is watched.
bool takes_back_all_watched(const Targets &targets) {
  return std::all_of(targets.begin(), targets.end(), [](const Target &t) {
    if (t.hook != nullptr) return true;
    const Role role = kFunctions[t.row].role;
    return (role != Role::Release && role != Role::Resize) || (t.refusal == Refusal::None && !t.looks_at_caller);
  });
}

}  // namespace

void watch(Object &object, const Image &image) {
  Targets &targets = find_targets(object, image);
  if (is_main_program(*object.map) && has_system_calls(image)) note_own_system_calls();
  if (targets.size == 0) return;
  if (object.is_allocator) mark_of(object);
  const bool is_by_pages = log::is_by_pages();
  if (is_by_pages && object.is_allocator && !object.is_tracked && hands_out_by_jump(object, targets))
    object.is_tracked = blocks::start();

  const std::size_t code_bytes = page_up(targets.size * kIslandBytes);
  const bool is_auto = log::is_auto();
  object.island_bytes = code_bytes + (is_auto ? page_up(targets.size * sizeof(std::uint64_t)) : 0);
  object.islands = map_near(object.begin, object.end, object.island_bytes);
  // Behind a gate there is a site of its own.
  object.sites = static_cast<Site *>(arena_allocate(targets.size * sizeof(Site) * (is_auto ? 2 : 1)));
  // SAFETY: pages of our own; null where there are none, and then it is not used.
  auto *gate = reinterpret_cast<std::uint64_t *>(object.islands + code_bytes);
  std::uint8_t *to = object.islands;
  for (Target &target : targets) {
    target.start = target.gate = 0;
    // A family of its own kind (a sanitizer) gets memory in ways that are not seen, and its blocks must be.
    target.looks_at_caller = (!is_by_pages || targets.families == 0) && looks_at_caller(target, image);
    const Watching how = watching(target, object);
    const bool is_watched = how.before != nullptr || how.gate;
    target.refusal = is_watched ? plan(target, object, targets) : Refusal::None;
    if (is_watched && (object.islands == nullptr || object.sites == nullptr)) target.refusal = Refusal::NoIsland;
  }
  object.hands_out_all_known = hands_out_all_known(object, targets);  // for has_gate
  ServiceRows services;
  for (Target &target : targets) {
    const Watching how = watching(target, object);
    if (how.before == nullptr && !how.gate) {
      target.refusal = Refusal::None;  // it may have had a gate as far as was known then
      note_services(object, target, nullptr, services);
      continue;
    }
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
            .makes_frame = makes_frame(target, targets),
            .is_plain = target.hook == nullptr && is_plain_allocation(kFunctions[target.row]),
            .reach = Reach::NotLookedAt,
            .object = &object,
            .entry = target.address,
            .gate = how.gate ? gate : nullptr,
            .open = 0};
    // A call that found the gate closed has its own hooks yet.
    const bool has_open_site = how.gate && how.before != nullptr;
    Site &open = has_open_site ? object.sites[object.site_count + 1] : site;
    if (has_open_site) open = site;
    if (how.gate) {
      open.before = how.open_before;
      open.after = how.open_after;
    }
    Code island(to, kIslandBytes, reinterpret_cast<std::uint64_t>(to));  // SAFETY: where it will run
    if (!write_island(island, body_of(target), target.displacement, how, site, open, target.start)) {
      target.start = 0;
      target.refusal = Refusal::OutOfReach;
      continue;
    }
    target.gate = gate_of(target, site);
    if (has_open_site) {
      open.resume = site.resume;
      open.gate = nullptr;
    }
    object.site_count += has_open_site ? 2 : 1;
    to += kIslandBytes;
    if (how.gate) ++gate;
    note_services(object, target, &site, services);
  }
  const auto islands = reinterpret_cast<std::uint64_t>(object.islands);  // SAFETY: as a number
  // A system that lets no code be made says so here, before the program's own is touched.
  if (object.islands != nullptr && !set_access(islands, islands + code_bytes, Access::ReadExecute)) {
    for (Target &target : targets) {
      if (target.start != 0) target.refusal = Refusal::Protected;
      target.start = 0;
    }
  } else {
    write_jumps(targets);
  }
  for (std::uint32_t i = 0; i < object.site_count; ++i)
    if (hands_on(object, object.sites[i])) object.sites[i].passes = 1;
  const bool gates_releases = is_auto && !object.is_tracked && !object.hands_out_all_known;
  object.hands_out_all_known = hands_out_all_known(object, targets);
  object.knows_allocations =
      is_auto && (object.is_tracked || gates_releases ? takes_back_all_watched(targets) : object.hands_out_all_known);
  if (!object.is_cxx_runtime) report_instance(object, targets);
}

void unwatch(Object &object) {
  if (object.islands != nullptr && !is_restricted()) unmap_near(object.islands, object.island_bytes);
  object.islands = nullptr;
}

}  // namespace crossheap::agent
