// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Reads the tables of a contract, in order; inside of read.cpp and its parts:
//
//     read.cpp             the whole file, and [[call]]
//     read_parts.cpp       what calls refer to: [[layout]], [[callback]], [[table]], [[variable]]
//     read_arguments.cpp   the entries of `arguments`
//     read_outcomes.cpp    what a call returns or fills: who owns it, and how long it lives
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "contract/contract.h"
#include "contract/fields.h"

namespace crossheap::contract {

inline constexpr std::int64_t kBufferBytes = std::int64_t{16} << 20;
inline constexpr std::int64_t kOffset = std::int64_t{1} << 20;

inline constexpr std::string_view kWhoReleases =
    "release = \"free\", \"delete\", \"delete[]\", \"destructor\", \"host\", \"never\", or the name of a function of "
    "the plugin";

/// What a layout says of a member.
struct Member {
  std::string name;
  std::uint64_t offset = 0;
};
struct Layout {
  std::string name;
  std::vector<Member> members;
};

/// Fills one contract. Everything throws Error (Blame::Usage) that names the line. Not for several threads.
class Reader : Fields {
public:
  /// \param file      for messages
  /// \param contract  to be filled; must outlive the reader
  Reader(std::string file, Contract &contract) : Fields(std::move(file)), contract_(contract) {}

  /// The whole of it, once.
  void read(const toml::table &root);

private:
  /// What a call keeps.
  struct Value {
    std::string name;
    std::string layout;
    std::uint32_t line = 0;  ///< of the call that keeps it; once destroyed, of the one that did
    bool alive = false;
    bool must_end = false;  ///< unless a call destroys it, its block is lost
    bool ends_by_release = false;
    bool is_pointer = true;
  };

  void read_layout(const toml::table &table);
  void read_callback(const toml::table &table);
  void read_table(const toml::table &table);
  void read_variable(const toml::table &table);
  void read_call(const toml::table &table);
  /// "api.create": a member of a kept structure; or `through` with `offset` or `virtual`.
  void find_function(const toml::table &table, Call &call);
  void refuse_unfinished(const toml::table &root) const;

  Argument argument(const toml::node &node, const Parameter &parameter, std::size_t position, bool several);
  Argument argument_of_table(const toml::table &table, const Parameter &parameter, std::size_t position, bool several);
  void must_fit(const Parameter &parameter, bool pointer, std::uint32_t line, std::size_t position) const;
  void must_fit_number(const Parameter &parameter, std::int64_t number, std::uint32_t line, std::size_t position) const;

  Type type_named(std::string_view words, std::uint32_t line) const;
  Signature signature(const toml::table &table) const;
  /// What comes out: `returns`, `release`, `save` and so on of a call or of an out-argument.
  /// \param saved_as  under which name, where the table does not say it by `save`
  /// \param several   whether the call is made more than once, so that nothing can be kept
  Outcome outcome(const toml::table &table, Type type, std::string_view saved_as, bool several);
  /// `release` of a table, where a block passes.
  Release release(const toml::table &table, std::string &function, std::uint32_t &slot) const;
  void check_layout(const std::string &name, std::uint32_t line) const;

  /// A value that is alive, by its name.
  Value &value_named(const std::string &name, std::uint32_t line);
  int index_of(const Value &value) const { return static_cast<int>(&value - values_.data()); }
  /// \return its number
  int keep(std::string name, std::string layout, std::uint32_t line, bool must_end, bool ends_by_release,
           bool is_pointer);

  /// The number of the entry of that name in `list`.
  template <typename List>
  int named(const List &list, const std::string &name, std::string_view kind, std::uint32_t line) const {
    for (std::size_t i = 0; i < list.size(); ++i)
      if (list[i].name == name) return static_cast<int>(i);
    std::vector<std::string_view> names;
    names.reserve(list.size());
    for (const auto &one : list) names.push_back(one.name);
    const std::string_view near = nearest(name, names);
    fail(line, fmt::format("there is no [[{}]] '{}'", kind, printable_name(name)),
         near.empty() ? "add one" : fmt::format("did you mean '{}'?", near));
  }

  Contract &contract_;
  std::vector<Layout> layouts_;
  std::vector<Value> values_;  // their numbers are those of Contract::values
};

}  // namespace crossheap::contract
