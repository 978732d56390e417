// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Opening, calling and closing a plugin: once, and a hundred times. Rounds of loading and unloading leave nothing
// behind in a plugin that cleans up, so accounts of blocks, threads and mappings between them show what grows.
#include <dlfcn.h>
#include <link.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "drill/inside/accounts.h"
#include "drill/inside/drill_functions.h"

namespace crossheap::drill {

void drill_load(const Arguments &arguments) {
  void *handle = open(arguments.plugin, *arguments.mode);
  if (handle == nullptr) return;
  use_host_heap();
  if (!close(handle)) return;
  use_host_heap();
  finish();
}

void drill_calls(const Arguments &arguments) {
  void *handle = open(arguments.plugin, *arguments.mode);
  if (handle == nullptr) return;
  {
    Plugin plugin(arguments, handle);
    if (!plugin.call()) finish();
  }
  use_host_heap();
  close(handle);
  use_host_heap();
  finish();
}

namespace {

std::string_view folder_of(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }

// Keeps the libraries open that came with the plugin, so that the rounds are about the plugin: a real host has them
// from elsewhere, and what some of them leave each time is theirs. Those in the plugin's own folder are a part of it,
// unless that is where the system has its libraries.
void keep_libraries_of(const char *plugin) {
  Dl_info libc{};
  const bool knows_libc =
      ::dladdr(reinterpret_cast<const void *>(&::mallinfo2), &libc) != 0 && libc.dli_fname != nullptr;
  std::array<char, PATH_MAX> buffer{};
  const char *const real = ::realpath(plugin, buffer.data());
  const std::string_view path = real == nullptr ? plugin : real;
  const bool among_the_systems = knows_libc && folder_of(path) == folder_of(libc.dli_fname);
  std::vector<std::string> names;
  void *self = ::dlopen(nullptr, RTLD_LAZY);
  for (const auto *object = static_cast<const link_map *>(self); object != nullptr; object = object->l_next) {
    const std::string_view name = object->l_name;
    std::array<char, PATH_MAX> other{};
    if (!name.starts_with('/') || ::realpath(object->l_name, other.data()) == nullptr || path == other.data()) continue;
    if (among_the_systems || folder_of(other.data()) != folder_of(path)) names.emplace_back(name);
  }
  // The handles are never given back.
  for (const std::string &name : names) ::dlopen(name.c_str(), RTLD_LAZY | RTLD_NOLOAD);
}

}  // namespace

namespace {

// Once more, when it was closed. A new link namespace may be what it cannot stand, and glibc has few of them. Where a
// thread of it is left, that one goes on in unloaded code, and whatever happens comes of that. \return null where the
// loader refuses, which is told
void *open_again(const char *path, const LoadMode &mode, unsigned rounds, bool thread_is_left) {
  void *handle = nullptr;
  if (mode.new_namespace()) {
    if (!thread_is_left) tell(kDoing, kOpeningInAnother);
    handle = ::dlmopen(LM_ID_NEWLM, path, flags_of(mode));
  } else {
    // One record a round would be most of the work.
    handle = ::dlopen(path, flags_of(mode));
  }
  if (handle != nullptr) return handle;
  const std::string why = ::dlerror();
  if (why.find("no more namespaces") == std::string::npos) {
    tell(kRefused, why);
  } else {
    tell(kNotTried, "glibc has no link namespace left after " + std::to_string(rounds) +
                        " rounds: the plugin, or a library that it needs, stays loaded when it is closed, and so does "
                        "its namespace");
    use_host_heap();
    finish();
  }
  return nullptr;
}

}  // namespace

void drill_reload(const Arguments &arguments) {
  using Clock = std::chrono::steady_clock;
  constexpr unsigned kFirst = 4;  // rounds, after which it is known how long one takes
  constexpr unsigned kFewest = 10;
  constexpr std::chrono::milliseconds kTime{1'500};
  const LoadMode &mode = *arguments.mode;
  unsigned rounds = arguments.rounds;
  const std::uint64_t threads = account().threads;
  bool thread_is_left = false;
  void *handle = open(arguments.plugin, mode);
  if (handle == nullptr) return;
  if (!mode.new_namespace()) keep_libraries_of(arguments.plugin);
  tell(kDoing, "loading and unloading the plugin " + std::to_string(rounds) + " times");
  const Clock::time_point begin = Clock::now();
  for (unsigned round = 1; round <= rounds; ++round) {
    if (round > 1) handle = open_again(arguments.plugin, mode, round - 1, thread_is_left);
    if (handle == nullptr) return;
    if (round > 1 && mode.new_namespace()) tell(kDoing, "loading and unloading the plugin");
    ::dlclose(handle);
    thread_is_left = mode.new_namespace() && account().threads > threads;
    if (round == 1 && !mode.new_namespace()) {
      if (void *still = ::dlopen(arguments.plugin, RTLD_LAZY | RTLD_NOLOAD)) {
        ::dlclose(still);
        tell(kResident);
      }
    }
    if (round == kFirst) {
      const auto each = (Clock::now() - begin) / kFirst;
      rounds = static_cast<unsigned>(std::clamp<long>(each.count() == 0 ? rounds : kTime / each, kFewest, rounds));
    }
    if (round >= kFirst && (round == rounds * 2 / 10 || round == rounds * 6 / 10 || round == rounds || round == kFirst))
      tell(kAccount, std::to_string(round) + in_words(account()));
  }
  use_host_heap();
  finish();
}

}  // namespace crossheap::drill
