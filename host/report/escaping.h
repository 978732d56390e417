// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Names come from strangers' files and command lines: in a report, what markdown or HTML would read as markup stands
// for itself.
#pragma once

#include <string>
#include <string_view>

namespace crossheap::report {

/// For the text of an HTML element. Attributes need more: quotes.
std::string html_escaped(std::string_view text);

/// For markdown, which also reads HTML.
std::string markdown_escaped(std::string_view text);

}  // namespace crossheap::report
