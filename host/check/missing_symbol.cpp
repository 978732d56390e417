// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A plugin may build on another one of the same host, which nothing in its file names: the host opens the other one
// first because its configuration says so. Alone it is refused for a symbol. Where a file of its own folder defines
// that symbol, the user is told of it.
#include "check/missing_symbol.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "profile/profile.h"

namespace crossheap::check {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kMissing = "undefined symbol: ";  // as the loader says it
constexpr std::size_t kFilesAtMost = 500;

bool defines(const fs::path &file, std::string_view symbol) {
  try {
    const std::vector<std::string> exports = profile::appearance_of(file).exports;
    return std::find(exports.begin(), exports.end(), symbol) != exports.end();
  } catch (const Error &) {
    return false;
  }
}

}  // namespace

std::string neighbour_with_missing_symbol(const fs::path &plugin, std::string_view output) {
  const std::size_t at = output.find(kMissing);
  if (at == std::string_view::npos) return {};
  std::string_view symbol = output.substr(at + kMissing.size());
  symbol = symbol.substr(0, symbol.find_first_of(" \t\r\n,;:)'\""));
  if (symbol.empty()) return {};
  std::error_code failed;
  std::vector<fs::path> files;
  for (const fs::directory_entry &entry : fs::directory_iterator(plugin.parent_path(), failed)) {
    std::error_code unknown;
    if (entry.path() == plugin || !entry.is_regular_file(unknown)) continue;
    if (entry.path().filename().string().find(".so") == std::string::npos) continue;
    files.push_back(entry.path());
    if (files.size() == kFilesAtMost) break;
  }
  std::sort(files.begin(), files.end());
  for (const fs::path &file : files)
    if (defines(file, symbol))
      return fmt::format("{} beside it defines {}: try --with {}", printable_name(file.filename().string()),
                         printable_name(symbol), printable_name(file.string()));
  return {};
}

}  // namespace crossheap::check
