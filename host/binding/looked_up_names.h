// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Whether a file may ask for a function by its name, told from its bytes alone. Who passes a name to dlsym has it as a
// text, or puts it together from pieces that are texts: "PyInit_" and "%s". Reading the code of a large library takes
// a second, looking for a text in it a few milliseconds; where no text fits, its code cannot show the name.
#pragma once

#include <cstddef>
#include <string_view>

namespace crossheap::binding {

/// A piece of a name is at least that long; shorter ones are in every file.
inline constexpr std::size_t kShortestPiece = 4;

/// Whether the bytes of `file` hold `name` with a zero byte behind it, or a text that is its beginning or its end.
/// Behind a beginning and before an end a conversion of printf may stand. [any-thread]
bool may_hold_name(std::string_view file, std::string_view name);

}  // namespace crossheap::binding
