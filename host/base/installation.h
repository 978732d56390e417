// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Where the files are that belong to the running program: the agent, the observer, the builds of the experiment.
#pragma once

#include <filesystem>
#include <string_view>

namespace crossheap {

/// ../lib/crossheap from the program's own folder, in a build tree as in an installation that was moved. Without /proc
/// the path by which the program was started tells it, and where that leads nowhere, the place of the installation.
std::filesystem::path library_folder();

/// A file in it. Throws Error where it is missing.
std::filesystem::path library_file(std::string_view name);

/// ../share/crossheap, found in the same way: what is no program and no library, such as the profiles of hosts.
std::filesystem::path data_folder();

}  // namespace crossheap
