// SPDX-License-Identifier: MIT OR Apache-2.0
#include "matrix/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/text.h"

namespace crossheap::matrix {

namespace {

bool matches_any(std::span<const std::string> globs, std::string_view name) {
  return globs.empty() ||
         std::any_of(globs.begin(), globs.end(), [&](const std::string &glob) { return matches_glob(glob, name); });
}

void check_globs(std::span<const std::string> globs, std::span<const std::string_view> names, std::string_view what) {
  for (const std::string &glob : globs) {
    if (std::any_of(names.begin(), names.end(), [&](std::string_view name) { return matches_glob(glob, name); }))
      continue;
    const std::string_view near = nearest(glob, names);
    throw Error(Blame::Usage, glob, fmt::format("no {} has this name", what),
                near.empty() ? "`crossheap matrix --list` shows them all"
                             : fmt::format("did you mean {}? `crossheap matrix --list` shows them all", near));
  }
}

template <typename Item>
std::vector<std::string_view> names_of(std::span<const Item> items) {
  std::vector<std::string_view> names;
  for (const Item &item : items) names.push_back(item.name);
  return names;
}

template <typename Item>
std::vector<Item> chosen(std::span<const Item> items, std::span<const std::string> globs, std::string_view what) {
  check_globs(globs, names_of(items), what);
  std::vector<Item> matching;
  std::copy_if(items.begin(), items.end(), std::back_inserter(matching),
               [&](const Item &item) { return matches_any(globs, item.name); });
  return matching;
}

}  // namespace

Selection quick_selection() {
  return {.hosts = {"system", "jemalloc", "preload-mimalloc"},
          .plugins = {"system", "jemalloc-hidden", "tcmalloc-needed"},
          .modes = {"local", "deepbind", "namespace"},
          .scenarios = {"malloc", "realloc", "strdup", "new-delete", "string-grown", "owner-frees", "owner-grows",
                        "host-allocator", "abi", "abi-grown"},
          .contracts = {},
          .shard = {}};
}

Shard parse_shard(std::string_view text) {
  Shard shard;
  const std::size_t slash = text.find('/');
  const auto number = [](std::string_view digits, std::uint32_t &value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc{} && end == digits.data() + digits.size();
  };
  const bool good = slash != std::string_view::npos && number(text.substr(0, slash), shard.index) &&
                    number(text.substr(slash + 1), shard.count) && shard.index >= 1 && shard.index <= shard.count;
  if (!good) throw Error(Blame::Usage, text, "is not a shard", "write I/N with 1 <= I <= N, for instance --shard 1/4");
  return shard;
}

std::vector<HostBuild> select_hosts(const Builds &builds, const Selection &selection) {
  return chosen<HostBuild>(builds.hosts, selection.hosts, "host build");
}

std::vector<PluginBuild> select_plugins(const Builds &builds, const Selection &selection) {
  std::vector<std::string> globs;
  std::vector<PluginBuild> plugins;
  for (const std::string &typed : selection.plugins) {
    if (typed.find('/') == std::string::npos)
      globs.push_back(typed);
    else
      plugins.push_back(plugin_at(typed));
  }
  if (!globs.empty() || plugins.empty()) {
    const std::vector<PluginBuild> named = chosen<PluginBuild>(builds.plugins, globs, "plugin build");
    plugins.insert(plugins.begin(), named.begin(), named.end());
  }
  return plugins;
}

std::vector<LoadMode> select_modes(const Selection &selection) {
  return chosen<LoadMode>(load_modes(), selection.modes, "load mode");
}

bool selects(const Selection &selection, const Offer &offer) {
  return matches_any(selection.scenarios, offer.name) &&
         (selection.contracts.empty() || selection.contracts.find(offer.contract) != std::string::npos);
}

void check_scenarios(const Selection &selection, std::span<const Offer> offers) {
  check_globs(selection.scenarios, names_of(offers), "scenario");
  for (const char letter : selection.contracts)
    if (contract_words(letter) == "?")
      throw Error(Blame::Usage, std::string(1, letter), "is no contract",
                  "contracts are a, b, c and d, for instance --contract bcd");
}

}  // namespace crossheap::matrix
