// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The private folder of one run of a host: what stands in it before the run, and by which path the host is told of a
// plugin.
//
// A host is told that path in its own language: Python's, a configuration's, a shell's. A quote or a space in it would
// end a text there, and the host would fail for what is not the plugin's doing. Nobody can quote for all languages, a
// user's own profile among them. So a link in the folder leads to as much of the path as has such characters, and the
// host is told the way through it. What lies beside the plugin lies beside it there as well.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "profile/profile.h"

namespace crossheap::check {

/// The characters that mean nothing in any host's language.
inline constexpr std::string_view kPlainCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./+-";

/// Below `parent`, for the run of that number, which may write there. Throws Error where it cannot be made.
std::filesystem::path make_run_folder(const std::filesystem::path &parent, std::uint64_t number);

/// `plugin` by a path of plain characters alone; the same where it has such a one.
/// \param place  of the plugin among those that the run opens
/// Throws Error where the link cannot be made.
profile::PluginWords plainly_called(profile::PluginWords plugin, const std::filesystem::path &folder,
                                    std::size_t place);

/// Puts the files and links of a profile into the folder, which is `words.folder`. Throws Error where one cannot be
/// made.
void place_files(const std::vector<profile::Placed> &placed, const profile::Words &words);

}  // namespace crossheap::check
