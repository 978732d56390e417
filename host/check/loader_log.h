// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the loader of a run says that it opened (LD_DEBUG=files): no text that a plugin prints can stand for that.
//
// A process that executes another program goes on in the same file, with that program's start. So the log tells which
// program opened the plugin, and whether that one had the preloaded library: a host may execute itself again with
// another environment, and a program with more rights than its user is started without it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace crossheap::check {

struct LoaderSaid {
  bool opened = false;     ///< the plugin, and its constructors have returned
  bool preloaded = false;  ///< the library was in the program that opened it; true where none was asked for
};

/// The environment that makes the loader of a run write into `folder`.
std::vector<std::string> loader_log_into(const std::filesystem::path &folder);

/// \param preload  "" for none
LoaderSaid read_loader_log(std::string_view log, const std::filesystem::path &plugin, std::string_view preload);

/// The same of all logs in `folder`, which the run may have replaced by anything.
LoaderSaid read_loader_logs(const std::filesystem::path &folder, const std::filesystem::path &plugin,
                            std::string_view preload);

}  // namespace crossheap::check
