// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What kind of plugin a file is, told by what it exports and where it lies; and where the host's program is.
#include <fmt/format.h>
#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/error.h"
#include "base/text.h"
#include "elf/file.h"
#include "elf/source.h"
#include "elf/symbols.h"
#include "profile/profile.h"

namespace crossheap::profile {

namespace fs = std::filesystem;

namespace {

/// What a glob with one '*' leaves free; "" where it has none.
std::string free_part(std::string_view glob, std::string_view text) {
  const std::size_t star = glob.find('*');
  if (star == std::string_view::npos || glob.size() - 1 > text.size()) return {};
  return std::string(text.substr(star, text.size() - (glob.size() - 1)));
}

/// "libfoo.so.1" and "foo.cpython-311-x86_64-linux-gnu.so" are "libfoo" and "foo".
std::string stem_of(const fs::path &file) {
  const std::string name = file.filename().string();
  return name.substr(0, name.find('.'));
}

std::vector<fs::path> expanded(const std::string &pattern) {
  if (!is_glob(pattern)) return {pattern};
  glob_t found{};
  std::vector<fs::path> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
    for (std::size_t i = 0; i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
  ::globfree(&found);
  std::reverse(paths.begin(), paths.end());  // the highest version first
  return paths;
}

constexpr std::string_view kVersion = "{version}";

/// Without those that name a version, where none is known.
std::vector<std::string> for_version(const std::vector<std::string> &names, const std::string &version) {
  std::vector<std::string> made;
  for (std::string name : names) {
    const std::size_t at = name.find(kVersion);
    if (at != std::string::npos && version.empty()) continue;
    if (at != std::string::npos) name.replace(at, kVersion.size(), version);
    made.push_back(std::move(name));
  }
  return made;
}

bool is_program(const fs::path &file) {
  std::error_code failed;
  return fs::is_regular_file(file, failed) && ::access(file.c_str(), X_OK) == 0;
}

std::optional<fs::path> first_of(const std::vector<std::string> &names) {
  // Not the user's PATH alone: administrators' programs are hosts, too, and the shims of version managers are not.
  static constexpr std::string_view kFolders[] = {"/usr/bin", "/usr/sbin",      "/bin",
                                                  "/sbin",    "/usr/local/bin", "/usr/local/sbin"};
  for (const std::string &name : names) {
    if (name.find('/') != std::string::npos) {
      for (const fs::path &file : expanded(name))
        if (is_program(file)) return file;
      continue;
    }
    for (const std::string_view folder : kFolders)
      if (is_program(fs::path(folder) / name)) return fs::path(folder) / name;
    const char *const path = std::getenv("PATH");
    for (const std::string_view folder : split(path == nullptr ? "" : path, ':'))
      if (folder.starts_with('/') && is_program(fs::path(folder) / name)) return fs::path(folder) / name;
  }
  return std::nullopt;
}

}  // namespace

std::optional<fs::path> installed_program(const Drive &drive, const std::string &version) {
  return first_of(for_version(drive.programs, version));
}

std::optional<fs::path> installed_executable(const Drive &drive, const std::string &version) {
  return first_of(for_version(drive.executables.empty() ? drive.programs : drive.executables, version));
}

std::string version_for(const Drive &drive, const fs::path &plugin) {
  const std::size_t at = drive.version_folder.find(kVersion);
  if (at == std::string::npos) return {};
  const std::string before = drive.version_folder.substr(0, at);
  const std::string after = drive.version_folder.substr(at + kVersion.size());
  const std::string path = plugin.string();
  for (std::size_t found = path.find(before); found != std::string::npos; found = path.find(before, found + 1)) {
    const std::size_t begin = found + before.size();
    const std::size_t end = std::min(path.size(), path.find_first_not_of("0123456789.", begin));
    if (end > begin && path.compare(end, after.size(), after) == 0) return path.substr(begin, end - begin);
  }
  return {};
}

const std::string &program_named(const Drive &drive) {
  const auto found = std::find_if(drive.programs.begin(), drive.programs.end(),
                                  [](const std::string &name) { return name.find(kVersion) == std::string::npos; });
  return found == drive.programs.end() ? drive.programs.front() : *found;
}

std::string program_for(const Drive &drive, const std::string &version) {
  if (version.empty()) return {};
  for (const std::string &name : drive.programs)
    if (name.find(kVersion) != std::string::npos) return for_version({name}, version).front();
  return {};
}

Appearance appearance_of(const fs::path &plugin) {
  const elf::File file(elf::Source::open(plugin));
  const elf::DynamicSymbols symbols(file);
  Appearance appearance{plugin, {}, {}};
  for (std::uint32_t i = 1; i < symbols.count(); ++i) {
    const elf::Symbol symbol = symbols.table().nameless(i);
    if (symbol.local() || symbol.visibility == STV_HIDDEN || !symbols.table().has_name(i)) continue;
    (symbol.defined() ? appearance.exports : appearance.imports).emplace_back(symbols.table().name_of(i));
  }
  return appearance;
}

Match match(const Profile &profile, const Appearance &plugin) {
  Match match;
  match.words = {
      plugin.file.string(), stem_of(plugin.file), {}, stem_of(plugin.file), plugin.file.parent_path().string()};
  const auto any_fits = [](const std::vector<std::string> &globs, const std::vector<std::string> &symbols) {
    return std::any_of(symbols.begin(), symbols.end(), [&](const std::string &symbol) {
      return std::any_of(globs.begin(), globs.end(),
                         [&](const std::string &glob) { return matches_glob(glob, symbol); });
    });
  };
  const bool is_anothers =
      any_fits(profile.signs.not_imports, plugin.imports) || any_fits(profile.signs.not_exports, plugin.exports);
  if (is_anothers) return match;
  const bool lies_there =
      std::any_of(profile.signs.files.begin(), profile.signs.files.end(),
                  [&](const std::string &glob) { return matches_glob(glob, plugin.file.string()); });
  for (const std::string &glob : profile.signs.exports) {
    // Several may fit (PyInit_a and PyInit_b): the one that the file is named after comes first.
    std::string best;
    for (const std::string &symbol : plugin.exports) {
      if (!matches_glob(glob, symbol)) continue;
      if (best.empty() || free_part(glob, symbol) == match.words.name) best = symbol;
    }
    if (best.empty()) continue;
    match.matches = lies_there || !profile.signs.needs_file;
    if (match.matches) match.because = fmt::format("it exports {}", printable_name(best));
    match.words.entry = best;
    if (const std::string part = free_part(glob, best); !part.empty()) match.words.name = part;
    return match;
  }
  if (lies_there && !profile.signs.needs_file) {
    match.matches = true;
    match.because = fmt::format("it lies where {} do", profile.about);
  }
  return match;
}

}  // namespace crossheap::profile
