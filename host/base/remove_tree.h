// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <filesystem>

namespace crossheap {

/// Removes `folder` and all that is in it, links not followed: also what a hostile program leaves there, folders that
/// may not be listed and a chain of them that is longer than any path. It takes two descriptors, however deep that is.
/// What cannot be removed stays. Nobody else may be moving folders in it.
void remove_tree(const std::filesystem::path &folder) noexcept;

}  // namespace crossheap
