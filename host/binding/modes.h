// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The load modes (base/load_modes.h) that `crossheap bind` predicts.
//
// The lazy ones are not among them: what a slot gets at its first call depends on when that is. Everything here is
// bound when it is loaded.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/load_modes.h"
#include "binding/process.h"

namespace crossheap::binding {

/// The modes that are predicted, in the order in which they are shown.
std::span<const LoadMode> load_modes() noexcept;

/// What a call of dlopen or dlmopen asks for in this mode. Not for a mode that preloads.
OpenMode open_mode_of(const LoadMode &mode) noexcept;

/// How a call of dlopen is named where several follow one another: by a load mode, or "noload" and "global+noload",
/// which only look at or promote what is there. nullopt for an unknown name and for "preload".
std::optional<OpenMode> open_mode_named(std::string_view name) noexcept;

}  // namespace crossheap::binding
