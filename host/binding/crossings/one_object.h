// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Certain crossings: one object takes a block from one heap and releases it to another, by references of its own.
//
// An opened plugin with an allocator of its own that exports `malloc` and forgets `free` gets its blocks from itself
// and gives them to libc.
#pragma once

#include <string>
#include <vector>

#include "binding/crossings/findings.h"
#include "binding/crossings/heaps.h"

namespace crossheap::binding {

class TwoHeaps {
public:
  /// All must outlive this.
  TwoHeaps(const Heaps &heaps, Findings &findings) : heaps_(heaps), findings_(findings) {}

  /// Adds what goes wrong in `object` alone.
  void look_at(ObjectIndex object);

private:
  // What an object with two heaps does with blocks, by the names of the two functions.
  struct Pair {
    std::string allocates;
    std::string releases;
    Instance owner;
    Instance releaser;
    bool seen = false;  ///< in code
    Level level = Level::Warning;
    std::string looked_up = {};  ///< the one of the two that dlsym answers
    std::string given = {};      ///< the one of the two that others give
    std::string set_by = {};     ///< to this function of the object
  };

  HazardId id_of_inside(ObjectIndex object, const Pair &pair) const;
  void add_finding(ObjectIndex object, const Pair &first, const std::vector<Pair> &pairs);
  void family_pairs(ObjectIndex object, std::vector<Pair> &pairs) const;
  void flow_pairs(ObjectIndex object, std::vector<Pair> &pairs) const;
  void looked_up_pairs(ObjectIndex object, std::vector<Pair> &pairs) const;
  void given_pairs(ObjectIndex object, std::vector<Pair> &pairs) const;
  void object_pairs(ObjectIndex object, std::vector<Pair> &pairs) const;
  void libc_pairs(ObjectIndex object, std::vector<Pair> &pairs) const;
  void add_pair_of(ObjectIndex object, const Flow &way, std::vector<Pair> &pairs) const;
  bool imports_object_maker(ObjectIndex object) const;
  bool judge_by_code(ObjectIndex object, Pair &pair) const;
  bool may_call(ObjectIndex object, const Use &use) const;
  void nameless_with_libc(ObjectIndex object);
  void extended(ObjectIndex object);

  const Heaps &heaps_;
  Findings &findings_;
};

}  // namespace crossheap::binding
