// SPDX-License-Identifier: MIT OR Apache-2.0
//
// How --expect of `matrix` and of `check` tell what is not as it was pinned.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crossheap::cli {

/// A case of `matrix`, or a cell of `check`, that is not as the file says.
struct Difference {
  std::string name;      ///< any bytes
  std::string expected;  ///< "" where the file does not have it
  std::string got;       ///< "" where it was expected and did not take part
};

/// What a verb calls what it compares.
struct Compared {
  std::string_view noun;       ///< "case"
  std::string_view took_part;  ///< "run", behind "was not"
  std::string_view look;       ///< how to look at one, with "; " behind it; or ""
};

/// Tells the differences on standard error, and how to pin them. The exit status: kFindings where there are some.
int report_differences(const std::vector<Difference> &differences, const Compared &compared, const std::string &file);

}  // namespace crossheap::cli
