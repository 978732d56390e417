// SPDX-License-Identifier: MIT OR Apache-2.0
//
// THE table of drills: what each is called, what it does, and whether the agent watches it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace crossheap::drill {

enum class Kind : std::uint8_t {
  Load,
  Calls,
  Constructors,
  LoadUnload,
  Threads,
  Fork,
  ForkInCalls,
  ExitOpen,
  ExitClosed,
  TwoCopies,
  AfterAnother,
  BeforeAnother,
  StaticTls,
  ClosedStreams,
  SecondNamespace,
};

struct Drill {
  Kind kind;
  std::string_view name;  ///< as crossheap-drill knows it
  std::string_view about;
  bool watched;  ///< runs under the agent
};

inline constexpr std::array kDrills{
    Drill{Kind::Load, "load", "The host opens the plugin and closes it.", true},
    Drill{Kind::Calls, "calls", "The host calls the functions of the contract, and releases what it owns.", true},
    Drill{Kind::Constructors, "constructors",
          "The host hands over its allocator, and watches for blocks from before that.", false},
    Drill{Kind::LoadUnload, "load-unload",
          "The host opens and closes the plugin 100 times, and counts blocks, threads and mappings.", false},
    Drill{Kind::Threads, "threads",
          "Threads open and use the plugin; one ends before the plugin is closed, and one after.", true},
    Drill{Kind::Fork, "fork",
          "The host forks with the plugin open, while another thread allocates, and after closing it.", true},
    Drill{Kind::ForkInCalls, "fork-in-calls", "The host forks while another thread calls the plugin.", false},
    Drill{Kind::ExitOpen, "exit-open", "The host leaves by exit with the plugin open.", true},
    Drill{Kind::ExitClosed, "exit-closed", "The host leaves by exit after closing the plugin.", true},
    Drill{Kind::TwoCopies, "two-copies", "The host opens two copies of the plugin under different names.", true},
    Drill{Kind::AfterAnother, "after-another", "The host opens the plugin after another one.", true},
    Drill{Kind::BeforeAnother, "before-another", "The host opens the plugin before another one.", true},
    Drill{Kind::StaticTls, "static-tls", "The host opens the plugin with half of the static TLS surplus used up.",
          false},
    Drill{Kind::ClosedStreams, "closed-streams", "The host opens the plugin with standard input and output closed.",
          false},
    Drill{Kind::SecondNamespace, "second-namespace",
          "The host opens the plugin once more, in another new link namespace.", true},
};

// What glibc keeps by default for objects that are opened later (elf/dl-tls.c), and what is left of it in the drill:
// with one link namespace it keeps 144 bytes and what this tunable says.
inline constexpr std::uint64_t kSurplus = 1'664;
inline constexpr std::uint64_t kSurplusOfOneNamespace = 144;

}  // namespace crossheap::drill
