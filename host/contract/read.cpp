// SPDX-License-Identifier: MIT OR Apache-2.0
//
// From TOML to a contract. toml++ knows the line of each value, so every message names one. The calls are read in their
// order, and a value is known from the call that keeps it to the call that destroys it: what a call uses must be alive
// there. So the program that makes the calls has nothing left to check. How a value stands in TOML is in fields.h, and
// how a type is written in types.h.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "base/toml_file.h"
#include "contract/contract.h"
#include "contract/fields.h"
#include "contract/types.h"

namespace crossheap::contract {

namespace {

constexpr std::int64_t kThreads = 64;
constexpr std::int64_t kRepeat = 1'000'000;
constexpr std::int64_t kBufferBytes = std::int64_t{16} << 20;
constexpr std::int64_t kOffset = std::int64_t{1} << 20;
constexpr std::size_t kCallbacks = 16;  // the host of the drills has so many functions to give

constexpr std::array<std::pair<std::string_view, Release>, 6> kReleases{{{"free", Release::Free},
                                                                         {"delete", Release::Delete},
                                                                         {"delete[]", Release::DeleteArray},
                                                                         {"destructor", Release::Destructor},
                                                                         {"host", Release::Host},
                                                                         {"never", Release::Never}}};

constexpr std::string_view kWhoReleases =
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

class Reader : Fields {
public:
  Reader(std::string file, Contract &contract) : Fields(std::move(file)), contract_(contract) {}

