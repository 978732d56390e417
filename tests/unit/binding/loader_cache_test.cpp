// SPDX-License-Identifier: MIT OR Apache-2.0
#include "binding/loader_cache.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/error.h"

namespace crossheap::binding {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCache = "/etc/ld.so.cache";

// A cache in a file of its own, removed at the end.
class CacheFile {
public:
  explicit CacheFile(const std::string &bytes) {
    std::string pattern = (fs::temp_directory_path() / "crossheap-cache-XXXXXX").string();
    const int fd = mkstemp(pattern.data());
    if (fd < 0) throw std::runtime_error("mkstemp " + pattern);
    close(fd);
    path_ = pattern;
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  CacheFile(const CacheFile &) = delete;
  CacheFile &operator=(const CacheFile &) = delete;
  ~CacheFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  const fs::path &path() const { return path_; }

private:
  fs::path path_;
};

std::string system_cache() {
  std::ostringstream bytes;
  bytes << std::ifstream(fs::path(kCache), std::ios::binary).rdbuf();
  return bytes.str();
}

TEST(LoaderCache, FindsTheSystemsLibc) {
  if (!fs::exists(kCache)) GTEST_SKIP() << "this system has no " << kCache;
  const LoaderCache cache{fs::path(kCache)};
  const std::vector<std::string> paths = cache.find("libc.so.6", {});
  ASSERT_FALSE(paths.empty());
  EXPECT_TRUE(fs::exists(paths.front()));
  EXPECT_TRUE(cache.find("libnothing-is-called-so.so.1", {}).empty());
}

TEST(LoaderCache, IsEmptyWhereThereIsNone) {
  const LoaderCache cache(fs::path("/nonexistent/ld.so.cache"));
  EXPECT_TRUE(cache.find("libc.so.6", {}).empty());
}

TEST(LoaderCache, SaysSoWhenTheFileIsNoCache) {
  const CacheFile file("this is some other file, and longer than any header");
  EXPECT_THROW(LoaderCache{file.path()}, Error);
}

// Whatever is cut off, the answer is an Error or a smaller cache, and nothing outside the file is read.
TEST(LoaderCache, SurvivesBeingCutShortAnywhere) {
  if (!fs::exists(kCache)) GTEST_SKIP() << "this system has no " << kCache;
  const std::string whole = system_cache();
  for (std::size_t length = 1; length < whole.size(); length += length < 512 ? 7 : 997) {
    const CacheFile file(whole.substr(0, length));
    try {
      const LoaderCache cache(file.path());
      cache.find("libc.so.6", {});
    } catch (const Error &) {
      SUCCEED();
    }
  }
}

// Counts and offsets of a stranger.
TEST(LoaderCache, SurvivesEveryNumberBeingHuge) {
  if (!fs::exists(kCache)) GTEST_SKIP() << "this system has no " << kCache;
  const std::string whole = system_cache();
  for (std::size_t at = 0; at + 4 <= std::min<std::size_t>(whole.size(), 48 + 24 * 8); at += 4) {
    std::string damaged = whole;
    damaged.replace(at, 4, "\xff\xff\xff\xff");
    const CacheFile file(damaged);
    try {
      const LoaderCache cache(file.path());
      cache.find("libc.so.6", {"x86-64-v3"});
    } catch (const Error &) {
      SUCCEED();
    }
  }
}

}  // namespace
}  // namespace crossheap::binding
