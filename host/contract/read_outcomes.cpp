// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Who owns what comes out of a call, and how long it lives. The calls are read in their order, so a value is alive from
// the call that keeps it to the call that destroys it:
//
//     save = "db", returns = "handle"       must be destroyed by a later call
//     save = "name", returns = "borrowed"   lives as long as the plugin says
//     returns = "owned", release = "free"   is over when the call is
#include "contract/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "contract/types.h"

namespace crossheap::contract {

namespace {

constexpr std::array<std::pair<std::string_view, Release>, 6> kReleases{{{"free", Release::Free},
                                                                         {"delete", Release::Delete},
                                                                         {"delete[]", Release::DeleteArray},
                                                                         {"destructor", Release::Destructor},
                                                                         {"host", Release::Host},
                                                                         {"never", Release::Never}}};

}  // namespace

std::string_view name_of(Release release) noexcept {
  for (const auto &[name, one] : kReleases)
    if (one == release) return name;
  return "";
}

Type Reader::type_named(std::string_view words, std::uint32_t line) const {
  if (const auto type = find_type(words)) return *type;
  const std::vector<std::string_view> names = type_names();
  const std::string_view near = nearest(without_suffix(trimmed(words)), names);
  fail(line, fmt::format("\"{}\" is no type", printable_name(trimmed(words))),
       fmt::format("{}the types are {}; a structure passes by its address, as pointer",
                   near.empty() ? "" : fmt::format("did you mean {}? ", near), fmt::join(names, ", ")));
}

Signature Reader::signature(const toml::table &table) const {
  const std::string words = text(table, "signature", "");
  const toml::node *node = find(table, "signature");
  const std::uint32_t line = node == nullptr ? line_of(table) : line_of(*node);
  constexpr std::string_view kForm = "write it as \"string(string, int)\": the result, then the parameters";
  if (words.empty()) fail(line, "`signature` is missing", kForm);
  const std::size_t open = words.find('(');
  if (open == std::string::npos || trimmed(words).back() != ')' || words.find('(', open + 1) != std::string::npos)
    fail(line, fmt::format("\"{}\" is no signature", printable_name(words)), kForm);
  Signature all;
  all.result = type_named(std::string_view(words).substr(0, open), line);
  const std::string_view inside = trimmed(std::string_view(words).substr(open + 1, words.rfind(')') - open - 1));
  if (inside.empty() || inside == "void") return all;
  for (std::string_view one : split(inside, ',')) {
    one = trimmed(one);
    if (one == "...")
      fail(line, "a function with a variable number of arguments cannot be called",
           "write a function around it in the plugin");
    const bool out = one.starts_with("out ");
    const Type type = type_named(out ? one.substr(4) : one, line);
    if (type == Type::Void) fail(line, "a parameter cannot be void", kForm);
    all.parameters.push_back({type, out});
  }
  if (all.parameters.size() > kArguments)
    fail(line, fmt::format("a function with more than {} parameters cannot be called", kArguments), "");
  return all;
}

// `release` of a table, where a block passes.
Release Reader::release(const toml::table &table, std::string &function, std::uint32_t &slot) const {
  const std::string words = name(table, "release");
  for (const auto &[known, release] : kReleases)
    if (known == words) {
      if (release == Release::Destructor) slot = static_cast<std::uint32_t>(number(table, "slot", 1, 0, kOffset / 8));
      return release;
    }
  function = words;
  return Release::Function;
}

Reader::Value &Reader::value_named(const std::string &name, std::uint32_t line) {
  for (Value &value : values_)
    if (value.name == name && value.alive) return value;
  for (const Value &value : values_)
    if (value.name == name)
      fail(line, fmt::format("'{}' is already destroyed, by line {}", name, value.line),
           "use it before the call that destroys it");
  std::vector<std::string_view> names;
  for (const Value &value : values_) names.push_back(value.name);
  const std::string_view near = nearest(name, names);
  fail(line, fmt::format("no call above keeps a value '{}'", printable_name(name)),
       near.empty() ? fmt::format("add save = \"{}\" to the call that makes it", printable_name(name))
                    : fmt::format("did you mean '{}'?", near));
}

int Reader::keep(std::string name, std::string layout, std::uint32_t line, bool must_end, bool ends_by_release,
                 bool is_pointer) {
  for (Value &value : values_) {
    if (value.name != name) continue;
    if (value.alive && (value.must_end || value.ends_by_release))
      fail(line, fmt::format("'{}' still has the block of line {}", name, value.line),
           "give this one another name, or destroy the first one before");
    value = {std::move(name), std::move(layout), line, true, must_end, ends_by_release, is_pointer};
    return index_of(value);
  }
  if (values_.size() == kCalls) fail(line, fmt::format("there are more than {} values", with_commas(kCalls)), "");
  values_.push_back({std::move(name), std::move(layout), line, true, must_end, ends_by_release, is_pointer});
  contract_.values.push_back(values_.back().name);
  return static_cast<int>(values_.size() - 1);
}

// What comes out: `returns`, `release`, `save` and so on of a call or of an out-argument.
Outcome Reader::outcome(const toml::table &table, Type type, std::string_view saved_as, bool several) {
  const std::uint32_t line = line_of(table);
  Outcome made;
  const std::string returns = text(table, "returns", is_pointer(type) ? "" : "value");
  std::string kept(saved_as);
  if (kept.empty()) kept = find(table, "save") == nullptr ? "" : name(table, "save");
  made.nullable = truth(table, "nullable");
  const bool owned = returns == "owned" || returns == "handle";
  if (returns.empty())
    fail(line, "it does not say who owns the block that it returns",
         "add returns = \"owned\" (the host releases it), \"handle\" (a later call destroys it) or \"borrowed\" (it "
         "stays the plugin's)");
  if (!owned && returns != "borrowed" && returns != "value")
    fail(line, fmt::format("`returns` is \"{}\"", printable_name(returns)),
         R"(write "owned", "handle", "borrowed" or "value")");
  if (is_pointer(type) && returns == "value")
    fail(line, "a pointer is no mere value", R"(write returns = "owned", "handle" or "borrowed")");
  if (!is_pointer(type) && returns != "value")
    fail(line, fmt::format("what it returns is no pointer, so it cannot be {}", returns),
         "change the signature, or write returns = \"value\"");
  const bool says_release = find(table, "release") != nullptr;
  if (returns == "owned" && !says_release) fail(line, "it does not say who releases the block", kWhoReleases);
  if (!owned && says_release)
    fail(line, "`release` stands where no block passes to the host", "write returns = \"owned\", or leave it out");
  if (says_release)
    made.release = release(table, made.function, made.slot);
  else if (owned)
    made.release = Release::Call;
  if (made.release == Release::Call && kept.empty())
    fail(line, "the handle has no name by which a later call destroys it", "add save = \"NAME\"");
  if (!kept.empty()) {
    if (several)
      fail(line, "a call by several threads, or repeated, has several results and cannot keep one",
           "put `threads` and `repeat` at the top of the file, for all calls in order");
    made.value = keep(kept, text(table, "layout", ""), line, made.release == Release::Call,
                      made.release != Release::None && made.release != Release::Call, is_pointer(type));
    check_layout(values_[static_cast<std::size_t>(made.value)].layout, line);
  } else if (find(table, "layout") != nullptr) {
    fail(line, "`layout` stands where nothing is kept", "add save = \"NAME\"");
  }
  if (const toml::node *node = find(table, "expect")) {
    if (const auto *wanted = node->as_string(); wanted != nullptr && type == Type::String)
      made.expected_text = wanted->get();
    else if (const auto *digits = node->as_integer(); digits != nullptr && is_integer(type))
      made.expected_number = digits->get();
    else if (const auto *yes = node->as_boolean(); yes != nullptr && is_integer(type))
      made.expected_number = yes->get() ? 1 : 0;
    else
      fail(line_of(*node), "`expect` does not fit the type",
           "a whole number is expected of an integer, a text of a string");
  }
  return made;
}

void Reader::check_layout(const std::string &name, std::uint32_t line) const {
  if (name.empty()) return;
  if (std::none_of(layouts_.begin(), layouts_.end(), [&](const Layout &one) { return one.name == name; }))
    fail(line, fmt::format("there is no [[layout]] '{}'", printable_name(name)), "add one, or use `offset`");
}

}  // namespace crossheap::contract
