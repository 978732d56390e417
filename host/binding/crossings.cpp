// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/crossings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "allocator/libc_blocks.h"
#include "allocator/names.h"
#include "base/text.h"
#include "elf/symbols.h"

namespace crossheap::binding {

namespace {

std::string in_words(std::string_view name) {
  const Function *const function = find_function(name);
  if (function == nullptr || function->interface != Interface::Operators) return std::string(name);
  const bool array = function->pairing == Pairing::NewArray;
  const bool sized = function->role == Role::Release && function->arguments.size >= 0;
  const bool aligned = function->arguments.align >= 0;
  return fmt::format("{}{}operator {}{}", sized ? "sized " : "", aligned ? "aligned " : "",
                     function->role == Role::Allocate ? "new" : "delete", array ? "[]" : "");
}

// What a file asks of libc that returns heap memory.
// Asks `wanted` for each name that the file imports. \return whether one was, after which nothing is asked
template <class Wanted>
bool any_import(const ObjectFile &file, Wanted wanted) {
  const elf::SymbolTable &table = file.symbols.table();
  for (std::uint32_t i = 1; i < file.symbols.count(); ++i)
    if (!table.nameless(i).defined() && wanted(table.name_of(i))) return true;
  return false;
}

std::vector<std::string> libc_blocks_imported(const ObjectFile &file) {
  std::vector<std::string> names;
  any_import(file, [&](std::string_view name) {
    if (hands_out_libc_block(name)) names.emplace_back(name);
    return false;
  });
  return names;
}

bool releases_block(const Function &function) {
  return function.role == Role::Release || function.role == Role::Resize || function.role == Role::Query;
}

// A template's or an inline function's copy, which every object that uses it has.
bool is_mangled(std::string_view name) { return name.starts_with("_Z"); }

// One way for blocks between two objects that stand on two heaps; what is said of it is gathered.
struct Way {
  ObjectIndex gives = kNoObject;
  ObjectIndex takes = kNoObject;
  Instance owner;
  Instance releaser;
  auto operator<=>(const Way &) const = default;  // NOLINT(modernize-use-nullptr): as in FileId
};

struct Signs {
  Level level = Level::Note;
  HazardId id = HazardId::CrossingFree;
  std::vector<std::string> evidence;
};

constexpr std::size_t kExamplesAtMost = 3;

class Finder {
public:
  Finder(const Process &process, const Ownership &ownership, const std::vector<std::string> &named, Among among)
      : process_(process), objects_(process.objects()), ownership_(ownership), among_(among) {
    for (ObjectIndex object = 0; object < objects_.size(); ++object)
      if (objects_[object].origin == Origin::Opened || (object != 0 && is_called(object, named)))
        plugins_.push_back(object);
  }

  std::vector<Finding> all() {
    if (several_heaps()) {
      for (ObjectIndex object = 0; object < objects_.size(); ++object)
        if (is_looked_at(object)) inside(object);
      for (ObjectIndex object = 0; object < objects_.size(); ++object)
        if (is_looked_at(object)) through_imports(object);
      for (const ObjectIndex plugin : plugins_) through_opening(plugin);
    }
    for (const ObjectIndex plugin : plugins_) {
      captured(plugin);
      if (objects_[plugin].origin == Origin::Opened) late_interposer(plugin);
    }
    foreign_loader();
    for (const std::string &warning : process_.warnings())
      add(HazardId::PreloadWithoutEffect, Level::Warning, 0, warning, {});
    add_ways();
    std::stable_sort(findings_.begin(), findings_.end(),
                     [](const Finding &one, const Finding &other) { return one.level > other.level; });
    return std::move(findings_);
  }

private:
  bool is_looked_at(ObjectIndex object) const {
    if (among_ == Among::All) return true;
    return std::any_of(plugins_.begin(), plugins_.end(), [&](ObjectIndex plugin) { return is_of(object, plugin); });
  }

  void add(HazardId hazard, Level level, ObjectIndex object, std::string summary, std::vector<std::string> evidence) {
    findings_.push_back({.hazard = hazard,
                         .level = level,
                         .subject = objects_[object].path.string(),
                         .summary = std::move(summary),
                         .evidence = std::move(evidence),
                         .because = {},
                         .next_step = {},
                         .places = {}});
  }

  bool is_called(ObjectIndex object, const std::vector<std::string> &named) const {
    const Object &its = objects_[object];
    return std::any_of(named.begin(), named.end(), [&](const std::string &name) {
      return its.path == name || std::find(its.names.begin(), its.names.end(), name) != its.names.end();
    });
  }

  std::string name(ObjectIndex object) const { return name_of(objects_, object); }
  std::string heap(const Instance &instance) const { return in_words(objects_, ownership_, instance); }

  // ---- who is on which heap

  bool several_heaps() const {
    std::set<Instance> heaps;
    for (ObjectIndex object = 0; object < objects_.size(); ++object) {
      for (const Use &use : ownership_.uses_of(object)) heaps.insert(use.instance);
      if (const auto nameless = ownership_.nameless_instance(object)) heaps.insert(*nameless);
    }
    return heaps.size() > 1 || reaches_for_libc();
  }

  // Whether a plugin may ask dlsym for libc's own malloc, which nothing else in the process is on.
  bool reaches_for_libc() const {
    for (const ObjectIndex plugin : plugins_) {
      const ObjectIndex libc = ownership_.libc_of(objects_[plugin].link_namespace);
      const auto instance = ownership_.instance_of_libc(objects_[plugin].link_namespace);
      if (libc != kNoObject && instance && instance->object != libc && looks_functions_up(plugin) &&
          imports(plugin, {"dlopen"}))
        return true;
    }
    return false;
  }

  // Where a call out of `object` that hands out blocks gets them from, or one that takes them brings them.
  std::optional<Instance> heap_of(ObjectIndex object, const FlowEnd &end) const {
    if (end.kind == FlowEnd::Kind::Own) return ownership_.instance_behind_own(object, end.name);
    if (end.kind == FlowEnd::Kind::Named) return heap_of_looked_up(object, end);
    if (end.kind != FlowEnd::Kind::Slot) return std::nullopt;
    if (family_function(end.name) != nullptr) return ownership_.instance_behind_slot(object, end.address, end.name);
    if (hands_out_libc_block(end.name) || object_given(end) != nullptr || releases_libc_object(end.name))
      return heap_of_libc_block(object, end.name);
    return std::nullopt;
  }

  // The object of libc's own, a FILE, that a call leaves there.
  static const LibcObject *object_given(const FlowEnd &end) {
    return end.kind == FlowEnd::Kind::Slot ? find_libc_object(end.name, end.index) : nullptr;
  }

  // Whether what comes from the one end is what the other releases: fclose takes no block, and of a FILE nobody gives
  // free the first one.
  static bool go_together(const FlowEnd &from, const FlowEnd &to) {
    const LibcObject *const object = object_given(from);
    if (releases_libc_object(to.name)) return object != nullptr && object->release == to.name;
    return object == nullptr || object->is_block;
  }

  // A function that dlsym answers.
  std::optional<Instance> heap_of_looked_up(ObjectIndex object, const FlowEnd &end) const {
    const bool is_of_family = family_function(end.name) != nullptr;
    if (!is_of_family && !hands_out_libc_block(end.name)) return std::nullopt;
    switch (end.looked_up_in) {
      case LookedUpIn::Default: {
        const auto found = process_.find_for(object, end.name);
        if (!found) return std::nullopt;
        return is_of_family ? ownership_.instance_behind(*found, end.name) : heap_of_definer(found->object);
      }
      case LookedUpIn::Next:
        return is_of_family ? ownership_.instance_behind_next(object, end.name) : std::nullopt;
      case LookedUpIn::Libc: {
        const ObjectIndex libc = ownership_.libc_of(objects_[object].link_namespace);
        if (libc == kNoObject) return std::nullopt;
        return is_of_family ? std::optional(Instance{libc, {}}) : heap_of_definer(libc);
      }
      case LookedUpIn::Unknown:
        break;
    }
    return std::nullopt;
  }

