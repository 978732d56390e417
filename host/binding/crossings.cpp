// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/crossings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "allocator/libc_blocks.h"
#include "base/text.h"
#include "elf/symbols.h"

namespace crossheap::binding {

namespace {

// A function that hands out, the one that takes back, and how the pair is called.
struct Pair {
  std::string_view allocates;
  std::string_view releases;
};
constexpr std::array<Pair, 6> kPairs{{{"malloc", "free"},
                                      {"calloc", "free"},
                                      {"realloc", "free"},
                                      {"_Znwm", "_ZdlPv"},
                                      {"_Znwm", "_ZdlPvm"},
                                      {"_Znam", "_ZdaPv"}}};

std::string in_words(std::string_view name) {
  if (name == "_Znwm") return "operator new";
  if (name == "_Znam") return "operator new[]";
  if (name == "_ZdlPv") return "operator delete";
  if (name == "_ZdlPvm") return "sized operator delete";
  if (name == "_ZdaPv") return "operator delete[]";
  return std::string(name);
}

// What an image asks of libc that returns heap memory.
std::vector<std::string> libc_blocks_imported(const Image &image) {
  std::vector<std::string> names;
  for (std::uint32_t i = 1; i < image.symbols.count(); ++i) {
    const elf::Symbol symbol = image.symbols.table().nameless(i);
    if (!symbol.defined() && hands_out_libc_block(image.symbols.table().name_of(i)))
      names.emplace_back(image.symbols.table().name_of(i));
  }
  return names;
}

class Finder {
public:
  Finder(const Process &process, const Ownership &ownership)
      : process_(process), objects_(process.objects()), ownership_(ownership) {}

  std::vector<Finding> all() {
    for (ObjectIndex object = 0; object < objects_.size(); ++object)
      if (objects_[object].origin == Origin::Opened) plugins_.push_back(object);
    for (const ObjectIndex plugin : plugins_) {
      between_host_and(plugin);
      between_plugin_and_needed(plugin);
      inside(plugin);
      of_libc(plugin);
      captured(plugin);
      late_interposer(plugin);
    }
    if (plugins_.empty()) {
      inside(0);
      of_libc(0);
    }
    foreign_loader();
    for (const std::string &warning : process_.warnings())
      add(HazardId::PreloadWithoutEffect, Level::Warning, 0, warning, {});
    return std::move(findings_);
  }

private:
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

  std::string name(ObjectIndex object) const { return called(objects_, object); }
  std::string heap(const Instance &instance) const { return described(objects_, ownership_, instance); }

  // "plugin.so's free: RTLD_DEEPBIND searches ...: found in libc.so.6"
  std::string why(ObjectIndex object, const Use &use) const {
    const std::string subject = fmt::format("{}'s {}", name(object), in_words(use.name));
    if (use.binding == nullptr) return fmt::format("{} is its own, called without the loader's help", subject);
    return fmt::format("{}: {}", subject, reason_of(process_, *use.binding));
  }

  // One direction: what `from` hands out and `to` takes back. The first pair that crosses stands for the others.
  bool crosses(ObjectIndex from, ObjectIndex to, HazardId hazard, Level level, std::string_view passing) {
    for (const Pair &pair : kPairs) {
      const Use *out = ownership_.use_of(from, pair.allocates);
      const Use *in = ownership_.use_of(to, pair.releases);
      if (out == nullptr || in == nullptr || out->instance == in->instance) continue;
      std::vector<std::string> evidence{why(from, *out), why(to, *in)};
      if (ownership_.family_of(out->instance) == ownership_.family_of(in->instance) &&
          ownership_.family_of(out->instance) != Family::Unknown)
        evidence.push_back(fmt::format("both are {}, but two copies of it: each knows only its own blocks (XH403)",
                                       name_of(ownership_.family_of(out->instance))));
      add(hazard, level, to,
          fmt::format("{}: {} hands it out from {}, {} gives it to {}", passing, name(from), heap(out->instance),
                      name(to), heap(in->instance)),
          std::move(evidence));
      return true;
    }
    return false;
  }

  // Why host and plugin are on different heaps, as the catalogue names it.
  HazardId cause_of(ObjectIndex plugin) const {
    const Object &its = objects_[plugin];
    if (its.link_namespace != 0) return HazardId::SecondNamespace;
    const Use *release = ownership_.use_of(plugin, "free");
    if (release == nullptr) release = ownership_.use_of(plugin, "_ZdlPv");
    if (release != nullptr && release->instance.object == plugin) return HazardId::PrivateAllocator;
    const Use *of_host = ownership_.use_of(0, "free");
    const auto found_by_others = process_.find_default(0, "free");
    const bool hosts_own = of_host != nullptr && of_host->instance.object == 0;
    if (hosts_own && (!found_by_others || found_by_others->object != 0)) return HazardId::OverrideNotExported;
    return its.deep ? HazardId::DeepBoundPlugin : HazardId::CrossingFree;
  }

