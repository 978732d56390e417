// SPDX-License-Identifier: MIT OR Apache-2.0
#include "base/toml_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/error.h"
#include "base/owned_fd.h"
#include "base/text.h"

namespace crossheap {

namespace {

constexpr std::size_t kFileBytes = std::size_t{1} << 20;
constexpr std::size_t kPartsOfKey = 64;

/// Where a string that begins at `at` ends: behind its last quote, or at the end of the text.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const std::string three(3, quote);
  const bool of_lines = text.substr(at).starts_with(three);
  const std::string_view end = of_lines ? std::string_view(three) : std::string_view(three).substr(2);
  for (at += end.size(); at < text.size() && !text.substr(at).starts_with(end); ++at) {
    if (text[at] == '\\' && quote == '"') ++at;
    if (!of_lines && at < text.size() && text[at] == '\n') break;  // which toml++ complains of
  }
  return std::min(text.size(), at + end.size());
}

/// The line of a key with more parts than any, told by the dots that follow each other outside of strings.
std::optional<std::size_t> line_of_deep_key(std::string_view text) {
  std::size_t line = 1;
  std::size_t dots = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      const std::size_t end = end_of_string(text, at);
      line += static_cast<std::size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(at),
                                                  text.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
      at = end;
      continue;
    }
    if (c == '#')
      at = std::min(text.find('\n', at), text.size());
    else
      ++at;
    if (c == '\n') ++line;
    if (c == '.' && ++dots > kPartsOfKey) return line;
    if (c == '\n' || c == '=' || c == ',' || c == '#') dots = 0;
  }
  return std::nullopt;
}

}  // namespace

std::string read_toml_text(const std::filesystem::path &file, std::string_view kind, std::string_view next_step) {
  // A FIFO would wait for a writer.
  const OwnedFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd)
    throw Error(Blame::Usage, file.string(), fmt::format("cannot be read as a {}: {}", kind, std::strerror(errno)),
                next_step);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode))
    throw Error(Blame::Usage, file.string(), fmt::format("cannot be read as a {}: it is no regular file", kind),
                next_step);
  std::string text;
  std::array<char, 16384> part;
  for (;;) {
    const ssize_t count = ::read(fd.get(), part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_error(file.string(), "cannot be read", errno);
    if (count == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(count));
    if (text.size() > kFileBytes)
      throw Error(Blame::Usage, file.string(), fmt::format("is larger than 1 MiB, so it is no {}", kind), next_step);
  }
}

toml::table parse_toml(std::string_view text, const std::string &shown, std::string_view next_step) {
  if (const auto line = line_of_deep_key(text))
    throw Error(Blame::Usage, fmt::format("{}:{}", shown, *line),
                fmt::format("has a key of more than {} parts", kPartsOfKey), next_step);
  try {
    return toml::parse(text, shown);
  } catch (const toml::parse_error &wrong) {
    throw Error(Blame::Usage, fmt::format("{}:{}", shown, wrong.source().begin.line),
                fmt::format("is not TOML: {}", printable_name(wrong.description())), next_step);
  }
}

}  // namespace crossheap
