// SPDX-License-Identifier: MIT OR Apache-2.0
//
// experiment.json is written by the build and trusted; a plugin of the user's own, and what any plugin says of its
// scenarios, is not. So an offer must have exactly eight fields, and a name may not hold a slash, which separates the
// parts of a case. What cannot be parsed is no offer.
//
// A build that is named and not there is left out with a sentence: a machine without Rust has fewer. A plugin that only
// a missing host opens goes with it.
#include "matrix/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/spelling.h"
#include "base/text.h"
#include "elf/file.h"
#include "scenarios/experiment.h"

namespace crossheap::matrix {

namespace fs = std::filesystem;

namespace {

constexpr std::array<Direction, 3> kDirections{{
    {CROSSHEAP_DIRECTION_TO_HOST, "to-host", "the plugin gives, the host takes"},
    {CROSSHEAP_DIRECTION_TO_PLUGIN, "to-plugin", "the host gives, the plugin takes"},
    {CROSSHEAP_DIRECTION_INSIDE, "inside", "the plugin gives and takes"},
}};

// The builds of one kind that are named in the list and not there: not built yet, or their compiler failed.
class Missing {
public:
  explicit Missing(std::string_view kind) : kind_(kind) {}

  void add(const std::string &build, const fs::path &file) {
    if (++count_ == 1) first_ = file;
    names_ += (names_.empty() ? "" : ", ") + build;
  }

