// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/looked_up_names.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace crossheap::binding {

namespace {

// Asks `is_wanted` about each place where `needle` stands, until one is.
template <class IsWanted>
bool any_place(std::string_view text, std::string_view needle, IsWanted is_wanted) {
  for (std::size_t at = 0; at + needle.size() <= text.size(); ++at) {
    // std::string_view::find looks for the first character alone; memmem skips.
    const void *const found = ::memmem(text.data() + at, text.size() - at, needle.data(), needle.size());
    if (found == nullptr) return false;
    at = static_cast<std::size_t>(static_cast<const char *>(found) - text.data());
    if (is_wanted(at)) return true;
  }
  return false;
}

}  // namespace

bool may_hold_name(std::string_view file, std::string_view name) {
  if (name.size() < kShortestPiece) return any_place(file, std::string(name) + '\0', [](std::size_t) { return true; });
  const bool begins = any_place(file, name.substr(0, kShortestPiece), [&](std::size_t at) {
    const std::string_view here = file.substr(at, name.size() + 1);
    const auto differs = std::mismatch(here.begin(), here.end(), name.begin(), name.end()).first;
    return differs != here.end() && (*differs == '\0' || *differs == '%');
  });
  if (begins) return true;
  const std::string end = std::string(name.substr(name.size() - kShortestPiece)) + '\0';
  return any_place(file, end, [&](std::size_t at) {
    // Backwards from the four that are known to fit.
    std::size_t left = name.size() - kShortestPiece;
    while (left > 0 && at > 0 && file[at - 1] == name[left - 1]) --left, --at;
    // "register" in any text: nobody puts a name together whose first part ends in the mark between them.
    if (left > 0 && name[left - 1] == '_') return false;
    if (at == 0 || file[at - 1] == '\0') return true;
    // "%s_init", "%.8s_init": the s has been taken for a letter of the name where that has one there.
    const std::string_view before = file.substr(at > 8 ? at - 8 : 0, std::min<std::size_t>(at, 8) + 1);
    const std::size_t percent = before.rfind('%');
    return percent != std::string_view::npos &&
           before.find_first_not_of("0123456789.*-lzs", percent + 1) >= before.size() - 1;
  });
}

}  // namespace crossheap::binding
