// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The files of /proc and of control groups: they have no size to ask for, what stands in one is made when it is read,
// and what is written into one is a command that the kernel takes or refuses.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace crossheap::sandbox {

/// All that stands in it; "" where it cannot be read.
std::string read_kernel_file(const std::filesystem::path &path);

/// \return whether the kernel took it
bool write_kernel_file(const std::filesystem::path &path, std::string_view text);

}  // namespace crossheap::sandbox
