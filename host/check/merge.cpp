// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A shard has every N-th profile, so the profiles of the whole are found by taking one from each shard in
// turn. Cells, findings and pictures refer to one another by index: each shard's indices move.
#include "check/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"

namespace crossheap::check {

namespace {

std::vector<std::string> names_of(const std::vector<Allocator> &allocators) {
  std::vector<std::string> names;
  names.reserve(allocators.size());
  for (const Allocator &one : allocators) names.push_back(one.name);
  return names;
}

bool same_check(const Check &one, const Check &other) {
  return one.plugin == other.plugin && one.with == other.with &&
         names_of(one.allocators) == names_of(other.allocators) && one.static_only == other.static_only &&
         one.shard.count == other.shard.count;
}

void refuse_what_is_not_whole(const std::vector<NamedCheck> &parts) {
  const std::uint32_t count = parts.front().check.shard.count;
  const auto missing = [&](std::size_t index) {
    return Error(Blame::Usage, parts.front().file, fmt::format("shard {} of {} is missing", index, count),
                 fmt::format("run it: crossheap check --shard {}/{} --format json -o FILE", index, count));
  };
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto &[file, check] = parts[i];
    if (!same_check(parts.front().check, check))
      throw Error(Blame::Usage, file, fmt::format("is of another check than {}", parts.front().file),
                  "merge shards that were run with the same options");
    if (check.interrupted)
      throw Error(Blame::Usage, file, "was interrupted, so it is not a whole shard", "run this shard again");
    if (i > 0 && check.shard.index == parts[i - 1].check.shard.index)
      throw Error(Blame::Usage, file, fmt::format("is shard {}, and so is {}", check.shard.index, parts[i - 1].file),
                  "give each shard once");
    if (check.shard.index != i + 1) throw missing(i + 1);
  }
  if (parts.size() != count) throw missing(parts.size() + 1);
}

// The same finding of two shards. An address differs from run to run, so a frame is told by its place in the file.
bool is_same(const Found &one, const Found &other) {
  const auto same_stack = [](const std::vector<trace::Frame> &a, const std::vector<trace::Frame> &b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const trace::Frame &x, const trace::Frame &y) {
      return x.object == y.object && x.offset == y.offset;
    });
  };
  return one.stage == other.stage && one.finding.hazard == other.finding.hazard &&
         one.finding.level == other.finding.level && one.finding.subject == other.finding.subject &&
         one.finding.summary == other.finding.summary && one.incident.has_value() == other.incident.has_value() &&
         (!one.incident || (same_stack(one.incident->release_stack, other.incident->release_stack) &&
                            same_stack(one.incident->allocation_stack, other.incident->allocation_stack)));
}

}  // namespace

Check merge(std::vector<NamedCheck> parts) {
  std::sort(parts.begin(), parts.end(),
            [](const auto &a, const auto &b) { return a.check.shard.index < b.check.shard.index; });
  refuse_what_is_not_whole(parts);

  Check whole;
  whole.plugin = parts.front().check.plugin;
  whole.with = parts.front().check.with;
  whole.allocators = parts.front().check.allocators;
  whole.static_only = parts.front().check.static_only;

  std::vector<std::size_t> first_scopes;  // of each shard, among those of the whole
  for (NamedCheck &part : parts) {
    first_scopes.push_back(whole.scopes.size());
    for (ScopePicture &picture : part.check.scopes) whole.scopes.push_back(std::move(picture));
  }

  // Profiles and their cells, one of each shard in turn.
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> cell_in_whole;  // part and cell
  bool is_left = true;
  for (std::size_t turn = 0; is_left; ++turn) {
    is_left = false;
    for (std::size_t part = 0; part < parts.size(); ++part) {
      Check &check = parts[part].check;
      if (turn >= check.profiles.size()) continue;
      is_left = true;
      whole.profiles.push_back(std::move(check.profiles[turn]));
      whole.hosts.push_back(std::move(check.hosts[turn]));
      for (std::size_t cell = 0; cell < check.cells.size(); ++cell) {
        if (check.cells[cell].profile != turn) continue;
        cell_in_whole[{part, cell}] = whole.cells.size();
        Cell moved = std::move(check.cells[cell]);
        moved.profile = whole.profiles.size() - 1;
        moved.findings.clear();  // linked anew below
        if (moved.scopes) *moved.scopes += first_scopes[part];
        whole.cells.push_back(std::move(moved));
      }
    }
  }
  for (std::size_t part = 0; part < parts.size(); ++part) {
    Check &check = parts[part].check;
    for (Found &found : check.findings) {
      const auto known = std::find_if(whole.findings.begin(), whole.findings.end(),
                                      [&](const Found &one) { return is_same(one, found); });
      const auto index = static_cast<std::size_t>(known - whole.findings.begin());
      const std::vector<std::size_t> cells = std::move(found.cells);
      found.cells.clear();
      if (known == whole.findings.end())
        whole.findings.push_back(std::move(found));
      else if (found.incident)
        known->finding.count += found.finding.count;
      for (const std::size_t cell : cells) {
        const std::size_t moved = cell_in_whole.at({part, cell});
        whole.findings[index].cells.push_back(moved);
        whole.cells[moved].findings.push_back(index);
      }
    }
    whole.took += check.took;
    for (Problem &problem : check.problems) {
      const bool is_known = std::any_of(whole.problems.begin(), whole.problems.end(), [&](const Problem &one) {
        return one.subject == problem.subject && one.reason == problem.reason;
      });
      if (!is_known) whole.problems.push_back(std::move(problem));
    }
    for (std::string &sentence : check.unconfined)
      if (std::find(whole.unconfined.begin(), whole.unconfined.end(), sentence) == whole.unconfined.end())
        whole.unconfined.push_back(std::move(sentence));
  }
  return whole;
}

}  // namespace crossheap::check
