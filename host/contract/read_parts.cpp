// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Each part stands in the file before what refers to it by name, so a name that is not known yet is a mistake. The
// offsets of a layout's members are counted as a C compiler counts them:
//
//     ["uint32 version", "pointer create"]     version at 0, create at 8
#include "contract/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "contract/types.h"

namespace crossheap::contract {

namespace {

constexpr std::size_t kCallbacks = 16;  // the host of the drills has so many functions to give

}  // namespace

void Reader::read_layout(const toml::table &table) {
  only(table, {"name", "members"});
  Layout layout{name(table, "name"), {}};
  const std::uint32_t line = line_of(table);
  if (std::any_of(layouts_.begin(), layouts_.end(), [&](const Layout &one) { return one.name == layout.name; }))
    fail(line, fmt::format("there are two [[layout]] '{}'", layout.name), "give one another name");
  const toml::node *node = find(table, "members");
  if (node == nullptr || node->as_array() == nullptr || node->as_array()->size() > kCalls)
    fail(line, "`members` is missing, or no list", R"(write members = ["uint32 version", "pointer create"])");
  std::uint64_t offset = 0;
  for (const toml::node &element : *node->as_array()) {
    const auto *words = element.as_string();
    const std::string_view member = words == nullptr ? std::string_view{} : trimmed(words->get());
    const std::size_t space = member.find_last_of(" *");
    if (space == std::string_view::npos || !is_name(member.substr(space + 1)))
      fail(line_of(element), "a member is no type and name", "write it as \"uint32 version\"");
    const Type type = type_named(member.substr(0, space + 1), line_of(element));
    if (type == Type::Void) fail(line_of(element), "a member cannot be void", kPage);
    const std::uint64_t size = size_of(type);
    offset = (offset + size - 1) / size * size;
    layout.members.push_back({std::string(member.substr(space + 1)), offset});
    offset += size;
  }
  layouts_.push_back(std::move(layout));
}

void Reader::read_callback(const toml::table &table) {
  only(table, {"name", "is", "signature", "receives", "returns", "value", "text", "size"});
  Callback made;
  made.name = name(table, "name");
  made.line = line_of(table);
  if (contract_.callbacks.size() == kCallbacks)
    fail(made.line, fmt::format("there are more than {} callbacks", kCallbacks),
         "divide the contract into several files");
  if (std::any_of(contract_.callbacks.begin(), contract_.callbacks.end(),
                  [&](const Callback &one) { return one.name == made.name; }))
    fail(made.line, fmt::format("there are two [[callback]] '{}'", made.name), "give one another name");
  if (const std::string is = text(table, "is", ""); !is.empty()) {
    only(table, {"name", "is"});
    constexpr std::array<std::pair<std::string_view, Callback::Kind>, 4> kFunctions{
        {{"malloc", Callback::Kind::Malloc},
         {"calloc", Callback::Kind::Calloc},
         {"realloc", Callback::Kind::Realloc},
         {"free", Callback::Kind::Free}}};
    const auto *const found =
        std::find_if(kFunctions.begin(), kFunctions.end(), [&](const auto &one) { return one.first == is; });
    if (found == kFunctions.end())
      fail(made.line, fmt::format("`is` is \"{}\"", printable_name(is)),
           R"(write "malloc", "calloc", "realloc" or "free")");
    made.kind = found->second;
    contract_.callbacks.push_back(std::move(made));
    return;
  }
  made.signature = signature(table);
  if (made.signature.result == Type::Float || made.signature.result == Type::Double)
    fail(made.line, "a callback that returns a floating number cannot be made", "let it return an integer");
  std::size_t integers = 0;
  for (const Parameter &parameter : made.signature.parameters)
    if (parameter.out || (parameter.type != Type::Float && parameter.type != Type::Double)) ++integers;
  if (integers > 6) fail(made.line, "a callback with more than six integers and pointers cannot be made", kPage);
  if (const toml::array *list = array(table, "receives"))
    for (const toml::node &element : *list) {
      const toml::table *one = element.as_table();
      if (one == nullptr)
        fail(line_of(element), "`receives` is no list of tables", "write [{ argument = 1, release = \"free\" }]");
      only(*one, {"argument", "release"});
      Callback::Received received;
      const auto most = static_cast<std::int64_t>(made.signature.parameters.size());
      received.argument = static_cast<std::uint32_t>(number(*one, "argument", 0, 1, most));
      if (received.argument == 0)
        fail(line_of(element), "`argument` is missing", "number the arguments of the callback from 1");
      --received.argument;
      if (!is_pointer(made.signature.parameters[received.argument].type))
        fail(line_of(element), "what it receives is no pointer", kPage);
      std::uint32_t slot = 1;
      received.release = release(*one, received.function, slot);
      if (received.release == Release::Destructor)
        fail(line_of(element), "a callback cannot call a destructor", "name a function of the plugin");
      made.received.push_back(std::move(received));
    }
  made.number =
      number(table, "value", 0, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
  if (find(table, "text") != nullptr || find(table, "size") != nullptr) {
    const std::string returns = text(table, "returns", "");
    if (returns != "given" && returns != "borrowed")
      fail(made.line, "it does not say who owns the block that the callback returns",
           R"(write returns = "given" (the plugin releases it) or "borrowed" (it stays the host's))");
    if (!is_pointer(made.signature.result)) fail(made.line, "the callback returns no pointer in its signature", kPage);
    made.gives = returns == "given";
    made.text = text(table, "text", "");
    made.number = number(table, "size", static_cast<std::int64_t>(made.text->size()) + 1, 1, kBufferBytes);
    if (static_cast<std::uint64_t>(made.number) <= made.text->size())
      fail(made.line, fmt::format("the text does not fit into {} bytes", made.number),
           "make room for it and its zero byte");
  } else if (find(table, "returns") != nullptr) {
    fail(made.line, "`returns` stands without the block that is returned", "add text = \"...\" or size = N");
  } else if (is_pointer(made.signature.result) && made.number != 0) {
    fail(made.line, "a pointer is no mere value", "add text = \"...\" or size = N, and `returns`");
  }
  contract_.callbacks.push_back(std::move(made));
}

void Reader::read_table(const toml::table &table) {
  only(table, {"name", "members"});
  Table made;
  made.name = name(table, "name");
  made.line = line_of(table);
  if (std::any_of(contract_.tables.begin(), contract_.tables.end(),
                  [&](const Table &one) { return one.name == made.name; }))
    fail(made.line, fmt::format("there are two [[table]] '{}'", made.name), "give one another name");
  const toml::node *node = find(table, "members");
  constexpr std::string_view kForm = R"(write members = [{ uint32 = 1 }, { callback = "NAME" }, { text = "..." }])";
  if (node == nullptr || node->as_array() == nullptr || node->as_array()->empty() || node->as_array()->size() > kCalls)
    fail(made.line, "`members` is missing, or no list", kForm);
  for (const toml::node &element : *node->as_array()) {
    const std::uint32_t line = line_of(element);
    const toml::table *one = element.as_table();
    if (one == nullptr || one->size() != 1) fail(line, "a member is no table with one key", kForm);
    const std::string_view key = one->begin()->first.str();
    Table::Member member;
    if (key == "callback") {
      member.callback = named(contract_.callbacks, name(*one, "callback"), "callback", line);
    } else if (key == "text") {
      member.text = text(*one, "text", "");
    } else if (key == "null") {
      if (!truth(*one, "null")) fail(line, "`null` is not true", "write { null = true }");
    } else {
      member.type = type_named(key, line);
      if (!is_integer(member.type)) fail(line, fmt::format("`{}` is no integer type", printable_name(key)), kForm);
      const auto [least, most] = range_of(member.type);
      member.number = number(*one, key, 0, least, most);
    }
    made.members.push_back(std::move(member));
  }
  contract_.tables.push_back(std::move(made));
}

void Reader::read_variable(const toml::table &table) {
  only(table, {"symbol", "save", "layout"});
  Variable made;
  made.symbol = name(table, "symbol");
  made.line = line_of(table);
  made.value = keep(name(table, "save"), text(table, "layout", ""), made.line, false, false, true);
  check_layout(values_.back().layout, made.line);
  contract_.variables.push_back(std::move(made));
}

}  // namespace crossheap::contract
