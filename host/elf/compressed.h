// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <filesystem>

namespace crossheap::elf {

/// Whether debugging information in the file at `path` is to be left alone: a compressed section says that it is far
/// larger than any compiler's would be (SHF_COMPRESSED, and .zdebug_* of old). libdw makes room for all of it at once.
/// False for a file that cannot be read; its reader will say so. [any-thread]
bool unpacks_beyond_reason(const std::filesystem::path &path);

}  // namespace crossheap::elf
