// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An argument is a plain value, or a table with one key that says what it is:
//
//     "text"   7   2.5   true
//     { use = "NAME" }   { destroy = "NAME" }   { out = "NAME", returns = "owned", release = "free" }
//     { buffer = 64 }   { give = "text", with = "new[]" }   { callback = "NAME" }   { table = "NAME" }   { null = true
//     }
//
// What it is must fit the parameter of the signature in the same place.
#include "contract/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "contract/types.h"

namespace crossheap::contract {

void Reader::must_fit(const Parameter &parameter, bool pointer, std::uint32_t line, std::size_t position) const {
  if (parameter.out)
    fail(line, fmt::format("argument {} is for an out-parameter", position + 1), "write { out = \"NAME\" }");
  if (is_pointer(parameter.type) != pointer)
    fail(line, fmt::format("argument {} does not fit its type in the signature", position + 1), kPage);
}

Argument Reader::argument(const toml::node &node, const Parameter &parameter, std::size_t position, bool several) {
  const std::uint32_t line = line_of(node);
  Argument made;
  if (const auto *value = node.as_string()) {
    if (parameter.out || !is_pointer(parameter.type))
      fail(line, fmt::format("argument {} is a text, and the signature wants something else", position + 1), kPage);
    made.kind = Argument::Kind::Text;
    made.text = value->get();
  } else if (const auto *digits = node.as_integer()) {
    made.number = digits->get();
    if (parameter.type == Type::Float || parameter.type == Type::Double) {
      made.kind = Argument::Kind::Real;
      made.real = static_cast<double>(made.number);
    } else {
      made.kind = Argument::Kind::Number;
      must_fit_number(parameter, made.number, line, position);
    }
  } else if (const auto *real = node.as_floating_point()) {
    if (parameter.out || (parameter.type != Type::Float && parameter.type != Type::Double))
      fail(line, fmt::format("argument {} does not fit its type in the signature", position + 1), kPage);
    made.kind = Argument::Kind::Real;
    made.real = real->get();
  } else if (const auto *yes = node.as_boolean()) {
    made.kind = Argument::Kind::Number;
    made.number = yes->get() ? 1 : 0;
    must_fit_number(parameter, made.number, line, position);
  } else if (const toml::table *table = node.as_table()) {
    made = argument_of_table(*table, parameter, position, several);
  } else {
    fail(line, fmt::format("argument {} is no argument", position + 1), kPage);
  }
  if (made.text.find('\0') != std::string::npos)
    fail(line, fmt::format("argument {} has a zero byte in it", position + 1), "leave the zero byte out");
  return made;
}

void Reader::must_fit_number(const Parameter &parameter, std::int64_t number, std::uint32_t line,
                             std::size_t position) const {
  if (parameter.out || !is_integer(parameter.type))
    fail(line, fmt::format("argument {} is a number, and the signature wants something else", position + 1),
         is_pointer(parameter.type) ? "the null pointer is { null = true }" : kPage);
  const auto [least, most] = range_of(parameter.type);
  if (number < least || number > most)
    fail(line, fmt::format("argument {} does not fit into its type", position + 1),
         fmt::format("it holds {} to {}", least, most));
}

Argument Reader::argument_of_table(const toml::table &table, const Parameter &parameter, std::size_t position,
                                   bool several) {
  const std::uint32_t line = line_of(table);
  constexpr std::array kKinds{std::string_view("use"),   std::string_view("destroy"), std::string_view("buffer"),
                              std::string_view("give"),  std::string_view("out"),     std::string_view("callback"),
                              std::string_view("table"), std::string_view("null"),    std::string_view("text")};
  std::vector<std::string_view> there;
  for (const std::string_view kind : kKinds)
    if (find(table, kind) != nullptr) there.push_back(kind);
  // A buffer may begin with a text.
  if (there.size() == 2 && there.back() == "text" && (there.front() == "buffer" || there.front() == "give"))
    there.pop_back();
  if (there.size() != 1)
    fail(line, fmt::format("argument {} is no one thing", position + 1),
         fmt::format("write {{ ... }} with one of {}", fmt::join(kKinds, ", ")));
  const std::string_view kind = there.front();
  Argument made;
  if (kind == "out") {
    only(table, {"out", "returns", "release", "slot", "layout", "nullable", "expect"});
    if (!parameter.out)
      fail(line, fmt::format("argument {} is no out-parameter in the signature", position + 1),
           "write the parameter as \"out TYPE\"");
    made.kind = Argument::Kind::Out;
    made.outcome = outcome(table, parameter.type, name(table, "out"), several);
    return made;
  }
  if (kind == "use" || kind == "destroy") {
    only(table, {kind});
    Value &value = value_named(name(table, kind), line);
    must_fit(parameter, value.is_pointer, line, position);
    made.kind = kind == "use" ? Argument::Kind::Use : Argument::Kind::Destroy;
    made.index = index_of(value);
    if (kind == "destroy") {
      if (value.ends_by_release)
        fail(line, fmt::format("'{}' is released as line {} says, and cannot be destroyed too", value.name, value.line),
             "leave `release` out there, and write returns = \"handle\"");
      if (!value.must_end)
        fail(line, fmt::format("'{}' is no handle", value.name),
             fmt::format("write returns = \"handle\" in line {}", value.line));
      if (several)
        fail(line, "a call by several threads, or repeated, would destroy one handle several times",
             "put `threads` and `repeat` at the top of the file, for all calls in order");
      value.alive = false;
      value.line = line;
    }
    return made;
  }
  must_fit(parameter, true, line, position);
  if (kind == "null") {
    only(table, {"null"});
    if (!truth(table, "null")) fail(line, "`null` is not true", "write { null = true }");
    made.kind = Argument::Kind::Null;
  } else if (kind == "text") {
    only(table, {"text"});
    made.kind = Argument::Kind::Text;
    made.text = text(table, "text", "");
  } else if (kind == "callback") {
    only(table, {"callback"});
    made.kind = Argument::Kind::Callback;
    made.index = named(contract_.callbacks, name(table, "callback"), "callback", line);
  } else if (kind == "table") {
    only(table, {"table"});
    made.kind = Argument::Kind::Table;
    made.index = named(contract_.tables, name(table, "table"), "table", line);
  } else {
    only(table, {kind, "text", "with"});
    made.kind = kind == "give" ? Argument::Kind::Give : Argument::Kind::Buffer;
    made.text = text(table, "text", "");
    if (const toml::node *node = find(table, kind); node->is_string() && kind == "give") {
      made.text = text(table, "give", "");
      made.number = static_cast<std::int64_t>(made.text.size()) + 1;
    } else {
      made.number = number(table, kind, 0, 1, kBufferBytes);
    }
    if (static_cast<std::uint64_t>(made.number) <= made.text.size())
      fail(line, fmt::format("the text of argument {} does not fit into {} bytes", position + 1, made.number),
           "make room for it and its zero byte");
    const std::string with = text(table, "with", "malloc");
    if (with != "malloc" && with != "new" && with != "new[]")
      fail(line, fmt::format("`with` is \"{}\"", printable_name(with)), R"(write "malloc", "new" or "new[]")");
    made.with = with == "malloc" ? Argument::With::Malloc
                : with == "new"  ? Argument::With::New
                                 : Argument::With::NewArray;
  }
  return made;
}

}  // namespace crossheap::contract
