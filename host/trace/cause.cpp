// SPDX-License-Identifier: MIT OR Apache-2.0
#include "trace/cause.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>

namespace crossheap::trace {

namespace {

std::string base_name(const std::string &path) { return std::filesystem::path(path).filename().string(); }

std::string caller_of(const Crossing &crossing) {
  if (crossing.release_stack.empty() || crossing.release_stack.front().object.empty()) return "the caller";
  return base_name(crossing.release_stack.front().object);
}

void explain_misuse(Crossing &crossing) {
  const std::string owner = words_for(crossing.owner);
  if (crossing.detail == "released twice") {
    crossing.because = fmt::format("The block had been released to {} before, and not been handed out again.", owner);
    crossing.next_step = "Find which of the two releases is wrong; the one reported here came second";
  } else if (crossing.detail == "not the start of a block") {
    crossing.because = "The address lies inside a live block, not at its start.";
    crossing.next_step = "Keep the address that the allocating function returned, and release that one";
  } else if (crossing.detail == "never allocated") {
    crossing.because = fmt::format("The address lies in memory of {}, which never handed it out.", owner);
    crossing.next_step = "Look where the address comes from";
  } else if (crossing.hazard == "XH206") {
    crossing.because = fmt::format("The block was asked for with {} bytes and released as one of {} ({}).",
                                   crossing.size.value_or(0), crossing.given_size.value_or(0), crossing.detail);
    crossing.next_step = "Pass the size and the alignment that the block was allocated with";
  } else if (crossing.hazard == "XH205") {
    crossing.because = fmt::format("It was allocated by {} and released by {}; both go to one heap here, but need not.",
                                   crossing.allocated_by, crossing.function);
    crossing.next_step = "Release it with the function that belongs to the one that allocated it";
  } else if (crossing.hazard == "XH302") {
    crossing.because = "Blocks of this allocator were live when its object was unloaded.";
    crossing.next_step = "Release them first, or keep the object loaded (link it with -z nodelete)";
  }
}

}  // namespace

std::string words_for_flags(std::uint32_t flags) {
  std::string text = (flags & RTLD_NOW) != 0 ? "RTLD_NOW" : "RTLD_LAZY";
  if ((flags & RTLD_GLOBAL) != 0) text += " | RTLD_GLOBAL";
  if ((flags & RTLD_NODELETE) != 0) text += " | RTLD_NODELETE";
  if ((flags & RTLD_DEEPBIND) != 0) text += " | RTLD_DEEPBIND";
  return text;
}

std::string words_for(const Party &party) {
  if (party.object.empty()) return "an unknown allocator";
  std::string text = base_name(party.object);
  if (party.family != "unknown") text += fmt::format(" ({})", party.family);
  if (party.link_namespace != 0) text += fmt::format(" in link namespace {}", party.link_namespace);
  if (party.unloaded) text += ", unloaded by then";
  return text;
}

void explain(Crossing &crossing) {
  const bool is_crossing = crossing.hazard == "XH201" || crossing.hazard == "XH202" || crossing.hazard == "XH203";
  if (!is_crossing || (!crossing.detail.empty() && !crossing.detail.starts_with("routed") &&
                       !crossing.detail.starts_with("withheld"))) {
    explain_misuse(crossing);
    return;
  }
  const std::string caller = caller_of(crossing);
  const std::string &function = crossing.function;
  const std::string releaser = words_for(crossing.releaser);
  const std::string owner = words_for(crossing.owner);
  if (crossing.owner.object.empty()) {
    crossing.because =
        fmt::format("The block is in no memory that {} obtained, nor any other allocator that is seen.", releaser);
    crossing.next_step = fmt::format("Look where the address comes from that {} passes to {}", caller, function);
    return;
  }
  if (crossing.owner.link_namespace != crossing.releaser.link_namespace) {
    crossing.because =
        fmt::format("The two are in different link namespaces (dlmopen), which share no heap: {} in {} is bound to {}.",
                    function, caller, releaser);
    crossing.next_step = "Release the block on the side that allocated it: export a release function from there";
    return;
  }
  if (crossing.opened && (crossing.opened->flags & RTLD_DEEPBIND) != 0) {
    crossing.because = fmt::format(
        "{} was opened with RTLD_DEEPBIND, so its {} was looked up in its own dependencies first and bound to {}, "
        "while the rest of the program uses {}.",
        caller, function, releaser, owner);
    crossing.next_step =
        "Open it without RTLD_DEEPBIND, or let the side that allocated the block release it (export a release "
        "function)";
    return;
  }
  crossing.because =
      fmt::format("{} in {} is bound to {}, but the block was handed out by {}.", function, caller, releaser, owner);
  crossing.next_step =
      "Release the block with the allocator that handed it out: let its side export a release function, or give both "
      "sides one allocator";
}

}  // namespace crossheap::trace
