// SPDX-License-Identifier: MIT OR Apache-2.0
#include "check/loader_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "base/owned_fd.h"
#include "base/text.h"

namespace crossheap::check {

namespace fs = std::filesystem;

namespace {

/// Begins the names of the files into which the loader writes, one for each process.
constexpr std::string_view kLoaderLog = ".loader";

/// What stands in a file of the run's own folder, which the run may have replaced by what is no file, or has no end.
std::string start_of_regular_file(const fs::path &path) {
  constexpr std::size_t kBytesAtMost = std::size_t{32} << 20;
  const OwnedFd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat seen {};
  if (!file || ::fstat(file.get(), &seen) != 0 || !S_ISREG(seen.st_mode)) return {};
  std::string text(std::min(static_cast<std::size_t>(seen.st_size), kBytesAtMost), '\0');
  std::size_t used = 0;
  while (used < text.size()) {
    const ssize_t count = ::read(file.get(), text.data() + used, text.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    used += static_cast<std::size_t>(count);
  }
  text.resize(used);
  return text;
}

/// The file of a line such as "1234:  opening file=/usr/lib/x.so [0]; direct_opencount=1"; nothing of other lines.
std::optional<std::string_view> file_after(std::string_view word, std::string_view line) {
  const std::size_t at = line.find(word);
  if (at == std::string_view::npos) return std::nullopt;
  line.remove_prefix(at + word.size());
  return line.substr(0, line.find(" ["));
}

}  // namespace

std::vector<std::string> loader_log_into(const fs::path &folder) {
  return {"LD_DEBUG=files", fmt::format("LD_DEBUG_OUTPUT={}", (folder / kLoaderLog).string())};
}

LoaderSaid read_loader_log(std::string_view log, const fs::path &plugin, std::string_view preload) {
  bool maps_preload = false;  // since the last program began to run
  bool any_began = false;
  LoaderSaid said{.opened = false, .preloaded = preload.empty()};
  bool has_preload = false;
  for (const std::string_view line : split(log, '\n')) {
    if (line.find("transferring control: ") != std::string_view::npos) {
      has_preload = maps_preload;
      maps_preload = false;
      any_began = true;
    } else if (const auto opened = file_after("opening file=", line)) {
      std::error_code failed;
      const fs::path file(*opened);
      if (file != plugin && !fs::equivalent(file, plugin, failed)) continue;
      said.opened = true;
      said.preloaded = said.preloaded || has_preload || (!any_began && maps_preload);
    } else if (const auto mapped = file_after("file=", line);
               mapped && *mapped == preload && line.ends_with("generating link map")) {
      maps_preload = true;
    }
  }
  return said;
}

LoaderSaid read_loader_logs(const fs::path &folder, const fs::path &plugin, std::string_view preload) {
  LoaderSaid said{.opened = false, .preloaded = preload.empty()};
  std::error_code failed;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder, failed)) {
    if (!entry.path().filename().string().starts_with(kLoaderLog)) continue;
    const LoaderSaid one = read_loader_log(start_of_regular_file(entry.path()), plugin, preload);
    said.opened = said.opened || one.opened;
    said.preloaded = said.preloaded || one.preloaded;
  }
  return said;
}

}  // namespace crossheap::check
