// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A profile from its file. Everything in it is checked when it is read: a key that nobody knows is a spelling mistake,
// and a spelling mistake in a profile would otherwise be a drive that silently does less.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/installation.h"
#include "base/text.h"
#include "base/toml_file.h"
#include "profile/profile.h"

namespace crossheap::profile {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kSeeDocs = "see docs/check.md for what a profile holds";

class Reader {
public:
  explicit Reader(const fs::path &file) : file_(file) {}

  Profile read(std::string_view content) {
    const toml::table table = parse_toml(content, printable_name(file_.string()), kSeeDocs);
    Profile profile;
    profile.file = file_;
    only(table, "a profile",
         {"name", "about", "flags", "modes", "heaps", "contract", "source", "allocator", "recognise", "host",
          "no_host"});
    profile.name = text(table, "name", true);
    if (profile.name.empty() || profile.name.find_first_of("/ \t\n") != std::string::npos || profile.name == "all" ||
        profile.name == "auto")
      fail(*table.get("name"), "must be a word, and not 'all' or 'auto'");
    profile.about = text(table, "about", true);
    profile.flags = text(table, "flags", true);
    profile.heaps = text(table, "heaps", false);
    profile.contract = text(table, "contract", false);
    profile.source = text(table, "source", true);
    read_modes(table, profile);
    read_allocators(table, profile);
    if (const toml::table *signs = section(table, "recognise")) {
      only(*signs, "[recognise]", {"exports", "files", "not_imports", "not_exports", "needs_file"});
      profile.signs.exports = words(*signs, "exports");
      profile.signs.files = words(*signs, "files");
      profile.signs.not_imports = words(*signs, "not_imports");
      profile.signs.not_exports = words(*signs, "not_exports");
      profile.signs.needs_file = truth(*signs, "needs_file");
    }
    if (const toml::table *host = section(table, "host")) profile.drive = drive(*host);
    profile.no_drive = text(table, "no_host", !profile.drive);
    return profile;
  }

private:
  [[noreturn]] void fail(const toml::node &where, std::string_view reason) const {
    throw Error(Blame::Usage, fmt::format("{}:{}", file_.string(), where.source().begin.line), reason, kSeeDocs);
  }

  void only(const toml::table &table, std::string_view what, std::initializer_list<std::string_view> known) const {
    const std::vector<std::string_view> keys(known);
    for (const auto &[key, value] : table) {
      if (std::find(keys.begin(), keys.end(), key.str()) != keys.end()) continue;
      const std::string_view near = nearest(key.str(), keys);
      fail(value, near.empty()
                      ? fmt::format("{} has no '{}'; it has {}", what, printable_name(key.str()), fmt::join(keys, ", "))
                      : fmt::format("{} has no '{}'; did you mean '{}'?", what, printable_name(key.str()), near));
    }
  }

  std::string text(const toml::table &table, std::string_view key, bool required) const {
    const toml::node *const node = table.get(key);
    if (node == nullptr) {
      if (required) fail(table, fmt::format("lacks '{}'", key));
      return {};
    }
    if (const auto value = node->value_exact<std::string>()) return *value;
    fail(*node, fmt::format("'{}' must be a text", key));
  }

  std::vector<std::string> words(const toml::table &table, std::string_view key) const {
    const toml::node *const node = table.get(key);
    if (node == nullptr) return {};
    const toml::array *const array = node->as_array();
    if (array == nullptr) fail(*node, fmt::format("'{}' must be a list of texts", key));
    std::vector<std::string> all;
    for (const toml::node &entry : *array) {
      const auto value = entry.value_exact<std::string>();
      if (!value) fail(entry, fmt::format("'{}' must be a list of texts", key));
      all.push_back(*value);
    }
    return all;
  }

  const toml::table *section(const toml::table &table, std::string_view key) const {
    const toml::node *const node = table.get(key);
    if (node == nullptr) return nullptr;
    if (node->as_table() == nullptr) fail(*node, fmt::format("'{}' must be a section [{}]", key, key));
    return node->as_table();
  }

  /// The tables of an array of tables.
  std::vector<const toml::table *> sections(const toml::table &table, std::string_view key) const {
    const toml::node *const node = table.get(key);
    if (node == nullptr) return {};
    std::vector<const toml::table *> all;
    if (const toml::array *const array = node->as_array())
      for (const toml::node &entry : *array) {
        if (entry.as_table() == nullptr) fail(entry, fmt::format("'{}' must be sections [[{}]]", key, key));
        all.push_back(entry.as_table());
      }
    else
      fail(*node, fmt::format("'{}' must be sections [[{}]]", key, key));
    return all;
  }

