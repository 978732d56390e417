// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The ways in which a plugin comes into a process, as `crossheap bind` predicts them.
//
// The lazy forms of the experiment's modes are not among them: what a slot gets at its first call depends on when that
// is. Everything here is bound when it is loaded.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "binding/process.h"

namespace crossheap::binding {

struct LoadMode {
  std::string_view name;  ///< as typed
  std::string_view call;  ///< for people: "dlopen, RTLD_LOCAL"
  OpenMode open;
  bool is_preload = false;  ///< by LD_PRELOAD, not by dlopen
};

/// All of them, in the order in which they are shown.
std::span<const LoadMode> load_modes() noexcept;

/// The mode called so, or null.
const LoadMode *find_load_mode(std::string_view name) noexcept;

/// How a call of dlopen is named where several follow one another: by a load mode, or "noload" and "global+noload",
/// which only look at or promote what is there. nullopt for an unknown name and for "preload".
std::optional<OpenMode> open_mode_named(std::string_view name) noexcept;

}  // namespace crossheap::binding