  void tell(std::vector<LeftOut> &left_out) const {
    if (count_ == 0) return;
    left_out.push_back({fmt::format("{}{} {}", kind_, count_ == 1 ? "" : "s", names_),
                        fmt::format("not built ({} is not there): ./run matrix in the checkout builds {}",
                                    first_.filename().string(), count_ == 1 ? "it" : "all of them")});
  }

private:
  std::string_view kind_;
  std::size_t count_ = 0;
  std::string names_;
  fs::path first_;
};

}  // namespace

Builds read_builds(const fs::path &folder) {
  const fs::path list = folder / "experiment.json";
  std::ifstream stream(list);
  if (!stream)
    throw Error(Blame::Work, list.string(), "the list of the experiment's builds is not there",
                "run crossheap from its build tree or its installation, with lib/crossheap beside bin");
  Builds builds;
  try {
    const auto json = nlohmann::json::parse(stream);
    Missing missing_hosts("host");
    Missing missing_plugins("plugin");
    for (const auto &entry : json.at("hosts")) {
      HostBuild host{entry.at("name"), folder / entry.at("file").get<std::string>(), entry.at("preload"),
                     entry.at("family"), entry.at("about")};
      std::vector<fs::path> files{host.runner};
      // What the build made stands beside the list; an interpreter's options stand as they are.
      for (const auto &word : entry.value("before", std::vector<std::string>())) {
        const bool beside = word.starts_with("./");
        if (beside) files.push_back(folder / word.substr(2));
        host.before.push_back(beside ? files.back().string() : word);
      }
      host.only_plugin = entry.value("only_plugin", "");
      host.forks = entry.value("start", "") == "forked";
      const auto absent = std::find_if(files.begin(), files.end(), [](const fs::path &file) { return !exists(file); });
      if (absent == files.end())
        builds.hosts.push_back(std::move(host));
      else
        missing_hosts.add(host.name, *absent);
    }
    for (const auto &entry : json.at("plugins")) {
      PluginBuild plugin{entry.at("name"), folder / entry.at("file").get<std::string>(), entry.at("family"),
                         entry.at("about")};
      plugin.only_host = entry.value("only_host", "");
      plugin.untraced = entry.value("untraced", "");
      if (exists(plugin.file))
        builds.plugins.push_back(std::move(plugin));
      else
        missing_plugins.add(plugin.name, plugin.file);
    }
    for (const auto &build : json.at("left_out")) builds.left_out.push_back({build.at("what"), build.at("reason")});
    missing_hosts.tell(builds.left_out);
    missing_plugins.tell(builds.left_out);
  } catch (const nlohmann::json::exception &broken) {
    throw Error(Blame::Work, list.string(), fmt::format("is not a list of builds ({})", broken.what()),
                "build or install crossheap again");
  }
  // A build that only a missing one opens, or is opened by, has nobody to play with.
  std::erase_if(builds.plugins, [&](const PluginBuild &plugin) {
    return std::none_of(builds.hosts.begin(), builds.hosts.end(),
                        [&](const HostBuild &host) { return opens(host, plugin); });
  });
  if (builds.hosts.empty())
    throw Error(Blame::Work, folder.string(), "none of the hosts that experiment.json names is there",
                "build or install crossheap again");
  return builds;
}

PluginBuild plugin_at(const fs::path &file) {
  const std::string typed = file.string();
  std::error_code failed;
  // A report prints names so that they can be seen; what it prints is understood, too.
  if (const fs::path meant = from_printable(typed); meant != file && !exists(file, failed) && exists(meant, failed))
    return plugin_at(meant);
  const fs::file_status status = fs::status(file, failed);
  if (status.type() == fs::file_type::not_found)
    throw Error(Blame::Usage, typed, "no such plugin file",
                "give the path of a shared object, or the name of a build (crossheap matrix --list)");
  if (fs::is_directory(status))
    throw Error(Blame::Usage, typed, "is a folder, not a plugin", "name the shared object inside it");
  const auto source = elf::Source::open(file);
  if (!elf::File::is_elf(source->bytes()))
    throw Error(Blame::Usage, typed, "is not an ELF file", "give a shared object for Linux");
  const elf::File plugin(source);
  const elf::Header &header = plugin.header();
  if (!header.encoding.wide || header.encoding.swapped || header.machine != EM_X86_64)
    throw Error(Blame::Usage, typed,
                fmt::format("is for {}, and this program is for x86-64", elf::machine_name(header)),
                "build it for this machine");
  if (header.type != ET_DYN) throw Error(Blame::Usage, typed, "is not a shared object", "link it with -shared");
  // The name stands in results and reports; the file is opened by its own.
  return {printable_name(typed), fs::absolute(file), "unknown", "a plugin of yours"};
}

bool opens(const HostBuild &host, const PluginBuild &plugin) {
  if (!plugin.only_host.empty()) return plugin.only_host == host.name;
  // A plugin of the user's is glibc's.
  const bool of_the_user = plugin.name.find('/') != std::string::npos && host.family != "musl";
  return host.only_plugin.empty() || of_the_user || plugin.name == host.only_plugin;
}

std::span<const LoadMode> load_modes() {
  static const std::vector<LoadMode> kModes = [] {
    std::vector<LoadMode> opening;
    for (const LoadMode &mode : kLoadModes)
      if (!mode.preload()) opening.push_back(mode);
    return opening;
  }();
  return kModes;
}

std::optional<Offer> parse_offer(std::string_view text) {
  const std::vector<std::string_view> fields = split(text, '|');
  if (fields.size() != 8 || fields[0].empty() || fields[4].size() != 1 || contract_words(fields[4][0]) == "?")
    return std::nullopt;
  Offer offer;
  const auto number = [](std::string_view digits, std::uint32_t &value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc{} && end == digits.data() + digits.size();
  };
  if (!number(fields[1], offer.directions) || !number(fields[2], offer.staging) || !number(fields[3], offer.flags))
    return std::nullopt;
  // A stranger's words. A name with a slash would make two cases of one name.
  if (fields[0].find('/') != std::string_view::npos) return std::nullopt;
  offer.name = printable_name(fields[0]);
  offer.contract = fields[4][0];
  offer.acquired_by = printable_name(fields[5]);
  for (std::string_view function : split(fields[6], ',')) offer.released_by.push_back(printable_name(function));
  offer.sentence = printable_name(fields[7]);
  return offer;
}

std::span<const Direction> directions() { return kDirections; }

std::string_view contract_words(char contract) {
  switch (contract) {
    case 'a':
      return "plain malloc/free";
    case 'b':
      return "the owner frees";
    case 'c':
      return "the host's allocator";
    case 'd':
      return "the allocation ABI";
    default:
      return "?";
  }
}

}  // namespace crossheap::matrix
