// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An Inspection as text for people: what it is, what is inside, who is asked for memory, what is wrong.
#pragma once

#include <string>

#include "inspect/inspection.h"

namespace crossheap::report {

/// All that is known of one file; lines without trailing blanks, the last one ended.
std::string full_text(const inspect::Inspection &inspection);

/// What of a file in a folder deserves a line or more: an allocator inside, or a finding that is more than a note; ""
/// for all others.
std::string brief_text(const inspect::Inspection &inspection);

/// "jemalloc 5.3.0, prefix _rjem_, hidden"
std::string in_words(const inspect::AllocatorInside &allocator);

}  // namespace crossheap::report
