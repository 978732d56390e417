// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A rule is a function of the facts, and the facts are one file's. It cannot know what else will be in the process. So
// its words are conditional, and its level says how often the condition holds: a warning where it nearly always does, a
// note where it takes a certain way of loading. What a file is for is a note or nothing: libc exports malloc, and
// jemalloc's library may be opened late.
//
// An example, XH110: an executable carries jemalloc, serves its own malloc with it, and does not export it. Plugins get
// libc's. The rule asks four facts: is it an executable, is it dynamic, is malloc neither exported nor imported, is an
// allocator inside. Take away the third, and every program that links jemalloc correctly would be reported.
//
// A new rule is a function here and its name in kRules. The artifact rule (XH118) runs last, since it looks at
// findings.
#include "inspect/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include "allocator/interfaces.h"
#include "allocator/libc_blocks.h"
#include "allocator/names.h"
#include "base/demangle.h"
#include "base/text.h"
#include "inspect/allocators.h"

namespace crossheap::inspect {

namespace {

using Findings = std::vector<Finding>;

struct Case {
  const Inspection &file;
  Findings &findings;

  void add(HazardId hazard, Level level, std::string summary, std::vector<std::string> evidence = {},
           std::string next_step = {}) const {
    findings.push_back({.hazard = hazard,
                        .level = level,
                        .subject = file.file,
                        .summary = std::move(summary),
                        .evidence = std::move(evidence),
                        .because = {},
                        .next_step = std::move(next_step),
                        .places = {}});
  }
};

bool is_shared(const Inspection &file) { return file.artifact == Artifact::SharedLibrary; }
bool is_executable(const Inspection &file) { return file.artifact == Artifact::Executable; }
bool is_libc(const Inspection &file) {
  return file.is_libc || file.own_family() == Family::Glibc || file.own_family() == Family::Musl;
}
bool is_allocators_own_library(const Inspection &file) { return file.own_family() != Family::Unknown; }

// libstdc++ and libc++ define operator new, by calling malloc.
bool is_cpp_runtime(const Inspection &file) {
  return file.soname && (file.soname->starts_with("libstdc++.so") || file.soname->starts_with("libc++"));
}

const AllocatorInside *serving(const Inspection &file) {
  const auto found = std::find_if(file.allocators.begin(), file.allocators.end(),
                                  [](const AllocatorInside &allocator) { return allocator.serves_malloc; });
  return found == file.allocators.end() ? nullptr : &*found;
}

// Whether its operators get their memory from the malloc of the process, as those of a C++ runtime do.
bool takes_from_malloc(const Inspection &file) {
  return file.allocators.empty() && (file.imports("malloc") || file.imports("calloc") ||
                                     file.imports("aligned_alloc") || file.imports("posix_memalign"));
}

// "jemalloc 5.3.0"
std::string name_of(const AllocatorInside &allocator) {
  const std::string family(crossheap::name_of(allocator.family));
  const std::string name = allocator.family == Family::Unknown ? "an unknown allocator" : family;
  return allocator.version.empty() ? name : name + " " + allocator.version;
}

std::string names_of_allocators(const Inspection &file) {
  std::vector<std::string> names;
  for (const AllocatorInside &allocator : file.allocators) add_once(names, name_of(allocator));
  return enumeration(names);
}

std::vector<std::string> exported_family(const Inspection &file) {
  std::vector<std::string> names;
  for (const Definition &definition : file.definitions) {
    const Function *const function = find_function(definition.name);
    if (definition.exported && function != nullptr &&
        (function->interface == Interface::Standard || function->interface == Interface::Operators))
      add_once(names, definition.name);
  }
  return names;
}

// Of these the ones in which another heap reaches those who bind to them. A definition with a version of the library's
// own (libbsd's reallocarray) answers nobody who asks for libc's; reallocarray alone asks realloc, and operators may
// ask malloc.
std::vector<std::string> interposing_family(const Inspection &file) {
  std::vector<std::string> names;
  for (const Definition &definition : file.definitions) {
    const Function *const function = find_function(definition.name);
    if (!definition.exported || function == nullptr) continue;
    const bool is_operator = function->interface == Interface::Operators;
    if (!is_operator && function->interface != Interface::Standard) continue;
    if (!definition.version.empty() && !definition.version.starts_with("GLIBC_")) continue;
    if (is_operator ? takes_from_malloc(file) : definition.name == "reallocarray" && !file.exports("realloc")) continue;
    add_once(names, definition.name);
  }
  return names;
}

// "malloc, free and 20 forms of operator new and delete"
std::string in_words(const std::vector<std::string> &names) {
  std::vector<std::string> words;
  std::size_t operators = 0;
  for (const std::string &name : names) {
    const Function *const function = find_function(name);
    if (function != nullptr && function->interface == Interface::Operators)
      ++operators;
    else
      words.push_back(printable(name));
  }
  if (operators > 0) words.push_back(fmt::format("{} forms of operator new and delete", operators));
  return enumeration(words);
}

std::optional<std::size_t> place_in_needed(const Inspection &file, auto matches) {
  const auto found = std::find_if(file.needed.begin(), file.needed.end(), matches);
  if (found == file.needed.end()) return std::nullopt;
  return static_cast<std::size_t>(found - file.needed.begin());
}

bool is_allocator_library(std::string_view soname) {
  const Family family = family_of_library(soname);
  return family != Family::Unknown && family != Family::Glibc && family != Family::Musl;
}

bool is_libc_library(std::string_view soname) { return libc_called(soname) != Family::Unknown; }

// XH103: the extended interface of an allocator is asked for, and malloc will not come from the same one.
void half_bound(const Case &c) {
  std::vector<std::string> extended;
  for (const Reference &reference : c.file.references)
    if (!reference.weak && !reference.defined_here && has_interface(family_of_symbol(reference.name)))
      extended.push_back(reference.name);
  if (extended.empty() || !c.file.imports("malloc") || serving(c.file) != nullptr || !c.file.is_dynamic()) return;
  const auto allocator = place_in_needed(c.file, is_allocator_library);
  const auto libc = place_in_needed(c.file, is_libc_library);
  if (allocator && (!libc || *allocator < *libc)) return;
  std::string summary =
      allocator
          ? fmt::format("asks {} for its extended functions, but libc stands before it in NEEDED and provides malloc",
                        c.file.needed[*allocator])
          : "asks for an allocator's extended functions and for malloc, and needs no allocator's library itself: who "
            "provides the one may not provide the other";
  c.add(HazardId::HalfBoundAllocator, allocator ? Level::Warning : Level::Note, std::move(summary),
        {"references " + enumeration(extended)});
}

// XH104
void incomplete_interposer(const Case &c) {
  const AllocatorInside *const allocator = serving(c.file);
  // A wrapper's blocks are those of the malloc behind it, and so are those of the functions that it does not wrap.
  if (allocator == nullptr || allocator->missing.empty() || is_libc(c.file) || wraps_malloc(c.file) ||
      c.file.artifact == Artifact::Object || !c.file.exports("malloc"))
    return;
  c.add(HazardId::IncompleteInterposer, Level::Warning,
        fmt::format("exports malloc, but not {}: these stay libc's", enumeration(allocator->missing)),
        {fmt::format("malloc is {}'s", name_of(*allocator))},
        c.file.artifact == Artifact::StaticLibrary ? "define them in the executable that links this library" : "");
}

// XH105
void needed_order(const Case &c) {
  const auto allocator = place_in_needed(c.file, is_allocator_library);
  if (!allocator || !c.file.is_dynamic()) return;
  const auto libc = place_in_needed(c.file, is_libc_library);
  const std::string &name = c.file.needed[*allocator];
  if (libc && *libc < *allocator)
    c.add(HazardId::NeededOrder, Level::Warning,
          fmt::format("needs {} only after {}: malloc stays libc's", name, c.file.needed[*libc]),
          {fmt::format("NEEDED {} and {}", *libc + 1, *allocator + 1)});
  else if (is_shared(c.file) && !is_allocators_own_library(c.file))
    c.add(HazardId::NeededOrder, Level::Note,
          fmt::format(
              "needs {} below the executable: it provides malloc only where nothing before it in the search order "
              "does",
              name),
          {fmt::format("NEEDED {}", *allocator + 1)}, "let the executable need the allocator, before libc");
}

// XH106
void unversioned_imports(const Case &c) {
  if (!c.file.is_dynamic() || c.file.libc != Family::Glibc || place_in_needed(c.file, is_allocator_library)) return;
  std::vector<std::string> unversioned;
  std::vector<std::string> versioned;
  for (const Reference &reference : c.file.references) {
    const Function *const function = find_function(reference.name);
    if (function == nullptr || function->interface != Interface::Standard || reference.weak || reference.defined_here)
      continue;
    (reference.version.empty() ? unversioned : versioned).push_back(reference.name);
  }
  if (unversioned.empty()) return;
  std::vector<std::string> evidence{"without a version: " + enumeration(unversioned)};
  if (!versioned.empty()) evidence.push_back("with a version: " + enumeration(versioned));
  c.add(HazardId::UnversionedImports, versioned.empty() ? Level::Note : Level::Warning,
        "imports functions of the family without the version that libc gives them: any definition of the name will do",
        std::move(evidence));
}

// XH107 and XH108
void exporting_library(const Case &c) {
  if (!is_shared(c.file) || is_libc(c.file) || is_cpp_runtime(c.file)) return;
  const std::vector<std::string> exported = interposing_family(c.file);
  if (exported.empty()) return;
  const Level level = is_allocators_own_library(c.file) || wraps_malloc(c.file) ? Level::Note : Level::Warning;
  const std::string evidence = "exports " + in_words(exported);
  c.add(HazardId::LateInterposer, level,
        "opened after start, it provides the family to what is bound from then on, and not to the rest", {evidence});
  c.add(HazardId::PluginCapturesPlugin, Level::Note,
        "loaded with RTLD_GLOBAL, or shared by two plugins, it serves other plugins as well", {evidence});
}

// XH109
void private_allocator(const Case &c) {
  if (!c.file.is_dynamic() || c.file.allocators.empty() || is_libc(c.file) || is_allocators_own_library(c.file)) return;
  if (c.file.exports("free") || c.file.imports("free") || c.file.libc_blocks.empty()) return;
  const bool certain = std::any_of(c.file.libc_blocks.begin(), c.file.libc_blocks.end(),
                                   [](const std::string &name) { return !may_fill_callers_buffer(name); });
  c.add(
      HazardId::PrivateAllocator, certain ? Level::Warning : Level::Note,
      fmt::format("carries {} for itself and takes blocks from libc{}, which it can only release to its own allocator",
                  names_of_allocators(c.file), certain ? "" : ", if it gives no buffer of its own"),
      {"imports " + enumeration(c.file.libc_blocks), "imports no free"});
}

// XH110
void override_not_exported(const Case &c) {
  if (!is_executable(c.file) || !c.file.is_dynamic() || c.file.exports("malloc") || c.file.imports("malloc")) return;
  const auto allocator =
      std::find_if(c.file.allocators.begin(), c.file.allocators.end(), [](const AllocatorInside &inside) {
        return inside.serves_malloc || (inside.presence == Presence::Nameless && inside.prefixes.empty());
      });
  if (allocator == c.file.allocators.end()) return;
  c.add(HazardId::OverrideNotExported, Level::Warning,
        fmt::format("runs on {}, but does not export malloc: libraries and plugins get libc's", name_of(*allocator)),
        allocator->evidence);
}

// XH111
void override_not_linked(const Case &c) {
  if (!is_executable(c.file) || c.file.configuration.empty()) return;
  const bool has_jemalloc = c.file.needs(Family::Jemalloc) ||
                            std::any_of(c.file.allocators.begin(), c.file.allocators.end(),
                                        [](const AllocatorInside &a) { return a.family == Family::Jemalloc; });
  if (has_jemalloc) return;
  c.add(HazardId::OverrideNotLinked, Level::Warning,
        "is configured for jemalloc and contains none: its archive was dropped from the link",
        {"defines " + enumeration(c.file.configuration)});
}

// XH112
void prefix_surprise(const Case &c) {
  if (c.file.definition("mallctl") != nullptr || c.file.needs(Family::Jemalloc)) return;
  const bool plain =
      std::find(c.file.configuration.begin(), c.file.configuration.end(), "malloc_conf") != c.file.configuration.end();
  for (const AllocatorInside &allocator : c.file.allocators) {
    if (allocator.family != Family::Jemalloc || allocator.prefixes.empty() || !plain) continue;
    c.add(HazardId::PrefixSurprise, Level::Warning,
          fmt::format("defines malloc_conf, but its jemalloc reads {}malloc_conf", allocator.prefixes[0]),
          {fmt::format("jemalloc's prefix is {}", allocator.prefixes[0])});
  }
}

// XH113
void weak_probe(const Case &c) {
  if (c.file.weak_probes.empty()) return;
  c.add(HazardId::WeakProbe, Level::Note,
        fmt::format("asks by weak references to {} which allocator is there", enumeration(c.file.weak_probes)),
        {"the answer is about these functions, not about malloc"});
}

// XH114
void unique_symbols(const Case &c) {
  if (c.file.unique_symbols == 0 || !is_shared(c.file)) return;
  c.add(HazardId::UniqueSymbols, Level::Note,
        fmt::format("exports {} symbols that are one for the whole process, and is never unloaded{}",
                    with_commas(c.file.unique_symbols), c.file.pins_itself ? "" : " once another object uses one"),
        {"the first is " + printable(c.file.first_unique_symbol)});
}

// XH115
void allocator_in_table(const Case &c) {
  std::vector<std::string> names;
  for (const Reference &reference : c.file.references)
    if (std::find(reference.relocations.begin(), reference.relocations.end(), elf::RelocationKind::Absolute) !=
        reference.relocations.end())
      names.push_back(reference.name);
  if (names.empty()) return;
  c.add(HazardId::AllocatorInTable, Level::Note, fmt::format("keeps the address of {} in a table", enumeration(names)),
        {"data relocations, which no tool that reads the PLT sees"});
}

// XH116
void forwarding_shim(const Case &c) {
  if (!wraps_malloc(c.file) || !c.file.is_dynamic()) return;
  // With memory of its own it may be an allocator that falls back on another.
  c.add(HazardId::ForwardingShim, c.file.obtains_memory ? Level::Note : Level::Warning,
        "wraps malloc and asks dlsym for the real one: the answer depends on how it was loaded",
        {"exports malloc, imports dlsym, names \"malloc\", and no allocator's code is known in it"});
}

// XH117
void preload_without_effect(const Case &c) {
  if (!is_executable(c.file)) return;
  if (c.file.secure_mode)
    c.add(HazardId::PreloadWithoutEffect, Level::Note,
          "starts in secure mode, in which ld.so ignores an LD_PRELOAD that is a path",
          {"setuid, setgid or file capabilities"});
  else if (c.file.is_static)
    c.add(HazardId::PreloadWithoutEffect, Level::Note, "is statically linked: LD_PRELOAD has no effect on it",
          {"no program interpreter"});
}

// XH207
void operators_in_part(const Case &c) {
  if (c.file.artifact == Artifact::StaticLibrary || c.file.artifact == Artifact::Object) return;
  // Operators that ask malloc, as those of a static C++ runtime do, leave all forms on one heap.
  if (is_libc(c.file) || is_cpp_runtime(c.file) || takes_from_malloc(c.file) ||
      (c.file.static_cpp_runtime && c.file.allocators.empty()))
    return;
  const std::vector<SplitPair> pairs = split_operators(c.file);
  if (pairs.empty()) return;
  std::vector<std::string> evidence;
  evidence.reserve(pairs.size());
  for (const SplitPair &pair : pairs)
    evidence.push_back(fmt::format("{} is {}, {} is {}", demangled(std::string(pair.allocate)),
                                   pair.allocates_here ? "its own" : fmt::format("libc's {}", pair.libc_function),
                                   demangled(std::string(pair.release)),
                                   pair.allocates_here ? fmt::format("libc's {}", pair.libc_function) : "its own"));
  c.add(HazardId::OperatorsInPart, Level::Warning,
        "replaces one half of a pair of operators: its blocks end in another heap than the one they came from",
        std::move(evidence));
}

// XH301
void allocator_unloaded(const Case &c) {
  if (!is_shared(c.file) || c.file.allocators.empty() || c.file.no_delete || c.file.pins_itself || is_libc(c.file) ||
      wraps_malloc(c.file))
    return;
  c.add(HazardId::AllocatorUnloaded, is_allocators_own_library(c.file) ? Level::Note : Level::Warning,
        fmt::format("carries {} and may be unloaded under it", names_of_allocators(c.file)),
        {"DF_1_NODELETE is not set"});
}

// XH401
void static_tls_exhausted(const Case &c) {
  if (!is_shared(c.file) || fits_static_tls(c.file)) return;
  c.add(HazardId::StaticTlsExhausted, Level::Warning,
        fmt::format("needs {} bytes of static TLS; a default process has about {} for libraries opened later",
                    with_commas(c.file.tls.size), with_commas(kStaticTlsSurplus)),
        {"DF_STATIC_TLS is set"});
}

// XH402
void dynamic_tls_in_replacement(const Case &c) {
  if (!c.file.dynamic_tls || !c.file.exports("malloc") || is_libc(c.file)) return;
  c.add(HazardId::DynamicTlsInReplacement, is_allocators_own_library(c.file) ? Level::Note : Level::Warning,
        "exports malloc and uses dynamic TLS, which may call malloc", {"DTPMOD or TLSDESC relocations"});
}

// XH403
void two_instances(const Case &c) {
  for (const AllocatorInside &allocator : c.file.allocators) {
    if (allocator.family == Family::Unknown) continue;
    const std::string name(crossheap::name_of(allocator.family));
    if (allocator.prefixes.size() > 1)
      c.add(HazardId::TwoInstances, Level::Warning,
            fmt::format("carries {} copies of {}", allocator.prefixes.size(), name),
            {"prefixes " + enumeration(allocator.prefixes)});
    if (c.file.needs(allocator.family) && allocator.family != c.file.own_family())
      c.add(HazardId::TwoInstances, Level::Warning,
            fmt::format("carries {} and needs the shared one as well: two heaps", name), allocator.evidence);
  }
}

// XH404
void two_cpp_runtimes(const Case &c) {
  std::vector<std::string> runtimes;
  for (const Runtime &runtime : c.file.runtimes)
    if (runtime.language == "C++") runtimes.push_back(runtime.detail);
  if (runtimes.size() > 1)
    c.add(HazardId::TwoCppRuntimes, Level::Warning,
          fmt::format("has {} C++ runtimes: {}", runtimes.size(), enumeration(runtimes)));
  else if (c.file.static_cpp_runtime && is_shared(c.file))
    c.add(HazardId::TwoCppRuntimes, Level::Note,
          "carries a C++ runtime of its own, beside the one of the process it is loaded into", {runtimes[0]});
}

// XH405
void two_rust_shims(const Case &c) {
  std::vector<std::string> compilers;
  for (const Runtime &runtime : c.file.runtimes)
    if (runtime.language == "Rust" && runtime.detail.starts_with("rustc ")) compilers.push_back(runtime.detail);
  if (c.file.rust_shims.size() > 1)
    c.add(HazardId::TwoRustShims, Level::Warning,
          fmt::format("has {} sets of Rust's allocation functions", c.file.rust_shims.size()), c.file.rust_shims);
  else if (compilers.size() > 1)
    c.add(HazardId::TwoRustShims, Level::Warning, "was built by several Rust compilers", compilers);
}

// XH406
void foreign_loader(const Case &c) {
  if (c.file.libc == Family::Musl && c.file.is_dynamic() && !is_libc(c.file))
    c.add(HazardId::ForeignLoader, Level::Note, "is for musl, whose loader has other rules",
          {c.file.interpreter.empty() ? "NEEDED" : "interpreter " + printable(c.file.interpreter)});
}

// XH118, only on request: an allocator's own library is what the executable chooses from and no subject of the rule.
void artifact_rule(const Case &c) {
  if (is_allocators_own_library(c.file)) return;
  const std::vector<std::string> exported = exported_family(c.file);
  if (c.file.artifact != Artifact::Executable && !c.file.allocators.empty())
    c.add(HazardId::ArtifactRule, Level::Error,
          fmt::format("is a {} and carries {}", name_of(c.file.artifact), names_of_allocators(c.file)),
          c.file.allocators[0].evidence, "leave the choice to the executable: take the allocator out of this link");
  else if (c.file.artifact != Artifact::Executable && !exported.empty() && !is_cpp_runtime(c.file))
    c.add(HazardId::ArtifactRule, Level::Error,
          fmt::format("is a {} and defines {}", name_of(c.file.artifact), in_words(exported)), {},
          "hide these symbols or take them out of this link");
  std::vector<std::string> resolved;
  for (const std::string &name : c.file.allocation_abi)
    if (name.starts_with("crossheap_allocate") || name == "crossheap_deallocate") resolved.push_back(name);
  if (c.file.artifact != Artifact::Executable && !resolved.empty())
    c.add(HazardId::ArtifactRule, Level::Error,
          fmt::format("is a {} and {} the allocation ABI's {}", name_of(c.file.artifact),
                      is_shared(c.file) ? "exports" : "defines", enumeration(resolved)),
          {},
          is_shared(c.file) ? "hide them: each shared library resolves the ABI for itself"
                            : "leave them undefined until the final link");
  if (c.file.artifact == Artifact::Executable && c.file.is_dynamic())
    for (const Finding &finding : Findings(c.findings))
      if (finding.hazard == HazardId::OverrideNotExported || finding.hazard == HazardId::OverrideNotLinked)
        c.add(HazardId::ArtifactRule, Level::Error, "claims an override of malloc that nobody gets: " + finding.summary,
              finding.evidence, std::string(hazard_of(finding.hazard).fix));
}

}  // namespace

bool fits_static_tls(const Inspection &inspection) noexcept {
  return !inspection.static_tls || inspection.tls.size <= kStaticTlsSurplus || is_libc(inspection);
}

std::vector<Finding> findings_of(const Inspection &inspection, const Policy &policy) {
  Findings findings;
  const Case c{inspection, findings};
  constexpr std::array kRules{half_bound,
                              incomplete_interposer,
                              needed_order,
                              unversioned_imports,
                              exporting_library,
                              private_allocator,
                              override_not_exported,
                              override_not_linked,
                              prefix_surprise,
                              weak_probe,
                              unique_symbols,
                              allocator_in_table,
                              forwarding_shim,
                              preload_without_effect,
                              operators_in_part,
                              allocator_unloaded,
                              static_tls_exhausted,
                              dynamic_tls_in_replacement,
                              two_instances,
                              two_cpp_runtimes,
                              two_rust_shims,
                              foreign_loader};
  for (const auto rule : kRules) rule(c);
  if (policy.artifact) artifact_rule(c);
  return findings;
}

}  // namespace crossheap::inspect