  // strdup's block is of the malloc that its definer uses: libc as a rule, and libc's malloc may be replaced.
  std::optional<Instance> heap_of_libc_block(ObjectIndex object, std::string_view function) const {
    const ObjectIndex definer = definer_of(object, function);
    return definer == kNoObject ? std::nullopt : heap_of_definer(definer);
  }

  std::optional<Instance> heap_of_definer(ObjectIndex definer) const {
    if (ownership_.is_libc(definer)) return ownership_.instance_of_libc(objects_[definer].link_namespace);
    const Use *use = ownership_.use_of(definer, "malloc");
    return use != nullptr ? use->instance : Instance{definer, {}};
  }

  // The object whose definition of `function` the import of `object` is bound to.
  ObjectIndex definer_of(ObjectIndex object, std::string_view function) const {
    const auto [entry, is_new] = definers_.try_emplace({object, std::string(function)}, kNoObject);
    if (!is_new) return entry->second;
    std::uint32_t index = 0;
    const elf::DynamicSymbols &symbols = objects_[object].file->symbols;
    for (std::uint32_t i = 1; i < symbols.count() && index == 0; ++i)
      if (symbols.table().name_of(i) == function) index = i;
    if (index == 0) return kNoObject;
    if (const auto definition = process_.search(object, index, TypeClass::Plt).definition)
      entry->second = definition->object;
    return entry->second;
  }

  // The heap that an object's code uses where nothing tells which function it is: the one of its malloc.
  std::optional<Instance> usual_heap(ObjectIndex object, Role role) const {
    for (const std::string_view function :
         {role == Role::Release ? "free" : "malloc", role == Role::Release ? "_ZdlPv" : "_Znwm"})
      if (const Use *use = ownership_.use_of(object, function)) return use->instance;
    for (const Use &use : ownership_.uses_of(object))
      if (use.function->role == role || use.function->role == Role::Resize) return use.instance;
    return ownership_.nameless_instance(object);
  }

  // "RTLD_DEEPBIND searches ...: found in libc.so.6"
  std::string why(ObjectIndex object, std::string_view function) const {
    const Use *const use = ownership_.use_of(object, function);
    const std::string subject = fmt::format("{}'s {}", name(object), in_words(function));
    if (use == nullptr || use->binding == nullptr)
      return fmt::format("{} is its own, called without the loader's help", subject);
    return fmt::format("{}: {}", subject, reason_of(process_, *use->binding));
  }

  void note_same_family(const Instance &one, const Instance &other, std::vector<std::string> &evidence) const {
    const Family family = ownership_.family_of(one);
    if (family == ownership_.family_of(other) && family != Family::Unknown)
      evidence.push_back(
          fmt::format("both are {}, but two copies of it: each knows only its own blocks (XH403)", name_of(family)));
  }

  const BlockFlow &flow_of(ObjectIndex object) const { return objects_[object].file->block_flow(); }

  // ---- certain: one object, two heaps

  // What an object with two heaps does with blocks, by the names of the two functions.
  struct Pair {
    std::string allocates;
    std::string releases;
    Instance owner;
    Instance releaser;
    bool seen = false;  ///< in code
    Level level = Level::Warning;
    std::string looked_up = {};  ///< the one of the two that dlsym answers
  };

  void inside(ObjectIndex object) {
    if (ownership_.is_allocator(object)) return;
    std::vector<Pair> pairs;
    family_pairs(object, pairs);
    libc_pairs(object, pairs);
    looked_up_pairs(object, pairs);
    object_pairs(object, pairs);
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
        evidence.push_back(fmt::format("libc's own functions use {}", heap(first.owner)));
      for (const std::string &function : {first.allocates, first.releases}) {
        if (function == first.looked_up)
          evidence.push_back(fmt::format("{} looks {} up by dlsym", name(object), in_words(function)));
        else if (!hands_out_libc_block(function))
          evidence.push_back(why(object, function));
      }
      note_same_family(first.owner, first.releaser, evidence);
      const std::string sign = only_if_null                  ? "if it is called with a null pointer"
                               : first.level == Level::Error ? "and releases it itself"
                                                             : "and imports nothing else that could release it";
      add(id_of_inside(object, first), first.level, object,
          fmt::format("{} gets a block from {}, {}: {} reaches {} instead of {}", name(object), which, sign,
                      in_words(first.releases), heap(first.releaser), heap(first.owner)),
          std::move(evidence));
      std::erase_if(pairs,
                    [&](const Pair &pair) { return pair.owner == first.owner && pair.releaser == first.releaser; });
    }
    extended(object);
  }

  HazardId id_of_inside(ObjectIndex object, const Pair &pair) const {
    if (hands_out_libc_block(pair.allocates)) {
      if (pair.releaser.object == object) return HazardId::PrivateAllocator;
      return objects_[object].deep ? HazardId::DeepBoundPlugin : HazardId::HalfBoundAllocator;
    }
    const Function *const allocates = family_function(pair.allocates);
    return allocates != nullptr && allocates->interface == Interface::Operators ? HazardId::OperatorsInPart
                                                                                : HazardId::HalfBoundAllocator;
  }

  // malloc and free, operator new and delete: by the loader's bindings. Which forms the object uses and none of whose
  // counterparts is on the same heap.
  void family_pairs(ObjectIndex object, std::vector<Pair> &pairs) const {
    const auto &uses = ownership_.uses_of(object);
    std::set<Instance> heaps;
    for (const Use &use : uses) heaps.insert(use.instance);
    for (const std::string &block : libc_blocks_imported(*objects_[object].file))
      if (const auto heap = heap_of_libc_block(object, block)) heaps.insert(*heap);
    if (heaps.size() < 2) return;
    for (const Use &out : uses) {
      const Pairing pairing = out.function->pairing;
      if (out.function->role != Role::Allocate || pairing == Pairing::Extended || !out.instance.prefix.empty() ||
          !is_called(object, out))
        continue;
      const Use *elsewhere = nullptr;
      bool at_home = false;
      for (const Use &in : uses) {
        if (in.function->role != Role::Release || in.function->pairing != pairing ||
            !fits(*out.function, *in.function) || !is_called(object, in))
          continue;
        if (in.instance == out.instance)
          at_home = true;
        else if (elsewhere == nullptr)
          elsewhere = &in;
      }
      if (elsewhere != nullptr && !at_home)
        pairs.push_back({out.name, elsewhere->name, out.instance, elsewhere->instance, false, Level::Error});
    }
    const BlockFlow &flow = flow_of(object);
    for (const Flow &way : flow.flows) {
      if (!hands_out(way.from)) continue;
      if (is_call(way.from) && !way.from.inside && way.to.kind == FlowEnd::Kind::Slot &&
          hands_out_libc_block(way.to.name)) {
        // getline resizes the block that it is given, with libc's own realloc.
        const auto owner = heap_of(object, way.from);
        const auto releaser = heap_of(object, way.to);
        if (owner && releaser && *owner != *releaser)
          pairs.push_back({way.from.name, way.to.name, *owner, *releaser, true, Level::Error});
        continue;
      }
      const Function *const out = way.from.inside ? nullptr : family_function(way.from.name);
      const Function *const in = family_function(way.to.name);
      if (out == nullptr || in == nullptr || !is_call(way.from) || !is_call(way.to) || !releases_block(*in)) continue;
      // malloc and operator delete are a wrong pair on every heap (XH205), and as a rule two conversations in one
      // place.
      if ((out->interface == Interface::Operators) != (in->interface == Interface::Operators)) continue;
      const auto owner = heap_of(object, way.from);
      const auto releaser = heap_of(object, way.to);
      if (owner && releaser && *owner != *releaser)
        pairs.push_back({way.from.name, way.to.name, *owner, *releaser, true, Level::Error});
    }
    // Where code can be read and shows no block on that way, the two halves may be of two conversations: a C++ runtime
    // that is linked statically has both.
    for (Pair &pair : pairs)
      if (!pair.seen && std::any_of(pairs.begin(), pairs.end(), [&](const Pair &other) {
            return other.seen && other.owner == pair.owner && other.releaser == pair.releaser;
          }))
        pair.seen = true;
  }

