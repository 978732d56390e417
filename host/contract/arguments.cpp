// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One function says for each structure which fields it has and in which order; writing and reading are two ways of
// visiting them, so they cannot differ.
#include "contract/arguments.h"

#include <charconv>
#include <cstring>
#include <type_traits>

namespace crossheap::contract {

namespace {

class Writer {
public:
  std::vector<std::string> words;

  void operator()(const std::string &text) { words.push_back(text); }
  void operator()(const double &real) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &real, sizeof bits);
    words.push_back(std::to_string(bits));
  }
  template <typename T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void operator()(const T &number) { words.push_back(std::to_string(static_cast<std::int64_t>(number))); }
  template <typename T>
  void operator()(const std::optional<T> &maybe) {
    (*this)(maybe.has_value());
    if (maybe) (*this)(*maybe);
  }
  template <typename T>
  void operator()(const std::vector<T> &list) {
    (*this)(list.size());
    for (const T &one : list) (*this)(one);
  }
  template <typename T>
  requires std::is_class_v<T>
  void operator()(const T &structure) { visit(*this, structure); }
};

class Reader {
public:
  explicit Reader(std::span<char *const> words) : words_(words) {}
  bool at_end() const { return good_ && words_.empty(); }

  void operator()(std::string &text) {
    if (const char *word = next()) text = word;
  }
  void operator()(double &real) {
    std::uint64_t bits = 0;
    (*this)(bits);
    std::memcpy(&real, &bits, sizeof real);
  }
  template <typename T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void operator()(T &number) {
    const char *word = next();
    if (word == nullptr) return;
    std::int64_t value = 0;
    const char *end = word + std::strlen(word);
    if (std::from_chars(word, end, value).ptr != end) good_ = false;
    number = static_cast<T>(value);
  }
  template <typename T>
  void operator()(std::optional<T> &maybe) {
    bool there = false;
    (*this)(there);
    if (there && good_) (*this)(maybe.emplace());
  }
  template <typename T>
  void operator()(std::vector<T> &list) {
    std::size_t size = 0;
    (*this)(size);
    if (size > words_.size()) good_ = false;  // each entry is a word at least
    for (std::size_t i = 0; good_ && i < size; ++i) (*this)(list.emplace_back());
  }
  template <typename T>
  requires std::is_class_v<T>
  void operator()(T &structure) { visit(*this, structure); }

private:
  const char *next() {
    if (words_.empty()) good_ = false;
    if (!good_) return nullptr;
    const char *word = words_.front();
    words_ = words_.subspan(1);
    return word;
  }

  std::span<char *const> words_;
  bool good_ = true;
};

template <typename T, typename U>
concept Is = std::is_same_v<std::remove_const_t<T>, U>;

// Found by argument-dependent lookup, so declared in no order.
template <typename Visitor, Is<Parameter> T>
void visit(Visitor &each, T &one) {
  each(one.type), each(one.out);
}
template <typename Visitor, Is<Signature> T>
void visit(Visitor &each, T &one) {
  each(one.result), each(one.parameters);
}
template <typename Visitor, Is<Outcome> T>
void visit(Visitor &each, T &one) {
  each(one.release), each(one.function), each(one.slot), each(one.value), each(one.nullable);
  each(one.expected_number), each(one.expected_text);
}
template <typename Visitor, Is<Argument> T>
void visit(Visitor &each, T &one) {
  each(one.kind), each(one.number), each(one.real), each(one.text), each(one.index), each(one.with), each(one.outcome);
}
template <typename Visitor, Is<Call> T>
void visit(Visitor &each, T &one) {
  each(one.function), each(one.through), each(one.offset), each(one.is_virtual), each(one.signature);
  each(one.arguments), each(one.outcome), each(one.threads), each(one.repeat), each(one.own_thread), each(one.line);
}
template <typename Visitor, Is<Callback::Received> T>
void visit(Visitor &each, T &one) {
  each(one.argument), each(one.release), each(one.function);
}
template <typename Visitor, Is<Callback> T>
void visit(Visitor &each, T &one) {
  each(one.name), each(one.kind), each(one.signature), each(one.received), each(one.number), each(one.text);
  each(one.gives), each(one.line);
}
template <typename Visitor, Is<Table::Member> T>
void visit(Visitor &each, T &one) {
  each(one.type), each(one.number), each(one.callback), each(one.text);
}
template <typename Visitor, Is<Table> T>
void visit(Visitor &each, T &one) {
  each(one.name), each(one.members), each(one.line);
}
template <typename Visitor, Is<Variable> T>
void visit(Visitor &each, T &one) {
  each(one.symbol), each(one.value), each(one.line);
}
template <typename Visitor, Is<Contract> T>
void visit(Visitor &each, T &one) {
  each(one.threads), each(one.repeat), each(one.values), each(one.variables), each(one.callbacks), each(one.tables);
  each(one.calls);
}

}  // namespace

std::vector<std::string> as_arguments(const Contract &contract) {
  Writer writer;
  writer(contract);
  return std::move(writer.words);
}

std::optional<Contract> from_arguments(std::span<char *const> words) {
  Contract contract;
  Reader reader(words);
  reader(contract);
  if (!reader.at_end()) return std::nullopt;
  return contract;
}

}  // namespace crossheap::contract
