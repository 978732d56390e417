// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The functions of one file as a reader of code needs them: where each begins and ends, what a call leads to, and what
// each function does with the values it gets, one function at a time. What they do together is block_flow.h's.
//
// For example, of `char *name() { return strdup("x"); }` a CodeFunction says: one call, at 0x1009, its target the slot
// at 0x3fe0, its argument 0 the address 0x2000 of data; it returns the result of the call at 0x1009.
//
// Functions are found by the unwind tables (.eh_frame_hdr), symbols, and addresses that the loader stores in data.
#pragma once

#include <Zydis/Zydis.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "elf/file.h"
#include "elf/symbols.h"
#include "flow/values.h"

namespace crossheap::flow {

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
  /// By parameter: it is put into the frame, as those behind `...` are, or something else than null is stored behind
  /// it.
  std::array<bool, kArguments> may_give{};

  /// The call at `address`; null where there is none.
  const CallSite *call_at(std::uint64_t address) const;
};

/// What the functions of a file do to what belongs to none of them.
struct FileNotes {
  /// Values that were stored in data, by address, with the functions that did.
  std::unordered_map<std::uint64_t, std::vector<std::pair<const CodeFunction *, Value>>> stored;
  std::set<std::uint64_t> address_taken;     ///< functions whose address stands in data or is taken by code
  std::set<std::uint64_t> taken_by_code;     ///< those whose address code takes
  std::set<std::uint64_t> slots_handed_out;  ///< whose value code or the loader stores or passes on
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
  const std::set<std::uint64_t> &slots_handed_out() const noexcept { return notes_.slots_handed_out; }
  /// Functions whose address stands in data or is taken by code.
  const std::set<std::uint64_t> &address_taken() const noexcept { return notes_.address_taken; }
  /// What the loader puts there: addresses of this file, by where they stand.
  const std::unordered_map<std::uint64_t, std::uint64_t> &stored_by_loader() const noexcept { return relative_; }
  /// Functions whose address code takes.
  const std::set<std::uint64_t> &taken_by_code() const noexcept { return notes_.taken_by_code; }
  /// The NUL-terminated text at `address`, "" where there is none.
  std::string text_at(std::uint64_t address) const;
  bool too_large() const noexcept { return too_large_; }

  /// Whether `address` lies in a segment that is executed.
  bool is_code(std::uint64_t address) const;
  bool is_slot(std::uint64_t address) const { return slots_.contains(address); }
  /// The address of the variable of this file that the slot leads to.
  std::optional<std::uint64_t> variable_behind(std::uint64_t slot) const;
  /// Where a call of `address` leads: through a PLT stub to a slot, else there.
  Atom resolved(std::uint64_t address);

private:
  void read_slots();
  void find_functions();
  void find_by_unwind_tables(std::set<std::uint64_t> &starts) const;

  const elf::File &file_;
  const elf::DynamicSymbols &symbols_;
  ZydisDecoder decoder_{};
  std::vector<elf::AddressRange> executable_;
  Values values_;
  FileNotes notes_;
  std::unordered_map<std::uint64_t, std::string_view> slots_;
  std::unordered_map<std::uint64_t, std::uint64_t> relative_;
  std::unordered_map<std::uint64_t, std::uint64_t> variables_;  // of this file, by the slots that lead to them
  std::unordered_map<std::uint64_t, Atom> resolved_;
  std::map<std::uint64_t, CodeFunction> functions_;
  std::uint32_t call_count_ = 0;
  bool too_large_ = false;
};

}  // namespace crossheap::flow