  // A function of an object's own is there because the whole allocator is; whether it is called, only the code shows.
  bool is_called(ObjectIndex object, const Use &use) const {
    if (use.binding != nullptr) return true;
    const BlockFlow &flow = flow_of(object);
    return !flow.read || std::find(flow.own_called.begin(), flow.own_called.end(), use.name) != flow.own_called.end();
  }

  // An aligned operator new belongs to an aligned delete, the others to those without.
  static bool fits(const Function &out, const Function &in) {
    if (out.interface != Interface::Operators) return true;
    return (out.arguments.align >= 0) == (in.arguments.align >= 0);
  }

  // Whether a block is where `end` says that one comes from: strndup returns it, asprintf stores it behind its first
  // argument, and what else such a function may have written to is none.
  static bool hands_out(const FlowEnd &end) {
    if (const Function *known = family_function(end.name))
      return end.index == (known->arguments.out < 0 ? FlowEnd::kResult : known->arguments.out);
    const LibcBlockFunction *libc = find_libc_block_function(end.name);
    return libc == nullptr || end.index == (libc->out < 0 ? FlowEnd::kResult : libc->out);
  }

  static bool is_call(const FlowEnd &end) {
    return end.kind == FlowEnd::Kind::Slot || end.kind == FlowEnd::Kind::Own ||
           (end.kind == FlowEnd::Kind::Named && end.looked_up_in != LookedUpIn::Unknown && is_family_or_libc(end));
  }

  // malloc or free of what dlsym answers.
  void looked_up_pairs(ObjectIndex object, std::vector<Pair> &pairs) const {
    if (!looks_functions_up(object)) return;
    for (const Flow &way : flow_of(object).flows) {
      if ((way.from.kind != FlowEnd::Kind::Named && way.to.kind != FlowEnd::Kind::Named) || way.from.inside ||
          !is_call(way.from) || !is_release_end(way.to) || !hands_out(way.from))
        continue;
      const auto owner = heap_of(object, way.from);
      const auto releaser = heap_of(object, way.to);
      if (!owner || !releaser || *owner == *releaser) continue;
      pairs.push_back({way.from.name, way.to.name, *owner, *releaser, true, Level::Error});
      pairs.back().looked_up = way.from.kind == FlowEnd::Kind::Named ? way.from.name : way.to.name;
    }
  }

  bool looks_functions_up(ObjectIndex object) const { return imports(object, {"dlsym", "dlvsym"}); }

  // What getaddrinfo and its like make is for freeaddrinfo; free takes it to the object's own heap.
  void object_pairs(ObjectIndex object, std::vector<Pair> &pairs) const {
    if (!imports_object_maker(object)) return;
    for (const Flow &way : flow_of(object).flows) {
      if (object_given(way.from) == nullptr || way.from.inside || releases_libc_object(way.to.name) ||
          !is_release_end(way.to) || !go_together(way.from, way.to))
        continue;
      const auto owner = heap_of(object, way.from);
      const auto releaser = heap_of(object, way.to);
      if (owner && releaser && *owner != *releaser)
        pairs.push_back({way.from.name, way.to.name, *owner, *releaser, true, Level::Error});
    }
  }

  bool imports_object_maker(ObjectIndex object) const {
    return any_import(*objects_[object].file, [](std::string_view name) {
      return first_scanned(name) > 0 ||
             std::any_of(std::begin(kLibcObjects), std::end(kLibcObjects),
                         [&](const LibcObject &made) { return made.is_block && made.maker == name; });
    });
  }

