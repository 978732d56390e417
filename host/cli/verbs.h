// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The verbs of a program. There are two: crossheap has all of them (all_verbs.cpp); crossheap_quick, which ./run builds
// first, has the experiment alone (quick_verbs.cpp).
#pragma once

#include "cli/command.h"

namespace crossheap::cli {

/// Declares the verbs of this program on `app`; the work of the one that is chosen is put into `chosen`.
void add_verbs(CLI::App &app, Work &chosen);

}  // namespace crossheap::cli
