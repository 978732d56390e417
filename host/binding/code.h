// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The functions of one file as a reader of code needs them: where each begins and ends, what a call leads to, and what
// each function does with the values it gets, one function at a time. What they do together is block_flow.h's.
//
// Values are followed by where they came from. A Value is a set of such origins; sets are small, and what does not fit
// or cannot be followed is forgotten.
#pragma once

#include <Zydis/Zydis.h>

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <memory_resource>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "elf/file.h"
#include "elf/symbols.h"

namespace crossheap::binding {

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
  bool inside = false;    ///< loaded from memory that this points to
  bool interior = false;  ///< a number was added: no start of a block any more
  std::int8_t index = 0;
  std::int16_t offset = 0;  ///< of what is `inside`: where it stood there; of what is interior: the number
  std::int16_t at = 0;      ///< of an Out: how far behind the address that was given
  std::uint64_t value = 0;

  static constexpr std::int16_t kAnywhere = INT16_MIN;  ///< an offset that is not known
  static constexpr std::int16_t kHeaderAtMost = 64;
  /// Whether this is a block without its header: own allocators and counted strings hand out what lies behind it.
  bool is_behind_header() const noexcept {
    return interior && !inside && kind == Kind::Result && offset > 0 && offset <= kHeaderAtMost;
  }
  auto operator<=>(const Atom &) const = default;  // NOLINT(modernize-use-nullptr): as in FileId
};

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
  Value joined(Value one, Value other);
  /// `value` and the origins of `more`.
  Value with(Value value, Value more);
  /// The values of another function are looked for from now on; those that were made stay.
  void begin_function();

private:
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

inline constexpr std::size_t kArguments = 6;      // those in registers
inline constexpr std::size_t kAllArguments = 12;  // and those on the stack that are followed

/// What stands in one word of memory.
struct Word {
  Atom base;                ///< the pointer to that memory
  std::int16_t offset = 0;  ///< of the word, from there
  Value value;
};

/// A call, or a jump that ends a function by calling another one.
struct CallSite {
  std::uint64_t address = 0;
  std::uint32_t number = 0;  ///< among all of the file's, from 0
  Value target;              ///< Slot, Function, or where a pointer came from
  std::array<Value, kAllArguments> arguments;
  std::array<Value, kArguments> inside;  ///< of an argument that points into the frame: what stands there and behind
  std::array<Value, kArguments> first;   ///< and what stands in the word itself that it points to
  std::vector<Word> words;               ///< the same, word by word; the base is the argument

  Value inside_of(std::size_t argument) const { return argument < kArguments ? inside[argument] : Value(); }
};

struct CodeFunction {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::vector<CallSite> calls;                ///< by address
  std::vector<std::uint64_t> call_addresses;  ///< theirs, close together for call_at
  Value returns;
  Value returns_second;                               ///< in rdx: of a structure of two words
  std::set<std::uint64_t> kept_results;               ///< calls whose result was stored behind some pointer
  std::vector<std::pair<std::int8_t, Value>> stores;  ///< through a parameter: what the caller finds there
  std::vector<Word> words;                            ///< stored behind pointers: fields of structures
  bool keeps_arguments = false;                       ///< a parameter, or what stands in one, is put into a variable

  /// The call at `address`; null where there is none.
  const CallSite *call_at(std::uint64_t address) const;
};

class Code {
public:
  /// Reads all functions of `file`. Both must outlive this.
  Code(const elf::File &file, const elf::DynamicSymbols &symbols);

  const std::map<std::uint64_t, CodeFunction> &functions() const noexcept { return functions_; }
  const CodeFunction *function_at(std::uint64_t address) const;
  /// Of all functions.
  std::uint32_t call_count() const noexcept { return call_count_; }

  /// The symbol of the slot at `address`; "" where it is none.
  std::string_view slot_symbol(std::uint64_t address) const;
  /// The functions whose values were stored at `address`, with the values.
  const std::vector<std::pair<const CodeFunction *, Value>> &stored_at(std::uint64_t address) const;
  /// The function of this file whose address the loader puts at `address`; 0 for none.
  std::uint64_t function_stored_by_loader(std::uint64_t address) const;
  /// Slots whose value code stores or passes on: the functions behind them are handed out.
  const std::set<std::uint64_t> &slots_handed_out() const noexcept { return slots_handed_out_; }
  /// Functions whose address stands in data or is taken by code.
  const std::set<std::uint64_t> &address_taken() const noexcept { return address_taken_; }
  /// What the loader puts there: addresses of this file, by where they stand.
  const std::unordered_map<std::uint64_t, std::uint64_t> &stored_by_loader() const noexcept { return relative_; }
  /// Functions whose address code takes.
  const std::set<std::uint64_t> &taken_by_code() const noexcept { return taken_by_code_; }
  /// The NUL-terminated text at `address`, "" where there is none.
  std::string text_at(std::uint64_t address) const;
  bool too_large() const noexcept { return too_large_; }

private:
  friend class FunctionReader;

  void read_slots();
  void find_functions();
  void find_by_unwind_tables(std::set<std::uint64_t> &starts) const;
  void follow_values();  // function_reader.cpp
  /// Where a call of `address` leads: through a PLT stub to a slot, else there.
  Atom resolved(std::uint64_t address);
  bool is_code(std::uint64_t address) const;

  const elf::File &file_;
  const elf::DynamicSymbols &symbols_;
  ZydisDecoder decoder_{};
  std::vector<elf::AddressRange> executable_;
  Values values_;
  std::unordered_map<std::uint64_t, std::string_view> slots_;
  std::unordered_map<std::uint64_t, std::uint64_t> relative_;
  std::unordered_map<std::uint64_t, std::uint64_t> variables_;  // of this file, by the slots that lead to them
  std::unordered_map<std::uint64_t, Atom> resolved_;
  std::map<std::uint64_t, CodeFunction> functions_;
  std::unordered_map<std::uint64_t, std::vector<std::pair<const CodeFunction *, Value>>> globals_;
  std::set<std::uint64_t> address_taken_;
  std::set<std::uint64_t> taken_by_code_;
  std::set<std::uint64_t> slots_handed_out_;
  std::uint32_t call_count_ = 0;
  bool too_large_ = false;
};

}  // namespace crossheap::binding
