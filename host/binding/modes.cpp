// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/modes.h"

#include <vector>

namespace crossheap::binding {

std::span<const LoadMode> load_modes() noexcept {
  static const std::vector<LoadMode> kModes = [] {
    std::vector<LoadMode> immediate;
    for (const LoadMode &mode : kLoadModes)
      if (!mode.lazy()) immediate.push_back(mode);
    return immediate;
  }();
  return kModes;
}

OpenMode open_mode_of(const LoadMode &mode) noexcept {
  return {.global = mode.global(), .deepbind = mode.deepbind(), .new_namespace = mode.new_namespace()};
}

std::optional<OpenMode> open_mode_named(std::string_view name) noexcept {
  if (name == "noload") return OpenMode{.no_load = true};
  if (name == "global+noload") return OpenMode{.global = true, .no_load = true};
  const LoadMode *mode = find_load_mode(name);
  return mode == nullptr || mode->lazy() || mode->preload() ? std::nullopt : std::optional(open_mode_of(*mode));
}

}  // namespace crossheap::binding
