// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Ways for blocks between two objects on two heaps, and what was seen on each.
//
// Several signs may tell of one way: the host passes what `plugin_name` returned to free, and what `plugin_path`
// returned as well. That is one finding with two pieces of evidence, as strong as the strongest of them.
#pragma once

#include <compare>
#include <map>
#include <string>
#include <vector>

#include "binding/crossings/findings.h"
#include "binding/crossings/heaps.h"
#include "catalog/finding.h"

namespace crossheap::binding {

// One way for blocks between two objects that stand on two heaps; what is said of it is gathered.
struct Way {
  ObjectIndex gives = kNoObject;
  ObjectIndex takes = kNoObject;
  Instance owner;
  Instance releaser;
  auto operator<=>(const Way &) const = default;  // NOLINT(modernize-use-nullptr): as in FileId
};

class Ways {
public:
  explicit Ways(const Heaps &heaps) : heaps_(heaps) {}

  /// A sign of `way`. What leads from a heap to itself, or from an object to itself, is none.
  void note(const Way &way, Level level, std::string evidence);
  /// Whether any way begins or ends at `object`.
  bool touch(ObjectIndex object) const;
  /// Adds a finding for each.
  void add_to(Findings &findings);

private:
  struct Signs {
    Level level = Level::Note;
    HazardId id = HazardId::CrossingFree;
    std::vector<std::string> evidence;
  };

  HazardId cause_of(ObjectIndex one, ObjectIndex other) const;
  const Use *first_use(ObjectIndex object, const Instance &instance, Role role) const;

  const Heaps &heaps_;
  std::map<Way, Signs> ways_;
};

}  // namespace crossheap::binding
