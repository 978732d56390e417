// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Most values of a function are alike, so each is kept once and compared by its address. They stand in one table, found
// by a hash of their origins. Joining two is asked over and over where two ways of the code meet: the last answers are
// kept as well. How an origin changes when a pointer is moved or followed stands here too, with the unit tests beside
// it in tests/unit/flow.
#include "flow/values.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

namespace crossheap::flow {

std::int16_t moved(std::int16_t offset, std::int64_t distance) {
  const std::int64_t sum = offset + distance;
  return offset == Atom::kAnywhere || sum < -INT16_MAX || sum > INT16_MAX ? Atom::kAnywhere
                                                                          : static_cast<std::int16_t>(sum);
}

Atom Atom::loaded(std::int64_t distance) const noexcept {
  Atom result = *this;
  if (!inside) {
    result.offset = moved(offset, distance);
    result.inside = true;
  } else if (interior && deeper) {
    result.set_second(kAnywhere);  // how far the pointer was moved is not kept
  } else {
    const std::int16_t place = deeper ? second() : offset;
    // What stands first is as often the array of a structure, whose elements it is not.
    if (!interior && place == distance && distance != 0) return result;
    result.set_second(deeper ? kAnywhere : moved(second(), distance));
    result.deeper = true;
  }
  result.interior = false;
  result.indexed = false;
  return result;
}

Atom Atom::moved_by(std::int64_t by, bool by_index) const noexcept {
  Atom result = *this;
  // Moved by a number again, as a loop does it, it may lead anywhere.
  if (by != 0 && !deeper) result.set_distance(distance() == 0 ? moved(0, by) : kAnywhere);
  result.interior = true;
  if (by_index) result.indexed = true;
  return result;
}

Atom Atom::moved_anywhere() const noexcept {
  Atom result = *this;
  if (!deeper) result.set_distance(kAnywhere);
  result.interior = true;
  return result;
}

std::uint64_t hashed(std::uint64_t before, const Atom &atom) noexcept {
  const std::uint64_t rest =
      static_cast<std::uint64_t>(atom.kind) | std::uint64_t{atom.inside} << 4 | std::uint64_t{atom.deeper} << 5 |
      std::uint64_t{atom.interior} << 6 | std::uint64_t{atom.indexed} << 7 |
      std::uint64_t{static_cast<std::uint8_t>(atom.index)} << 8 |
      std::uint64_t{static_cast<std::uint16_t>(atom.offset)} << 16 |
      std::uint64_t{static_cast<std::uint8_t>(atom.second_word)} << 32 | std::uint64_t{atom.shared} << 40 |
      std::uint64_t{static_cast<std::uint16_t>(atom.at)} << 48;
  const std::uint64_t hash = (before ^ atom.value) * 0x9e3779b97f4a7c15U;
  return (hash ^ hash >> 32 ^ rest) * 0xc2b2ae3d27d4eb4fU;
}

void Origins::add(const Atom &atom) {
  if (std::find(begin(), end(), atom) != end()) return;
  if (count_ < kAtMost)
    atoms_[count_++] = atom;
  else
    partly_unknown_ = true;
}

void Origins::add(const Origins &other) {
  for (const Atom &atom : other) add(atom);
}

Values::Values() : table_(256), joined_(kJoinedAtMost) {}

void Values::begin_function() {
  for (const std::uint32_t place : used_) table_[place] = nullptr;
  used_.clear();
}

Value Values::of(const Atom &atom) { return find_or_keep(&atom, 1, false); }

Value Values::of(const Origins &origins) {
  return find_or_keep(origins.begin(), static_cast<std::size_t>(origins.end() - origins.begin()),
                      origins.partly_unknown());
}

Value Values::joined_anew(Value one, Value other) {
  const std::size_t hash = one.kept_->hash * std::size_t{31} + other.kept_->hash;
  Joined &last = joined_[hash % kJoinedAtMost];
  if (last.one == one && last.other == other) return last.result;
  Origins all;
  for (const Atom &atom : one) all.add(atom);
  for (const Atom &atom : other) all.add(atom);
  if (one.partly_unknown() || other.partly_unknown() || one.empty() != other.empty()) all.set_partly_unknown();
  last = {one, other, of(all)};
  return last.result;
}

Value Values::with(Value value, Value more) {
  if (value == more || more.empty()) return value;
  Origins all;
  for (const Atom &atom : value) all.add(atom);
  if (value.partly_unknown()) all.set_partly_unknown();
  for (const Atom &atom : more) all.add(atom);
  return of(all);
}

Value Values::find_or_keep(const Atom *first, std::size_t count, bool partly_unknown) {
  if (count == 0 && !partly_unknown) return {};
  std::uint64_t hash = count * 2 + (partly_unknown ? 1 : 0);
  for (const Atom *atom = first; atom != first + count; ++atom) hash = hashed(hash, *atom);
  hash ^= hash >> 32;
  const auto short_hash = static_cast<std::uint32_t>(hash);
  std::size_t at = short_hash & (table_.size() - 1);
  for (; table_[at] != nullptr; at = (at + 1) & (table_.size() - 1)) {
    const Value known(table_[at]);
    if (known.kept_->hash == short_hash && known.kept_->count == count &&
        known.kept_->partly_unknown == partly_unknown && std::equal(known.begin(), known.end(), first))
      return known;
  }
  auto *const memory =
      static_cast<std::byte *>(memory_.allocate(sizeof(KeptOrigins) + count * sizeof(Atom), alignof(KeptOrigins)));
  const auto *const kept = new (memory) KeptOrigins{short_hash, static_cast<std::uint8_t>(count), partly_unknown};
  // SAFETY: there is room for `count` atoms behind it, aligned as they are.
  std::uninitialized_copy_n(first, count, reinterpret_cast<Atom *>(memory + sizeof(KeptOrigins)));
  table_[at] = kept;
  used_.push_back(static_cast<std::uint32_t>(at));
  if (used_.size() * 2 > table_.size()) grow();
  return Value(kept);
}

void Values::grow() {
  std::vector<const KeptOrigins *> all;
  for (const std::uint32_t place : used_) all.push_back(table_[place]);
  table_.assign(table_.size() * 2, nullptr);
  used_.clear();
  for (const KeptOrigins *const kept : all) {
    std::size_t at = kept->hash & (table_.size() - 1);
    while (table_[at] != nullptr) at = (at + 1) & (table_.size() - 1);
    table_[at] = kept;
    used_.push_back(static_cast<std::uint32_t>(at));
  }
}

}  // namespace crossheap::flow
