// SPDX-License-Identifier: MIT OR Apache-2.0
//
// From TOML to a contract. toml++ knows the line of each value, so every message names one. The calls are read in their
// order, and a value is known from the call that keeps it to the call that destroys it: what a call uses must be alive
// there. So the program that makes the calls has nothing left to check. How a value stands in TOML is in fields.h, and
// how a type is written in types.h.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "base/toml_file.h"
#include "contract/reader.h"

namespace crossheap::contract {

namespace {

constexpr std::int64_t kThreads = 64;
constexpr std::int64_t kRepeat = 1'000'000;

/// A question mark of a draft.
struct Mark {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string key;
};

void find_marks(const toml::node &node, std::string_view key, std::vector<Mark> &marks) {
  if (const auto *value = node.as_string(); value != nullptr && key != "text") {
    const bool in_signature = key == "signature" && value->get().find(kUnknown) != std::string::npos;
    if (in_signature || value->get() == kUnknown)
      marks.push_back({node.source().begin.line, node.source().begin.column, std::string(key)});
  } else if (const toml::table *table = node.as_table()) {
    for (const auto &[name, inner] : *table) find_marks(inner, name.str(), marks);
  } else if (const toml::array *array = node.as_array()) {
    for (const toml::node &element : *array) find_marks(element, key, marks);
  }
}

}  // namespace

void Reader::read(const toml::table &root) {
  refuse_unfinished(root);
  only(root, {"plugin", "threads", "repeat", "call", "callback", "table", "layout", "variable"});
  contract_.plugin = text(root, "plugin", "");
  contract_.threads = count(root, "threads", kThreads);
  contract_.repeat = count(root, "repeat", kRepeat);
  for (const toml::table *one : tables(root, "layout")) read_layout(*one);
  for (const toml::table *one : tables(root, "callback")) read_callback(*one);
  for (const toml::table *one : tables(root, "table")) read_table(*one);
  for (const toml::table *one : tables(root, "variable")) read_variable(*one);
  for (const toml::table *one : tables(root, "call")) read_call(*one);
  if (contract_.calls.empty())
    throw Error(Blame::Usage, file(), "is a contract without a call",
                "add a [[call]], or let `crossheap contract draft` write them");
  for (const Value &value : values_)
    if (value.alive && value.must_end)
      throw Error(Blame::Usage, fmt::format("{}:{}", file(), value.line),
                  fmt::format("nobody releases '{}'", value.name),
                  "say who does by `release`, or destroy it in a later call by { destroy = \"...\" }");
}

// A draft says "?" where only the author knows. The first one in the file is named: toml++ sorts tables by key.
void Reader::refuse_unfinished(const toml::table &root) const {
  std::vector<Mark> marks;
  find_marks(root, {}, marks);
  if (marks.empty()) return;
  const auto first = std::min_element(marks.begin(), marks.end(), [](const Mark &a, const Mark &b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  fail(first->line,
       fmt::format("the contract is not finished: `{}` still has a question mark{}", printable_name(first->key),
                   marks.size() == 1 ? "" : fmt::format(", and so have {} more", marks.size() - 1)),
       first->key == "release" ? fmt::format("say who releases the block: {}; or delete the call", kWhoReleases)
                               : "fill it in, or delete the call; a text that is a question mark is { text = \"?\" }");
}

// "api.create": a member of a kept structure; or `through` with `offset` or `virtual`.
void Reader::find_function(const toml::table &table, Call &call) {
  const std::string through = text(table, "through", "");
  const bool has_offset = find(table, "offset") != nullptr;
  const bool has_virtual = find(table, "virtual") != nullptr;
  if (through.empty()) {
    if (has_offset || has_virtual)
      fail(call.line, "`offset` and `virtual` stand without `through`", "add through = \"NAME\" of a kept value");
    call.function = name(table, "function");
    return;
  }
  if (has_offset && has_virtual)
    fail(call.line, "`offset` and `virtual` cannot both say where the function is", "leave one out");
  const Value &value = value_named(through, call.line);
  if (!value.is_pointer) fail(call.line, fmt::format("'{}' is no pointer", through), kPage);
  call.through = index_of(value);
  if (has_virtual) {
    call.is_virtual = true;
    call.offset = static_cast<std::uint64_t>(number(table, "virtual", 0, 0, kOffset / 8)) * 8;
  } else if (has_offset) {
    call.offset = static_cast<std::uint64_t>(number(table, "offset", 0, 0, kOffset));
  } else {
    const std::string member = name(table, "function");
    const auto layout =
        std::find_if(layouts_.begin(), layouts_.end(), [&](const Layout &one) { return one.name == value.layout; });
    if (layout == layouts_.end())
      fail(call.line, fmt::format("nothing says where '{}' has its functions", through),
           fmt::format("add `offset` or `virtual` here, or layout = \"...\" in line {}", value.line));
    std::vector<std::string_view> names;
    for (const Member &one : layout->members) names.push_back(one.name);
    const auto found = std::find(names.begin(), names.end(), member);
    if (found == names.end()) {
      const std::string_view near = nearest(member, names);
      fail(call.line, fmt::format("the layout '{}' has no member '{}'", layout->name, printable_name(member)),
           near.empty() ? "add it to the layout" : fmt::format("did you mean '{}'?", near));
    }
    call.offset = layout->members[static_cast<std::size_t>(found - names.begin())].offset;
  }
  call.function = text(table, "function",
                       fmt::format("{} {} of {}", call.is_virtual ? "virtual function" : "function at",
                                   call.is_virtual ? call.offset / 8 : call.offset, through));
}

void Reader::read_call(const toml::table &table) {
  only(table, {"function", "through", "offset", "virtual", "signature", "arguments", "returns", "release", "slot",
               "save", "layout", "nullable", "expect", "threads", "repeat", "thread"});
  Call call;
  call.line = line_of(table);
  find_function(table, call);
  call.signature = signature(table);
  call.threads = count(table, "threads", kThreads);
  call.repeat = count(table, "repeat", kRepeat);
  if (const std::string thread = text(table, "thread", "main"); thread == "own")
    call.own_thread = true;
  else if (thread != "main")
    fail(call.line, fmt::format("`thread` is \"{}\"", printable_name(thread)),
         "write \"own\": a thread is started for the call and ended after it");
  const bool several = call.threads > 1 || call.repeat > 1;
  const toml::array *arguments = array(table, "arguments");
  const std::size_t given = arguments == nullptr ? 0 : arguments->size();
  if (given != call.signature.parameters.size())
    fail(arguments == nullptr ? call.line : line_of(*arguments),
         fmt::format("the signature has {} parameters and `arguments` {}", call.signature.parameters.size(), given),
         "give one argument for each parameter, in order");
  for (std::size_t i = 0; i < given; ++i)
    call.arguments.push_back(argument(*arguments->get(i), call.signature.parameters[i], i, several));
  call.outcome = outcome(table, call.signature.result, {}, several);
  contract_.calls.push_back(std::move(call));
}

bool Contract::hands_over_allocator() const {
  return std::any_of(callbacks.begin(), callbacks.end(),
                     [](const Callback &callback) { return callback.kind != Callback::Kind::Own; });
}

Contract parse(std::string_view text, const std::filesystem::path &file) {
  const std::string shown = printable_name(file.string());
  const toml::table root =
      parse_toml(text, shown, "correct the line; `crossheap contract draft` writes one to start from");
  Contract contract;
  contract.file = file;
  Reader(shown, contract).read(root);
  return contract;
}

Contract read(const std::filesystem::path &file) {
  return parse(read_toml_text(file, "contract", "name a contract file"), file);
}

}  // namespace crossheap::contract
