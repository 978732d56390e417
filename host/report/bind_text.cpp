// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Modes that come to the same are shown once; within one, objects that share a heap are named together.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "binding/in_words.h"
#include "report/bind_report.h"

namespace crossheap::report {

namespace {

using binding::Instance;
using binding::ObjectIndex;
using binding::Origin;

constexpr std::size_t kNamedAtMost = 8;  // of the objects on one heap; the others are counted

std::string in_words(const Loading &loading, const std::set<Instance> &instances) {
  std::vector<std::string> words;
  words.reserve(instances.size());
  for (const Instance &instance : instances)
    words.push_back(binding::in_words(loading.process->objects, *loading.ownership, instance));
  return words.empty() ? "nothing" : enumeration(words);
}

// Those in the user's mind come first.
int rank(Origin origin) {
  switch (origin) {
    case Origin::Executable:
      return 0;
    case Origin::Opened:
      return 1;
    case Origin::Preload:
      return 2;
    default:
      return 3;
  }
}

std::string heap_lines(const Loading &loading) {
  struct Users {
    std::vector<ObjectIndex> objects;
  };
  std::map<std::string, Users> by_heap;
  for (ObjectIndex object = 0; object < loading.process->objects.size(); ++object) {
    const std::set<Instance> from = loading.ownership->instances_of(object, Role::Allocate);
    const std::set<Instance> to = loading.ownership->instances_of(object, Role::Release);
    if (from.empty() && to.empty()) continue;
    const std::string heap =
        from == to || to.empty() ? in_words(loading, from)
        : from.empty()           ? in_words(loading, to)
                       : fmt::format("allocate from {}, release to {}", in_words(loading, from), in_words(loading, to));
    by_heap[heap].objects.push_back(object);
  }
  std::vector<std::pair<std::string, Users>> heaps(by_heap.begin(), by_heap.end());
  for (auto &[heap, users] : heaps)
    std::stable_sort(users.objects.begin(), users.objects.end(), [&](ObjectIndex a, ObjectIndex b) {
      return rank(loading.process->objects[a].origin) < rank(loading.process->objects[b].origin);
    });
  std::stable_sort(heaps.begin(), heaps.end(), [&](const auto &a, const auto &b) {
    return rank(loading.process->objects[a.second.objects.front()].origin) <
           rank(loading.process->objects[b.second.objects.front()].origin);
  });
  std::string text;
  for (const auto &[heap, users] : heaps) {
    std::vector<std::string> names;
    for (const ObjectIndex object : users.objects) {
      if (names.size() == kNamedAtMost) break;
      std::string name = printable_name(binding::name_of(loading.process->objects, object));
      if (loading.ownership->is_libc(object)) name += " (strdup, getline, ...)";
      names.push_back(std::move(name));
    }
    if (users.objects.size() > kNamedAtMost)
      names.push_back(fmt::format("{} more", users.objects.size() - kNamedAtMost));
    text += fmt::format("  {}\n      {}\n", printable_name(heap), fmt::join(names, ", "));
  }
  return text;
}

std::string finding_lines(const Finding &finding) {
  const Hazard &hazard = hazard_of(finding.hazard);
  std::string text = fmt::format("  {} {}, {}:\n      {}\n", name_of(finding.hazard), name_of(finding.level),
                                 hazard.name, printable_name(finding.summary));
  for (const std::string &evidence : finding.evidence) text += fmt::format("      - {}\n", printable_name(evidence));
  text += fmt::format("      fix: {}\n", printable_name(advice_of(finding)));
  return text;
}

std::string observed_lines(const Loading &loading) {
  if (!loading.observed) return {};
  const observe::Comparison &seen = *loading.observed;
  if (!seen.ran)
    return fmt::format("  observed: the process did not come to its main function\n      {}\n", printable(seen.output));
  std::string text;
  for (const std::string &refusal : seen.refusals)
    text += fmt::format("  observed: refused: {}\n", printable_name(refusal));
  if (!loading.refusal_as_expected())
    text += seen.refusals.empty() ? "  DIFFERENCE: predicted to be refused, and was opened\n"
                                  : "  DIFFERENCE: predicted to be opened, and was refused\n";
  for (const observe::Difference &difference : seen.differences) {
    const std::string what = difference.symbol.empty() ? difference.object
                                                       : fmt::format("{}: {} ({})", difference.object,
                                                                     difference.symbol, difference.relocation);
    text += fmt::format("  DIFFERENCE: {}: predicted {}, observed {}\n", printable_name(what),
                        printable_name(difference.predicted), printable_name(difference.observed));
  }
  for (const observe::Difference &changed : seen.overwritten)
    text += fmt::format("  overwritten: {}: {} ({}) was bound to {}, and holds {} now\n",
                        printable_name(changed.object), printable_name(changed.symbol), changed.relocation,
                        printable_name(changed.predicted), printable_name(changed.observed));
  for (const observe::Difference &other : seen.by_code)
    text += other.symbol.empty()
                ? fmt::format("  opened by code: {}\n", printable_name(other.object))
                : fmt::format("  through what code opened: {}: {} ({}): predicted {}, observed {}\n",
                              printable_name(other.object), printable_name(other.symbol), other.relocation,
                              printable_name(other.predicted), printable_name(other.observed));
  if (seen.differences.empty() && seen.refusals.empty())
    text += fmt::format("  observed: {} slots in the real process, all as predicted\n", with_commas(seen.slots));
  return text;
}

std::string reference_lines(const Loading &loading) {
  std::string text = "  references:\n";
  for (const binding::Binding &binding : loading.process->bindings) {
    std::string symbol(binding.symbol.name);
    if (binding.version.versioned()) symbol += fmt::format("@{}", binding.version.name);
    std::string provider = "nothing";
    std::string through;
    if (binding.definition) {
      provider = binding::name_of(loading.process->objects, binding.definition->object);
      const auto instance = loading.ownership->instance_behind(*binding.definition, binding.symbol.name);
      if (instance && instance->object != binding.definition->object)
        through = fmt::format(", which forwards to {}", binding::name_of(loading.process->objects, instance->object));
    }
    text +=
        fmt::format("    {:<28} {:<36} {:<10} {}{}\n",
                    printable_name(binding::name_of(loading.process->objects, binding.object)), printable_name(symbol),
                    elf::name_of(binding.slot.relocation.kind), printable_name(provider), printable_name(through));
  }
  return text;
}

std::string crash_lines(const observe::Crash &crash) {
  std::string text = crash.signal == 0 ? "  no signal: the dump is of a process that went on\n"
                                       : fmt::format("  ended by signal {}{}\n", crash.signal,
                                                     crash.message.empty() ? "" : ": " + printable_name(crash.message));
  if (!crash.released.empty()) text += fmt::format("  {}\n", printable_name(crash.released));
  if (!crash.block.empty()) text += fmt::format("  {}\n", printable_name(crash.block));
  if (crash.stack.empty())
    text += "  the stack of the crashed thread cannot be walked\n";
  else if (crash.released.empty())
    text += "  no release function is on the stack: the dump does not show which block crossed, if one did\n";
  for (const std::string &line : crash.stack) text += fmt::format("      {}\n", printable_name(line));
  return text;
}

std::string body_of(const Loading &loading, bool with_references) {
  std::string text;
  if (loading.crash) text += crash_lines(*loading.crash);
  for (const std::string &sentence : loading.unknown)
    text += fmt::format("  not known: {}\n", printable_name(sentence));
  for (const std::string &problem : loading.problems)
    text += fmt::format("  would be refused: {}\n", printable_name(problem));
  for (const std::string &problem : loading.static_tls_problems)
    text += fmt::format("  would be refused by default: {}\n", printable_name(problem));
  if (!loading.static_tls_problems.empty())
    text += "  with a larger GLIBC_TUNABLES=glibc.rtld.optional_static_tls it would be opened:\n";
  if (loading.problems.empty()) {
    text += heap_lines(loading);
    for (const Finding &finding : loading.findings) text += finding_lines(finding);
  }
  if (loading.waiting > 0)
    text += fmt::format("  {} slots are not bound yet: each is at its first call, and is predicted here\n",
                        with_commas(loading.waiting));
  text += observed_lines(loading);
  if (with_references) text += reference_lines(loading);
  return text;
}

std::string names_of(const std::vector<std::string> &paths) {
  std::vector<std::string> names;
  names.reserve(paths.size());
  for (const std::string &path : paths)
    names.push_back(printable_name(std::filesystem::path(path).filename().string()));
  return fmt::format("{}", fmt::join(names, ", then "));
}

}  // namespace

std::string bind_text(const BindReport &report, bool with_references) {
  std::string text = fmt::format("host    {}\n", printable_name(report.host));
  for (const std::string &preload : report.preloads) text += fmt::format("preload {}\n", printable_name(preload));
  for (const std::string &plugin : report.plugins) text += fmt::format("plugin  {}\n", printable_name(plugin));

  const bool several_orders = std::any_of(report.loadings.begin(), report.loadings.end(), [&](const Loading &loading) {
    return loading.order != report.loadings.front().order;
  });
  std::vector<std::pair<std::string, std::vector<const Loading *>>> groups;
  for (const Loading &loading : report.loadings) {
    std::string body = body_of(loading, with_references);
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const auto &group) {
      return group.first == body && group.second.front()->order == loading.order;
    });
    if (same != groups.end())
      same->second.push_back(&loading);
    else
      groups.emplace_back(std::move(body), std::vector<const Loading *>{&loading});
  }
  for (const auto &[body, loadings] : groups) {
    std::vector<std::string> modes;
    modes.reserve(loadings.size());
    for (const Loading *loading : loadings) modes.push_back(loading->mode);
    std::string heading = fmt::format("{}", fmt::join(modes, ", "));
    if (loadings.size() == 1 && !loadings.front()->call.empty())
      heading += fmt::format(" ({})", loadings.front()->call);
    if (several_orders) heading += fmt::format(": {}", names_of(loadings.front()->order));
    text += fmt::format("\n{}\n{}", heading, body);
  }
  return text;
}

}  // namespace crossheap::report
