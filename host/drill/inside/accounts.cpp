// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Blocks are counted by those who hand them out: libc's mallinfo2() tells of libc's heaps, whoever provides malloc;
// jemalloc and tcmalloc tell of theirs. mimalloc has no such function, and its blocks show only as mappings.
#include "drill/inside/accounts.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace crossheap::drill {

namespace {

std::uint64_t entries_of(const char *path) {
  DIR *folder = ::opendir(path);
  if (folder == nullptr) return 0;
  std::uint64_t count = 0;
  while (const dirent *entry = ::readdir(folder))
    if (entry->d_name[0] != '.') ++count;
  ::closedir(folder);
  return count;
}

std::uint64_t bytes_of_other_allocators() {
  using Mallctl = int (*)(const char *, void *, std::size_t *, void *, std::size_t);
  using Property = int (*)(const char *, std::size_t *);
  const auto mallctl = reinterpret_cast<Mallctl>(::dlsym(RTLD_DEFAULT, "mallctl"));
  const auto property = reinterpret_cast<Property>(::dlsym(RTLD_DEFAULT, "MallocExtension_GetNumericProperty"));
  std::size_t bytes = 0;
  if (mallctl != nullptr) {
    // A thread's cache is filled by the hundred: blocks in it count as handed out.
    mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
    std::uint64_t epoch = 1;
    std::size_t size = sizeof epoch;
    mallctl("epoch", &epoch, &size, &epoch, sizeof epoch);
    size = sizeof bytes;
    if (mallctl("stats.allocated", &bytes, &size, nullptr, 0) != 0) bytes = 0;
  } else if (property != nullptr) {
    if (property("generic.current_allocated_bytes", &bytes) == 0) bytes = 0;
  }
  return bytes;
}

void count_mappings(Account &account) {
  const int fd = ::open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  static std::array<char, 1 << 16> buffer;
  std::size_t have = 0;
  for (;;) {
    const ssize_t count = ::read(fd, buffer.data() + have, buffer.size() - have);
    if (count <= 0) break;
    have += static_cast<std::size_t>(count);
    std::string_view text(buffer.data(), have);
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      const std::string_view line = text.substr(0, end);
      char *after = nullptr;
      const std::uint64_t from = std::strtoull(line.data(), &after, 16);
      const std::uint64_t to = *after == '-' ? std::strtoull(after + 1, nullptr, 16) : from;
      if (!line.ends_with("[heap]")) {
        account.mapped_bytes += to - from;
        ++account.mappings;
      }
      text.remove_prefix(end + 1);
    }
    have = text.size();
    std::memmove(buffer.data(), text.data(), have);
    if (have == buffer.size()) break;  // no line is so long
  }
  ::close(fd);
}

}  // namespace

Account account() {
  Account now;
  const auto libc = ::mallinfo2();
  now.block_bytes = libc.uordblks + libc.hblkhd + bytes_of_other_allocators();
  now.threads = entries_of("/proc/self/task");
  count_mappings(now);
  return now;
}

std::string in_words(const Account &account) {
  std::string text;
  for (const std::uint64_t number : {account.block_bytes, account.threads, account.mapped_bytes, account.mappings})
    text += "|" + std::to_string(number);
  return text;
}

}  // namespace crossheap::drill
