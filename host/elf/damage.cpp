// SPDX-License-Identifier: MIT OR Apache-2.0
#include "elf/damage.h"

#include <fmt/format.h>

#include <algorithm>

#include "elf/byte_view.h"

namespace crossheap::elf {

namespace {

// A file that was damaged on purpose may have millions of broken parts.
constexpr std::size_t kNamedAtMost = 20;

}  // namespace

void Damage::add(std::string_view what, std::string_view reason) {
  if (reason.starts_with(kMalformed)) reason.remove_prefix(kMalformed.size());
  add_sentence(fmt::format("{}: {}", what, reason));
}

void Damage::add(const Damage &other) {
  for (const std::string &sentence : other.parts_) add_sentence(sentence);
}

void Damage::add_sentence(std::string sentence) {
  if (parts_.size() < kNamedAtMost && std::find(parts_.begin(), parts_.end(), sentence) == parts_.end())
    parts_.push_back(std::move(sentence));
}

}  // namespace crossheap::elf