  void read_modes(const toml::table &table, Profile &profile) const {
    const std::vector<std::string> names = words(table, "modes");
    if (names.empty()) fail(table, "lacks 'modes', the load modes that its flags come to");
    for (const std::string &name : names) {
      const LoadMode *const mode = find_load_mode(name);
      if (mode == nullptr || mode->preload())
        fail(*table.get("modes"), fmt::format("'{}' is no load mode by which a host opens plugins", printable(name)));
      profile.modes.push_back(mode);
    }
  }

  void read_allocators(const toml::table &table, Profile &profile) const {
    for (const toml::table *one : sections(table, "allocator")) {
      only(*one, "[[allocator]]", {"name", "preload"});
      profile.allocators.push_back({text(*one, "name", true), text(*one, "preload", true)});
    }
  }

  std::vector<Placed> placed(const toml::table &host, std::string_view key) const {
    std::vector<Placed> all;
    for (const toml::table *one : sections(host, key)) {
      only(*one, "a file", {"path", "text", "link"});
      Placed file{text(*one, "path", true), text(*one, "text", false), text(*one, "link", false)};
      if (file.path.empty() || fs::path(file.path).is_absolute() || file.path.find("..") != std::string::npos)
        fail(*one, "the path of a file must stay inside {dir}: give it without a leading '/' and without '..'");
      if (one->get("text") != nullptr && one->get("link") != nullptr) fail(*one, "has both a 'text' and a 'link'");
      all.push_back(std::move(file));
    }
    return all;
  }

  bool truth(const toml::table &table, std::string_view key) const {
    const toml::node *const node = table.get(key);
    if (node == nullptr) return false;
    if (const auto value = node->value_exact<bool>()) return *value;
    fail(*node, fmt::format("'{}' must be true or false", key));
  }

  std::int64_t number(const toml::table &table, std::string_view key, std::int64_t otherwise, std::int64_t most) const {
    const toml::node *const node = table.get(key);
    if (node == nullptr) return otherwise;
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < 0 || *value > most)
      fail(*node, fmt::format("'{}' must be a number from 0 to {}", key, most));
    return *value;
  }

  /// \param words  empty ones, of as many plugins as the step has
  void check_placeholders(const toml::table &where, const Step &step, const Words &words) const {
    const auto check = [&](const std::string &text) {
      try {
        fill(text, words);
      } catch (const Error &error) {
        fail(where, error.reason());
      }
    };
    for (const std::string &argument : step.arguments) check(argument);
    for (const Placed &file : step.placed) {
      check(file.path);
      check(file.text);
      check(file.link);
    }
    check(step.input);
  }

  Drive drive(const toml::table &host) const {
    only(host, "[host]",
         {"programs", "executables", "version_folder", "package", "environment", "success", "failure", "status",
          "network", "makes", "deadline", "arguments", "input", "file", "without", "pair", "no_pair"});
    Drive drive;
    drive.programs = words(host, "programs");
    if (drive.programs.empty()) fail(host, "[host] lacks 'programs'");
    drive.executables = words(host, "executables");
    drive.version_folder = text(host, "version_folder", false);
    constexpr std::string_view kVersion = "{version}";
    if (host.get("version_folder") != nullptr && drive.version_folder.find(kVersion) == std::string::npos)
      fail(*host.get("version_folder"), "'version_folder' must have {version} in it");
    const auto has_version = [&](const std::string &name) { return name.find(kVersion) != std::string::npos; };
    if (std::all_of(drive.programs.begin(), drive.programs.end(), has_version))
      fail(*host.get("programs"), "'programs' must have a name without {version}");
    if (drive.version_folder.empty() && std::any_of(drive.programs.begin(), drive.programs.end(), has_version))
      fail(*host.get("programs"), "'programs' has {version}, and [host] lacks 'version_folder'");
    drive.package = text(host, "package", true);
    drive.environment = words(host, "environment");
    for (const std::string &variable : drive.environment)
      if (variable.find('=') == std::string::npos || variable.starts_with('='))
        fail(*host.get("environment"), "'environment' must be a list of texts NAME=value");
    drive.success = text(host, "success", false);
    drive.failure = text(host, "failure", false);
    drive.status = static_cast<int>(number(host, "status", 0, 255));
    drive.deadline = std::chrono::seconds(number(host, "deadline", 20, 300));
    drive.network = truth(host, "network");
    drive.makes = text(host, "makes", false);
    drive.with = {words(host, "arguments"), placed(host, "file"), text(host, "input", false)};
    const toml::table *const without = section(host, "without");
    if (without == nullptr)
      fail(host,
           "[host] lacks [host.without], the same run without a plugin, which shows whether the host runs at all");
    only(*without, "[host.without]", {"arguments", "file", "input", "success"});
    drive.without = {words(*without, "arguments"), placed(*without, "file"), text(*without, "input", false)};
    drive.without_success = text(*without, "success", false);
    drive.no_pair = text(host, "no_pair", false);
    if (const toml::table *const pair = section(host, "pair")) {
      only(*pair, "[host.pair]", {"arguments", "file", "input"});
      drive.pair = {words(*pair, "arguments"), placed(*pair, "file"), text(*pair, "input", false)};
      if (drive.pair->placed.empty()) drive.pair->placed = drive.with.placed;
      if (!drive.no_pair.empty()) fail(*pair, "[host] has both [host.pair] and 'no_pair'");
      check_placeholders(*pair, *drive.pair, {.first = {}, .second = PluginWords{}, .folder = {}});
    }
    check_placeholders(host, drive.with, {});
    check_placeholders(*without, drive.without, {});
    for (const std::string &variable : drive.environment) check_placeholders(host, {{variable}, {}, {}}, {});
    return drive;
  }

