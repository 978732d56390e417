// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Text for people: globs as the shell knows them, near misses for "did you mean", counts and sizes, and
// bytes from a stranger (a plugin's output, a hostile file's strings) made fit for a terminal.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crossheap {

/// fnmatch(3) without special treatment of '/' or a leading '.'.
bool matches_glob(std::string_view glob, std::string_view text);

/// Whether `text` has one of the glob characters * ? [
bool is_glob(std::string_view text);

/// The entry of `known` that differs least from `typed`, or "" where none is near.
std::string_view nearest(std::string_view typed, std::span<const std::string_view> known);

/// Text of a stranger for a terminal: control characters and bytes that are no UTF-8 as \xNN, marks that reorder or
/// hide text as \uNNNN; newlines and tabs stay.
std::string printable(std::string_view bytes);

/// The same for a name (a file, a symbol, a build) that stands in a line of ours: newlines and tabs are escaped as
/// well.
std::string printable_name(std::string_view bytes);

/// "1,234,567"
std::string with_commas(std::uint64_t number);

/// "a, b and c"
std::string enumeration(std::span<const std::string> words, std::string_view last_joint = "and");

std::vector<std::string_view> split(std::string_view text, char separator);

/// Appends `word` where `words`, of which there are few, does not hold it.
void add_once(std::vector<std::string> &words, std::string_view word);

/// `word` as one argument of a POSIX shell command line, quoted only where that is needed.
std::string shell_quoted(std::string_view word);

}  // namespace crossheap
