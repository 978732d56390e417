// SPDX-License-Identifier: MIT OR Apache-2.0
#include "flow/values.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

namespace crossheap::flow {

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

Value Values::joined(Value one, Value other) {
  if (one == other) return one;
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
  for (const Atom *atom = first; atom != first + count; ++atom) {
    const std::uint64_t rest = static_cast<std::uint64_t>(atom->kind) | std::uint64_t{atom->inside} << 8 |
                               std::uint64_t{atom->interior} << 9 |
                               std::uint64_t{static_cast<std::uint8_t>(atom->index)} << 16 |
                               std::uint64_t{static_cast<std::uint16_t>(atom->offset)} << 24 |
                               std::uint64_t{static_cast<std::uint16_t>(atom->at)} << 40;
    hash = (hash ^ atom->value) * 0x9e3779b97f4a7c15U;
    hash = (hash ^ hash >> 32 ^ rest) * 0xc2b2ae3d27d4eb4fU;
  }
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
