// SPDX-License-Identifier: MIT OR Apache-2.0
#include "check/run_folder.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string>
#include <string_view>

#include "base/error.h"

namespace crossheap::check {

namespace fs = std::filesystem;

namespace {

void let_the_run_in(const fs::path &folder) {
  // A run of root has a user of its own.
  if (::chmod(folder.c_str(), ::geteuid() == 0 ? 0777 : 0700) != 0)
    throw system_error(folder.string(), "cannot be opened for the run", errno);
}

void make_folder(const fs::path &folder) {
  fs::create_directories(folder);
  let_the_run_in(folder);
}

void make_link(const std::string &to, const fs::path &link) {
  if (::symlink(to.c_str(), link.c_str()) != 0) throw system_error(link.string(), "cannot be made", errno);
}

std::string plain(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char one) { return kPlainCharacters.find(one) == std::string_view::npos; }, '_');
  return text;
}

}  // namespace

fs::path make_run_folder(const fs::path &parent, std::uint64_t number) {
  fs::path folder = parent / fmt::format("run{}", number);
  make_folder(folder);
  return folder;
}

profile::PluginWords plainly_called(profile::PluginWords plugin, const fs::path &folder, std::size_t place) {
  const std::string path = plugin.plugin;
  const std::size_t odd = path.find_last_not_of(kPlainCharacters);
  if (odd == std::string::npos) return plugin;
  const fs::path link = folder / fmt::format(".plugin{}", place);
  const std::size_t end = path.find('/', odd);
  if (end != std::string::npos) {
    make_link(path.substr(0, end), link);
    plugin.plugin = link.string() + path.substr(end);
  } else {
    make_folder(link);
    const fs::path file = link / plain(fs::path(path).filename().string());
    make_link(path, file);
    plugin.plugin = file.string();
  }
  plugin.parent = fs::path(plugin.plugin).parent_path().string();
  plugin.stem = plain(plugin.stem);
  plugin.name = plain(plugin.name);
  return plugin;
}

void place_files(const std::vector<profile::Placed> &placed, const profile::Words &words) {
  const fs::path folder = words.folder;
  for (const profile::Placed &one : placed) {
    const fs::path file = folder / profile::fill(one.path, words);
    for (fs::path at = file.parent_path(); at != folder && at.string().size() > folder.string().size();
         at = at.parent_path())
      if (!fs::exists(at)) make_folder(at);
    if (!one.link.empty()) {
      // Two plugins of one name, in a host that finds them by it.
      make_link(profile::fill(one.link, words), file);
    } else {
      errno = 0;
      std::ofstream stream(file);
      stream << profile::fill(one.text, words);
      stream.close();  // what is only in the stream yet may not fit
      if (!stream) throw system_error(file.string(), "cannot be written", errno == 0 ? EIO : errno, "make room there");
    }
  }
}

}  // namespace crossheap::check
