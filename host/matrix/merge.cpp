// SPDX-License-Identifier: MIT OR Apache-2.0
#include "matrix/merge.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace crossheap::matrix {

namespace {

template <typename Item>
std::vector<std::string> names_of(const std::vector<Item> &items) {
  std::vector<std::string> names;
  names.reserve(items.size());
  for (const Item &item : items) names.emplace_back(item.name);
  return names;
}

bool same_tracing(const std::optional<Tracing> &one, const std::optional<Tracing> &other) {
  return one.has_value() == other.has_value() && (!one || (one->depth == other->depth && one->route == other->route));
}

bool same_experiment(const Results &one, const Results &other) {
  return names_of(one.hosts) == names_of(other.hosts) && names_of(one.plugins) == names_of(other.plugins) &&
         names_of(one.modes) == names_of(other.modes) && one.repeat == other.repeat &&
         one.shard.count == other.shard.count && same_tracing(one.tracing, other.tracing) &&
         std::equal(one.scenarios.begin(), one.scenarios.end(), other.scenarios.begin(), other.scenarios.end(),
                    [](const auto &a, const auto &b) { return a.first == b.first; });
}

}  // namespace

Results merge(std::vector<NamedResults> parts) {
  std::sort(parts.begin(), parts.end(),
            [](const auto &a, const auto &b) { return a.results.shard.index < b.results.shard.index; });
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto &[file, results] = parts[i];
    if (!same_experiment(parts.front().results, results))
      throw Error(Blame::Usage, file, fmt::format("is of another experiment than {}", parts.front().file),
                  "merge shards that were run with the same options");
    if (results.interrupted)
      throw Error(Blame::Usage, file, "was interrupted, so it is not a whole shard", "run this shard again");
    if (i > 0 && results.shard.index == parts[i - 1].results.shard.index)
      throw Error(Blame::Usage, file, fmt::format("is shard {}, and so is {}", results.shard.index, parts[i - 1].file),
                  "give each shard once");
    if (results.shard.index != i + 1)
      throw Error(
          Blame::Usage, file, fmt::format("shard {} of {} is missing", i + 1, results.shard.count),
          fmt::format("run it: crossheap matrix --shard {}/{} --format json -o FILE", i + 1, results.shard.count));
  }
  const std::uint32_t count = parts.front().results.shard.count;
  if (parts.size() != count)
    throw Error(Blame::Usage, parts.back().file, fmt::format("shard {} of {} is missing", parts.size() + 1, count),
                fmt::format("run it: crossheap matrix --shard {}/{} --format json -o FILE", parts.size() + 1, count));
  Results merged = std::move(parts.front().results);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    Results &other = parts[i].results;
    merged.cases.insert(merged.cases.end(), std::make_move_iterator(other.cases.begin()),
                        std::make_move_iterator(other.cases.end()));
    merged.planned += other.planned;
    for (const auto &[reason, cases] : other.untraced) merged.untraced[reason] += cases;
    merged.took = std::max(merged.took, other.took);
    merged.tracing_took = std::max(merged.tracing_took, other.tracing_took);
  }
  // The order a single run would have given them.
  const auto position = [](const std::vector<std::string> &names, const std::string &name) {
    return std::find(names.begin(), names.end(), name) - names.begin();
  };
  const auto hosts = names_of(merged.hosts);
  const auto plugins = names_of(merged.plugins);
  const auto modes = names_of(merged.modes);
  std::stable_sort(merged.cases.begin(), merged.cases.end(), [&](const CaseResult &a, const CaseResult &b) {
    const auto key = [&](const CaseResult &r) {
      return std::tuple(position(hosts, r.of.host), position(plugins, r.of.plugin), position(modes, r.of.mode),
                        r.of.scenario, r.of.direction);
    };
    return key(a) < key(b);
  });
  merged.shard = {};
  return merged;
}

}  // namespace crossheap::matrix