  void between_host_and(ObjectIndex plugin) {
    const HazardId hazard = cause_of(plugin);
    if (!crosses(0, plugin, hazard, Level::Warning, "a block of the host that the plugin releases"))
      crosses(plugin, 0, hazard, Level::Warning, "a block of the plugin that the host releases");
  }

  // What the plugin itself needs and is on another heap than the plugin.
  void between_plugin_and_needed(ObjectIndex plugin) {
    for (const ObjectIndex object : process_.list_of(plugin)) {
      if (object == plugin || ownership_.is_libc(object) || objects_[object].loader != plugin) continue;
      if (const Use *its = ownership_.use_of(object, "malloc"); its == nullptr || its->instance.object == object)
        continue;
      crosses(object, plugin, objects_[plugin].deep ? HazardId::DeepBoundPlugin : HazardId::CrossingFree,
              Level::Warning, fmt::format("a block of {} that the plugin releases", name(object)));
    }
  }

  // An object whose own functions end on two heaps needs no second one to fail.
  void inside(ObjectIndex object) {
    if (ownership_.is_libc(object)) return;
    crosses(object, object, HazardId::HalfBoundAllocator, Level::Error,
            "a block that it allocates and releases itself");
    for (const Use &extended : ownership_.uses_of(object)) {
      if (extended.function->pairing != Pairing::Extended || extended.binding == nullptr) continue;
      const Use *plain = ownership_.use_of(object, extended.function->role == Role::Allocate ? "free" : "malloc");
      if (plain == nullptr || plain->instance == extended.instance || !plain->instance.prefix.empty() ||
          extended.function->interface != Interface::Jemalloc)
        continue;
      add(HazardId::HalfBoundAllocator, Level::Warning, object,
          fmt::format("{} is of {}, {} of {}", extended.name, heap(extended.instance), plain->name,
                      heap(plain->instance)),
          {why(object, extended), why(object, *plain)});
      return;
    }
  }

  // strdup and its like hand out blocks of libc's own malloc, whatever the caller's malloc is.
  void of_libc(ObjectIndex object) {
    const std::vector<std::string> blocks = libc_blocks_imported(*objects_[object].image);
    const auto libc = ownership_.instance_of_libc(objects_[object].link_namespace);
    const Use *release = ownership_.use_of(object, "free");
    if (blocks.empty() || !libc || release == nullptr || release->instance == *libc) return;
    const HazardId hazard = release->instance.object == object ? HazardId::PrivateAllocator
                            : objects_[object].deep            ? HazardId::DeepBoundPlugin
                                                               : HazardId::HalfBoundAllocator;
    add(hazard, Level::Error, object,
        fmt::format("a block of {}: libc hands it out from {}, {} gives it to {}",
                    enumeration({blocks.data(), std::min<std::size_t>(blocks.size(), 3)}, "or"), heap(*libc),
                    name(object), heap(release->instance)),
        {fmt::format("libc's own functions use {}", heap(*libc)), why(object, *release)});
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
          {why(plugin, use), "opened before that one, or without it, it would get its blocks from another heap"});
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
      const elf::DynamicSymbols &symbols = objects_[object].image->symbols;
      const bool exports = symbols.find(elf::HashedName("malloc"), [](const elf::Symbol &symbol) {
        return symbol.defined() && !symbol.local() && symbol.visibility == STV_DEFAULT;
      });
      if (!exports || ownership_.is_libc(object)) continue;
      const auto current = process_.find_default(0, "malloc");
      const bool serves_all = current && current->object == object;
      add(HazardId::LateInterposer, Level::Warning, object,
          fmt::format("{} exports malloc and comes after start: {}", name(object),
                      serves_all ? "what is loaded from now on binds to it, what is there keeps its own"
                                 : "the objects opened with it may bind to it, all others do not"),
          {});
    }
  }

  const Process &process_;
  const std::vector<Object> &objects_;
  const Ownership &ownership_;
  std::vector<ObjectIndex> plugins_;
  std::vector<Finding> findings_;
};

}  // namespace

std::string called(const std::vector<Object> &objects, ObjectIndex object) {
  const Object &its = objects[object];
  std::string text = its.path.filename().string();
  if (its.link_namespace != 0) text += fmt::format(" in namespace {}", its.link_namespace);
  return text;
}

std::string described(const std::vector<Object> &objects, const Ownership &ownership, const Instance &instance) {
  const Family family = ownership.family_of(instance);
  const std::string where = called(objects, instance.object);
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
      search.definition ? fmt::format("found in {}", called(objects, search.definition->object)) : "found nowhere";
  return names.empty() ? fmt::format("{}; {} at once", order, found)
                       : fmt::format("{}; not in {}; {}", order, fmt::join(names, ", "), found);
}

std::vector<Finding> crossings_of(const Process &process, const Ownership &ownership) {
  return Finder(process, ownership).all();
}

}  // namespace crossheap::binding
