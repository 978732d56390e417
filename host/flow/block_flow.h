// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Where one file's code takes blocks from and where it brings them, read from its instructions.
//
// Imports say what an object could do; most objects that import malloc and free never show a block to anybody. So the
// functions of a file are decoded and their registers and stack slots followed: from the result of a call, or a
// parameter, to an argument of a call, or a result. A flow between two functions of the file itself is followed
// through. What remains are flows whose two ends are calls out of the file (strdup ... free), or functions that others
// call (the parameter of `take` ... free). Whose heaps these are is not known here; one file has one answer for all
// processes.
//
// The reading follows single paths by union ("may come from"): fields of a structure apart, all elements of an array as
// one. It forgets what it cannot follow: what is computed, jump tables' values. It finds no flow that needs more than a
// few calls within the file. What is absent here is not proved absent.
//
// Only x86-64 is read. Functions are found by the unwind tables (.eh_frame_hdr), symbols, and calls.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "elf/file.h"
#include "elf/symbols.h"

namespace crossheap::flow {

/// What dlsym was given as its first argument.
enum class LookedUpIn : std::uint8_t {
  Unknown,
  Default,  ///< RTLD_DEFAULT: where the file's own references are looked for
  Next,     ///< RTLD_NEXT
  Libc,     ///< what dlopen answered for libc's name
};

/// One end of a flow.
struct FlowEnd {
  enum class Kind : std::uint8_t {
    Slot,      ///< a call through the slot at `address`, which the loader fills: `name` is the symbol
    Own,       ///< a call of the file's own malloc-family function `name`
    Named,     ///< a call of what dlsym answered for `name`; "" where the name is not known
    Indirect,  ///< a call through a pointer; `name` is what dlsym was asked for on the way to it, the exported
               ///< function that was given it, or the imported one that gave it, "" where none is seen
    Variable,  ///< what stands in the variable `name`: an exported one of this file, or one of another
    Function,  ///< a function of this file that others call; `name` is "" where only its address is handed out
  };
  Kind kind = Kind::Indirect;
  std::int8_t index = kResult;  ///< which argument, or kResult, kSecondResult
  bool inside = false;          ///< not the value itself but what stands in the memory that it points to
  bool from_null = false;       ///< of an Out parameter: it held null before the call
  bool perhaps = false;         ///< of what a call stores: of a structure that others may have filled as well
  std::int16_t header = 0;      ///< the block begins that many bytes before what stands there
  /// Where it stands: of what is `inside`, behind the argument or the result; of what a call stores, behind its
  /// argument.
  std::int16_t offset = kAnywhere;
  std::uint64_t address = 0;
  std::string name;
  LookedUpIn looked_up_in = LookedUpIn::Unknown;  ///< of what is Named
  /// Of a call through a pointer that this file gave a first value: the exported function by which others give it
  /// another one, as json_set_alloc_funcs does.
  std::string set_by = {};

