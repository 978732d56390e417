// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace crossheap {

namespace {

/// What a stranger wrote may be one word of megabytes. Its beginning and its end tell it from others.
std::string without_endless_words(std::string_view text) {
  constexpr std::size_t kAtMost = 1'000;
  constexpr std::size_t kKept = 400;
  std::string shorter;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \n", begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    if (word.size() > kAtMost)
      shorter += fmt::format("{}...{}", word.substr(0, kKept), word.substr(word.size() - kKept));
    else
      shorter += word;
    if (end < text.size()) shorter += text[end];
    begin = end + 1;
  }
  return shorter;
}

std::string sentence(std::string_view object, std::string_view reason, std::string_view next_step) {
  std::string text = fmt::format("{}: {}", printable_name(object), printable(without_endless_words(reason)));
  if (!next_step.empty()) text += fmt::format("\n  next: {}", printable(without_endless_words(next_step)));
  return text;
}

}  // namespace

Error::Error(Blame blame, std::string_view object, std::string_view reason, std::string_view next_step)
    : std::runtime_error(sentence(object, reason, next_step)),
      blame_(blame),
      object_(object),
      reason_(reason),
      next_step_(next_step) {}

Error system_error(std::string_view object, std::string_view doing, int errno_value, std::string_view next_step) {
  return {Blame::Work, object, fmt::format("{}: {}", doing, std::strerror(errno_value)), next_step};
}

}  // namespace crossheap
