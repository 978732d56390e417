// SPDX-License-Identifier: MIT OR Apache-2.0
#include "contract/types.h"

#include <array>
#include <limits>

#include "contract/fields.h"

namespace crossheap::contract {

namespace {

struct NamedType {
  std::string_view name;
  Type type;
};
constexpr std::array kTypes{
    NamedType{"void", Type::Void},       NamedType{"bool", Type::UInt8},      NamedType{"char", Type::Int8},
    NamedType{"schar", Type::Int8},      NamedType{"uchar", Type::UInt8},     NamedType{"short", Type::Int16},
    NamedType{"ushort", Type::UInt16},   NamedType{"int", Type::Int32},       NamedType{"uint", Type::UInt32},
    NamedType{"unsigned", Type::UInt32}, NamedType{"long", Type::Int64},      NamedType{"ulong", Type::UInt64},
    NamedType{"llong", Type::Int64},     NamedType{"ullong", Type::UInt64},   NamedType{"int8", Type::Int8},
    NamedType{"uint8", Type::UInt8},     NamedType{"int16", Type::Int16},     NamedType{"uint16", Type::UInt16},
    NamedType{"int32", Type::Int32},     NamedType{"uint32", Type::UInt32},   NamedType{"int64", Type::Int64},
    NamedType{"uint64", Type::UInt64},   NamedType{"size", Type::UInt64},     NamedType{"ssize", Type::Int64},
    NamedType{"intptr", Type::Int64},    NamedType{"uintptr", Type::UInt64},  NamedType{"float", Type::Float},
    NamedType{"double", Type::Double},   NamedType{"pointer", Type::Pointer}, NamedType{"string", Type::String},
};

}  // namespace

std::string_view without_suffix(std::string_view words) noexcept {
  if (words.ends_with("_t")) words.remove_suffix(2);
  return words;
}

std::optional<Type> find_type(std::string_view words) {
  words = trimmed(words);
  if (words.ends_with('*')) {
    std::string_view pointee = trimmed(words.substr(0, words.size() - 1));
    if (pointee.starts_with("const ")) pointee = trimmed(pointee.substr(6));
    return pointee == "char" || pointee == "char const" ? Type::String : Type::Pointer;
  }
  for (const NamedType &one : kTypes)
    if (one.name == without_suffix(words)) return one.type;
  return std::nullopt;
}

std::vector<std::string_view> type_names() {
  std::vector<std::string_view> names;
  names.reserve(std::size(kTypes));
  for (const NamedType &one : kTypes) names.push_back(one.name);
  return names;
}

bool is_integer(Type type) noexcept { return type >= Type::Int8 && type <= Type::UInt64; }
bool is_pointer(Type type) noexcept { return type == Type::Pointer || type == Type::String; }

std::pair<std::int64_t, std::int64_t> range_of(Type type) {
  const auto of = [](auto zero) {
    using T = decltype(zero);
    return std::pair<std::int64_t, std::int64_t>{std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
  };
  switch (type) {
    case Type::Int8:
      return of(std::int8_t{});
    case Type::UInt8:
      return of(std::uint8_t{});
    case Type::Int16:
      return of(std::int16_t{});
    case Type::UInt16:
      return of(std::uint16_t{});
    case Type::Int32:
      return of(std::int32_t{});
    case Type::UInt32:
      return of(std::uint32_t{});
    default:
      return of(std::int64_t{});
  }
}

std::uint64_t size_of(Type type) noexcept {
  switch (type) {
    case Type::Void:
      return 0;
    case Type::Int8:
    case Type::UInt8:
      return 1;
    case Type::Int16:
    case Type::UInt16:
      return 2;
    case Type::Int32:
    case Type::UInt32:
    case Type::Float:
      return 4;
    default:
      return 8;
  }
}

}  // namespace crossheap::contract