  void read(const toml::table &root) {
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

  // A draft says "?" where only the author knows. The first one in the file is named: toml++ sorts tables by key.
  struct Mark {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    std::string key;
    std::string value;
  };
  static void find_marks(const toml::node &node, std::string_view key, std::vector<Mark> &marks) {
    if (const auto *value = node.as_string(); value != nullptr && key != "text") {
      const bool in_signature = key == "signature" && value->get().find(kUnknown) != std::string::npos;
      if (in_signature || value->get() == kUnknown)
        marks.push_back({line_of(node), node.source().begin.column, std::string(key), value->get()});
    } else if (const toml::table *table = node.as_table()) {
      for (const auto &[name, inner] : *table) find_marks(inner, name.str(), marks);
    } else if (const toml::array *array = node.as_array()) {
      for (const toml::node &element : *array) find_marks(element, key, marks);
    }
  }
  void refuse_unfinished(const toml::table &root) const {
    std::vector<Mark> marks;
    find_marks(root, {}, marks);
    if (marks.empty()) return;
    const auto first = std::min_element(marks.begin(), marks.end(), [](const Mark &a, const Mark &b) {
      return std::pair(a.line, a.column) < std::pair(b.line, b.column);
    });
    fail(first->line,
         fmt::format("the contract is not finished: `{}` still has a question mark{}", printable_name(first->key),
                     marks.size() == 1 ? "" : fmt::format(", and so have {} more", marks.size() - 1)),
         first->key == "release"
             ? fmt::format("say who releases the block: {}; or delete the call", kWhoReleases)
             : "fill it in, or delete the call; a text that is a question mark is { text = \"?\" }");
  }

  Type type_named(std::string_view words, std::uint32_t line) const {
    if (const auto type = find_type(words)) return *type;
    const std::vector<std::string_view> names = type_names();
    const std::string_view near = nearest(without_suffix(trimmed(words)), names);
    fail(line, fmt::format("\"{}\" is no type", printable_name(trimmed(words))),
         fmt::format("{}the types are {}; a structure passes by its address, as pointer",
                     near.empty() ? "" : fmt::format("did you mean {}? ", near), fmt::join(names, ", ")));
  }

  Signature signature(const toml::table &table) const {
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
  Release release(const toml::table &table, std::string &function, std::uint32_t &slot) const {
    const std::string words = name(table, "release");
    for (const auto &[known, release] : kReleases)
      if (known == words) {
        if (release == Release::Destructor) slot = static_cast<std::uint32_t>(number(table, "slot", 1, 0, kOffset / 8));
        return release;
      }
    function = words;
    return Release::Function;
  }

  Value &value_named(const std::string &name, std::uint32_t line) {
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
  int index_of(const Value &value) const { return static_cast<int>(&value - values_.data()); }

  int keep(std::string name, std::string layout, std::uint32_t line, bool must_end, bool ends_by_release,
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
  Outcome outcome(const toml::table &table, Type type, std::string_view saved_as, bool several) {
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

  void check_layout(const std::string &name, std::uint32_t line) const {
    if (name.empty()) return;
    if (std::none_of(layouts_.begin(), layouts_.end(), [&](const Layout &one) { return one.name == name; }))
      fail(line, fmt::format("there is no [[layout]] '{}'", printable_name(name)), "add one, or use `offset`");
  }

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

  void must_fit(const Parameter &parameter, bool pointer, std::uint32_t line, std::size_t position) const {
    if (parameter.out)
      fail(line, fmt::format("argument {} is for an out-parameter", position + 1), "write { out = \"NAME\" }");
    if (is_pointer(parameter.type) != pointer)
      fail(line, fmt::format("argument {} does not fit its type in the signature", position + 1), kPage);
  }

  Argument argument(const toml::node &node, const Parameter &parameter, std::size_t position, bool several) {
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

  void must_fit_number(const Parameter &parameter, std::int64_t number, std::uint32_t line,
                       std::size_t position) const {
    if (parameter.out || !is_integer(parameter.type))
      fail(line, fmt::format("argument {} is a number, and the signature wants something else", position + 1),
           is_pointer(parameter.type) ? "the null pointer is { null = true }" : kPage);
    const auto [least, most] = range_of(parameter.type);
    if (number < least || number > most)
      fail(line, fmt::format("argument {} does not fit into its type", position + 1),
           fmt::format("it holds {} to {}", least, most));
  }

  Argument argument_of_table(const toml::table &table, const Parameter &parameter, std::size_t position, bool several) {
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
          fail(line,
               fmt::format("'{}' is released as line {} says, and cannot be destroyed too", value.name, value.line),
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

  void read_layout(const toml::table &table) {
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

  void read_callback(const toml::table &table) {
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
      if (!is_pointer(made.signature.result))
        fail(made.line, "the callback returns no pointer in its signature", kPage);
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

  void read_table(const toml::table &table) {
    only(table, {"name", "members"});
    Table made;
    made.name = name(table, "name");
    made.line = line_of(table);
    if (std::any_of(contract_.tables.begin(), contract_.tables.end(),
                    [&](const Table &one) { return one.name == made.name; }))
      fail(made.line, fmt::format("there are two [[table]] '{}'", made.name), "give one another name");
    const toml::node *node = find(table, "members");
    constexpr std::string_view kForm = R"(write members = [{ uint32 = 1 }, { callback = "NAME" }, { text = "..." }])";
    if (node == nullptr || node->as_array() == nullptr || node->as_array()->empty() ||
        node->as_array()->size() > kCalls)
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

  void read_variable(const toml::table &table) {
    only(table, {"symbol", "save", "layout"});
    Variable made;
    made.symbol = name(table, "symbol");
    made.line = line_of(table);
    made.value = keep(name(table, "save"), text(table, "layout", ""), made.line, false, false, true);
    check_layout(values_.back().layout, made.line);
    contract_.variables.push_back(std::move(made));
  }

  // "api.create": a member of a kept structure; or `through` with `offset` or `virtual`.
  void find_function(const toml::table &table, Call &call) {
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

  void read_call(const toml::table &table) {
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

  Contract &contract_;
  std::vector<Layout> layouts_;
  std::vector<Value> values_;  // their numbers are those of Contract::values
};

}  // namespace

bool Contract::hands_over_allocator() const {
  return std::any_of(callbacks.begin(), callbacks.end(),
                     [](const Callback &callback) { return callback.kind != Callback::Kind::Own; });
}

std::string_view name_of(Release release) noexcept {
  for (const auto &[name, one] : kReleases)
    if (one == release) return name;
  return "";
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
