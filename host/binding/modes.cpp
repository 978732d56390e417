// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/modes.h"

#include <algorithm>
#include <array>

namespace crossheap::binding {

namespace {

constexpr std::array<LoadMode, 6> kModes{{
    {"local", "dlopen, RTLD_LOCAL", {}},
    {"global", "dlopen, RTLD_GLOBAL", {.global = true}},
    {"deepbind", "dlopen, RTLD_LOCAL | RTLD_DEEPBIND", {.deepbind = true}},
    {"global+deepbind", "dlopen, RTLD_GLOBAL | RTLD_DEEPBIND", {.global = true, .deepbind = true}},
    {"namespace", "dlmopen, LM_ID_NEWLM", {.new_namespace = true}},
    {"preload", "LD_PRELOAD", {}, true},
}};

}  // namespace

std::span<const LoadMode> load_modes() noexcept { return kModes; }

const LoadMode *find_load_mode(std::string_view name) noexcept {
  const auto found =
      std::find_if(kModes.begin(), kModes.end(), [&](const LoadMode &mode) { return mode.name == name; });
  return found == kModes.end() ? nullptr : &*found;
}

std::optional<OpenMode> open_mode_named(std::string_view name) noexcept {
  if (name == "noload") return OpenMode{.no_load = true};
  if (name == "global+noload") return OpenMode{.global = true, .no_load = true};
  const LoadMode *mode = find_load_mode(name);
  return mode == nullptr || mode->is_preload ? std::nullopt : std::optional(mode->open);
}

}  // namespace crossheap::binding