  const fs::path &file_;
};

}  // namespace

Profile parse_profile(std::string_view text, const fs::path &file) { return Reader(file).read(text); }

Profile read_profile(const fs::path &file) {
  return parse_profile(
      read_toml_text(file, "profile", "give a file, or a name that `crossheap check --list-profiles` shows"), file);
}

std::vector<Profile> read_profiles() {
  const fs::path folder = data_folder() / "profiles";
  std::error_code failed;
  std::vector<fs::path> files;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder, failed))
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  if (files.empty())
    throw Error(Blame::Work, folder.string(), "has no profiles of hosts", "install crossheap as a whole");
  std::sort(files.begin(), files.end());
  std::vector<Profile> profiles;
  profiles.reserve(files.size());
  for (const fs::path &file : files) profiles.push_back(read_profile(file));
  std::sort(profiles.begin(), profiles.end(),
            [](const Profile &one, const Profile &other) { return one.name < other.name; });
  return profiles;
}

namespace {

struct Placeholder {
  std::string_view name;
  std::string PluginWords::*word;
};
constexpr std::array kOfPlugin{Placeholder{"plugin", &PluginWords::plugin}, Placeholder{"name", &PluginWords::name},
                               Placeholder{"entry", &PluginWords::entry}, Placeholder{"file", &PluginWords::stem},
                               Placeholder{"parent", &PluginWords::parent}};

const std::string &meaning_of(std::string_view placeholder, const Words &words) {
  if (placeholder == "dir") return words.folder;
  const bool of_second = placeholder.ends_with('2');
  const std::string_view name = placeholder.substr(0, placeholder.size() - (of_second ? 1 : 0));
  for (const Placeholder &one : kOfPlugin) {
    if (one.name != name) continue;
    if (!of_second) return words.first.*one.word;
    if (words.second) return (*words.second).*one.word;
    throw Error(Blame::Usage, placeholder,
                fmt::format("'{{{}}}' is of a second plugin, and only [host.pair] has one", placeholder));
  }
  throw Error(Blame::Usage, placeholder,
              fmt::format("'{{{}}}' is no placeholder: there are {{plugin}}, {{name}}, {{entry}}, {{file}}, {{parent}} "
                          "and {{dir}}, in [host.pair] {{plugin2}} and its like, and '{{{{' stands for a brace",
                          printable_name(placeholder)));
}

}  // namespace

std::string fill(std::string_view text, const Words &words) {
  std::string filled;
  while (!text.empty()) {
    const std::size_t brace = text.find('{');
    filled += text.substr(0, brace);
    if (brace == std::string_view::npos) break;
    text.remove_prefix(brace + 1);
    if (text.starts_with('{')) {
      filled += '{';
      text.remove_prefix(1);
      continue;
    }
    const std::size_t end = text.find('}');
    const std::string_view name = text.substr(0, end);
    if (end == std::string_view::npos || name.size() > 8)
      throw Error(Blame::Usage, text, "a '{' begins no placeholder: write '{{' for a brace");
    filled += meaning_of(name, words);
    text.remove_prefix(end + 1);
  }
  return filled;
}

}  // namespace crossheap::profile
