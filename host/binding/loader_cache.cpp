// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Offsets of strings count from the header of the present format, even where a table of the old one stands in front.
// The offset of the extension counts from the start of the file. The extension has the names of the glibc-hwcaps
// folders, which entries refer to by number (bit 62 of hwcap). Entries for bits of single processors, the way before
// that, are left out.
//
// Each predicted process asks for hundreds of names, and a check predicts many processes: a cache that has not changed
// is read once.
#include "binding/loader_cache.h"

#include <sys/stat.h>

#include <algorithm>
#include <mutex>
#include <tuple>

#include "base/error.h"
#include "elf/byte_view.h"

namespace crossheap::binding {

namespace {

using elf::ByteView;
using elf::Fields;

constexpr std::string_view kMagic = "glibc-ld.so.cache1.1";
constexpr std::string_view kOldMagic = "ld.so-1.7.0";  // of libc5's format, which may stand in front
constexpr std::uint64_t kOldHeaderSize = 16;
constexpr std::uint64_t kOldEntrySize = 12;
constexpr std::uint64_t kHeaderSize = 48;
constexpr std::uint64_t kEntrySize = 24;
constexpr std::uint32_t kExtensionMagic = 0xeaa42174;
constexpr std::uint32_t kHwcapsSection = 1;
constexpr std::uint64_t kHasNamedHwcap = std::uint64_t{1} << 62;

// Where the format we read begins: at the start, or behind the old one.
std::uint64_t start_of(ByteView bytes, const std::string &name) {
  const std::string_view text = bytes.text();
  if (text.starts_with(kMagic)) return 0;
  if (text.starts_with(kOldMagic)) {
    const std::uint64_t entries = bytes.read<std::uint32_t>(12);
    const std::uint64_t end = kOldHeaderSize + entries * kOldEntrySize;
    const std::uint64_t aligned = (end + 7) / 8 * 8;
    if (aligned < text.size() && text.substr(aligned).starts_with(kMagic)) return aligned;
  }
  throw Error(Blame::Work, name, "is no loader cache of glibc 2.2 or later", "run ldconfig to write it again");
}

// The names of the hwcaps folders, by the number that entries use.
std::vector<std::string> hwcap_names(ByteView bytes, ByteView cache) {
  std::vector<std::string> names;
  const auto offset = cache.read<std::uint32_t>(32);
  if (offset == 0) return names;
  Fields header(bytes, offset);
  if (header.next<std::uint32_t>() != kExtensionMagic) return names;
  for (auto left = header.next<std::uint32_t>(); left > 0; --left) {
    const auto tag = header.next<std::uint32_t>();
    header.next<std::uint32_t>();  // flags
    const auto at = header.next<std::uint32_t>();
    const auto size = header.next<std::uint32_t>();
    if (tag != kHwcapsSection) continue;
    Fields offsets(bytes, at);
    for (std::uint32_t i = 0; i < size / sizeof(std::uint32_t); ++i)
      names.emplace_back(cache.string_at(offsets.next<std::uint32_t>()));
  }
  return names;
}

}  // namespace

LoaderCache::LoaderCache(const std::filesystem::path &file) {
  std::error_code failed;
  if (!std::filesystem::exists(file, failed)) return;
  const auto source = elf::Source::open(file);
  const ByteView bytes = source->bytes();
  const std::uint64_t start = start_of(bytes, source->name());
  const ByteView cache = bytes.slice({start, bytes.size() - start}, "the loader cache");
  const std::vector<std::string> hwcaps = hwcap_names(bytes, cache);
  const auto count = cache.read<std::uint32_t>(20);
  for (std::uint32_t i = 0; i < count; ++i) {
    Fields entry(cache, kHeaderSize + i * kEntrySize);
    entry.next<std::uint32_t>();  // kind and machine: the file itself tells it better
    const std::string_view name = cache.string_at(entry.next<std::uint32_t>());
    const std::string_view path = cache.string_at(entry.next<std::uint32_t>());
    entry.next<std::uint32_t>();  // the kernel's version, not used since glibc 2.26
    const auto hwcap = entry.next<std::uint64_t>();
    std::string folder;
    if (hwcap == 0) {
      // for every machine
    } else if ((hwcap & kHasNamedHwcap) != 0 && (hwcap & UINT32_MAX) < hwcaps.size()) {
      folder = hwcaps[hwcap & UINT32_MAX];
    } else {
      continue;  // bits of processors, the way before glibc-hwcaps
    }
    entries_.emplace(name, Entry{std::string(path), std::move(folder)});
  }
}

std::shared_ptr<const LoaderCache> LoaderCache::shared(const std::filesystem::path &file) {
  static std::mutex mutex;
  static std::map<std::tuple<dev_t, ino_t, std::int64_t, std::int64_t>, std::shared_ptr<const LoaderCache>> read;
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return std::make_shared<const LoaderCache>(file);
  const std::int64_t changed = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  const std::lock_guard lock(mutex);
  std::shared_ptr<const LoaderCache> &known = read[{status.st_dev, status.st_ino, status.st_size, changed}];
  if (!known) known = std::make_shared<const LoaderCache>(file);
  return known;
}

std::vector<std::string> LoaderCache::find(std::string_view name, const std::vector<std::string> &hwcaps) const {
  std::vector<std::pair<std::size_t, std::string>> found;
  const auto [first, last] = entries_.equal_range(name);
  for (auto at = first; at != last; ++at) {
    const Entry &entry = at->second;
    const auto rank = entry.hwcap.empty() ? hwcaps.end() : std::find(hwcaps.begin(), hwcaps.end(), entry.hwcap);
    if (entry.hwcap.empty() || rank != hwcaps.end())
      found.emplace_back(static_cast<std::size_t>(rank - hwcaps.begin()), entry.path);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
  std::vector<std::string> paths;
  paths.reserve(found.size());
  for (auto &[rank, path] : found) paths.push_back(std::move(path));
  return paths;
}

std::vector<std::string> LoaderCache::paths() const {
  std::vector<std::string> paths;
  paths.reserve(entries_.size());
  for (const auto &[name, entry] : entries_) paths.push_back(entry.path);
  return paths;
}

}  // namespace crossheap::binding
