// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the compiler and header-only parts of the C++ library refer to.
//
// libc's own memcpy and its kind are chosen by processor and use the widest vector registers there are. A hook may run
// in the middle of code that keeps values in them (entry.S), so everything a hook reaches uses these instead, which use
// none. They stand in a file that is compiled by itself: the optimiser would make a call of memcpy of each.
//
// std::string_view checks an offset before it takes a part of itself. Ours are never out of range, so what is called
// then only ends the process.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#define CROSSHEAP_AGENT_OWN extern "C" __attribute__((visibility("hidden"), used))

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): libc's names are reserved
CROSSHEAP_AGENT_OWN void *memcpy(void *__restrict to, const void *__restrict from, std::size_t count) noexcept {
  void *const result = to;
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
  return result;
}

CROSSHEAP_AGENT_OWN void *memmove(void *to, const void *from, std::size_t count) noexcept {
  auto *target = static_cast<unsigned char *>(to);
  const auto *source = static_cast<const unsigned char *>(from);
  // SAFETY (both): addresses as numbers.
  if (reinterpret_cast<std::uintptr_t>(target) - reinterpret_cast<std::uintptr_t>(source) >= count)
    return memcpy(to, from, count);
  while (count-- != 0) target[count] = source[count];
  return to;
}

CROSSHEAP_AGENT_OWN void *memset(void *to, int value, std::size_t count) noexcept {
  void *const result = to;
  asm volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(value) : "memory");
  return result;
}

CROSSHEAP_AGENT_OWN int memcmp(const void *one, const void *other, std::size_t count) noexcept {
  const auto *a = static_cast<const unsigned char *>(one);
  const auto *b = static_cast<const unsigned char *>(other);
  for (; count != 0; --count, ++a, ++b)
    if (*a != *b) return *a < *b ? -1 : 1;
  return 0;
}

CROSSHEAP_AGENT_OWN std::size_t strlen(const char *text) noexcept {
  std::size_t length = 0;
  while (text[length] != 0) ++length;
  return length;
}

CROSSHEAP_AGENT_OWN std::size_t strnlen(const char *text, std::size_t most) noexcept {
  std::size_t length = 0;
  while (length < most && text[length] != 0) ++length;
  return length;
}

CROSSHEAP_AGENT_OWN int strcmp(const char *one, const char *other) noexcept {
  while (*one != 0 && *one == *other) ++one, ++other;
  return static_cast<unsigned char>(*one) - static_cast<unsigned char>(*other);
}

CROSSHEAP_AGENT_OWN char *strncpy(char *__restrict to, const char *__restrict from, std::size_t count) noexcept {
  std::size_t at = 0;
  for (; at < count && from[at] != 0; ++at) to[at] = from[at];
  for (; at < count; ++at) to[at] = 0;
  return to;
}
// NOLINTEND(readability-inconsistent-declaration-parameter-name)

namespace std {

// NOLINTNEXTLINE(cert-dcl58-cpp): the library's own function, which this module must not link.
[[noreturn]] __attribute__((visibility("hidden"))) void __throw_out_of_range_fmt(const char *, ...) { std::abort(); }

}  // namespace std
