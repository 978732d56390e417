// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A contract: which functions of a plugin crossheap may call, with which arguments, and who owns what passes. A plugin
// author writes it as TOML (docs/contract.md), or has `crossheap contract draft` write a first one. The drills call
// the functions as it says, so that memory really passes between a host and the plugin.
//
// A contract that was read is whole: every name in it is known, every argument fits its type, and each block that
// passes has somebody who releases it. What is not so is refused with the file, the line, the reason and the next step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crossheap::contract {

/// How a value is passed, on x86-64.
enum class Type : std::uint8_t {
  Void,
  Int8,
  UInt8,
  Int16,
  UInt16,
  Int32,
  UInt32,
  Int64,
  UInt64,
  Float,
  Double,
  Pointer,
  String,  ///< a pointer to text that ends with a zero byte
};

/// A type as a signature names it.
struct Parameter {
  Type type = Type::Void;
  bool out = false;  ///< the function gets a place for one, and fills it
};

struct Signature {
  Type result = Type::Void;
  std::vector<Parameter> parameters;
};

/// Who releases a block.
enum class Release : std::uint8_t {
  None,         ///< no block passes: a number, or memory that stays its owner's
  Free,         ///< the host, with free
  Delete,       ///< the host, with operator delete
  DeleteArray,  ///< the host, with operator delete[]
  Function,     ///< a function of the plugin
  Destructor,   ///< the virtual destructor of the object
  Host,         ///< the host as it allocated it: the plugin gives back what the host gave
  Never,        ///< nobody; the plugin keeps it
  Call,         ///< a later call of the contract, which destroys it
};

/// What comes out of a call: its result, or what it left in an out-parameter.
struct Outcome {
  Release release = Release::None;
  std::string function;    ///< of Release::Function
  std::uint32_t slot = 1;  ///< of Release::Destructor: where the vtable has the deleting destructor
  int value = -1;          ///< the number of the value that keeps it for later calls; -1: nobody needs it
  bool nullable = false;   ///< a null pointer is no failure
  std::optional<std::int64_t> expected_number;
  std::optional<std::string> expected_text;
};

struct Argument {
  enum class Kind : std::uint8_t {
    Number,    ///< of an integer type
    Real,      ///< of a floating type
    Text,      ///< the host keeps it
    Null,      ///< the null pointer
    Use,       ///< a value of an earlier call
    Destroy,   ///< the same, and the call ends its life
    Buffer,    ///< memory of the host, which the host releases after the call
    Give,      ///< a block that the host allocates and the plugin releases
    Out,       ///< a place for an out-parameter
    Callback,  ///< a function of the host
    Table,     ///< a structure of the host
  };
  /// How the host allocates what it gives.
  enum class With : std::uint8_t { Malloc, New, NewArray };

  Kind kind = Kind::Null;
  std::int64_t number = 0;  ///< Number; Buffer and Give: the size
  double real = 0;
  std::string text;  ///< Text; Buffer and Give: how its bytes begin
  int index = -1;    ///< of the value, the callback or the table
  With with = With::Malloc;
  Outcome outcome;  ///< Out
};

/// One step: a function is called, and what comes of it is released or kept.
struct Call {
  std::string function;  ///< for people, and exported unless the next one says otherwise
  int through = -1;      ///< the value whose memory holds the function's address; -1: exported
  std::uint64_t offset = 0;
  bool is_virtual = false;  ///< `offset` is one in the vtable of the object
  Signature signature;
  std::vector<Argument> arguments;
  Outcome outcome;
  std::uint32_t threads = 1;  ///< that make it at once
  std::uint32_t repeat = 1;   ///< times by each thread
  bool own_thread = false;    ///< a thread is started for it and ended after it
  std::uint32_t line = 0;
};

/// A function of the host that the plugin calls.
struct Callback {
  enum class Kind : std::uint8_t { Own, Malloc, Calloc, Realloc, Free };
  struct Received {
    std::uint32_t argument = 0;
    Release release = Release::None;
    std::string function;
  };

  std::string name;
  Kind kind = Kind::Own;  ///< otherwise it is the host's function of that name
  Signature signature;
  std::vector<Received> received;   ///< the arguments whose blocks the host takes over
  std::int64_t number = 0;          ///< the answer of Own
  std::optional<std::string> text;  ///< the answer is a text
  bool gives = false;               ///< ... in a block that the plugin releases, of `number` bytes at least
  std::uint32_t line = 0;
};

/// A structure of the host that the plugin reads.
struct Table {
  struct Member {
    Type type = Type::Pointer;
    std::int64_t number = 0;
    int callback = -1;
    std::optional<std::string> text;
  };
  std::string name;
  std::vector<Member> members;
  std::uint32_t line = 0;
};

/// A variable of the plugin, by its exported name: its address is the value `value` before the first call.
struct Variable {
  std::string symbol;
  int value = -1;
  std::uint32_t line = 0;
};

struct Contract {
  std::filesystem::path file;
  std::string plugin;               ///< what it is written for; "" any
  std::uint32_t threads = 1;        ///< that go through all calls at once
  std::uint32_t repeat = 1;         ///< times
  std::vector<std::string> values;  ///< the names of what calls keep for later ones
  std::vector<Variable> variables;
  std::vector<Callback> callbacks;
  std::vector<Table> tables;
  std::vector<Call> calls;

  /// Whether the plugin is handed a function of the host that allocates.
  bool hands_over_allocator() const;
};

/// Reads a contract. Throws Error (Blame::Usage), which names the line, where it is not one, or is not finished; and
/// Error (Blame::Work) where the file cannot be read.
Contract read(const std::filesystem::path &file);
/// The same of a text; `file` is for messages.
Contract parse(std::string_view text, const std::filesystem::path &file);

/// What stands in a draft where only the author knows the answer.
inline constexpr std::string_view kUnknown = "?";

struct Draft {
  std::string text;          ///< the contract, as TOML
  std::size_t calls = 0;     ///< functions in it
  std::size_t marks = 0;     ///< that the author fills in
  bool types_known = false;  ///< debugging information describes something of what it exports
};

/// A first contract for a library: its exported functions, with their types where the file, or the separate file of
/// its debugging information, has them. Throws Error where the file is no library.
Draft draft(const std::filesystem::path &library);

/// "free", "delete[]": as a contract names it; "" for None and Call.
std::string_view name_of(Release release) noexcept;

}  // namespace crossheap::contract
