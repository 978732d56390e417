// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Whether memory that the program names can be read. A program may pass the kernel any address, and gets an error for a
// bad one; a hook that reads it first would end the program instead.
//
// The kernel is asked by a call that has no effect: prlimit64 reads the new limit before it looks at the resource, and
// answers EFAULT for memory that it cannot read and EINVAL for a resource that there is not. One call for a page. The
// loader makes this call in every program, so a filter that the program was started under allows it.
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "agent/identity.h"
#include "agent/memory.h"

namespace crossheap::agent {

/// Remembers the pages that it has asked for, so it is for one call of the program and no longer. Changes errno.
class Readable {
public:
  /// Where the program has restricted its system calls nothing is asked, and the answer is yes. [in-malloc]
  bool has(const void *begin, std::size_t bytes) {
    // SAFETY: an address as a number.
    const auto first = reinterpret_cast<std::uint64_t>(begin);
    if (bytes == 0) return true;
    if (first + bytes < first) return false;
    for (std::uint64_t page = page_down(first); page < first + bytes; page += kPageBytes)
      if (!has_page(page)) return false;
    return true;
  }

  /// A text with its terminator.
  bool has_text(const char *text) {
    if (!has(text, 1)) return false;
    for (; *text != 0; ++text)
      if (reinterpret_cast<std::uint64_t>(text + 1) % kPageBytes == 0 && !has(text + 1, 1)) return false;
    return true;
  }

  /// A list of texts that ends in null, or no list at all.
  bool has_list(const char *const *list) {
    for (; list != nullptr; ++list) {
      if (!has(list, sizeof *list)) return false;
      if (*list == nullptr) break;
      if (!has_text(*list)) return false;
    }
    return true;
  }

private:
  bool has_page(std::uint64_t page) {
    if (page == 0) return false;  // for the kernel, no limit at all
    for (const std::uint64_t known : known_)
      if (known == page) return true;
    constexpr int kNoSuchResource = 0x7fffffff;
    const bool can =
        is_restricted() || ::syscall(SYS_prlimit64, 0, kNoSuchResource, page, nullptr) == 0 || errno != EFAULT;
    if (can) known_[next_++ % kKnown] = page;
    return can;
  }

  static constexpr std::size_t kKnown = 4;  // a list, the texts it leads to, and the next page of each
  std::uint64_t known_[kKnown]{};
  std::size_t next_ = 0;
};

}  // namespace crossheap::agent
