// SPDX-License-Identifier: MIT OR Apache-2.0
#include "contract/fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace crossheap::contract {

namespace {

std::uint64_t as_count(std::int64_t number) { return static_cast<std::uint64_t>(std::max<std::int64_t>(0, number)); }

}  // namespace

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 4096 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '\'' && c != '\\';
  });
}

void Fields::fail(std::uint32_t line, std::string_view reason, std::string_view next_step) const {
  throw Error(Blame::Usage, fmt::format("{}:{}", file_, line), reason, next_step.empty() ? kPage : next_step);
}

void Fields::only(const toml::table &table, std::initializer_list<std::string_view> known) const {
  for (const auto &[key, node] : table) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
    const std::vector<std::string_view> names(known);
    const std::string_view near = nearest(key.str(), names);
    fail(line_of(node), fmt::format("`{}` is no key here", printable_name(key.str())),
         near.empty() ? std::string(kPage) : fmt::format("did you mean `{}`? {}", near, kPage));
  }
}

std::string Fields::text(const toml::table &table, std::string_view key, std::string_view otherwise) const {
  const toml::node *node = find(table, key);
  if (node == nullptr) return std::string(otherwise);
  const auto *value = node->as_string();
  if (value == nullptr) fail(line_of(*node), fmt::format("`{}` is no text", key), "put it into quotation marks");
  if (value->get().find('\0') != std::string::npos)
    fail(line_of(*node), fmt::format("`{}` has a zero byte in it", key), "leave the zero byte out");
  return value->get();
}

std::string Fields::name(const toml::table &table, std::string_view key) const {
  std::string value = text(table, key, "");
  if (value.empty()) fail(line_of(table), fmt::format("`{}` is missing", key), fmt::format("add {} = \"NAME\"", key));
  if (!is_name(value))
    fail(line_of(table), fmt::format("`{}` is no name: \"{}\"", key, printable_name(value)),
         "a name has no spaces, quotation marks and control characters, and at most 4,096 bytes");
  return value;
}

std::int64_t Fields::number(const toml::table &table, std::string_view key, std::int64_t otherwise, std::int64_t least,
                            std::int64_t most) const {
  const toml::node *node = find(table, key);
  if (node == nullptr) return otherwise;
  const auto *value = node->as_integer();
  if (value == nullptr || value->get() < least || value->get() > most)
    fail(line_of(*node), fmt::format("`{}` is no whole number from {} to {}", key, least, with_commas(as_count(most))),
         "");
  return value->get();
}
std::uint32_t Fields::count(const toml::table &table, std::string_view key, std::int64_t most) const {
  return static_cast<std::uint32_t>(number(table, key, 1, 1, most));
}

bool Fields::truth(const toml::table &table, std::string_view key) const {
  const toml::node *node = find(table, key);
  if (node == nullptr) return false;
  const auto *value = node->as_boolean();
  if (value == nullptr) fail(line_of(*node), fmt::format("`{}` is neither true nor false", key), "");
  return value->get();
}

std::vector<const toml::table *> Fields::tables(const toml::table &root, std::string_view key) const {
  std::vector<const toml::table *> all;
  const toml::node *node = find(root, key);
  if (node == nullptr) return all;
  const toml::array *array = node->as_array();
  const auto next = fmt::format("write [[{}]], in double brackets, above each", key);
  if (array == nullptr) fail(line_of(*node), fmt::format("`{}` is no list of tables", key), next);
  if (array->size() > kCalls)
    fail(line_of(*node), fmt::format("there are more than {} [[{}]]", with_commas(kCalls), key),
         "divide the contract into several files");
  for (const toml::node &element : *array) {
    if (element.as_table() == nullptr) fail(line_of(element), fmt::format("`{}` is no list of tables", key), next);
    all.push_back(element.as_table());
  }
  return all;
}

const toml::array *Fields::array(const toml::table &table, std::string_view key) const {
  const toml::node *node = find(table, key);
  if (node == nullptr) return nullptr;
  if (node->as_array() == nullptr)
    fail(line_of(*node), fmt::format("`{}` is no list", key), fmt::format("write {} = [...]", key));
  if (node->as_array()->size() > kArguments)
    fail(line_of(*node), fmt::format("`{}` has more than {} entries", key, kArguments), "");
  return node->as_array();
}

}  // namespace crossheap::contract
