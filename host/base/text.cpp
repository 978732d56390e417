// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Globs are matched here and not by fnmatch(3), which tries every way to divide a name among the stars: a hostile name
// and a glob of many stars would take for ever. Here each part between two stars is taken at the first place where it
// fits, which comes to the same. For "*a*b" and "xaab": the first star takes "x", then "a" fits; the second star takes
// "a"; "b" fits.
//
// Names that come from strangers' files may hold anything. utf8cpp finds the bytes that are no UTF-8; the characters
// that move the cursor, hide or reorder text are a list of ours (is_control), after Unicode's UAX #9.
#include "base/text.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <utf8cpp/utf8.h>

#include <algorithm>
#include <numeric>
#include <optional>

namespace crossheap {

namespace {

// The length of the pattern for one character that `glob` begins with: "[a-z]", "\\*", "?", "a".
std::size_t length_of_one(std::string_view glob) {
  if (glob[0] == '\\') return std::min<std::size_t>(2, glob.size());
  if (glob[0] != '[') return 1;
  const std::size_t first = glob.size() > 1 && (glob[1] == '!' || glob[1] == '^') ? 2 : 1;
  // A ] that comes first is meant itself, and one that ends a class, as in [[:digit:]], does not end the set.
  for (std::size_t at = first; at < glob.size(); ++at) {
    if (glob[at] == ']' && at > first) return at + 1;
    if (glob.substr(at, 2) != "[:") continue;
    const std::size_t end = glob.find(":]", at + 2);
    if (end != std::string_view::npos) at = end + 1;
  }
  return 1;
}

bool matches_one(std::string_view pattern, char character) {
  if (pattern == "?") return true;
  if (pattern.size() == 2 && pattern[0] == '\\') return pattern[1] == character;
  if (pattern.size() == 1) return pattern[0] == character;
  std::string_view set = pattern.substr(1, pattern.size() - 2);
  const bool inverted = set[0] == '!' || set[0] == '^';
  if (inverted) set.remove_prefix(1);
  // Classes such as [:alpha:] are rare in names; fnmatch knows them, and one character costs it nothing.
  if (set.find("[:") != std::string_view::npos)
    return ::fnmatch(std::string(pattern).c_str(), std::string(1, character).c_str(), 0) == 0;
  const auto order = [](char c) { return static_cast<unsigned char>(c); };
  bool found = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const bool is_range = i + 2 < set.size() && set[i + 1] == '-';
    const char last = is_range ? set[i + 2] : set[i];
    found = found || (order(character) >= order(set[i]) && order(character) <= order(last));
    if (is_range) i += 2;
  }
  return found != inverted;
}

}  // namespace

bool matches_glob(std::string_view glob, std::string_view text) {
  // fnmatch(3) tries every way to divide the text among the stars. Matching the parts between stars one after the
  // other, each at the first place where it fits, comes to the same in the product of the lengths.
  std::size_t at = 0;
  std::size_t in = 0;
  std::optional<std::size_t> after_star;
  std::size_t star_ends = 0;
  while (in < text.size()) {
    if (at < glob.size() && glob[at] == '*') {
      after_star = ++at;
      star_ends = in;
    } else if (const std::size_t length = at < glob.size() ? length_of_one(glob.substr(at)) : 0;
               length != 0 && matches_one(glob.substr(at, length), text[in])) {
      at += length;
      ++in;
    } else if (after_star) {
      at = *after_star;
      in = ++star_ends;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', at) == std::string_view::npos;
}

bool is_glob(std::string_view text) { return text.find_first_of("*?[") != std::string_view::npos; }

namespace {

// The Levenshtein distance, one row at a time.
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < other.size(); ++j) {
      const std::size_t substituted = diagonal + (one[i] == other[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

// Characters that change how the text around them is shown, or where a line ends: C0 and C1 controls, line and
// paragraph separators, the marks of the bidirectional algorithm (UAX #9), invisible spaces and joiners, the byte order
// mark.
bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

// `bytes` with what is_control() or no UTF-8 (RFC 3629) escaped; the characters of `kept` stay.
std::string escaped(std::string_view bytes, std::u32string_view kept) {
  std::string text;
  text.reserve(bytes.size());
  const char *at = bytes.data();
  const char *const end = at + bytes.size();
  while (at != end) {
    for (const char *const broken = utf8::find_invalid(at, end); at != broken;) {
      const char *const start = at;
      const char32_t character = utf8::unchecked::next(at);
      if (!is_control(character) || kept.find(character) != std::u32string_view::npos)
        text.append(start, at);
      else if (character == '\n')
        text += "\\n";
      else if (character == '\t')
        text += "\\t";
      else
        text += character < 0x80 ? fmt::format("\\x{:02x}", std::uint32_t{character})
                                 : fmt::format("\\u{:04x}", std::uint32_t{character});
    }
    if (at != end) text += fmt::format("\\x{:02x}", static_cast<unsigned char>(*at++));
  }
  return text;
}

}  // namespace

std::string_view nearest(std::string_view typed, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, typed.size() / 3) + 1;
  for (std::string_view candidate : known) {
    const std::size_t d = distance(typed, candidate);
    if (d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  }
  return best;
}

std::string printable(std::string_view bytes) { return escaped(bytes, U"\n\t"); }

std::string printable_name(std::string_view bytes) { return escaped(bytes, {}); }

std::string with_commas(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

std::string enumeration(std::span<const std::string> words, std::string_view last_joint) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? fmt::format(" {} ", last_joint) : std::string(", ");
    text += words[i];
  }
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

void add_once(std::vector<std::string> &words, std::string_view word) {
  if (std::find(words.begin(), words.end(), word) == words.end()) words.emplace_back(word);
}

std::string shell_quoted(std::string_view word) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos) return std::string(word);
  // What would not be seen, or not stay, on a person's screen: in bash's $'...' every byte has a spelling.
  if (printable_name(word) != word) {
    std::string spelled = "$'";
    for (const char c : word) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '\'' || c == '\\')
        spelled += fmt::format("\\{}", c);
      else if (byte < 0x20 || byte >= 0x7f)
        spelled += fmt::format("\\x{:02x}", byte);
      else
        spelled += c;
    }
    return spelled + "'";
  }
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return quoted + "'";
}

}  // namespace crossheap
