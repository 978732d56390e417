// SPDX-License-Identifier: MIT OR Apache-2.0
//
// How a contract writes the types of values, and what each of them can hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "contract/contract.h"

namespace crossheap::contract {

/// "string", "size_t", "const char *", "struct widget *"; nothing for what is no type.
std::optional<Type> find_type(std::string_view words);

/// All names that are not made of others.
std::vector<std::string_view> type_names();

/// "size_t" is size.
std::string_view without_suffix(std::string_view words) noexcept;

bool is_integer(Type type) noexcept;
bool is_pointer(Type type) noexcept;

/// What the smallest and the largest value of an integer type are; of 64 bits, TOML's.
std::pair<std::int64_t, std::int64_t> range_of(Type type);

std::uint64_t size_of(Type type) noexcept;

}  // namespace crossheap::contract
