// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/escaping.h"

namespace crossheap::report {

std::string html_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else if (c == '&')
      escaped += "&amp;";
    else
      escaped += c;
  }
  return escaped;
}

// A backslash in front of ASCII punctuation makes it stand for itself.
std::string markdown_escaped(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_[]#|~$@";
  std::string escaped;
  for (const char c : html_escaped(text)) {
    if (kMarkup.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace crossheap::report
