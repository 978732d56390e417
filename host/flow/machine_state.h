// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the registers and the frame of a function may hold at one of its instructions.
//
// A word of the frame goes by its distance from the return address: after `push rbx; sub rsp, 32`, the word at [rsp] is
// -40. A frame's words whose address another function got, as an out parameter, are Escapes: that call may have written
// there.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "flow/code.h"
#include "flow/values.h"

namespace crossheap::flow {

// Registers by the numbers that instructions encode: rax rcx rdx rbx rsp rbp rsi rdi r8 ... r15.
inline constexpr int kRax = 0;
inline constexpr int kRcx = 1;
inline constexpr int kRdx = 2;
inline constexpr int kRsp = 4;
inline constexpr int kRbp = 5;
inline constexpr std::array<int, kArguments> kArgumentRegisters{7, 6, 2, 1, 8, 9};  // rdi rsi rdx rcx r8 r9
inline constexpr std::array<int, 9> kCallerSaved{0, 1, 2, 6, 7, 8, 9, 10, 11};      // rax rcx rdx rsi rdi r8-r11
inline constexpr std::int64_t kObjectAtMost =
    64;  // how far behind its address a callee may write into the caller's frame

struct Escape {
  std::int64_t offset;
  std::uint64_t site;
  std::int8_t argument;
  auto operator<=>(const Escape &) const = default;  // NOLINT(modernize-use-nullptr): as in FileId
};

// A small sorted map in one piece of memory: it is copied at every branch.
class Frame {
public:
  using Entry = std::pair<std::int64_t, Value>;
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  auto end() { return entries_.end(); }
  auto lower_bound(std::int64_t offset) {
    return std::lower_bound(entries_.begin(), entries_.end(), offset,
                            [](const Entry &entry, std::int64_t wanted) { return entry.first < wanted; });
  }
  auto find(std::int64_t offset) {
    const auto at = lower_bound(offset);
    return at != entries_.end() && at->first == offset ? at : entries_.end();
  }
  Value &operator[](std::int64_t offset) {
    auto at = lower_bound(offset);
    if (at == entries_.end() || at->first != offset) at = entries_.insert(at, {offset, Value()});
    return at->second;
  }
  void insert(std::vector<Entry>::iterator before, std::int64_t offset, Value value) {
    entries_.insert(before, {offset, value});
  }

private:
  std::vector<Entry> entries_;
};

// What a vector register holds: a structure of sixteen bytes is copied through one, with two pointers perhaps.
struct Words {
  Value low;
  Value high;
  bool operator==(const Words &) const = default;
};

struct State {
  std::array<Value, 16> registers;
  std::array<Words, 16> vectors;
  Frame frame;
  std::vector<Escape> escapes;  // sorted

  Value &reg(int number) { return registers[static_cast<std::size_t>(number)]; }

  const Words &vector(int number) const { return vectors[static_cast<std::size_t>(number)]; }
  void set_vector(int number, const Words &words) { vectors[static_cast<std::size_t>(number)] = words; }
  void forget_vectors() { vectors = {}; }

  bool add_escape(const Escape &escape) {
    const auto at = std::lower_bound(escapes.begin(), escapes.end(), escape);
    if (at != escapes.end() && *at == escape) return false;
    escapes.insert(at, escape);
    return true;
  }

  bool join(const State &other, Values &values) {
    bool changed = false;
    const auto join_one = [&](Value &held, Value value) {
      const Value both = values.joined(held, value);
      changed |= !(both == held);
      held = both;
    };
    for (std::size_t i = 0; i < registers.size(); ++i) join_one(registers[i], other.registers[i]);
    for (std::size_t i = 0; i < vectors.size(); ++i) {
      join_one(vectors[i].low, other.vectors[i].low);
      join_one(vectors[i].high, other.vectors[i].high);
    }
    for (const auto &[offset, value] : other.frame) {
      const auto held = frame.lower_bound(offset);
      if (held != frame.end() && held->first == offset) {
        join_one(held->second, value);
      } else {
        frame.insert(held, offset, value);
        changed = true;
      }
    }
    for (const Escape &escape : other.escapes) changed |= add_escape(escape);
    return changed;
  }

  /// How far rsp is from where it was at the function's start; far below, where that is not known.
  std::int64_t stack_offset() const {
    for (const Atom &atom : registers[kRsp])
      if (atom.kind == Atom::Kind::Stack) return static_cast<std::int64_t>(atom.value);
    return -(std::int64_t{1} << 20);
  }
};

}  // namespace crossheap::flow
