// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which part of the experiment to run, as typed: globs for each dimension, a shard, the quick choice.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "matrix/experiment.h"

namespace crossheap::matrix {

struct Shard {
  std::uint32_t index = 1;  ///< from 1
  std::uint32_t count = 1;
};

struct Selection {
  std::vector<std::string> hosts;      ///< globs; empty means all
  std::vector<std::string> plugins;    ///< globs, or paths of plugins (they contain a '/')
  std::vector<std::string> modes;      ///< globs
  std::vector<std::string> scenarios;  ///< globs
  std::string contracts;               ///< letters; empty means all
  Shard shard;
};

/// A representative few hundred: every contract, the hosts and plugins that differ most, one mode of each kind.
Selection quick_selection();

/// "I/N"; throws Error (Blame::Usage) where it is not 1 <= I <= N.
Shard parse_shard(std::string_view text);

/// Each checks that every glob matches something, and throws Error (Blame::Usage) with the nearest name where one does
/// not.
std::vector<HostBuild> select_hosts(const Builds &builds, const Selection &selection);
std::vector<PluginBuild> select_plugins(const Builds &builds, const Selection &selection);
std::vector<LoadMode> select_modes(const Selection &selection);

/// Whether the offer is asked for by scenario globs and contract letters.
bool selects(const Selection &selection, const Offer &offer);

/// Throws Error (Blame::Usage) where a scenario glob or a contract letter matches none of `offers`.
void check_scenarios(const Selection &selection, std::span<const Offer> offers);

}  // namespace crossheap::matrix
