// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Pairs of functions are collected, then judged, then joined. A pair is an allocating and a releasing function of one
// object on two heaps:
//
//     family_pairs       by the bindings: no counterpart of a function is on its heap
//     flow_pairs         by the code: the block goes from the one to the other
//     libc_pairs         strdup and its like, whose block is of libc's own malloc
//     looked_up_pairs    functions that dlsym answers
//     object_pairs       getaddrinfo's list, given to free instead of freeaddrinfo
//
// The code decides over the bindings where it can be read (judge_by_code). For example, a plugin imports strdup from
// libc and free from jemalloc. If its code passes strdup's block to free, that is an error. If it passes the block
// home, or never keeps it, nothing is wrong. If the block is kept and no release of it is seen, that is a warning. All
// pairs with the same two heaps become one finding, the surest first.
#include "binding/crossings/one_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "allocator/libc_blocks.h"
#include "allocator/names.h"
#include "base/text.h"
#include "binding/in_words.h"

namespace crossheap::binding {

using flow::BufferCall;
using flow::Nullness;

namespace {

constexpr std::size_t kExamplesAtMost = 3;

// An aligned operator new belongs to an aligned delete, the others to those without.
bool fits(const Function &out, const Function &in) {
  if (out.interface != Interface::Operators) return true;
  return (out.arguments.align >= 0) == (in.arguments.align >= 0);
}

}  // namespace

void TwoHeaps::look_at(ObjectIndex object) {
  if (heaps_.ownership().is_allocator(object)) return;
  std::vector<Pair> pairs;
  family_pairs(object, pairs);
  libc_pairs(object, pairs);
  looked_up_pairs(object, pairs);
  object_pairs(object, pairs);
  given_pairs(object, pairs);
  if (pairs.empty()) {
    nameless_with_libc(object);
    extended(object);
    return;
  }
  std::stable_sort(pairs.begin(), pairs.end(), [](const Pair &one, const Pair &other) {
    return std::pair(one.level, one.seen) > std::pair(other.level, other.seen);
  });
  while (!pairs.empty()) {
    const Pair first = pairs.front();
    add_finding(object, first, pairs);
    std::erase_if(pairs,
                  [&](const Pair &pair) { return pair.owner == first.owner && pair.releaser == first.releaser; });
  }
  extended(object);
}

// One finding for all pairs that cross as `first` does.
void TwoHeaps::add_finding(ObjectIndex object, const Pair &first, const std::vector<Pair> &pairs) {
  std::vector<std::string> allocating;
  for (const Pair &pair : pairs)
    if (pair.owner == first.owner && pair.releaser == first.releaser && pair.level == first.level &&
        pair.releases == first.releases &&
        std::find(allocating.begin(), allocating.end(), pair.allocates) == allocating.end())
      allocating.push_back(in_words(pair.allocates));
  if (allocating.size() > kExamplesAtMost) allocating.resize(kExamplesAtMost);
  const std::string which = enumeration({allocating.data(), allocating.size()}, "or");
  const bool only_if_null = first.level == Level::Note;
  std::vector<std::string> evidence;
  if (first.seen && !only_if_null)
    evidence.push_back(fmt::format("its code passes the block of {} to {}", which, in_words(first.releases)));
  if (hands_out_libc_block(first.allocates))
    evidence.push_back(fmt::format("libc's own functions use {}", heaps_.in_words(first.owner)));
  for (const std::string &function : {first.allocates, first.releases}) {
    if (!first.set_by.empty() && function == first.given)
      evidence.push_back(fmt::format("{} calls the {} that others give to its {}", heaps_.name(object),
                                     in_words(function), in_words(first.set_by)));
    else if (function == first.looked_up)
      evidence.push_back(fmt::format("{} looks {} up by dlsym", heaps_.name(object), in_words(function)));
    else if (!hands_out_libc_block(function))
      evidence.push_back(heaps_.why(object, function));
  }
  heaps_.note_same_family(first.owner, first.releaser, evidence);
  const std::string sign = only_if_null                  ? "if it is called with a null pointer"
                           : first.level == Level::Error ? "and releases it itself"
                                                         : "and imports nothing else that could release it";
  findings_.add(
      id_of_inside(object, first), first.level, object,
      fmt::format("{} gets a block from {}, {}: {} reaches {} instead of {}", heaps_.name(object), which, sign,
                  in_words(first.releases), heaps_.in_words(first.releaser), heaps_.in_words(first.owner)),
      std::move(evidence));
}

HazardId TwoHeaps::id_of_inside(ObjectIndex object, const Pair &pair) const {
  if (hands_out_libc_block(pair.allocates)) {
    if (pair.releaser.object == object) return HazardId::PrivateAllocator;
    return heaps_.objects()[object].deep ? HazardId::DeepBoundPlugin : HazardId::HalfBoundAllocator;
  }
  const Function *const allocates = family_function(pair.allocates);
  return allocates != nullptr && allocates->interface == Interface::Operators ? HazardId::OperatorsInPart
                                                                              : HazardId::HalfBoundAllocator;
}

// malloc and free, operator new and delete: by the loader's bindings. Which forms the object uses and none of whose
// counterparts is on the same heap.
void TwoHeaps::family_pairs(ObjectIndex object, std::vector<Pair> &pairs) const {
  const auto &uses = heaps_.ownership().uses_of(object);
  std::set<Instance> heaps;
  for (const Use &use : uses) heaps.insert(use.instance);
  for (const std::string &block : libc_blocks_imported(*heaps_.objects()[object].file))
    if (const auto heap = heaps_.of_libc_block(object, block)) heaps.insert(*heap);
  if (heaps.size() < 2) return;
  for (const Use &out : uses) {
    const Pairing pairing = out.function->pairing;
    if (out.function->role != Role::Allocate || pairing == Pairing::Extended || !out.instance.prefix.empty() ||
        !may_call(object, out))
      continue;
    const Use *elsewhere = nullptr;
    bool at_home = false;
    for (const Use &in : uses) {
      if (in.function->role != Role::Release || in.function->pairing != pairing || !fits(*out.function, *in.function) ||
          !may_call(object, in))
        continue;
      if (in.instance == out.instance)
        at_home = true;
      else if (elsewhere == nullptr)
        elsewhere = &in;
    }
    if (elsewhere != nullptr && !at_home)
      pairs.push_back({out.name, elsewhere->name, out.instance, elsewhere->instance, false, Level::Error});
  }
  flow_pairs(object, pairs);
  // Where code can be read and shows no block on that way, the two halves may be of two conversations: a C++ runtime
  // that is linked statically has both.
  for (Pair &pair : pairs)
    if (!pair.seen && std::any_of(pairs.begin(), pairs.end(), [&](const Pair &other) {
          return other.seen && other.owner == pair.owner && other.releaser == pair.releaser;
        }))
      pair.seen = true;
}

// The same by what its code shows.
void TwoHeaps::flow_pairs(ObjectIndex object, std::vector<Pair> &pairs) const {
  const BlockFlow &flow = heaps_.flow_of(object);
  for (const Flow &way : flow.flows) {
    if (!hands_out(way.from)) continue;
    if (is_call(way.from) && !way.from.inside && way.to.kind == FlowEnd::Kind::Slot &&
        hands_out_libc_block(way.to.name)) {
      // getline resizes the block that it is given, with libc's own realloc.
      add_pair_of(object, way, pairs);
      continue;
    }
    const Function *const out = way.from.inside ? nullptr : family_function(way.from.name);
    const Function *const in = family_function(way.to.name);
    if (out == nullptr || in == nullptr || !is_call(way.from) || !is_call(way.to) || !releases_block(*in)) continue;
    // malloc and operator delete are a wrong pair on every heap (XH205), and as a rule two conversations in one
    // place.
    if ((out->interface == Interface::Operators) != (in->interface == Interface::Operators)) continue;
    add_pair_of(object, way, pairs);
  }
}

// A block goes that way in code: a pair, where the two are of different heaps.
void TwoHeaps::add_pair_of(ObjectIndex object, const Flow &way, std::vector<Pair> &pairs) const {
  const auto owner = heaps_.of(object, way.from);
  const auto releaser = heaps_.of(object, way.to);
  if (owner && releaser && *owner != *releaser)
    pairs.push_back({way.from.name, way.to.name, *owner, *releaser, true, Level::Error});
}

// A plugin that lets others set its malloc or free, and calls its own as well.
void TwoHeaps::given_pairs(ObjectIndex object, std::vector<Pair> &pairs) const {
  if (std::find(heaps_.plugins().begin(), heaps_.plugins().end(), object) == heaps_.plugins().end()) return;
  for (const Flow &way : heaps_.flow_of(object).flows) {
    if (way.from.set_by.empty() == way.to.set_by.empty() || !is_call(way.from) || !is_call(way.to) || way.from.inside ||
        !hands_out(way.from) || !is_release_end(way.to) || !go_together(way.from, way.to))
      continue;
    const std::size_t before = pairs.size();
    add_pair_of(object, way, pairs);
    if (pairs.size() == before) continue;
    const FlowEnd &given = way.from.set_by.empty() ? way.to : way.from;
    pairs.back().given = given.name;
    pairs.back().set_by = given.set_by;
  }
}

// A function of an object's own is there because the whole allocator is; whether it is called, only the code shows.
bool TwoHeaps::may_call(ObjectIndex object, const Use &use) const {
  if (use.binding != nullptr) return true;
  const BlockFlow &flow = heaps_.flow_of(object);
  return !flow.read || std::find(flow.own_called.begin(), flow.own_called.end(), use.name) != flow.own_called.end();
}

// malloc or free of what dlsym answers.
void TwoHeaps::looked_up_pairs(ObjectIndex object, std::vector<Pair> &pairs) const {
  if (!heaps_.looks_functions_up(object)) return;
  for (const Flow &way : heaps_.flow_of(object).flows) {
    if ((way.from.kind != FlowEnd::Kind::Named && way.to.kind != FlowEnd::Kind::Named) || way.from.inside ||
        !is_call(way.from) || !is_release_end(way.to) || !hands_out(way.from))
      continue;
    const auto owner = heaps_.of(object, way.from);
    const auto releaser = heaps_.of(object, way.to);
    if (!owner || !releaser || *owner == *releaser) continue;
    pairs.push_back({way.from.name, way.to.name, *owner, *releaser, true, Level::Error});
    pairs.back().looked_up = way.from.kind == FlowEnd::Kind::Named ? way.from.name : way.to.name;
  }
}

// What getaddrinfo and its like make is for freeaddrinfo; free takes it to the object's own heap.
void TwoHeaps::object_pairs(ObjectIndex object, std::vector<Pair> &pairs) const {
  if (!imports_object_maker(object)) return;
  for (const Flow &way : heaps_.flow_of(object).flows) {
    // What glob puts into a structure of the caller's stands inside of it.
    const LibcObject *const made = object_given(way.from);
    if (made == nullptr || way.from.inside != made->is_filled || releases_libc_object(way.to.name) ||
        !is_release_end(way.to) || !go_together(way.from, way.to))
      continue;
    add_pair_of(object, way, pairs);
  }
}

bool TwoHeaps::imports_object_maker(ObjectIndex object) const {
  return any_import(*heaps_.objects()[object].file, [](std::string_view name) {
    return first_scanned(name) > 0 ||
           std::any_of(std::begin(kLibcObjects), std::end(kLibcObjects),
                       [&](const LibcObject &made) { return (made.is_block || made.is_filled) && made.maker == name; });
  });
}

// strdup and its like hand out blocks of libc's own malloc, whatever the caller's malloc is.
void TwoHeaps::libc_pairs(ObjectIndex object, std::vector<Pair> &pairs) const {
  const std::vector<std::string> blocks = libc_blocks_imported(*heaps_.objects()[object].file);
  if (blocks.empty()) return;
  std::vector<std::pair<const Use *, Instance>> releases;
  for (const Use &use : heaps_.ownership().uses_of(object))
    if (use.function->role == Role::Release && use.function->pairing == Pairing::Malloc && may_call(object, use))
      releases.emplace_back(&use, use.instance);
  // realloc and malloc_usable_size take a block as well; but only the code shows that it is this one.
  const std::size_t certain = releases.size();
  for (const Use &use : heaps_.ownership().uses_of(object))
    if ((use.function->role == Role::Resize || use.function->role == Role::Query) &&
        use.function->pairing == Pairing::Malloc && may_call(object, use))
      releases.emplace_back(&use, use.instance);
  for (const std::string &block : blocks) {
    const auto owner = heaps_.of_libc_block(object, block);
    if (!owner) continue;
    const auto elsewhere =
        std::find_if(releases.begin(), releases.end(), [&](const auto &release) { return release.second != *owner; });
    if (elsewhere == releases.end()) continue;
    Pair pair{block, elsewhere->first->name, *owner, elsewhere->second, false, Level::Warning};
    if (!judge_by_code(object, pair)) continue;
    if (elsewhere - releases.begin() >= static_cast<std::ptrdiff_t>(certain) && !pair.seen) continue;
    const bool at_home =
        std::any_of(releases.begin(), releases.end(), [&](const auto &release) { return release.second == *owner; });
    if (at_home && !pair.seen) continue;
    pairs.push_back(std::move(pair));
  }
}

// Looks where the code decides; answers false where it decides that no block is handed out.
bool TwoHeaps::judge_by_code(ObjectIndex object, Pair &pair) const {
  const BlockFlow &flow = heaps_.flow_of(object);
  const LibcBlockFunction &libc = *find_libc_block_function(pair.allocates);
  if (!flow.read) {
    if (libc.buffer >= 0 || libc.grows) pair.level = Level::Note;
    return true;
  }
  bool with_buffer = libc.buffer >= 0;
  bool unknown = false;
  for (const BufferCall &call : flow.buffer_calls) {
    if (call.name != pair.allocates) continue;
    if (call.buffer == Nullness::Null) with_buffer = false;
    if (call.buffer == Nullness::Unknown) unknown = true;
  }
  if (with_buffer && !unknown) return false;
  bool from_null = false;
  bool any = false;
  bool idle = false;
  for (const Flow &way : flow.flows) {
    if (!is_call(way.from) || way.from.name != pair.allocates || way.from.inside || !is_call(way.to) ||
        !hands_out(way.from))
      continue;
    const Function *const in = family_function(way.to.name);
    if (in == nullptr || !releases_block(*in)) continue;
    if (!heaps_.may_run(object, way.site)) {
      idle = true;
      continue;
    }
    any = true;
    from_null = from_null || way.from.from_null;
    const auto releaser = heaps_.of(object, way.to);
    if (releaser && *releaser != pair.owner) {
      pair.seen = true;
      pair.releases = way.to.name;
      pair.releaser = *releaser;
    } else if (releaser) {
      return false;  // it goes home
    }
  }
  if (idle && !any) return false;
  // A block that goes nowhere is never released: strdup(getenv(...)) kept in a variable.
  if (!pair.seen && std::find(flow.kept.begin(), flow.kept.end(), pair.allocates) == flow.kept.end()) return false;
  if (pair.seen) pair.level = Level::Error;
  if (with_buffer || (libc.grows && any && !from_null)) pair.level = Level::Note;
  return true;
}

// A hidden allocator without names, and libc's blocks.
void TwoHeaps::nameless_with_libc(ObjectIndex object) {
  const auto own = heaps_.ownership().nameless_instance(object);
  if (!own) return;
  std::vector<std::string> blocks;
  for (std::string &block : libc_blocks_imported(*heaps_.objects()[object].file)) {
    Pair pair{block, "free", *own, *own, false, Level::Warning};
    const auto owner = heaps_.of_libc_block(object, block);
    if (owner && *owner != *own && judge_by_code(object, pair) && pair.level == Level::Warning)
      blocks.push_back(std::move(block));
  }
  if (blocks.empty()) return;
  const auto owner = heaps_.of_libc_block(object, blocks.front());
  findings_.add(
      HazardId::PrivateAllocator, Level::Warning, object,
      fmt::format("{} takes blocks of {} from {}, and imports nothing that releases them: it carries {}, stripped, "
                  "which is all that it can release to",
                  heaps_.name(object), enumeration({blocks.data(), std::min(blocks.size(), kExamplesAtMost)}, "or"),
                  heaps_.in_words(*owner), heaps_.family_word(*own)),
      {fmt::format("libc's own functions use {}", heaps_.in_words(*owner))});
}

// mallocx of one allocator and free of another.
void TwoHeaps::extended(ObjectIndex object) {
  for (const Use &use : heaps_.ownership().uses_of(object)) {
    if (use.function->pairing != Pairing::Extended || use.binding == nullptr) continue;
    const Use *plain = heaps_.ownership().use_of(object, use.function->role == Role::Allocate ? "free" : "malloc");
    if (plain == nullptr || plain->instance == use.instance || !plain->instance.prefix.empty() ||
        use.function->interface != Interface::Jemalloc)
      continue;
    findings_.add(HazardId::HalfBoundAllocator, Level::Warning, object,
                  fmt::format("{}'s {} is of {}, its {} of {}", heaps_.name(object), use.name,
                              heaps_.in_words(use.instance), plain->name, heaps_.in_words(plain->instance)),
                  {heaps_.why(object, use.name), heaps_.why(object, plain->name)});
    return;
  }
}

}  // namespace crossheap::binding
