// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/spelling.h"

#include <utf8cpp/utf8.h>

#include <charconv>
#include <iterator>

namespace crossheap {

std::string from_printable(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    unsigned value = 0;
    const char *const first = text.data() + 2;
    const auto has_digits = [&](char letter, std::size_t digits) {
      return text.size() >= 2 + digits && text[0] == '\\' && text[1] == letter &&
             std::from_chars(first, first + digits, value, 16).ptr == first + digits;
    };
    if (has_digits('x', 2)) {
      bytes += static_cast<char>(value);
      text.remove_prefix(4);
    } else if (has_digits('u', 4)) {
      utf8::unchecked::append(char32_t{value}, std::back_inserter(bytes));
      text.remove_prefix(6);
    } else if (text.starts_with("\\n") || text.starts_with("\\t")) {
      bytes += text[1] == 'n' ? '\n' : '\t';
      text.remove_prefix(2);
    } else {
      bytes += text.front();
      text.remove_prefix(1);
    }
  }
  return bytes;
}

}  // namespace crossheap
