// SPDX-License-Identifier: MIT OR Apache-2.0
#include "agent/mappings.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>

#include "agent/lock.h"

namespace crossheap::agent {

namespace {

constexpr std::size_t kRoom = std::size_t{16} << 10;  // a line has at most a path and some hundred letters
Lock lock;
char buffer[kRoom];
char found_path[4096];

std::uint64_t hexadecimal(std::string_view &line) {
  std::uint64_t value = 0;
  std::size_t at = 0;
  for (; at < line.size(); ++at) {
    const char c = line[at];
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) break;
    value = value << 4 | static_cast<unsigned>(digit);
  }
  line = line.substr(at == line.size() ? at : at + 1);
  return value;
}

/// "7f00-8f00 r--p 00000000 fe:01 1234     /a/path"
Mapping parsed(std::string_view line) {
  Mapping mapping{};
  mapping.begin = hexadecimal(line);
  mapping.end = hexadecimal(line);
  constexpr int kFieldsBefore = 4;  // access, offset, device, inode
  for (int i = 0; i < kFieldsBefore; ++i) {
    const std::size_t space = line.find(' ');
    line = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
  }
  const std::size_t begin = line.find_first_not_of(' ');
  mapping.path = begin == std::string_view::npos ? std::string_view() : line.substr(begin);
  return mapping;
}

}  // namespace

bool for_each_mapping(bool (*visit)(void *, const Mapping &), void *context) {
  const Locked locked(lock);
  const int fd = locked ? ::open("/proc/self/maps", O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) return false;
  bool found = false;
  std::size_t length = 0;
  for (ssize_t got = 0; !found && (got = ::read(fd, buffer + length, kRoom - length)) > 0;) {
    length += static_cast<std::size_t>(got);
    std::string_view text(buffer, length);
    for (std::size_t end = 0; !found && (end = text.find('\n')) != std::string_view::npos; text = text.substr(end + 1))
      found = visit(context, parsed(text.substr(0, end)));
    if (text.size() == kRoom) text = {};  // no such line
    length = text.size();
    std::memmove(buffer, text.data(), length);
  }
  ::close(fd);
  return found;
}

std::string_view mapped_file(std::uint64_t address) {
  struct Wanted {
    std::uint64_t address;
    std::size_t length;
  } wanted{address, 0};
  for_each_mapping(
      [](void *context, const Mapping &mapping) {
        auto &search = *static_cast<Wanted *>(context);
        if (search.address < mapping.begin || search.address >= mapping.end) return false;
        if (!mapping.path.starts_with('/') || mapping.path.size() >= sizeof found_path) return true;
        search.length = mapping.path.size();
        std::memcpy(found_path, mapping.path.data(), search.length);
        found_path[search.length] = 0;
        return true;
      },
      &wanted);
  return {found_path, wanted.length};
}

}  // namespace crossheap::agent
