// SPDX-License-Identifier: MIT OR Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "bench/results.h"

namespace crossheap::bench {

namespace {

constexpr std::string_view kAgain = "run `crossheap bench` with the same options on every machine, and each shard once";

template <class Element>
void append(std::vector<Element> &to, std::vector<Element> &from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void append_new(std::vector<Used> &to, const std::vector<Used> &from) {
  for (const Used &one : from)
    if (std::none_of(to.begin(), to.end(), [&](const Used &other) { return other.name == one.name; }))
      to.push_back(one);
}

void require_one_run(const NamedResults &first, const NamedResults &part) {
  const Results &a = first.results;
  const Results &b = part.results;
  if (b.interrupted) throw Error(Blame::Usage, part.file, "was interrupted, so a part of it is missing", kAgain);
  if (a.kind != b.kind || a.shard.count != b.shard.count || a.scale != b.scale || a.rounds != b.rounds ||
      a.selection != b.selection)
    throw Error(Blame::Usage, part.file, fmt::format("is of another run than {}", first.file), kAgain);
  // A ratio is taken within one machine, so machines may differ; versions may not.
  for (const Used &one : a.allocators)
    for (const Used &other : b.allocators)
      if (one.name == other.name && one.version != other.version)
        throw Error(
            Blame::Usage, part.file,
            fmt::format("measured {} {}, and {} measured {}", other.name, other.version, first.file, one.version),
            "install the same versions on every machine");
}

}  // namespace

Results merge(std::vector<NamedResults> parts) {
  if (parts.empty()) throw Error(Blame::Usage, "merge", "has nothing to merge", "name the results of the shards");
  std::sort(parts.begin(), parts.end(),
            [](const NamedResults &a, const NamedResults &b) { return a.results.shard.index < b.results.shard.index; });
  const std::uint32_t count = parts.front().results.shard.count;
  for (const NamedResults &part : parts) require_one_run(parts.front(), part);
  for (std::size_t i = 1; i < parts.size(); ++i)
    if (parts[i].results.shard.index == parts[i - 1].results.shard.index)
      throw Error(Blame::Usage, parts[i].file,
                  fmt::format("is shard {} of {}, as {} is", parts[i].results.shard.index, count, parts[i - 1].file),
                  kAgain);
  for (std::uint32_t index = 1; index <= count; ++index)
    if (index > parts.size() || parts[index - 1].results.shard.index != index)
      throw Error(Blame::Usage, parts.back().file, fmt::format("shard {} of {} is missing", index, count), kAgain);
  Results whole = std::move(parts.front().results);
  whole.shard = {};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    Results &part = parts[i].results;
    append(whole.cells, part.cells);
    append(whole.claims, part.claims);
    append(whole.failures, part.failures);
    append_new(whole.allocators, part.allocators);
    append_new(whole.missing, part.missing);
    whole.seconds += part.seconds;
    whole.load_after = std::max(whole.load_after, part.load_after);
  }
  return whole;
}

int exit_status(const Results &results) { return results.failures.empty() ? 0 : 1; }

}  // namespace crossheap::bench
