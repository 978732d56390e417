// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The tables are the knowledge; the code only searches them. A row of kTextMarks was chosen by hand: it must be in
// every build of its family, in no other family, and in no program that only talks about one.
//
// The texts are sought in megabytes of constants, so all at once, after Wu and Manber. A window as long as the shortest
// text slides over the bytes. Its last two bytes say by how much it may move: the distance at which any of the texts
// could still end there. With the texts "malloc(): invalid" and "Scudo ERR" alone, the window has 9 bytes. A "zz" at
// its end is in neither text, so it moves by 8. A "ud" ends the first 4 bytes of "Scudo ERR", so it moves by 9 - 4 = 5.
// Only at distance 0 are the texts compared.
//
// What breaks it: a text that is the beginning of another one. What makes it slow: a text so short that all windows
// are.
#include "allocator/families.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <iterator>

#include "allocator/interfaces.h"
#include "allocator/marks.h"
#include "allocator/names.h"

namespace crossheap {

namespace {

struct NameStart {
  std::string_view start;
  Family family;
};
// libjemalloc.so.2, libtcmalloc_minimal.so.4; what stands behind is ".so" or a variant of the library.
constexpr NameStart kLibraryStarts[] = {
    {"libjemalloc", Family::Jemalloc},
    {"libmimalloc", Family::Mimalloc},
    {"libtcmalloc", Family::Tcmalloc},
    {"libsnmalloc", Family::Snmalloc},
    {"libtbbmalloc", Family::Tbbmalloc},
    {"libclang_rt.scudo", Family::Scudo},
    {"libscudo", Family::Scudo},
    {"librpmalloc", Family::Rpmalloc},
    {"libdmalloc", Family::Dmalloc},
    {"libefence", Family::ElectricFence},
    {"libasan.so", Family::Sanitizer},
    {"libtsan.so", Family::Sanitizer},
    {"liblsan.so", Family::Sanitizer},
    {"libhwasan.so", Family::Sanitizer},
    {"libclang_rt.asan", Family::Sanitizer},
    {"libclang_rt.tsan", Family::Sanitizer},
    {"libclang_rt.hwasan", Family::Sanitizer},
    {"libclang_rt.msan", Family::Sanitizer},
};

// Beginnings of messages, option names and configuration names. Each must stay in a build without statistics or
// assertions, and none may be the beginning of another.
constexpr TextMark kTextMarks[] = {
    {"<jemalloc>: Abort", Family::Jemalloc},
    {"<jemalloc>: Conf string", Family::Jemalloc},
    {"<jemalloc>: Malformed", Family::Jemalloc},
    {"<jemalloc>: Error in", Family::Jemalloc},
    {"<jemalloc>: Number of", Family::Jemalloc},
    {"config.cache_obliv", Family::Jemalloc, true},
    {"arenas.nlextent", Family::Jemalloc, true},
    {"___ Begin jemalloc", Family::Jemalloc},
    {"mimalloc: warn", Family::Mimalloc},
    {"mimalloc: err", Family::Mimalloc},
    {"allow_decommi", Family::Mimalloc},
    {"segment_decommit", Family::Mimalloc},
    {"purge_decommit", Family::Mimalloc},
    {"abandoned_page_", Family::Mimalloc},
    {"trying to free from non-existent arena", Family::Mimalloc},
    {"tcmalloc.max_total", Family::Tcmalloc, true},
    {"tcmalloc.current_total", Family::Tcmalloc, true},
    {"tcmalloc.pageheap_unmap", Family::Tcmalloc, true},
    {"tcmalloc.aggressive_", Family::Tcmalloc, true},
    {"MALLOC:   %12", Family::Tcmalloc},
    {"src/tcmalloc", Family::Tcmalloc},
    {"TCMALLOC_TRANSFER", Family::Tcmalloc, true},
    {"tcmalloc: allocat", Family::Tcmalloc},
    {"As of 2005/01/26, only tcm", Family::Tcmalloc},
    {"Scudo ERR", Family::Scudo},
    {"SCUDO_OPTION", Family::Scudo, true},
    {"Available flags for Scud", Family::Scudo},
    {"TBBmalloc: ", Family::Tbbmalloc},
    {"TBB_MALLOC_USE_HUGE", Family::Tbbmalloc, true},
    {"malloc(): invalid", Family::Glibc},
    {"malloc(): smallbin", Family::Glibc},
    {"free(): invalid point", Family::Glibc},
    {"free(): double free", Family::Glibc},
    {"musl libc (", Family::Musl},
    {"MUSL_LOCPAT", Family::Musl},
    {"-0X+0X 0X-0x+", Family::Musl},
    {"No error infor", Family::Musl},
    {"Failed to initialise snm", Family::Snmalloc},
    {"Failed to initialise thread local al", Family::Snmalloc},
    {"Failed to get system rand", Family::Snmalloc},
    {": (malloc) Error in", Family::Mozjemalloc},
    {": (malloc) Unsupp", Family::Mozjemalloc},
    {"Compile-time page size does not div", Family::Mozjemalloc},
    {"PartitionAlloc.AddressSp", Family::PartitionAlloc},
    {"PartitionAlloc.BRPQuar", Family::PartitionAlloc},
    {"partition_alloc/alloc", Family::PartitionAlloc},
    {"partition_alloc/part", Family::PartitionAlloc},
    {"ElectricFence Abort", Family::ElectricFence},
    {"Electric Fence 2", Family::ElectricFence},
};
constexpr std::size_t kTextMarkCount = std::size(kTextMarks);

// Finds many words in one pass, after Wu and Manber: looks at the last two bytes of a window as long as the shortest
// word and moves on by the distance at which any word could still end there. Most windows move by the whole length.
constexpr std::size_t kShortest =
    std::min_element(std::begin(kTextMarks), std::end(kTextMarks), [](const TextMark &a, const TextMark &b) {
      return a.start.size() < b.start.size();
    })->start.size();
constexpr std::size_t kPairs = std::size_t{1} << 12;

constexpr std::size_t pair_index(char first, char second) {
  const auto a = static_cast<unsigned char>(first);
  const auto b = static_cast<unsigned char>(second);
  return (a * std::size_t{37} + b * std::size_t{5}) % kPairs;
}

struct Shifts {
  std::array<std::uint8_t, kPairs> distance{};
};

constexpr Shifts shifts() {
  Shifts table;
  for (auto &distance : table.distance) distance = static_cast<std::uint8_t>(kShortest - 1);
  for (const TextMark &mark : kTextMarks)
    for (std::size_t end = 2; end <= kShortest; ++end) {
      auto &distance = table.distance[pair_index(mark.start[end - 2], mark.start[end - 1])];
      distance = std::min<std::uint8_t>(distance, static_cast<std::uint8_t>(kShortest - end));
    }
  return table;
}
constexpr Shifts kShifts = shifts();

bool stands_at(std::string_view bytes, std::size_t at, const TextMark &mark) {
  if (bytes.size() - at <= mark.start.size() || !bytes.substr(at).starts_with(mark.start)) return false;
  const char next = bytes[at + mark.start.size()];
  return next >= ' ' && next <= '~';
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "12.34" or "12.34.5" from `at`, "" where there is none.
std::string_view dotted_number(std::string_view text, std::size_t at) {
  std::size_t end = at;
  std::size_t dots = 0;
  while (end < text.size() && (is_digit(text[end]) || (text[end] == '.' && end > at && is_digit(text[end - 1])))) {
    if (text[end] == '.') ++dots;
    ++end;
  }
  return dots == 0 ? std::string_view() : text.substr(at, end - at);
}

// jemalloc: "5.3.0-0-g" and the 40 digits of its commit.
std::string jemalloc_version(std::string_view bytes) {
  for (std::size_t at = bytes.find("-g"); at != std::string_view::npos; at = bytes.find("-g", at + 2)) {
    const std::string_view commit = bytes.substr(at + 2, 40);
    const bool is_commit = commit.size() == 40 && std::all_of(commit.begin(), commit.end(), [](char c) {
                             return is_digit(c) || (c >= 'a' && c <= 'f');
                           });
    if (!is_commit) continue;
    std::size_t start = at;
    while (start > 0 && (is_digit(bytes[start - 1]) || bytes[start - 1] == '.' || bytes[start - 1] == '-')) --start;
    const std::string_view number = dotted_number(bytes, start);
    if (!number.empty() && number != "0.0.0") return std::string(number);
  }
  return {};
}

std::string number_behind(std::string_view bytes, std::string_view words) {
  for (std::size_t at = bytes.find(words); at != std::string_view::npos; at = bytes.find(words, at + 1)) {
    const std::string_view number = dotted_number(bytes, at + words.size());
    if (!number.empty()) return std::string(number.substr(0, number.find_last_not_of('.') + 1));
  }
  return {};
}

}  // namespace

std::string_view name_of(Family family) noexcept {
  switch (family) {
    case Family::Glibc:
      return "glibc";
    case Family::Jemalloc:
      return "jemalloc";
    case Family::Mimalloc:
      return "mimalloc";
    case Family::Tcmalloc:
      return "tcmalloc";
    case Family::Snmalloc:
      return "snmalloc";
    case Family::Musl:
      return "musl";
    case Family::Scudo:
      return "scudo";
    case Family::Tbbmalloc:
      return "tbbmalloc";
    case Family::Rpmalloc:
      return "rpmalloc";
    case Family::Mozjemalloc:
      return "mozjemalloc";
    case Family::PartitionAlloc:
      return "PartitionAlloc";
    case Family::Dmalloc:
      return "dmalloc";
    case Family::ElectricFence:
      return "Electric Fence";
    case Family::Sanitizer:
      return "sanitizer";
    case Family::Unknown:
      break;
  }
  return "unknown";
}

Family family_of_symbol(std::string_view name) noexcept {
  if (const Family family = family_of_mark(name); family != Family::Unknown) return family;
  const auto split = split_prefix(name);
  if (!split) return Family::Unknown;
  const Interface interface = split->function->interface;
  if (interface == Interface::Standard && !split->prefix.empty()) return Family::Jemalloc;
  // tcmalloc has these two as well.
  if (split->prefix.empty() && (name == "nallocx" || name == "sdallocx")) return Family::Unknown;
  return family_of(interface);
}

Family family_of_library(std::string_view soname) noexcept {
  if (const Family libc = libc_called(soname); libc != Family::Unknown) return libc;
  for (const NameStart &library : kLibraryStarts)
    if (soname.starts_with(library.start)) return library.family;
  return Family::Unknown;
}

Family family_of_section(std::string_view name) noexcept {
  if (name == "google_malloc" || name == "malloc_hook") return Family::Tcmalloc;
  if (name == "__libc_freeres_fn") return Family::Glibc;
  return Family::Unknown;
}

std::vector<TextMark> text_marks_in(std::string_view bytes) {
  std::vector<TextMark> found;
  std::array<bool, kTextMarkCount> seen{};
  std::size_t end = kShortest;
  while (end <= bytes.size()) {
    const std::size_t distance = kShifts.distance[pair_index(bytes[end - 2], bytes[end - 1])];
    if (distance > 0) {
      end += distance;
      continue;
    }
    const std::size_t start = end - kShortest;
    for (std::size_t i = 0; i < kTextMarkCount; ++i) {
      if (seen[i] || !stands_at(bytes, start, kTextMarks[i])) continue;
      seen[i] = true;
      found.push_back(kTextMarks[i]);
    }
    ++end;
  }
  return found;
}

bool has_text_marks(Family family) noexcept {
  return std::any_of(std::begin(kTextMarks), std::end(kTextMarks),
                     [family](const TextMark &mark) { return mark.family == family; });
}

std::string version_in(Family family, std::string_view bytes) {
  switch (family) {
    case Family::Jemalloc:
      return jemalloc_version(bytes);
    case Family::Tcmalloc:
      return number_behind(bytes, "gperftools ");
    case Family::Glibc:
      return number_behind(bytes, "stable release version ");
    default:
      return {};
  }
}

}  // namespace crossheap
