// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/error.h"

#include <fmt/format.h>

#include <cstring>

#include "base/text.h"

namespace crossheap {

namespace {

std::string sentence(std::string_view object, std::string_view reason, std::string_view next_step) {
  std::string text = fmt::format("{}: {}", printable_name(object), printable(reason));
  if (!next_step.empty()) text += fmt::format("\n  next: {}", printable(next_step));
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
