// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include "loops.h"

namespace crossheap::bench {

/// The variants whose loops are in the shared library.
[[gnu::visibility("default")]] Variant direct_in_a_library();
[[gnu::visibility("default")]] Variant no_plt_in_a_library();
[[gnu::visibility("default")]] Variant abi_in_a_library();

}  // namespace crossheap::bench
