// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The functions of an object that are to be watched, and what kind of allocator it is: by the names that it defines and
// refers to. A name alone proves nothing; what does is said at has_evidence.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "agent/hook_table.h"
#include "agent/objects.h"
#include "agent/relocate.h"
#include "agent/symbols.h"
#include "allocator/marks.h"

namespace crossheap::agent {

/// A function to watch: a row of the table, or one of the named hooks.
struct Target {
  char name[64];  ///< a copy, cut where it is longer: names of the full symbol table go away with its file
  std::uint8_t name_size;
  std::uint8_t prefix_size;
  std::uint64_t address;
  std::uint64_t size;
  std::uint64_t previous;  ///< the nearest function before it, 0 for none
  std::uint64_t next;      ///< and the nearest behind it
  const NamedHook *hook;
  std::uint16_t row;
  bool indirect;
  bool looks_at_caller;  ///< it asks for its return address
  bool interposable;     ///< no caller in the object knows its registers
  event::Refusal refusal;
  Displacement displacement;
  std::uint64_t start;  ///< of the island, where the jump leads
  std::uint64_t gate;   ///< the word that says where it leads, where it goes by one (gates.h); else 0
};

inline std::string_view name_of(const Target &target) { return {target.name, target.name_size}; }
inline std::string_view prefix_of(const Target &target) { return {target.name, target.prefix_size}; }

/// One build of a family in the object, by the prefix of its names: what speaks for it.
struct Build {
  Family family;
  char prefix[48];
  std::uint8_t prefix_size;
  bool extended;   ///< it has more than the standard names
  bool hands_out;  ///< by a function that says so in its name
  bool takes_back;
  std::array<std::uint64_t, 4> rows;  ///< a bit for each row of the table of which it has the name
};
constexpr std::size_t kMaxBuilds = 16;

/// A name in code that does not say whether it is a function's.
struct Label {
  std::uint64_t address;
  bool is_function;
};

/// What was found in one object.
struct Targets {
  static constexpr std::size_t kMost = 512;
  static constexpr std::size_t kMostBuilds = 16;
  static constexpr std::size_t kMostLabels = 64;

  std::array<Target, kMost> list;  ///< sorted by address
  std::size_t size;
  std::uint32_t interfaces;
  std::uint32_t families;    ///< a bit for each Family of which there is evidence
  std::uint32_t marks;       ///< and for each of which it defines a symbol that no other has
  bool hands_out_otherwise;  ///< as far as names tell: by a function that is in no table
  bool has_malloc;           ///< or calloc, or one that aligns
  bool has_free;
  bool has_unwinder;
  bool has_symbol_table;
  std::array<Build, kMostBuilds> builds;
  std::size_t build_count;
  std::array<Label, kMostLabels> labels;
  std::size_t label_count;
  const Image *image;

  Target *begin() { return list.data(); }
  Target *end() { return list.data() + size; }
  const Target *begin() const { return list.data(); }
  const Target *end() const { return list.data() + size; }
};

/// Fills in what the object is as well. One object at a time: the loader's lock is held while objects are opened. The
/// answer stays until the next.
Targets &find_targets(Object &object, const Image &image);

/// Of those in `targets` whose mark is there, or whose functions are: the one the object is named by. Unknown where it
/// is none of those that have marks of their own.
Family family_of(const Targets &targets, const Object &object);

}  // namespace crossheap::agent
