// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The values of a TOML table, each of the kind that it must be. What is not so is refused with the file, the line and
// what to write there.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/toml.h"

namespace crossheap::contract {

inline constexpr std::string_view kPage = "docs/contract.md has the rules";
inline constexpr std::size_t kCalls = 4096;    ///< tables of one kind at most
inline constexpr std::size_t kArguments = 32;  ///< entries of a list at most

/// Without blanks at both ends.
std::string_view trimmed(std::string_view text);

/// Whether it may name a symbol or a value.
bool is_name(std::string_view text);

/// Everything here throws Error (Blame::Usage) that names the line.
class Fields {
public:
  /// \param file  for messages
  explicit Fields(std::string file) : file_(std::move(file)) {}

protected:
  const std::string &file() const noexcept { return file_; }
  [[noreturn]] void fail(std::uint32_t line, std::string_view reason, std::string_view next_step = kPage) const;
  static std::uint32_t line_of(const toml::node &node) { return node.source().begin.line; }

  /// Refuses keys that the table should not have.
  void only(const toml::table &table, std::initializer_list<std::string_view> known) const;
  /// Null where there is none.
  static const toml::node *find(const toml::table &table, std::string_view key) { return table.get(key); }
  std::string text(const toml::table &table, std::string_view key, std::string_view otherwise) const;
  std::string name(const toml::table &table, std::string_view key) const;
  std::int64_t number(const toml::table &table, std::string_view key, std::int64_t otherwise, std::int64_t least,
                      std::int64_t most) const;
  /// At least 1, and 1 where there is none.
  std::uint32_t count(const toml::table &table, std::string_view key, std::int64_t most) const;
  bool truth(const toml::table &table, std::string_view key) const;
  std::vector<const toml::table *> tables(const toml::table &root, std::string_view key) const;
  /// Null where there is none.
  const toml::array *array(const toml::table &table, std::string_view key) const;

private:
  std::string file_;
};

}  // namespace crossheap::contract
