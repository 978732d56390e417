// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace crossheap::check {

/// Of a host that refused a plugin with this output: the next step, as a clause, where a neighbour of the plugin has
/// the symbol that the loader did not find; "" where none has, or where that is not why.
std::string neighbour_with_missing_symbol(const std::filesystem::path &plugin, std::string_view output);

}  // namespace crossheap::check
