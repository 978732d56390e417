// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The parts of the search, in the order in which they are asked; what is asked of the process as such is here:
//
//     crossings/heaps.h        who is on which heap
//     crossings/one_object.h   certain: one object, two heaps
//     crossings/imports.h      by interface: an object and the libraries that it imports from
//     crossings/opening.h      by interface: a plugin and who opened it
//     crossings/kept_by_libc.h by interface: who leaves a block with libc, and who releases it from there
//     crossings/ways.h         what the two found, one finding for each pair of objects and heaps
#include "binding/crossings.h"

#include <fmt/format.h>

#include <algorithm>

#include "allocator/names.h"
#include "binding/crossings/findings.h"
#include "binding/crossings/heaps.h"
#include "binding/crossings/imports.h"
#include "binding/crossings/kept_by_libc.h"
#include "binding/crossings/one_object.h"
#include "binding/crossings/opening.h"
#include "binding/crossings/ways.h"
#include "binding/in_words.h"
#include "elf/symbols.h"

namespace crossheap::binding {

namespace {

class Finder {
public:
  Finder(const Process &process, const Ownership &ownership, const std::vector<std::string> &named, Among among,
         const ReadAhead &read_ahead)
      : heaps_(process, ownership, named),
        among_(among),
        read_ahead_(read_ahead),
        findings_(process.objects()),
        ways_(heaps_) {}

  std::vector<Finding> all() {
    if (heaps_.several()) {
      TwoHeaps two_heaps(heaps_, findings_);
      ImportWays imports(heaps_, ways_);
      OpeningWays opening(heaps_, ways_, read_ahead_);
      for (ObjectIndex object = 0; object < heaps_.objects().size(); ++object)
        if (is_looked_at(object)) two_heaps.look_at(object);
      for (ObjectIndex object = 0; object < heaps_.objects().size(); ++object)
        if (is_looked_at(object)) imports.look_at(object);
      for (const ObjectIndex plugin : heaps_.plugins()) opening.look_at(plugin);
      note_ways_through_libc(heaps_, ways_);
    }
    for (const ObjectIndex plugin : heaps_.plugins()) {
      captured(plugin);
      if (heaps_.objects()[plugin].origin == Origin::Opened) late_interposer(plugin);
    }
    foreign_loader();
    for (const std::string &warning : heaps_.process().warnings())
      findings_.add(HazardId::PreloadWithoutEffect, Level::Warning, 0, warning, {});
    ways_.add_to(findings_);
    std::vector<Finding> all = findings_.take();
    std::stable_sort(all.begin(), all.end(),
                     [](const Finding &one, const Finding &other) { return one.level > other.level; });
    return all;
  }

private:
  bool is_looked_at(ObjectIndex object) const {
    if (among_ == Among::All) return true;
    if (among_ == Among::Others) return object != 0;
    return std::any_of(heaps_.plugins().begin(), heaps_.plugins().end(),
                       [&](ObjectIndex plugin) { return heaps_.came_for(object, plugin); });
  }

  void captured(ObjectIndex plugin) {
    for (const Use &use : heaps_.ownership().uses_of(plugin)) {
      const ObjectIndex by = use.instance.object;
      if (use.function->role != Role::Allocate || by == plugin || heaps_.ownership().is_libc(by)) continue;
      const auto owner = std::find_if(heaps_.plugins().begin(), heaps_.plugins().end(), [&](ObjectIndex other) {
        return other < plugin && (by == other || heaps_.objects()[by].loader == other);
      });
      if (owner == heaps_.plugins().end()) continue;
      findings_.add(HazardId::PluginCapturesPlugin, Level::Warning, plugin,
                    fmt::format("{}'s {} is of {}, which came with {}", heaps_.name(plugin), in_words(use.name),
                                heaps_.in_words(use.instance), heaps_.name(*owner)),
                    {heaps_.why(plugin, use.name),
                     "opened before that one, or without it, it would get its blocks from another heap"});
      return;
    }
  }

  // Another loader has other rules, and this model is of glibc's.
  void foreign_loader() {
    if (!heaps_.process().is_of_musl()) return;
    findings_.add(
        HazardId::ForeignLoader, Level::Warning, 0,
        fmt::format("{} runs under musl's loader, but this prediction follows glibc's rules", heaps_.name(0)),
        {"musl knows neither RTLD_DEEPBIND nor dlmopen nor LD_AUDIT, and looks no versions up: of the modes, only "
         "local, "
         "global and preload exist",
         "RTLD_LOCAL objects are found by what they themselves need, as in glibc; unique symbols are ordinary ones"});
  }

  void late_interposer(ObjectIndex plugin) {
    if (heaps_.objects()[plugin].link_namespace != 0) return;
    for (const ObjectIndex object : heaps_.process().list_of(plugin)) {
      if (heaps_.objects()[object].loader != plugin && object != plugin) continue;
      const elf::DynamicSymbols &symbols = heaps_.objects()[object].file->symbols;
      const bool exports = symbols.find(elf::HashedName("malloc"), [](const elf::Symbol &symbol) {
        return symbol.defined() && !symbol.local() && symbol.visibility == STV_DEFAULT;
      });
      if (!exports || heaps_.ownership().is_libc(object)) continue;
      const auto current = heaps_.process().find_default(0, "malloc");
      const bool serves_all = current && current->object == object;
      findings_.add(HazardId::LateInterposer, serves_all ? Level::Warning : Level::Note, object,
                    fmt::format("{} exports malloc and comes after start: {}", heaps_.name(object),
                                serves_all ? "what is loaded from now on binds to it, what is there keeps its own"
                                           : "the objects opened with it may bind to it, all others do not"),
                    {});
    }
  }

  Heaps heaps_;
  Among among_;
  const ReadAhead &read_ahead_;
  Findings findings_;
  Ways ways_;
};

}  // namespace

std::vector<Finding> crossings_of(const Process &process, const Ownership &ownership,
                                  const std::vector<std::string> &named, Among among, const ReadAhead &read_ahead) {
  return Finder(process, ownership, named, among, read_ahead).all();
}

}  // namespace crossheap::binding
