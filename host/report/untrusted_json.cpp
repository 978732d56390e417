// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/untrusted_json.h"

#include <fmt/format.h>

#include <array>
#include <istream>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "base/text.h"

namespace crossheap::report {

namespace {

constexpr std::size_t kMostBytes = 512 << 20;
constexpr std::size_t kMostValues = 20'000'000;
constexpr std::size_t kMostDepth = 60;
/// Of one object: each is looked for among those before it. Results have a few dozen.
constexpr std::size_t kMostMembers = 1'000;
/// What is wrong, without the object and the next step; "" where nothing is.
using Reason = std::string;

Reason read_whole(std::istream &in, std::string &text) {
  std::array<char, 1 << 16> part{};
  while (in.read(part.data(), part.size()) || in.gcount() > 0) {
    text.append(part.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMostBytes) return fmt::format("is larger than any result ({} bytes)", with_commas(kMostBytes));
  }
  return {};
}

// Commas and brackets outside of strings: at least as many as the values behind the first.
Reason check_size(std::string_view text) {
  struct Level {
    std::size_t commas = 0;
    bool is_object = false;
  };
  std::array<Level, kMostDepth + 1> levels{};
  std::size_t depth = 0;
  std::size_t values = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      ++values;
      if (++depth > kMostDepth) return "is nested deeper than any result";
      levels[depth] = {.commas = 0, .is_object = c == '{'};
    } else if (c == ']' || c == '}') {
      if (depth > 0) --depth;
    } else if (c == ',') {
      ++values;
      if (++levels[depth].commas >= kMostMembers && levels[depth].is_object)
        return fmt::format("holds an object of more than {} members, more than any result", with_commas(kMostMembers));
    }
    if (values > kMostValues)
      return fmt::format("holds more than {} values, more than any result", with_commas(kMostValues));
  }
  return {};
}

}  // namespace

nlohmann::ordered_json read_untrusted_json(std::istream &in, std::string_view object, std::string_view next_step) {
  std::string text;
  Reason wrong = read_whole(in, text);
  if (wrong.empty()) wrong = check_size(text);
  if (!wrong.empty()) throw Error(Blame::Usage, object, wrong, next_step);
  try {
    return nlohmann::ordered_json::parse(text);
  } catch (const nlohmann::json::exception &broken) {
    throw Error(Blame::Usage, object, fmt::format("is not a result of crossheap ({})", broken.what()), next_step);
  }
}

}  // namespace crossheap::report
