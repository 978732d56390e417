// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A value in the code of one function, known by where it came from: "the result of the call at 0x1234", "what stands 8
// behind parameter 0".
//
// A Value is a set of such origins, since code reaches a place on several ways. Sets are small, and what does not fit
// or cannot be followed is forgotten. Most places of a function hold what others hold as well, so Values keeps each set
// once, and a Value is a pointer to it.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

namespace crossheap::flow {

/// Where a value came from.
struct Atom {
  enum class Kind : std::uint8_t {
    Constant,       ///< `value`
    Stack,          ///< the address `value` in the function's frame, counted from its return address
    Argument,       ///< the function's parameter `index`
    Result,         ///< what the call at `value` returned; with `index` 1 the second word of a structure in registers
    Out,            ///< what the call at `value` stored behind its argument `index`
    GlobalAddress,  ///< the address `value` of this file's data
    Global,         ///< what stands at the address `value`
    Function,       ///< the address `value` of a function of this file
    Slot,           ///< what the loader put into the slot at `value`
  };
  Kind kind = Kind::Constant;
  bool inside : 1 = false;    ///< loaded from memory that this points to, `offset` behind it
  bool deeper : 1 = false;    ///< and what stood there led to where it was loaded from, second() behind that
  bool interior : 1 = false;  ///< a number was added: no start of a block any more
  bool indexed : 1 = false;   ///< a number that is not known was added: an element of an array, all of which are one
  bool shared : 1 = false;    ///< of an Out: of a structure that others were given as well, and may have filled
  std::int8_t index = 0;
  std::int8_t second_word = 0;  ///< second() in words, so that an atom fits into sixteen bytes
  std::int16_t offset = 0;      ///< of what is `inside`: where it stood there; of what is interior: the number
  std::int16_t at = 0;          ///< of an Out: how far behind the address that was given
  std::uint64_t value = 0;

  static constexpr std::int16_t kAnywhere = INT16_MIN;  ///< an offset that is not known
  static constexpr std::int8_t kAnyWord = INT8_MIN;
  static constexpr std::int16_t kHeaderAtMost = 64;
  /// Of what is `deeper`: where it stood in the memory that was reached first. Of what is inside and interior: the
  /// number that was added.
  std::int16_t second() const noexcept {
    return second_word == kAnyWord ? kAnywhere : static_cast<std::int16_t>(second_word * 8);
  }
  void set_second(std::int16_t distance) noexcept {
    const int word = distance / 8;
    second_word = distance % 8 != 0 || word <= kAnyWord || word > INT8_MAX ? kAnyWord : static_cast<std::int8_t>(word);
  }
  /// How far a pointer was moved that is interior.
  std::int16_t distance() const noexcept { return inside ? second() : offset; }
  void set_distance(std::int16_t distance) noexcept {
    if (inside)
      set_second(distance);
    else
      offset = distance;
  }
  /// Whether this is a block without its header: own allocators and counted strings hand out what lies behind it.
  bool is_behind_header() const noexcept {
    return interior && !inside && !indexed && kind == Kind::Result && offset > 0 && offset <= kHeaderAtMost;
  }
  /// What stands `distance` behind what this leads to. Two steps are followed word by word. What lies deeper is known
  /// as being there, but that all nodes of a list are one: `head->next->next` is `head->next`.
  Atom loaded(std::int64_t distance) const noexcept;
  /// This pointer, moved by a number that is known, and also by one that is not if `by_index`.
  Atom moved_by(std::int64_t by, bool by_index) const noexcept;
  /// This pointer, moved to a place that is not known.
  Atom moved_anywhere() const noexcept;
  auto operator<=>(const Atom &) const = default;  // NOLINT(modernize-use-nullptr): as in FileId
};

static_assert(sizeof(Atom) == 16);

/// A hash of `atom` and of what `before` is a hash of.
std::uint64_t hashed(std::uint64_t before, const Atom &atom) noexcept;

/// Where a word stands that is `distance` behind a pointer that was moved by `offset` already.
std::int16_t moved(std::int16_t offset, std::int64_t distance);

/// Origins of one value, while they are gathered.
class Origins {
public:
  Origins() = default;
  const Atom *begin() const noexcept { return atoms_.data(); }
  const Atom *end() const noexcept { return atoms_.data() + count_; }
  bool partly_unknown() const noexcept { return partly_unknown_; }
  void add(const Atom &atom);
  void add(const Origins &other);
  void set_partly_unknown() noexcept { partly_unknown_ = true; }

  static constexpr std::size_t kAtMost = 4;

private:
  std::array<Atom, kAtMost> atoms_;
  std::uint8_t count_ = 0;
  bool partly_unknown_ = false;
};

/// What a Value leads to: its origins stand behind this.
struct alignas(Atom) KeptOrigins {
  std::uint32_t hash = 0;
  std::uint8_t count = 0;
  bool partly_unknown = false;
};
inline constexpr KeptOrigins kNoOrigins{};

/// All that a place may hold. Empty: not known. A pointer to what Values keeps: copied and compared as one.
class Value {
public:
  Value() = default;
  const Atom *begin() const noexcept {
    // SAFETY: Values puts `count` atoms behind each KeptOrigins, which is aligned as they are.
    return reinterpret_cast<const Atom *>(kept_ + 1);
  }
  const Atom *end() const noexcept { return begin() + kept_->count; }
  std::size_t size() const noexcept { return kept_->count; }
  bool empty() const noexcept { return kept_->count == 0; }
  bool partly_unknown() const noexcept { return kept_->partly_unknown; }
  /// Of two values of one function: whether they are the same.
  bool operator==(const Value &) const = default;
  /// What equal values of one function have in common. Those of another function share it only where they are empty.
  const KeptOrigins *identity() const noexcept { return kept_; }

private:
  friend class Values;
  explicit Value(const KeptOrigins *kept) noexcept : kept_(kept) {}

  const KeptOrigins *kept_ = &kNoOrigins;
};

/// Keeps the values of one file, each once in a function: most places of a function hold what others hold as well.
class Values {
public:
  Values();
  Value of(const Atom &atom);
  Value of(const Origins &origins);
  /// What a place may hold that holds one of the two.
  Value joined(Value one, Value other) { return one == other ? one : joined_anew(one, other); }
  /// `value` and the origins of `more`.
  Value with(Value value, Value more);
  /// The values of another function are looked for from now on; those that were made stay.
  void begin_function();

private:
  Value joined_anew(Value one, Value other);
  Value find_or_keep(const Atom *first, std::size_t count, bool partly_unknown);
  void grow();

  struct Joined {
    Value one;
    Value other;
    Value result;
  };
  static constexpr std::size_t kJoinedAtMost = 1024;

  std::pmr::monotonic_buffer_resource memory_;
  std::vector<const KeptOrigins *> table_;  // open addressing; null: free
  std::vector<std::uint32_t> used_;         // places in the table
  std::vector<Joined> joined_;              // the last answers, by a hash of the question
};

}  // namespace crossheap::flow
