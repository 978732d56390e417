// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Any bytes at all, read as a profile of a host. The globs of one that is accepted are tried on a plugin, and every
// text of its runs is filled in. A profile that was read has no placeholder that fill() would not know.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.h"
#include "profile/profile.h"

namespace {

using namespace crossheap::profile;

const PluginWords kPlugin{"/lib/host/1.2/libplugin.so", "plugin", "plugin_init", "libplugin", "/lib/host/1.2"};

void fill_all(const Step &step, const Words &words) {
  for (const std::string &argument : step.arguments) fill(argument, words);
  for (const Placed &placed : step.placed)
    for (const std::string &text : {placed.path, placed.text, placed.link}) fill(text, words);
  fill(step.input, words);
}

void fill_all(const Drive &drive) {
  const Words one{.first = kPlugin, .second = {}, .folder = "/tmp"};
  for (const std::string &variable : drive.environment) fill(variable, one);
  fill_all(drive.with, one);
  fill_all(drive.without, one);
  if (drive.pair) fill_all(*drive.pair, {.first = kPlugin, .second = kPlugin, .folder = "/tmp"});
  const std::string version = version_for(drive, kPlugin.plugin);
  if (program_named(drive).empty() && !drive.programs.front().empty()) std::abort();
  program_for(drive, version);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  Profile profile;
  try {
    // SAFETY: any byte is a char.
    profile = parse_profile({reinterpret_cast<const char *>(bytes), size}, "input");
  } catch (const crossheap::Error &) {
    return 0;
  }
  if (profile.name.empty() || profile.modes.empty()) std::abort();
  match(profile, {kPlugin.plugin, {"plugin_init", "a", std::string(200, 'a')}, {"malloc"}});
  if (profile.drive) fill_all(*profile.drive);
  return 0;
}
