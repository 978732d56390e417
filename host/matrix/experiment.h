// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the experiment is made of: the host builds, the plugin builds (both listed by the build in experiment.json
// beside them), the load modes, and the scenarios that each image says it has.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/load_modes.h"

namespace crossheap::matrix {

struct HostBuild {
  std::string name;
  std::filesystem::path runner;  ///< the program: the runner, or an interpreter that plays it
  std::string preload;           ///< for LD_PRELOAD; empty where nothing is preloaded
  std::string family;
  std::string about;                     ///< a clause for people
  std::vector<std::string> before = {};  ///< an interpreter's own arguments, in front of the runner's
  /// The only build it opens, or "" for all: an interpreter takes long to start. A plugin of the user's own always
  /// goes.
  std::string only_plugin = {};
  bool forks = false;  ///< it can be started once and forked for each case (sandbox/serve.h)
};

struct PluginBuild {
  std::string name;  ///< of a build, or the path as the user typed it
  std::filesystem::path file;
  std::string family;
  std::string about;
  std::string only_host = {};  ///< the only build that can open it, or "" for all: it is of another libc
  std::string untraced = {};   ///< why the agent cannot judge its cases; "" where it can
};

/// What takes no part in the experiment, for people: a build whose compiler is missing, a scenario that a plugin
/// refuses.
struct LeftOut {
  std::string what;
  std::string reason;
  bool is_failure = false;  ///< a plugin that was to take part and could not be asked for its scenarios
};

struct Builds {
  std::vector<HostBuild> hosts;
  std::vector<PluginBuild> plugins;
  std::vector<LeftOut> left_out = {};  ///< this machine could not build them, or they are not there
};

/// Reads experiment.json and finds the builds beside it; those that are not there are left out. Throws Error where the
/// file is missing or none of its hosts is there.
/// \param folder  lib/crossheap of a build tree or of an installation: library_folder()
Builds read_builds(const std::filesystem::path &folder);

/// A plugin of the user's own. Throws Error (Blame::Usage) where the file is missing, a folder, not readable, not a
/// shared object of this machine's architecture, or cut short; whether it speaks the plugin contract is seen when it is
/// opened.
PluginBuild plugin_at(const std::filesystem::path &file);

/// Whether this host opens this plugin.
bool opens(const HostBuild &host, const PluginBuild &plugin);

/// The load modes that the experiment plays: those by which a running host opens a plugin.
std::span<const LoadMode> load_modes();

/// A scenario as an image offers it (crossheap_scenario in crossheap/plugin.h).
struct Offer {
  std::string name;
  std::uint32_t directions = 0;  ///< 0: refused, and the sentence is the reason
  std::uint32_t staging = 0;
  std::uint32_t flags = 0;
  char contract = '?';
  std::string acquired_by;
  std::vector<std::string> released_by;
  std::string sentence;
};

/// Parses the text of RunStep::Offered; nullopt where it is not of that form.
std::optional<Offer> parse_offer(std::string_view text);

/// A CROSSHEAP_DIRECTION_ bit and its name: "to-host", "to-plugin", "inside".
struct Direction {
  std::uint32_t bit;
  std::string_view name;
  std::string_view about;
};
std::span<const Direction> directions();

/// The words for a contract: 'a' is "plain malloc/free". Throws nothing; "?" for an unknown letter.
std::string_view contract_words(char contract);

}  // namespace crossheap::matrix
