// SPDX-License-Identifier: MIT OR Apache-2.0
#include "house/include_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace crossheap::house {

namespace fs = std::filesystem;

namespace {

struct Include {
  int line;
  std::string written;                ///< as it stands in the source
  bool quoted;                        ///< "..." and not <...>
  std::optional<std::string> target;  ///< the file of the tree it means
};

struct Source {
  std::vector<Include> includes;
  const Row *row = nullptr;
};

using Tree = std::map<std::string, Source>;

// Where the builds look for headers (crossheap_layer, abi, plugins, tests), in that order behind the file's own folder.
constexpr const char *kIncludeFolders[] = {"host", "abi/include", "plugins", "tests", "."};

bool is_source(const fs::path &file) {
  static const std::set<std::string> kExtensions{".c", ".cc", ".cpp", ".h", ".hh", ".hpp", ".inc"};
  return kExtensions.contains(file.extension().string());
}

bool lies_in(std::string_view file, std::string_view folder) {
  return file == folder || (file.starts_with(folder) && file[folder.size()] == '/');
}

// A header that CMake generates is known by its template, `name.in`.
std::optional<std::string> resolve(const fs::path &root, const fs::path &from, const std::string &written) {
  std::vector<fs::path> candidates{from.parent_path() / written};
  for (const char *folder : kIncludeFolders) candidates.push_back(fs::path(folder) / written);
  for (const fs::path &candidate : candidates) {
    const std::string file = candidate.lexically_normal().generic_string();
    if (fs::is_regular_file(root / file) || fs::is_regular_file(root / (file + ".in"))) return file;
  }
  return std::nullopt;
}

std::string_view without_leading_space(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text;
}

bool take_word(std::string_view &text, std::string_view word) {
  text = without_leading_space(text);
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// What stands between the brackets or quotes of an #include line, with the bracket or quote that opens it.
std::optional<std::string_view> included(std::string_view text) {
  if (!take_word(text, "#") || !take_word(text, "include")) return std::nullopt;
  text = without_leading_space(text);
  if (text.empty() || (text[0] != '"' && text[0] != '<')) return std::nullopt;
  const std::size_t end = text.find(text[0] == '"' ? '"' : '>', 1);
  if (end == std::string_view::npos) return std::nullopt;
  return text.substr(0, end);
}

std::vector<Include> read_includes(const fs::path &root, const std::string &file) {
  std::vector<Include> includes;
  std::ifstream stream(root / file);
  std::string text;
  for (int line = 1; std::getline(stream, text); ++line) {
    const auto found = included(text);
    if (!found) continue;
    const std::string written(found->substr(1));
    includes.push_back({line, written, found->front() == '"', resolve(root, file, written)});
  }
  return includes;
}

const Row *row_of(const std::string &file, std::span<const Row> table) {
  const Row *best = nullptr;
  for (const Row &row : table)
    if (lies_in(file, row.folder) && (best == nullptr || row.folder.size() > best->folder.size())) best = &row;
  return best;
}

bool may_include(const Row &row, const std::string &target, std::span<const Row> table) {
  if (lies_in(target, row.folder)) return true;
  return std::any_of(row.may_include.begin(), row.may_include.end(), [&](const std::string &allowed) {
    if (allowed != kEveryRowAbove) return lies_in(target, allowed);
    const Row *target_row = row_of(target, table);
    return target_row != nullptr && target_row >= table.data() && target_row < &row;
  });
}

// Follows the includes of `file` and reports where they first leave what the row of `file` may include.
class Walk {
public:
  Walk(const Tree &tree, std::span<const Row> table) : tree_(tree), table_(table) {}

  void from(const std::string &file) {
    start_ = file;
    seen_ = {file};
    follow(file, *tree_.at(file).row);
  }

  std::vector<Violation> take() { return std::move(found_); }

private:
  void follow(const std::string &file, const Row &row) {
    const auto source = tree_.find(file);
    if (source == tree_.end()) return;
    for (const Include &include : source->second.includes) {
      if (!include.target || !seen_.insert(*include.target).second) continue;
      if (may_include(row, *include.target, table_))
        follow(*include.target, row);
      else
        report(file, include, row);
    }
  }

  void report(const std::string &file, const Include &include, const Row &row) {
    if (!reported_.emplace(file, include.line, row.folder).second) return;
    const std::string through = file == start_ ? "" : fmt::format(" (reached from {})", start_);
    found_.push_back(
        {file, include.line, fmt::format("{} may not include {}{}", row.folder, *include.target, through)});
  }

  const Tree &tree_;
  std::span<const Row> table_;
  std::string start_;
  std::set<std::string> seen_;
  std::set<std::tuple<std::string, int, std::string>> reported_;
  std::vector<Violation> found_;
};

}  // namespace

std::vector<Violation> violations(const fs::path &root, std::span<const std::string> tops, std::span<const Row> table) {
  Tree tree;
  for (const std::string &top : tops) {
    if (!fs::is_directory(root / top)) continue;
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(root / top)) {
      if (!entry.is_regular_file() || !is_source(entry.path())) continue;
      const std::string file = entry.path().lexically_relative(root).generic_string();
      tree[file] = {read_includes(root, file), row_of(file, table)};
    }
  }

  std::vector<Violation> found;
  Walk walk(tree, table);
  for (const auto &[file, source] : tree) {
    for (const Include &include : source.includes)
      if (include.quoted && !include.target)
        found.push_back({file, include.line, fmt::format("\"{}\" is no file of this tree", include.written)});
    if (source.row == nullptr)
      found.push_back({file, 0, "stands in a folder that the table of the layers does not have"});
    else
      walk.from(file);
  }
  std::vector<Violation> broken = walk.take();
  found.insert(found.end(), std::make_move_iterator(broken.begin()), std::make_move_iterator(broken.end()));
  return found;
}

}  // namespace crossheap::house