  // strdup and its like hand out blocks of libc's own malloc, whatever the caller's malloc is.
  void libc_pairs(ObjectIndex object, std::vector<Pair> &pairs) const {
    const std::vector<std::string> blocks = libc_blocks_imported(*objects_[object].file);
    if (blocks.empty()) return;
    std::vector<std::pair<const Use *, Instance>> releases;
    for (const Use &use : ownership_.uses_of(object))
      if (use.function->role == Role::Release && use.function->pairing == Pairing::Malloc && is_called(object, use))
        releases.emplace_back(&use, use.instance);
    // realloc and malloc_usable_size take a block as well; but only the code shows that it is this one.
    const std::size_t certain = releases.size();
    for (const Use &use : ownership_.uses_of(object))
      if ((use.function->role == Role::Resize || use.function->role == Role::Query) &&
          use.function->pairing == Pairing::Malloc && is_called(object, use))
        releases.emplace_back(&use, use.instance);
    for (const std::string &block : blocks) {
      const auto owner = heap_of_libc_block(object, block);
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
  bool judge_by_code(ObjectIndex object, Pair &pair) const {
    const BlockFlow &flow = flow_of(object);
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
    for (const Flow &way : flow.flows) {
      if (!is_call(way.from) || way.from.name != pair.allocates || way.from.inside || !is_call(way.to) ||
          !hands_out(way.from))
        continue;
      const Function *const in = family_function(way.to.name);
      if (in == nullptr || !releases_block(*in)) continue;
      any = true;
      from_null = from_null || way.from.from_null;
      const auto releaser = heap_of(object, way.to);
      if (releaser && *releaser != pair.owner) {
        pair.seen = true;
        pair.releases = way.to.name;
        pair.releaser = *releaser;
      } else if (releaser) {
        return false;  // it goes home
      }
    }
    // A block that goes nowhere is never released: strdup(getenv(...)) kept in a variable.
    if (!pair.seen && std::find(flow.kept.begin(), flow.kept.end(), pair.allocates) == flow.kept.end()) return false;
    if (pair.seen) pair.level = Level::Error;
    if (with_buffer || (libc.grows && any && !from_null)) pair.level = Level::Note;
    return true;
  }

  // A hidden allocator without names, and libc's blocks.
  void nameless_with_libc(ObjectIndex object) {
    const auto own = ownership_.nameless_instance(object);
    if (!own) return;
    std::vector<std::string> blocks;
    for (std::string &block : libc_blocks_imported(*objects_[object].file)) {
      Pair pair{block, "free", *own, *own, false, Level::Warning};
      const auto owner = heap_of_libc_block(object, block);
      if (owner && *owner != *own && judge_by_code(object, pair) && pair.level == Level::Warning)
        blocks.push_back(std::move(block));
    }
    if (blocks.empty()) return;
    const auto owner = heap_of_libc_block(object, blocks.front());
    add(HazardId::PrivateAllocator, Level::Warning, object,
        fmt::format("{} takes blocks of {} from {}, and imports nothing that releases them: it carries {}, stripped, "
                    "which is all that it can release to",
                    name(object), enumeration({blocks.data(), std::min(blocks.size(), kExamplesAtMost)}, "or"),
                    heap(*owner), family_word(*own)),
        {fmt::format("libc's own functions use {}", heap(*owner))});
  }

  std::string family_word(const Instance &instance) const {
    return std::string(name_of(ownership_.family_of(instance)));
  }

  // mallocx of one allocator and free of another.
  void extended(ObjectIndex object) {
    for (const Use &use : ownership_.uses_of(object)) {
      if (use.function->pairing != Pairing::Extended || use.binding == nullptr) continue;
      const Use *plain = ownership_.use_of(object, use.function->role == Role::Allocate ? "free" : "malloc");
      if (plain == nullptr || plain->instance == use.instance || !plain->instance.prefix.empty() ||
          use.function->interface != Interface::Jemalloc)
        continue;
      add(HazardId::HalfBoundAllocator, Level::Warning, object,
          fmt::format("{}'s {} is of {}, its {} of {}", name(object), use.name, heap(use.instance), plain->name,
                      heap(plain->instance)),
          {why(object, use.name), why(object, plain->name)});
      return;
    }
  }

  // ---- by interface: two objects

  void note_way(const Way &way, Level level, HazardId id, std::string evidence) {
    if (way.owner == way.releaser || way.gives == way.takes) return;
    const auto [entry, is_new] = ways_.try_emplace(way);
    Signs &signs = entry->second;
    if (is_new) signs.id = id;
    signs.level = std::max(signs.level, level);
    if (!evidence.empty() && std::find(signs.evidence.begin(), signs.evidence.end(), evidence) == signs.evidence.end())
      signs.evidence.push_back(std::move(evidence));
  }

  // Why two objects are on different heaps, as the catalogue names it.
  HazardId cause_of(ObjectIndex one, ObjectIndex other) const {
    if (objects_[one].link_namespace != objects_[other].link_namespace) return HazardId::SecondNamespace;
    for (const ObjectIndex object : {one, other}) {
      const auto own = usual_heap(object, Role::Release);
      if (!own || own->object != object) continue;
      if (objects_[object].origin != Origin::Executable) return HazardId::PrivateAllocator;
      const auto found_by_others = process_.find_default(0, "free");
      if (!found_by_others || found_by_others->object != object) return HazardId::OverrideNotExported;
    }
    return objects_[one].deep || objects_[other].deep ? HazardId::DeepBoundPlugin : HazardId::CrossingFree;
  }

  void add_ways() {
    for (auto &[way, signs] : ways_) {
      std::vector<std::string> evidence = std::move(signs.evidence);
      if (evidence.size() > kExamplesAtMost) {
        const std::size_t more = evidence.size() - kExamplesAtMost;
        evidence.resize(kExamplesAtMost);
        evidence.push_back(fmt::format("and {} more", more));
      }
      if (const Use *use = first_use(way.gives, way.owner, Role::Allocate))
        evidence.push_back(why(way.gives, use->name));
      if (const Use *use = first_use(way.takes, way.releaser, Role::Release))
        evidence.push_back(why(way.takes, use->name));
      for (const ObjectIndex object : {way.gives, way.takes})
        if (const auto nameless = ownership_.nameless_instance(object))
          evidence.push_back(
              fmt::format("{} carries {}, stripped: what it serves is unknown", name(object), family_word(*nameless)));
      note_same_family(way.owner, way.releaser, evidence);
      add(signs.id, signs.level, way.takes,
          fmt::format("If {} releases a block that {} allocated, that block reaches {} instead of {}", name(way.takes),
                      name(way.gives), heap(way.releaser), heap(way.owner)),
          std::move(evidence));
    }
  }

  // The best known of the functions by which `object` stands on that heap.
  const Use *first_use(ObjectIndex object, const Instance &instance, Role role) const {
    const Use *best = nullptr;
    for (const Use &use : ownership_.uses_of(object))
      if (use.instance == instance && use.function->role == role && (best == nullptr || use.function < best->function))
        best = &use;
    return best;
  }

  // "malloc", "operator new": what stands at an end.
  static std::string told(const FlowEnd &end) { return in_words(end.name); }

  static bool same_place(const FlowEnd &one, const FlowEnd &other) {
    return one.index == other.index && (one.header == other.header || one.inside || other.inside);
  }

  static bool is_release_end(const FlowEnd &end) {
    if (!is_call(end)) return false;
    const Function *const function = family_function(end.name);
    return function != nullptr ? releases_block(*function)
                               : hands_out_libc_block(end.name) || releases_libc_object(end.name);
  }

  static bool is_family_or_libc(const FlowEnd &end) {
    return family_function(end.name) != nullptr || hands_out_libc_block(end.name) || object_given(end) != nullptr ||
           releases_libc_object(end.name);
  }

  // One half of a way: what a function does with a block, on which heap, and whose function it is in the end.
  struct HalfWay {
    Instance heap;
    const Flow *flow;
    ObjectIndex object;
  };
  using Half = std::optional<HalfWay>;
  static constexpr int kRelaysAtMost = 2;

  // The heap that function `function` of `object` hands blocks out from at that place, such as `release` takes; nullopt
  // where none is seen. Of several one that is not `other`. A function that only passes on what a plugin gives is
  // followed there.
  Half gives(ObjectIndex object, std::string_view function, const FlowEnd &place, const FlowEnd &release,
             const Instance &other, int relays = kRelaysAtMost) const {
    Half any;
    const BlockFlow &code = flow_of(object);
    for (const Flow &flow : code.flows) {
      if (flow.to.kind != FlowEnd::Kind::Function || flow.to.name != function || !same_place(flow.to, place) ||
          !go_together(flow.from, release))
        continue;
      if (const auto owner = heap_of(object, flow.from); owner && (!any || any->heap == other))
        any = {*owner, &flow, object};
    }
    for (const Flow &relay : code.relays) {
      if (relays == 0 || relay.to.kind != FlowEnd::Kind::Function || relay.to.name != function ||
          !same_place(relay.to, place))
        continue;
      for (const ObjectIndex plugin : plugins_)
        if (exports(plugin, relay.from.name))
          if (const Half given = gives(plugin, relay.from.name, relay.from, release, other, relays - 1);
              given && (!any || any->heap == other))
            any = given;
    }
    return any;
  }

  // \param exactly  a block that is given is not what stands inside it: where the host does not look the function up by
  // its name, the two have less to do with each other
  Half takes(ObjectIndex object, std::string_view function, const FlowEnd &place, const FlowEnd &block,
             const Instance &other, bool exactly, int relays = kRelaysAtMost) const {
    Half any;
    const BlockFlow &code = flow_of(object);
    for (const Flow &flow : code.flows) {
      if (flow.from.kind != FlowEnd::Kind::Function || flow.from.name != function || !same_place(flow.from, place) ||
          !is_release_end(flow.to) || !go_together(block, flow.to) || (exactly && flow.from.inside != place.inside))
        continue;
      if (const auto releaser = release_heap(object, flow.to); releaser && (!any || any->heap == other))
        any = {*releaser, &flow, object};
    }
    for (const Flow &relay : code.relays) {
      if (relays == 0 || relay.from.kind != FlowEnd::Kind::Function || relay.from.name != function ||
          !same_place(relay.from, place))
        continue;
      for (const ObjectIndex plugin : plugins_)
        if (exports(plugin, relay.to.name))
          if (const Half taken = takes(plugin, relay.to.name, relay.to, block, other, exactly, relays - 1);
              taken && (!any || any->heap == other))
            any = taken;
    }
    return any;
  }

  // getline resizes what it is given with libc's own realloc.
  std::optional<Instance> release_heap(ObjectIndex object, const FlowEnd &end) const { return heap_of(object, end); }

  // Whether reading the code of `object` can show anything about blocks of others.
  bool is_worth_reading(ObjectIndex object) const {
    return !ownership_.is_allocator(object) &&
           (usual_heap(object, Role::Allocate) || usual_heap(object, Role::Release));
  }

  // Whether `other` may pass on what a plugin on another heap than `object`'s gives.
  bool stands_between(ObjectIndex object, ObjectIndex other) const {
    return opens_plugins(other) && std::any_of(plugins_.begin(), plugins_.end(), [&](ObjectIndex plugin) {
             return plugin != object && plugin != other && differ(object, plugin);
           });
  }

  // Whether `object` imports a function of one that stands on another heap.
  bool calls_across(ObjectIndex object) const {
    const elf::DynamicSymbols &symbols = objects_[object].file->symbols;
    for (ObjectIndex other = 0; other < objects_.size(); ++other) {
      if (other == object || ownership_.is_allocator(other) || objects_[other].real != kNoObject ||
          objects_[other].link_namespace != objects_[object].link_namespace ||
          !(differ(object, other) || stands_between(object, other)))
        continue;
      for (std::uint32_t i = 1; i < symbols.count(); ++i)
        if (!symbols.table().nameless(i).defined() && exports(other, symbols.table().name_of(i))) return true;
    }
    return false;
  }

  // The object that defines what a flow calls the variable `name`, which may be what a function returns: "state()".
  ObjectIndex definer_of_variable(ObjectIndex object, std::string_view name) const {
    if (name.ends_with("()")) name.remove_suffix(2);
    return definer_of(object, name);
  }

  // A library's pointer to its own malloc or free, called by another object: xmlFree.
  void through_pointer(ObjectIndex object, const FlowEnd &pointer, const FlowEnd &block, bool releases) {
    const ObjectIndex library = definer_of(object, pointer.name);
    if (library == kNoObject || library == object || ownership_.is_allocator(library)) return;
    const Use *const use = ownership_.use_in_variable(library, pointer.name);
    if (use == nullptr || pointer.header != 0) return;
    const Function &function = *use->function;
    const auto other = heap_of(object, block);
    if (!other || *other == use->instance) return;
    if (releases && releases_block(function) && pointer.index == function.arguments.block)
      note_way({object, library, *other, use->instance}, Level::Warning, cause_of(object, library),
               fmt::format("{} gives a block from {} to {} of {}, a pointer to {}", name(object), told(block),
                           pointer.name, name(library), in_words(use->name)));
    if (!releases && function.role == Role::Allocate && function.arguments.out < 0 && pointer.is_result())
      note_way({library, object, use->instance, *other}, Level::Warning, cause_of(library, object),
               fmt::format("{} gives what {} of {} returned, a pointer to {}, to {}", name(object), pointer.name,
                           name(library), in_words(use->name), told(block)));
  }

  // What an object does with blocks of libraries whose functions it imports.
  void through_imports(ObjectIndex object) {
    if (!is_worth_reading(object) || !calls_across(object)) return;
    through_destructors(object);
    replaced_memory(object);
    between_libraries(object);
    for (const Flow &flow : flow_of(object).flows) {
      if (flow.from.kind == FlowEnd::Kind::Variable && is_release_end(flow.to))
        if (const ObjectIndex giver = definer_of_variable(object, flow.from.name);
            giver != kNoObject && giver != object)
          variable(giver, object, flow);
      if (flow.to.kind == FlowEnd::Kind::Indirect && !flow.to.name.empty() && !flow.to.inside && is_call(flow.from) &&
          hands_out(flow.from))
        through_pointer(object, flow.to, flow.from, true);
      if (flow.from.kind == FlowEnd::Kind::Indirect && !flow.from.name.empty() && !flow.from.inside &&
          is_release_end(flow.to))
        through_pointer(object, flow.from, flow.to, false);
      if (flow.to.kind == FlowEnd::Kind::Variable)
        if (const ObjectIndex taker = definer_of_variable(object, flow.to.name);
            taker != kNoObject && taker != object && !ownership_.is_allocator(taker))
          for (const Flow &way : flow_of(taker).flows)
            if (way.from.kind == FlowEnd::Kind::Variable && way.from.name == flow.to.name && is_release_end(way.to))
              variable(object, taker, way);
      if (flow.from.kind == FlowEnd::Kind::Slot && !is_family_or_libc(flow.from) && is_release_end(flow.to)) {
        const auto releaser = release_heap(object, flow.to);
        const ObjectIndex giver = definer_of(object, flow.from.name);
        if (!releaser || giver == kNoObject || giver == object || ownership_.is_allocator(giver)) continue;
        // What stands inside of a structure that is returned is seldom the block that the structure is.
        if (flow.from.inside && flow.from.is_result()) continue;
        const auto given = gives(giver, flow.from.name, flow.from, flow.to, *releaser);
        // Where the giver's code is read and shows no block, what is released is something else.
        const bool may_hide = ownership_.nameless_instance(giver).has_value() && !releases_libc_object(flow.to.name) &&
                              flow.from.header == 0;
        if (!given && !may_hide &&
            (flow_of(giver).read || flow.from.inside || !flow.from.is_result() || flow.from.header != 0))
          continue;
        const auto owner = given ? std::optional(given->heap) : usual_heap(giver, Role::Allocate);
        if (!owner || *owner == *releaser) continue;
        note_way(
            {given ? given->object : giver, object, *owner, *releaser}, Level::Warning,
            cause_of(given ? given->object : giver, object),
            fmt::format("{} gives what {} of {} returned{} to {}", name(object), in_words(flow.from.name), name(giver),
                        given ? fmt::format(", a block from {},", told(given->flow->from)) : "", told(flow.to)));
      }
      if (flow.to.kind == FlowEnd::Kind::Slot && !is_family_or_libc(flow.to) && is_call(flow.from)) {
        if (flow.to.inside) continue;  // what an out parameter held before the call is not given
        const auto owner = heap_of(object, flow.from);
        const ObjectIndex taker = definer_of(object, flow.to.name);
        if (!owner || taker == kNoObject || taker == object || ownership_.is_allocator(taker)) continue;
        const auto taken = takes(taker, flow.to.name, flow.to, flow.from, *owner, true);
        if (!taken || taken->heap == *owner) continue;
        note_way({object, taken->object, *owner, taken->heap}, Level::Warning, cause_of(object, taken->object),
                 fmt::format("{} gives a block from {} to {} of {}, which passes it to {}", name(object),
                             told(flow.from), in_words(flow.to.name), name(taker), told(taken->flow->to)));
      }
    }
  }

  // A library that is given a function which releases, and gives blocks of its own to it.
  void through_destructors(ObjectIndex object) {
    for (const GivenRelease &given : flow_of(object).given_releases) {
      const ObjectIndex library = definer_of(object, given.to);
      if (library == kNoObject || library == object || ownership_.is_allocator(library)) continue;
      const auto releaser = release_heap(object, given.release);
      // free itself; a handler that releases something in the end has more to do than that.
      const std::vector<FlowEnd> &handed = flow_of(object).handed_out;
      if (!releaser || std::none_of(handed.begin(), handed.end(),
                                    [&](const FlowEnd &end) { return end.name == given.release.name; }))
        continue;
      for (const Flow &way : flow_of(library).flows) {
        // The function may have been given at one call, and is called in another one that this object makes.
        if (way.to.kind != FlowEnd::Kind::Indirect || way.to.index != 0 || way.to.inside || way.to.header != 0 ||
            way.to.name.empty() || !is_call(way.from) || !hands_out(way.from) ||
            !go_together(way.from, given.release) || definer_of(object, way.to.name) != library)
          continue;
        const auto owner = heap_of(library, way.from);
        if (!owner || *owner == *releaser) continue;
        note_way({library, object, *owner, *releaser}, Level::Warning, cause_of(library, object),
                 fmt::format("{} gives its {} to {} of {}, which gives a block from {} to such a function",
                             name(object), told(given.release), in_words(given.to), name(library), told(way.from)));
        break;
      }
    }
  }

  // `object` gives what one library handed out to another one that releases it.
  void between_libraries(ObjectIndex object) {
    for (const Flow &way : flow_of(object).passed_on) {
      const ObjectIndex giver = definer_of(object, way.from.name);
      const ObjectIndex taker = definer_of(object, way.to.name);
      if (giver == kNoObject || taker == kNoObject || giver == taker || giver == object || taker == object ||
          ownership_.is_allocator(giver) || ownership_.is_allocator(taker) || !differ(giver, taker))
        continue;
      const FlowEnd release{.kind = FlowEnd::Kind::Slot, .index = 0, .name = "free"};
      const auto other = usual_heap(taker, Role::Release);
      if (!other) continue;
      const auto given = gives(giver, way.from.name, way.from, release, *other);
      if (!given) continue;
      const auto taken = takes(taker, way.to.name, way.to, given->flow->from, given->heap, true);
      if (!taken || taken->heap == given->heap) continue;
      note_way({given->object, taken->object, given->heap, taken->heap}, Level::Warning,
               cause_of(given->object, taken->object),
               fmt::format("{} gives what {} of {} returned, a block from {}, to {} of {}, which passes it to {}",
                           name(object), in_words(way.from.name), name(giver), told(given->flow->from),
                           in_words(way.to.name), name(taker), told(taken->flow->to)));
    }
  }

  // A plugin that tells a library which functions are to be its malloc and free: what the library allocated before
  // goes there as well, and what it allocates from now on goes to all who use it.
  void replaced_memory(ObjectIndex object) {
    for (const GivenMemory &given : flow_of(object).given_memory) {
      const ObjectIndex library = definer_of(object, given.to);
      if (library == kNoObject || library == object || ownership_.is_allocator(library) ||
          !flow_of(library).keeps_functions.contains(given.to))
        continue;
      if (std::none_of(plugins_.begin(), plugins_.end(),
                       [&](ObjectIndex plugin) { return is_of(object, plugin) && !is_of(library, plugin); }))
        continue;
      const auto owner = usual_heap(library, Role::Allocate);
      const auto releaser = release_heap(object, given.release);
      if (!owner || !releaser || *owner == *releaser) continue;
      note_way({library, object, *owner, *releaser}, Level::Warning, cause_of(library, object),
               fmt::format("{} gives its {} and {} to {} of {}, which was there before and may have allocated already",
                           name(object), told(given.allocate), told(given.release), in_words(given.to), name(library)));
    }
  }

  // `taker` releases what stands in a variable of `giver`.
  void variable(ObjectIndex giver, ObjectIndex taker, const Flow &way) {
    const auto releaser = release_heap(taker, way.to);
    if (!releaser || ownership_.is_allocator(giver)) return;
    for (const Flow &half : flow_of(giver).flows) {
      if (half.to.kind != FlowEnd::Kind::Variable || half.to.name != way.from.name ||
          half.to.header != way.from.header || !go_together(half.from, way.to))
        continue;
      const auto owner = heap_of(giver, half.from);
      if (!owner || *owner == *releaser) continue;
      note_way({giver, taker, *owner, *releaser}, Level::Warning, cause_of(giver, taker),
               fmt::format("{} gives what stands in {} of {}, a block from {}, to {}", name(taker), way.from.name,
                           name(giver), told(half.from), told(way.to)));
      return;
    }
  }

  // Whether `object` came into the process for `plugin`.
  bool is_of(ObjectIndex object, ObjectIndex plugin) const {
    for (ObjectIndex at = object; at != kNoObject; at = objects_[at].loader) {
      if (at == plugin) return true;
      if (at == 0) return false;
    }
    return false;
  }

  bool opens_plugins(ObjectIndex object) const { return imports(object, {"dlsym", "dlvsym", "dlopen", "dlmopen"}); }

  bool imports(ObjectIndex object, std::initializer_list<std::string_view> functions) const {
    return any_import(*objects_[object].file, [&](std::string_view name) {
      return std::find(functions.begin(), functions.end(), name) != functions.end();
    });
  }

  // What passes between a plugin and those that may have opened it: by the names that they look up, by functions whose
  // addresses are handed over.
  void through_opening(ObjectIndex plugin) {
    std::vector<ObjectIndex> openers;
    for (ObjectIndex object = 0; object < objects_.size(); ++object)
      if (!is_of(object, plugin) && !ownership_.is_allocator(object) && objects_[object].real == kNoObject &&
          (object == 0 || opens_plugins(object)))
        openers.push_back(object);
    bool known = false;
    bool any = false;
    blocks_pass_ = false;
    // Openers are large as a rule. Where the plugin's own code shows none of its functions giving or taking a block,
    // and no pointer through which one goes, there is nothing to compare theirs with.
    const BlockFlow &flow = flow_of(plugin);
    const bool may_pass = !flow.read || ownership_.nameless_instance(plugin) ||
                          std::any_of(flow.flows.begin(), flow.flows.end(), [](const Flow &way) {
                            const auto passes = [](const FlowEnd &end) {
                              return end.kind == FlowEnd::Kind::Function || end.kind == FlowEnd::Kind::Indirect ||
                                     end.kind == FlowEnd::Kind::Variable;
                            };
                            return passes(way.from) || passes(way.to);
                          });
    for (const ObjectIndex opener : openers) {
      if (!differ(opener, plugin)) continue;
      any = true;
      if (!may_pass) continue;
      known = by_names(opener, plugin) || known;
      by_pointers(opener, plugin, plugin);
      by_pointers(plugin, opener, plugin);
    }
    if (!any) return;
    if (!known && may_pass) one_sided(plugin);
    apart(plugin, known);
  }

  bool differ(ObjectIndex one, ObjectIndex other) const {
    if (objects_[one].link_namespace != objects_[other].link_namespace) return true;  // each has a libc of its own
    for (const Role role : {Role::Allocate, Role::Release}) {
      const auto its = usual_heap(one, role);
      for (const Role against : {Role::Allocate, Role::Release}) {
        const auto others = usual_heap(other, against);
        if (its && others && *its != *others) return true;
      }
    }
    return false;
  }

  bool exports(ObjectIndex object, std::string_view function) const {
    return objects_[object].file->symbols.find(
        elf::HashedName(function), [](const elf::Symbol &symbol) { return symbol.defined() && !symbol.local(); });
  }

  // Answers whether the opener looks functions of the plugin up by names that its code shows: then what it does with
  // them is seen as well.
  bool by_names(ObjectIndex opener, ObjectIndex plugin) {
    const BlockFlow &flow = flow_of(opener);
    bool known = false;
    for (const std::string &looked_up : flow.looked_up) known = known || exports(plugin, looked_up);
    for (const Flow &way : flow.flows) {
      if (way.from.kind == FlowEnd::Kind::Named && way.from.name.empty() && is_release_end(way.to))
        by_any_name(opener, plugin, way);
      if (way.from.kind == FlowEnd::Kind::Named && is_release_end(way.to) && exports(plugin, way.from.name)) {
        blocks_pass_ = true;
        const auto releaser = release_heap(opener, way.to);
        if (!releaser) continue;
        const auto given = gives(plugin, way.from.name, way.from, way.to, *releaser);
        if (!given && (releases_libc_object(way.to.name) || (way.from.header != 0 && !way.from.inside))) continue;
        const auto owner = given ? std::optional(given->heap) : usual_heap(plugin, Role::Allocate);
        if (!owner) continue;
        note_way(
            {plugin, opener, *owner, *releaser}, Level::Warning, cause_of(plugin, opener),
            fmt::format("{} gives what {} of {} returned{} to {}", name(opener), in_words(way.from.name), name(plugin),
                        given ? fmt::format(", a block from {},", told(given->flow->from)) : "", told(way.to)));
      }
      if (way.from.kind == FlowEnd::Kind::Variable && is_release_end(way.to) && exports(plugin, way.from.name))
        variable(plugin, opener, way);
      if (way.to.kind == FlowEnd::Kind::Named && exports(plugin, way.to.name)) {
        blocks_pass_ = true;
        const auto owner = heap_of(opener, way.from);
        if (!owner) continue;
        const auto taken = takes(plugin, way.to.name, way.to, way.from, *owner, false);
        if (!taken) continue;
        note_way({opener, plugin, *owner, taken->heap}, Level::Warning, cause_of(opener, plugin),
                 fmt::format("{} gives a block from {} to {} of {}, which passes it to {}", name(opener),
                             told(way.from), in_words(way.to.name), name(plugin), told(taken->flow->to)));
      }
    }
    return known && flow.read && !ownership_.nameless_instance(opener);
  }

  // The opener puts the names together that it looks up, and releases what such a function gives.
  void by_any_name(ObjectIndex opener, ObjectIndex plugin, const Flow &way) {
    const auto releaser = release_heap(opener, way.to);
    if (!releaser) return;
    for (const Flow &half : flow_of(plugin).flows) {
      if (half.to.kind != FlowEnd::Kind::Function || half.to.name.empty() || is_mangled(half.to.name) ||
          !same_place(half.to, way.from) || !go_together(half.from, way.to))
        continue;
      const auto owner = heap_of(plugin, half.from);
      if (!owner || *owner == *releaser) continue;
      note_way({plugin, opener, *owner, *releaser}, Level::Warning, cause_of(plugin, opener),
               fmt::format("{} gives what functions that it looks up return to {}; {} of {} returns a block from {}",
                           name(opener), told(way.to), in_words(half.to.name), name(plugin), told(half.from)));
      return;
    }
  }

  // `caller` calls functions whose addresses it was given, and `other` hands such out. That they are given to one
  // another shows a name: what the opener looks up in the plugin, or an exported function of the plugin that it looks
  // up.
  void by_pointers(ObjectIndex caller, ObjectIndex other, ObjectIndex plugin) {
    const ObjectIndex opens = caller == plugin ? other : caller;
    const BlockFlow &opener = flow_of(opens);
    const auto is_looked_up = [&](const FlowEnd &end) {
      return !end.name.empty() && exports(plugin, end.name) &&
             (!opener.read ||
              std::find(opener.looked_up.begin(), opener.looked_up.end(), end.name) != opener.looked_up.end());
    };
    // A function of the opener that the plugin imports: it was given the table, or gave the pointer.
    const auto is_called_by_plugin = [&](const FlowEnd &end) {
      return !end.name.empty() && exports(opens, end.name) && definer_of(plugin, end.name) == opens;
    };
    const auto is_shared = [&](const FlowEnd &end) { return is_looked_up(end) || is_called_by_plugin(end); };
    const auto is_that = [&](const FlowEnd &pointer, const FlowEnd &function) {
      return is_looked_up(pointer) || flow_of(other).passed_by.contains({pointer.name, function.address});
    };
    const BlockFlow &calls = flow_of(caller);
    const BlockFlow &functions = flow_of(other);
    for (const Flow &way : calls.flows) {
      if (way.from.kind == FlowEnd::Kind::Indirect && is_release_end(way.to) && is_shared(way.from)) {
        const auto releaser = release_heap(caller, way.to);
        for (const Flow &half : functions.flows) {
          if (half.to.kind != FlowEnd::Kind::Function || !same_place(half.to, way.from) ||
              !go_together(half.from, way.to) || !is_that(way.from, half.to))
            continue;
          const auto owner = heap_of(other, half.from);
          if (!owner || !releaser || *owner == *releaser) continue;
          note_way({other, caller, *owner, *releaser}, Level::Warning, cause_of(other, caller),
                   fmt::format("{} gives what it gets through a pointer to {}; {} of {} {} a block from {}",
                               name(caller), told(way.to), function_word(half.to), name(other),
                               half.to.is_result() ? "returns" : "stores", told(half.from)));
          break;
        }
        for (const FlowEnd &handed : functions.handed_out) {
          if (!is_looked_up(way.from) || !go_together(handed, way.to) || way.from.header != 0) break;
          const Function *const function = family_function(handed.name);
          const auto owner = heap_of(other, handed);
          if (!owner || !releaser || *owner == *releaser || function->role != Role::Allocate) continue;
          note_way({other, caller, *owner, *releaser}, Level::Warning, cause_of(other, caller),
                   fmt::format("{} gives what it gets through a pointer to {}; {} hands out {}", name(caller),
                               told(way.to), name(other), told(handed)));
          break;
        }
      }
      if (way.to.kind == FlowEnd::Kind::Indirect && is_call(way.from) && is_shared(way.to)) {
        const auto owner = heap_of(caller, way.from);
        for (const Flow &half : functions.flows) {
          if (half.from.kind != FlowEnd::Kind::Function || !same_place(half.from, way.to) || !is_release_end(half.to) ||
              !go_together(way.from, half.to) || !is_that(way.to, half.from))
            continue;
          const auto releaser = release_heap(other, half.to);
          if (!owner || !releaser || *owner == *releaser) continue;
          note_way(
              {caller, other, *owner, *releaser}, Level::Warning, cause_of(caller, other),
              fmt::format("{} gives a block from {} away through a pointer; {} of {} passes what it is given to {}",
                          name(caller), told(way.from), function_word(half.from), name(other), told(half.to)));
          break;
        }
        for (const FlowEnd &handed : functions.handed_out) {
          if (!is_looked_up(way.to) || !go_together(way.from, handed) || way.to.header != 0) break;
          const Function *const function = family_function(handed.name);
          const auto releaser = heap_of(other, handed);
          if (!owner || !releaser || *owner == *releaser || function->role != Role::Release ||
              way.to.index != function->arguments.block)
            continue;
          note_way({caller, other, *owner, *releaser}, Level::Warning, cause_of(caller, other),
                   fmt::format("{} gives a block from {} away through a pointer; {} hands out {}", name(caller),
                               told(way.from), name(other), told(handed)));
          break;
        }
      }
    }
  }

  static std::string function_word(const FlowEnd &end) {
    return end.name.empty() ? fmt::format("the function at {:#x}", end.address) : in_words(end.name);
  }

  // Nothing is known of what the host does with the plugin's functions, and the plugin's own say that blocks pass: one
  // returns a block and none takes it back, or the other way round.
  void one_sided(ObjectIndex plugin) {
    const BlockFlow &flow = flow_of(plugin);
    const Flow *giver = nullptr;
    const Flow *taker = nullptr;
    for (const Flow &way : flow.flows) {
      // A FILE that is handed out is closed by libc for whoever asks.
      if (object_given(way.from) != nullptr || releases_libc_object(way.to.name)) continue;
      // A member's address is handed around as often as a block behind its header.
      if (way.from.header != 0 || way.to.header != 0) continue;
      if (way.to.kind == FlowEnd::Kind::Function && !way.to.name.empty() && !is_mangled(way.to.name) &&
          giver == nullptr)
        giver = &way;
      if (way.from.kind == FlowEnd::Kind::Function && !way.from.name.empty() && !is_mangled(way.from.name) &&
          is_release_end(way.to) && (taker == nullptr || (taker->from.inside && !way.from.inside)))
        taker = &way;
    }
    if (giver == nullptr && taker == nullptr) return;
    // What a function releases inside of what it is given may have been put there by the plugin itself.
    const Level level = (giver != nullptr && taker != nullptr) || (giver == nullptr && taker->from.inside)
                            ? Level::Note
                            : Level::Warning;
    if (giver != nullptr) {
      const auto owner = heap_of(plugin, giver->from);
      const auto releaser = usual_heap(0, Role::Release);
      if (owner && releaser)
        note_way({plugin, 0, *owner, *releaser}, level, cause_of(plugin, 0),
                 fmt::format("{} of {} hands out a block from {}", in_words(giver->to.name), name(plugin),
                             told(giver->from)));
    }
    if (taker != nullptr) {
      const auto releaser = release_heap(plugin, taker->to);
      const auto owner = usual_heap(0, Role::Allocate);
      if (owner && releaser)
        note_way({0, plugin, *owner, *releaser}, level, cause_of(0, plugin),
                 fmt::format("{} of {} passes what it is given to {}", in_words(taker->from.name), name(plugin),
                             told(taker->to)));
    }
  }

  // Two heaps, and no sign seen: said, and no more.
  void apart(ObjectIndex plugin, bool known) {
    if (std::any_of(ways_.begin(), ways_.end(),
                    [&](const auto &entry) { return entry.first.gives == plugin || entry.first.takes == plugin; }))
      return;
    const bool nameless = ownership_.nameless_instance(plugin) || ownership_.nameless_instance(0);
    const Level level = nameless && (!known || blocks_pass_) ? Level::Warning : Level::Note;
    const auto say = [&](ObjectIndex gives, ObjectIndex takes) {
      const auto owner = usual_heap(gives, Role::Allocate);
      const auto releaser = usual_heap(takes, Role::Release);
      if (!owner || !releaser || *owner == *releaser) return false;
      note_way({gives, takes, *owner, *releaser}, level, cause_of(gives, takes),
               nameless ? std::string() : what_code_shows(gives, takes));
      return true;
    };
    if (!say(0, plugin)) say(plugin, 0);
  }

  std::string what_code_shows(ObjectIndex one, ObjectIndex other) const {
    for (const ObjectIndex object : {one, other}) {
      const BlockFlow &flow = flow_of(object);
      if (!flow.read)
        return fmt::format("whether blocks pass is not known: {}'s code is not read, {}", name(object), flow.why_not);
      if (flow.cut_off)
        return fmt::format("no sign is seen that blocks pass, but {}'s code has more ways than are followed",
                           name(object));
    }
    return "no sign is seen in their code that blocks pass";
  }

  void captured(ObjectIndex plugin) {
    for (const Use &use : ownership_.uses_of(plugin)) {
      const ObjectIndex by = use.instance.object;
      if (use.function->role != Role::Allocate || by == plugin || ownership_.is_libc(by)) continue;
      const auto owner = std::find_if(plugins_.begin(), plugins_.end(), [&](ObjectIndex other) {
        return other < plugin && (by == other || objects_[by].loader == other);
      });
      if (owner == plugins_.end()) continue;
      add(HazardId::PluginCapturesPlugin, Level::Warning, plugin,
          fmt::format("{}'s {} is of {}, which came with {}", name(plugin), in_words(use.name), heap(use.instance),
                      name(*owner)),
          {why(plugin, use.name), "opened before that one, or without it, it would get its blocks from another heap"});
      return;
    }
  }

  // Another loader has other rules, and this model is of glibc's.
  void foreign_loader() {
    if (!process_.is_of_musl()) return;
    add(HazardId::ForeignLoader, Level::Warning, 0,
        fmt::format("{} is run by musl's loader, and what is said here follows glibc's rules", name(0)),
        {"musl knows neither RTLD_DEEPBIND nor dlmopen nor LD_AUDIT, and looks no versions up: of the modes, only "
         "local, "
         "global and preload exist",
         "RTLD_LOCAL objects are found by what they themselves need, as in glibc; unique symbols are ordinary ones"});
  }

  void late_interposer(ObjectIndex plugin) {
    if (objects_[plugin].link_namespace != 0) return;
    for (const ObjectIndex object : process_.list_of(plugin)) {
      if (objects_[object].loader != plugin && object != plugin) continue;
      const elf::DynamicSymbols &symbols = objects_[object].file->symbols;
      const bool exports = symbols.find(elf::HashedName("malloc"), [](const elf::Symbol &symbol) {
        return symbol.defined() && !symbol.local() && symbol.visibility == STV_DEFAULT;
      });
      if (!exports || ownership_.is_libc(object)) continue;
      const auto current = process_.find_default(0, "malloc");
      const bool serves_all = current && current->object == object;
      add(HazardId::LateInterposer, serves_all ? Level::Warning : Level::Note, object,
          fmt::format("{} exports malloc and comes after start: {}", name(object),
                      serves_all ? "what is loaded from now on binds to it, what is there keeps its own"
                                 : "the objects opened with it may bind to it, all others do not"),
          {});
    }
  }

  const Process &process_;
  const std::vector<Object> &objects_;
  const Ownership &ownership_;
  Among among_;
  std::vector<ObjectIndex> plugins_;
  std::vector<Finding> findings_;
  std::map<Way, Signs> ways_;
  bool blocks_pass_ = false;  // between the plugin that is looked at and those that know its names
  mutable std::map<std::pair<ObjectIndex, std::string>, ObjectIndex> definers_;
};

}  // namespace

std::string name_of(const std::vector<Object> &objects, ObjectIndex object) {
  const Object &its = objects[object];
  std::string text = its.path.filename().string();
  if (its.link_namespace != 0) text += fmt::format(" in namespace {}", its.link_namespace);
  return text;
}

std::string in_words(const std::vector<Object> &objects, const Ownership &ownership, const Instance &instance) {
  const Family family = ownership.family_of(instance);
  const std::string where = name_of(objects, instance.object);
  std::string text = family == Family::Unknown ? "an allocator" : std::string(name_of(family));
  if (!instance.prefix.empty()) text += fmt::format(" ({})", instance.prefix);
  return fmt::format("{} in {}", text, where);
}

std::string reason_of(const Process &process, const Binding &binding) {
  const std::vector<Object> &objects = process.objects();
  const Object &its = objects[binding.object];
  const Search search =
      process.search(binding.object, binding.slot.symbol, type_class_of(binding.slot.relocation.kind));
  const std::string_view order = its.deep ? "RTLD_DEEPBIND searches its own scope before the global one"
                                 : its.link_namespace != 0 ? "a namespace of its own has a global scope of its own"
                                 : !its.scopes.empty() && its.scopes.front().itself_only
                                     ? "DT_SYMBOLIC searches the object itself first"
                                     : "the global scope comes first";
  std::vector<std::string> names;
  constexpr std::size_t kEnough = 8;
  for (const ObjectIndex object : search.searched) {
    if (names.size() == kEnough && search.searched.size() > kEnough + 1) {
      names.push_back(fmt::format("{} more", search.searched.size() - kEnough - 1));
      break;
    }
    if (object != search.searched.back()) names.push_back(objects[object].path.filename().string());
  }
  const std::string found =
      search.definition ? fmt::format("found in {}", name_of(objects, search.definition->object)) : "found nowhere";
  return names.empty() ? fmt::format("{}; {} at once", order, found)
                       : fmt::format("{}; not in {}; {}", order, fmt::join(names, ", "), found);
}

std::vector<Finding> crossings_of(const Process &process, const Ownership &ownership,
                                  const std::vector<std::string> &named, Among among) {
  return Finder(process, ownership, named, among).all();
}

}  // namespace crossheap::binding