  static constexpr std::int16_t kAnywhere = INT16_MIN;
  static constexpr std::int8_t kResult = -1;
  static constexpr std::int8_t kSecondResult = -2;  ///< the second word of a structure that is returned in registers
  /// The Variable that a thread's value is, where one file makes the key and another one sets the value.
  static constexpr std::string_view kThreadKey = "[thread key]";
  /// The same of a tree of tsearch's whose root others gave, and of the table of hsearch.
  static constexpr std::string_view kTree = "[tree]";
  static constexpr std::string_view kHashTable = "[hash table]";
  bool is_result() const noexcept { return index < 0; }
  auto operator<=>(const FlowEnd &) const = default;  // NOLINT(modernize-use-nullptr): as in FileId
};

/// A block may get from one place to the other.
struct Flow {
  FlowEnd from;
  FlowEnd to;
  std::uint64_t site = 0;                          ///< the call that ends it, or the function whose result it is
  auto operator<=>(const Flow &) const = default;  // NOLINT(modernize-use-nullptr): as in FileId
};

/// What is known of an argument that decides whether a function allocates (getcwd, realpath).
enum class Nullness : std::uint8_t { Null, NotNull, Unknown };

/// A call of a function that hands out a block only when it is given no buffer.
struct BufferCall {
  std::string name;
  std::uint64_t site = 0;
  Nullness buffer = Nullness::Unknown;
};

/// The function called `to`, of another object, is given one that releases: at `release` its argument ends.
struct GivenRelease {
  std::string to;
  FlowEnd release;
  auto operator<=>(const GivenRelease &) const = default;  // NOLINT(modernize-use-nullptr): as in FileId
};

/// The function called `to`, of another object, is given functions that allocate and release: xmlMemSetup. An end
/// without a name: none of that kind.
struct GivenMemory {
  std::string to;
  FlowEnd allocate;
  FlowEnd release;
  auto operator<=>(const GivenMemory &) const = default;  // NOLINT(modernize-use-nullptr): as in FileId
};

/// A field of an object of a class whose constructor another file defines: a fresh block is stored there.
struct ConstructedField {
  std::string constructor;
  std::int16_t offset = 0;
  FlowEnd from;
  auto operator<=>(const ConstructedField &) const = default;  // NOLINT(modernize-use-nullptr): as in FileId
};

/// A field that a destructor of this file releases.
struct DestroyedField {
  std::string destructor;
  std::int16_t offset = 0;
  FlowEnd release;
  auto operator<=>(const DestroyedField &) const = default;  // NOLINT(modernize-use-nullptr): as in FileId
};

struct BlockFlow {
  bool read = false;     ///< false: the code was not read, see `why_not`
  std::string why_not;   ///< "too large", "not for x86-64"
  bool cut_off = false;  ///< there were more ways than are followed in one file
  std::vector<Flow> flows;
  std::vector<Flow> relays;  ///< what functions that others call only pass on, from a call out of the file or to one
  std::set<Flow> passed_on;  ///< what a function of one library returned is given to one of another
  std::vector<BufferCall> buffer_calls;
  std::vector<std::string> looked_up;  ///< names given to dlsym
  std::vector<std::string> kept;       ///< libc's functions whose blocks go where they cannot be followed
  /// Functions of its own that others get by a function's name: an imported one is given their address, or that of a
  /// table that holds it; an exported one returns or stores it.
  std::set<std::pair<std::string, std::uint64_t>> passed_by;
  std::vector<FlowEnd> handed_out;        ///< malloc-family functions whose address it stores or passes on
  std::set<GivenRelease> given_releases;  ///< release functions that it gives to functions of others
  std::set<GivenMemory> given_memory;     ///< functions of others that it gives a way to allocate and one to release
  std::set<std::string> keeps_functions;  ///< exported functions that keep what they are given in variables
  std::vector<std::string> own_called;    ///< malloc-family functions of its own that it calls without the loader
  std::set<ConstructedField> constructed;
  std::set<DestroyedField> destroyed;
  /// Exported functions that return what a call through a pointer gave, or what was not followed to its end.
  std::set<std::string> returns_unknown;
  /// Exported functions and what they give nothing but null by: a bit for each parameter behind which they store
  /// nothing else, and one for the result (bit_of).
  std::map<std::string, std::uint8_t, std::less<>> only_null;

  /// The bit in only_null of a parameter or FlowEnd::kResult; 0 for what only_null does not know.
  static constexpr std::uint8_t bit_of(std::int8_t index) {
    constexpr int kBits = 8;
    const int bit = index - FlowEnd::kResult;
    return bit < 0 || bit >= kBits ? 0 : static_cast<std::uint8_t>(1U << static_cast<unsigned>(bit));
  }
  /// Whether an exported function is known to give nothing but null by that parameter or its result.
  bool gives_nothing(std::string_view name, std::int8_t index) const {
    const auto found = only_null.find(name);
    return found != only_null.end() && (found->second & bit_of(index)) != 0;
  }
  /// By `site` of a flow: exported functions, one of which must be called for it to run. Absent: it may run anyway.
  std::map<std::uint64_t, std::vector<std::string>> only_through;
};

/// Reads the code of `file`. Throws nothing but what reading a damaged file throws.
BlockFlow block_flow_of(const elf::File &file, const elf::DynamicSymbols &symbols);

}  // namespace crossheap::flow
