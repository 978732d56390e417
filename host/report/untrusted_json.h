// SPDX-License-Identifier: MIT OR Apache-2.0
//
// JSON from anybody. Before it becomes a tree its size, its depth and its number of values are bounded: a tree takes
// about 60 bytes a value, and what walks it (also the library's own writer) goes down by recursion.
#pragma once

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace crossheap::report {

/// Reads all of `in`, whose order of members is kept. Throws Error (Blame::Usage) about `object` where it is no JSON,
/// or larger or deeper than any result of crossheap. \param next_step  what to do then
nlohmann::ordered_json read_untrusted_json(std::istream &in, std::string_view object, std::string_view next_step);

}  // namespace crossheap::report
