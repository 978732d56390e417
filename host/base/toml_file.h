// SPDX-License-Identifier: MIT OR Apache-2.0
//
// TOML files from anybody: contracts and profiles. toml++ bounds how deep values nest and not how many parts a dotted
// key has, of which each is a table in a table: whoever walks those goes down by recursion, its own destructors too.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/toml.h"

namespace crossheap {

/// The text of a regular file of at most 1 MiB. Throws Error (Blame::Usage) where it is none.
/// \param kind  what the file is to be: "contract"
std::string read_toml_text(const std::filesystem::path &file, std::string_view kind, std::string_view next_step);

/// Throws Error (Blame::Usage), which names the line, where the text is no TOML, or nested deeper than any.
/// \param shown  the file, for messages
toml::table parse_toml(std::string_view text, const std::string &shown, std::string_view next_step);

}  // namespace crossheap
