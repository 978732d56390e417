// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Where a saved result, a list of expectations or of suppressions is read from.
#pragma once

#include <fstream>
#include <string>
#include <string_view>

namespace crossheap::cli {

inline constexpr std::string_view kMadeByWriteExpect = "make it with --write-expect FILE";
inline constexpr std::string_view kMadeByJson = "give a file that `--format json -o FILE` wrote";

/// Opens a file of the user's for reading. Throws Error (Blame::Usage) with the reason where that cannot be done, and
/// for a folder or a device, which may have no end. \param next_step  of the error: where such a file comes from; may
/// be empty
std::ifstream opened(const std::string &file, std::string_view next_step = {});

}  // namespace crossheap::cli
