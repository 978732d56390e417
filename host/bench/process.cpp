// SPDX-License-Identifier: MIT OR Apache-2.0
#include "bench/process.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "base/text.h"

namespace crossheap::bench {

namespace fs = std::filesystem;

namespace {

std::string_view last_line(std::string_view text) {
  const std::size_t end = text.find_last_not_of("\n ");
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

measure::Launch launch_of(std::vector<std::string> command) {
  measure::Launch launch;
  launch.program = command.front();
  launch.words = std::move(command);
  launch.errors_apart = true;
  launch.deadline = std::chrono::minutes{2};
  return launch;
}

std::pair<std::string, std::string> variable_of(std::string_view entry) {
  const std::size_t sign = entry.find('=');
  return {std::string(entry.substr(0, sign)), std::string(entry.substr(std::min(entry.size(), sign + 1)))};
}

std::string failure_of(const measure::Ran &ran) {
  if (succeeded(ran.ending)) return {};
  const std::string_view complaint = last_line(ran.errors);
  return fmt::format("{}{}{}", in_words(ran.ending), complaint.empty() ? "" : ": ", complaint);
}

std::string path_of(std::string_view command) {
  const char *const path = std::getenv("PATH");
  const std::string folders = fmt::format("/usr/bin:{}", path == nullptr ? "/bin" : path);
  for (const std::string_view folder : split(folders, ':')) {
    const fs::path file = fs::path(folder) / command;
    if (!folder.empty() && ::access(file.c_str(), X_OK) == 0) return file.string();
  }
  return "";
}

}  // namespace crossheap::bench
