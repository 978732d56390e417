// SPDX-License-Identifier: MIT OR Apache-2.0
//
// From what the log holds of an event to why it happened. The reasons are tried from the most specific to the most
// general, and the first that fits is told:
//
//   1. nobody is known to own the block        -> where does the address come from
//   2. owner and releaser are in different link namespaces (dlmopen)
//   3. the releasing code came by dlopen with RTLD_DEEPBIND: its own libc came before the process's allocator
//   4. anything else: the caller is bound to another allocator than the one that handed the block out
//
// 2 stands before 3 because a namespace separates heaps with or without deep binding.
#include "trace/cause.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "allocator/names.h"
#include "base/demangle.h"

namespace crossheap::trace {

namespace {

using event::Detail;

struct OpenFlag {
  std::uint32_t bit;
  std::string_view name;
};
constexpr std::array kOpenFlags{OpenFlag{RTLD_NOW, "RTLD_NOW"}, OpenFlag{RTLD_LAZY, "RTLD_LAZY"},
                                OpenFlag{RTLD_GLOBAL, "RTLD_GLOBAL"}, OpenFlag{RTLD_NODELETE, "RTLD_NODELETE"},
                                OpenFlag{RTLD_DEEPBIND, "RTLD_DEEPBIND"}};

std::string base_name(const std::string &path) { return std::filesystem::path(path).filename().string(); }

std::string caller_of(const Incident &incident) {
  if (incident.release_stack.empty() || incident.release_stack.front().object.empty()) return "the caller";
  return base_name(incident.release_stack.front().object);
}

void explain_crossing(Incident &incident) {
  const std::string caller = caller_of(incident);
  const std::string function = demangled(incident.function);
  const std::string releaser = in_words(incident.releaser);
  const std::string owner = in_words(incident.owner);
  if (incident.owner.object.empty()) {
    incident.summary =
        fmt::format("{} passes {} of {} an address that no watched allocator handed out", caller, function, releaser);
    incident.because =
        fmt::format("The block lies in memory that no watched allocator, {} included, obtained.", releaser);
    incident.next_step = fmt::format("Look where the address comes from that {} passes to {}", caller, function);
    return;
  }
  incident.summary = fmt::format("{} passes {} of {} a block of {}", caller, function, releaser, owner);
  if (incident.owner.link_namespace != incident.releaser.link_namespace) {
    incident.because = "The two are in different link namespaces (dlmopen), which share no heap";
    incident.because +=
        incident.by_pointer ? "." : fmt::format(": {} in {} is bound to {}.", function, caller, releaser);
    incident.next_step = "Release the block on the side that allocated it: export a release function from there";
    return;
  }
  if (incident.opened && (incident.opened->flags & RTLD_DEEPBIND) != 0) {
    incident.because = fmt::format(
        "{} was opened with RTLD_DEEPBIND, so its {} was looked up in its own dependencies first and bound to {}, "
        "while the rest of the program uses {}.",
        caller, function, releaser, owner);
    incident.next_step =
        "Open it without RTLD_DEEPBIND, or let the side that allocated the block release it (export a release "
        "function)";
    return;
  }
  if (incident.by_pointer)
    incident.because = fmt::format(
        "{} called an address (a callback, or what dlsym found), and that led to {} of {}, but the block was handed "
        "out "
        "by {}. Whether another function stood between the two is not known.",
        caller, function, releaser, owner);
  else
    incident.because =
        fmt::format("{} in {} is bound to {}, but the block was handed out by {}.", function, caller, releaser, owner);
  incident.next_step =
      "Release the block with the allocator that handed it out: let its side export a release function, or give both "
      "sides one allocator";
}

void explain_dead_block(Incident &incident) {
  const std::string owner = in_words(incident.owner);
  const std::string caller = caller_of(incident);
  switch (incident.detail) {
    case Detail::InsideBlock:
      incident.summary =
          fmt::format("{} passes {} an address inside a live block", caller, demangled(incident.function));
      incident.because = "The address lies inside a live block, not at its start.";
      incident.next_step = "Keep the address that the allocating function returned, and release that one";
      break;
    case Detail::NeverAllocated:
      incident.summary =
          fmt::format("{} passes {} an address that {} never handed out", caller, demangled(incident.function), owner);
      incident.because = fmt::format("The address lies in memory of {}, which never handed it out.", owner);
      incident.next_step = "Look where the address comes from";
      break;
    default:
      incident.summary =
          fmt::format("{} passes {} a block that was released before", caller, demangled(incident.function));
      incident.because = fmt::format("The block had been released to {} before, and not been handed out again.", owner);
      incident.next_step = "Find which of the two releases is wrong; the one reported here came second";
  }
}

void explain_wrong_size(Incident &incident) {
  incident.summary =
      fmt::format("{} passes {} a block of {} bytes as one of {}", caller_of(incident), demangled(incident.function),
                  incident.size.value_or(0), incident.given_size.value_or(0));
  if (incident.detail == Detail::WrongAlignment)
    incident.summary = fmt::format("{} passes {} another alignment than that of the block", caller_of(incident),
                                   demangled(incident.function));
  incident.because = fmt::format("The block was asked for with {} bytes and released as one of {} ({}).",
                                 incident.size.value_or(0), incident.given_size.value_or(0), name_of(incident.detail));
  incident.next_step = "Pass the size and the alignment that the block was allocated with";
}

// A block that goes back by a function of another interface, and whatever hazard the agent may come to report.
void explain_other(Incident &incident) {
  incident.summary = hazard_of(incident.hazard).headline;
  if (incident.hazard == HazardId::WrongPair) {
    incident.level = Level::Warning;
    incident.summary = fmt::format("{} passes {} a block from {}", caller_of(incident), demangled(incident.function),
                                   demangled(incident.allocated_by));
    const Function *const function = find_function(incident.function);
    const bool resizes = function != nullptr && function->role == Role::Resize;
    incident.because =
        fmt::format("It was allocated by {} and {} by {}; both go to one heap here, but need not.",
                    demangled(incident.allocated_by), resizes ? "resized" : "released", demangled(incident.function));
    incident.next_step = resizes ? "Resize only what malloc and its like allocated; of another block, make a copy"
                                 : "Release it with the function that belongs to the one that allocated it";
  } else if (incident.hazard == HazardId::BlocksOutliveOwner) {
    incident.level = Level::Warning;
    incident.summary = fmt::format("{} was unloaded while blocks of it were live", in_words(incident.owner));
    incident.because = "Blocks of this allocator were live when its object was unloaded.";
    incident.next_step = "Release them first, or keep the object loaded (link it with -z nodelete)";
  }
}

// The event in the words of every finding, for reports that know nothing of events.
void describe(Incident &incident) {
  const auto &stack = incident.release_stack;
  incident.subject = !stack.empty() && !stack.front().object.empty() ? stack.front().object : incident.releaser.object;
  incident.places.assign(stack.begin(), stack.end());
  incident.evidence.push_back(fmt::format("owner: {}", in_words(incident.owner)));
  if (!incident.function.empty())
    incident.evidence.push_back(
        fmt::format("releaser: {}, by {}", in_words(incident.releaser), demangled(incident.function)));
  if (incident.size)
    incident.evidence.push_back(
        fmt::format("block: {} bytes, from {}", *incident.size, demangled(incident.allocated_by)));
  for (const Frame &frame : incident.allocation_stack) {
    if (frame.object.empty()) continue;
    incident.evidence.push_back(fmt::format(
        "allocated from {}", frame.function.empty() ? base_name(frame.object)
                             : frame.file.empty()   ? fmt::format("{} in {}", frame.function, base_name(frame.object))
                                                    : fmt::format("{} ({}:{}) in {}", frame.function, frame.file,
                                                                  frame.line, base_name(frame.object))));
    break;
  }
  if (incident.opened)
    incident.evidence.push_back(fmt::format("opened by {}(\"{}\", {})",
                                            incident.opened->link_namespace == 0 ? "dlopen" : "dlmopen",
                                            incident.opened->path, name_of_flags(incident.opened->flags)));
}

}  // namespace

std::string name_of_flags(std::uint32_t flags) {
  const std::uint32_t binding = (flags & RTLD_NOW) != 0 ? RTLD_NOW : RTLD_LAZY;
  flags = (flags & ~static_cast<std::uint32_t>(RTLD_NOW | RTLD_LAZY)) | binding;
  std::string text;
  for (const auto &[flag, name] : kOpenFlags)
    if ((flags & flag) != 0) text += fmt::format("{}{}", text.empty() ? "" : " | ", name);
  return text;
}

std::uint32_t flags_named(std::string_view names) {
  std::uint32_t flags = 0;
  for (const auto &[flag, name] : kOpenFlags)
    if (names.find(name) != std::string_view::npos) flags |= flag;
  return flags;
}

std::string in_words(const Party &party) {
  if (party.object.empty()) return "an unknown allocator";
  std::string text = base_name(party.object);
  if (party.family != "unknown") text += fmt::format(" ({})", party.family);
  if (party.link_namespace != 0) text += fmt::format(" in link namespace {}", party.link_namespace);
  if (party.unloaded) text += ", unloaded by then";
  return text;
}

void explain(Incident &incident) {
  incident.level = Level::Error;
  if (is_crossing(incident.hazard))
    explain_crossing(incident);
  else if (incident.hazard == HazardId::NoLiveBlock)
    explain_dead_block(incident);
  else if (incident.hazard == HazardId::WrongSize)
    explain_wrong_size(incident);
  else
    explain_other(incident);
  describe(incident);
}

}  // namespace crossheap::trace
