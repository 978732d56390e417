// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Outcomes as the entries of "files" in a crossheap.inspect/1 document (docs/inspect.md).
#pragma once

#include <string>

#include "inspect/run.h"

namespace crossheap::report {

/// One line of JSON. Bytes of a file that are no UTF-8 become U+FFFD. Not for Ignored.
std::string json_text(const inspect::Outcome &outcome);

}  // namespace crossheap::report
