// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The way back from base/text.h's printable_name(): what a report prints of a name, a person can type.
#pragma once

#include <string>
#include <string_view>

namespace crossheap {

/// The bytes that printable_name() would print as `text`; of several, those with the most escapes.
std::string from_printable(std::string_view text);

}  // namespace crossheap
