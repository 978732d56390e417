// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The scenarios that are linked into this image.
#pragma once

#include <span>

#include "scenarios/experiment.h"
#include "scenarios/scenario.h"

namespace crossheap::scenarios {

/// Every scenario registered with CROSSHEAP_SCENARIO in this image; lives as long as the image. [any-thread]
std::span<const crossheap_scenario *const> linked_scenarios();

/// What the references of this image are bound to. Lives as long as the image. [any-thread]
std::span<const crossheap_binding> linked_bindings();

}  // namespace crossheap::scenarios
