// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A library is found as the loader finds it, by the name that programs link. Two have no such name, and are looked for
// where their packages and our own build put them.
#include "measure/allocators.h"

#include <fmt/format.h>
#include <glob.h>
#include <gnu/libc-version.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "base/error.h"
#include "base/installation.h"
#include "base/text.h"
#include "binding/library_search.h"
#include "elf/file.h"
#include "inspect/inspection.h"

namespace crossheap::measure {

namespace fs = std::filesystem;

namespace {

struct Row {
  std::string_view name;
  Family family;
  std::string_view soname;   ///< "" where the loader does not find it by a name
  std::string_view pattern;  ///< a glob; {lib}: our own folder, {machine}: as uname tells
  std::string_view adds;
  std::string_view setting;  ///< NAME=value, "" for none
};

constexpr std::array kRows{
    Row{"glibc", Family::Glibc, "", "", "", ""},
    Row{"glibc-arena-max-2", Family::Glibc, "", "", "", "MALLOC_ARENA_MAX=2"},
    Row{"glibc-no-tcache", Family::Glibc, "", "", "", "GLIBC_TUNABLES=glibc.malloc.tcache_count=0"},
    Row{"jemalloc", Family::Jemalloc, "libjemalloc.so.2", "", "the package libjemalloc2", ""},
    Row{"mimalloc", Family::Mimalloc, "libmimalloc.so.2", "", "the package libmimalloc2.0", ""},
    Row{"tcmalloc", Family::Tcmalloc, "libtcmalloc_minimal.so.4", "", "the package libtcmalloc-minimal4", ""},
    Row{"snmalloc", Family::Snmalloc, "libsnmallocshim.so", "{lib}/allocators/libsnmalloc.so",
        "a build of crossheap with Rust's crates", ""},
    Row{"mimalloc3", Family::Mimalloc, "libmimalloc.so.3", "{lib}/allocators/libmimalloc3.so",
        "a build of crossheap with Rust's crates", ""},
    Row{"scudo", Family::Scudo, "libscudo.so",
        "/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.scudo_standalone-{machine}.so",
        "the package libclang-rt-14-dev", ""},
    Row{"tbbmalloc", Family::Tbbmalloc, "libtbbmalloc_proxy.so.2", "", "the package libtbbmalloc2", ""},
    Row{"rpmalloc", Family::Rpmalloc, "librpmallocwrap.so", "", "a build of rpmalloc", ""},
};

bool is_libcs(const Row &row) { return row.soname.empty() && row.pattern.empty(); }

std::string machine_name() {
  utsname names{};
  return ::uname(&names) == 0 ? names.machine : "";
}

std::optional<fs::path> matched(std::string pattern) {
  const auto put = [&pattern](std::string_view word, const std::string &value) {
    if (const std::size_t at = pattern.find(word); at != std::string::npos) pattern.replace(at, word.size(), value);
  };
  put("{lib}", library_folder().string());
  put("{machine}", machine_name());
  glob_t found{};
  std::optional<fs::path> last;  // of several versions the newest, as far as names tell
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0 && found.gl_pathc > 0) last = found.gl_pathv[found.gl_pathc - 1];
  ::globfree(&found);
  return last;
}

std::optional<fs::path> by_soname(std::string_view soname) {
  const elf::File self(elf::Source::open("/proc/self/exe"));
  const binding::LibrarySearch search(binding::own_settings(), self.header());
  return search.find(soname, {}, binding::Asker{&self, ""}).file;
}

std::optional<fs::path> library_of(const Row &row) {
  std::optional<fs::path> file;
  if (!row.pattern.empty()) file = matched(std::string(row.pattern));
  if (!file && !row.soname.empty()) file = by_soname(row.soname);
  std::error_code failed;
  if (file) *file = fs::absolute(*file, failed);
  return file;
}

void add_setting(Allocator &allocator, std::string_view setting) {
  const std::size_t equals = setting.find('=');
  allocator.settings.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
}

/// Family and version as the file tells them.
void describe(Allocator &allocator) {
  const inspect::Inspection inspection = inspect::inspect_file(elf::File(elf::Source::open(allocator.library)));
  for (const inspect::AllocatorInside &inside : inspection.allocators) {
    if (allocator.family != Family::Unknown && inside.family != allocator.family) continue;
    allocator.family = inside.family;
    allocator.version = inside.version;
    return;
  }
}

std::optional<Allocator> found(const Row &row) {
  Allocator allocator;
  allocator.name = row.name;
  allocator.family = row.family;
  if (!row.setting.empty()) add_setting(allocator, row.setting);
  if (is_libcs(row)) {
    allocator.version = ::gnu_get_libc_version();
    return allocator;
  }
  const std::optional<fs::path> library = library_of(row);
  if (!library) return std::nullopt;
  allocator.library = *library;
  constexpr std::string_view kPackage = "the package ";
  if (row.adds.starts_with(kPackage)) allocator.package = row.adds.substr(kPackage.size());
  describe(allocator);
  return allocator;
}

const Row *row_named(std::string_view name) {
  const auto *const row = std::find_if(kRows.begin(), kRows.end(), [name](const Row &one) { return one.name == name; });
  return row == kRows.end() ? nullptr : row;
}

constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";

/// Whether `text` begins with "NAME=", the name in capitals, as those of all allocators are.
bool begins_a_setting(std::string_view text) {
  const std::size_t end = text.find('=');
  return end != std::string_view::npos && end > 0 && kCapitals.find(text.front()) != std::string_view::npos &&
         text.substr(0, end).find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == std::string_view::npos;
}

/// The places of the colons behind which a setting begins.
std::vector<std::size_t> setting_colons(std::string_view typed) {
  std::vector<std::size_t> colons;
  for (std::size_t at = typed.find(':'); at != std::string_view::npos; at = typed.find(':', at + 1))
    if (begins_a_setting(typed.substr(at + 1))) colons.push_back(at);
  return colons;
}

Allocator library_at(std::string_view path) {
  std::error_code failed;
  Allocator allocator;
  allocator.library = fs::absolute(fs::path(path), failed).lexically_normal();
  if (!fs::is_regular_file(allocator.library, failed))
    throw Error(Blame::Usage, path, "is not there, or is no file", "give the path of a shared library, or a name");
  if (allocator.library.string().find_first_of(": ") != std::string::npos)
    throw Error(Blame::Usage, path, "has a colon or a space in its path, which LD_PRELOAD takes as the end of a name",
                "put a link to it at a path without them");
  const elf::File file(elf::Source::open(allocator.library));
  if (file.kind() != elf::Kind::SharedLibrary)
    throw Error(Blame::Usage, path, "is no shared library, and LD_PRELOAD takes nothing else");
  describe(allocator);
  return allocator;
}

std::string variable(const char *name) {
  const char *const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

std::vector<Allocator> allocators_here() {
  std::vector<Allocator> all;
  for (const Row &row : kRows)
    if (std::optional<Allocator> allocator = found(row)) all.push_back(std::move(*allocator));
  return all;
}

std::vector<Absent> allocators_absent() {
  std::vector<Absent> all;
  for (const Row &row : kRows)
    if (!is_libcs(row) && !library_of(row)) all.push_back({row.name, row.adds});
  return all;
}

Allocator allocator_named(std::string_view typed) {
  const std::vector<std::size_t> colons = setting_colons(typed);
  const std::string_view name = typed.substr(0, colons.empty() ? typed.size() : colons.front());
  Allocator allocator;
  if (const Row *const row = row_named(name)) {
    std::optional<Allocator> here = found(*row);
    if (!here) throw Error(Blame::Usage, name, "is not on this machine", fmt::format("{} brings it", row->adds));
    allocator = std::move(*here);
  } else if (name.find('/') != std::string_view::npos) {
    allocator = library_at(name);
  } else if (const std::string_view before = name.substr(0, name.find(':')); row_named(before) != nullptr) {
    throw Error(Blame::Usage, typed, "has a setting without a value", fmt::format("write {}:NAME=VALUE", before));
  } else {
    std::vector<std::string_view> names;
    std::vector<std::string> words;
    for (const Row &one : kRows) {
      names.push_back(one.name);
      words.emplace_back(one.name);
    }
    const std::string_view near = nearest(name, names);
    throw Error(Blame::Usage, name, "is no allocator that crossheap knows",
                near.empty() ? fmt::format("give {}, or the path of a library", enumeration(words, "or"))
                             : fmt::format("did you mean {}? A library is given by its path", near));
  }
  for (std::size_t i = 0; i < colons.size(); ++i) {
    const std::size_t begin = colons[i] + 1;
    const std::size_t end = i + 1 < colons.size() ? colons[i + 1] : typed.size();
    add_setting(allocator, typed.substr(begin, end - begin));
  }
  allocator.name = typed;
  return allocator;
}

std::vector<std::string> split_list(std::string_view typed) {
  std::vector<std::string> entries;
  for (const std::string_view piece : split(typed, ',')) {
    const std::string_view name = piece.substr(0, piece.find(':'));
    const bool begins_one = row_named(name) != nullptr || piece.find('/') != std::string_view::npos;
    const bool of_a_value = piece.find_first_of(":=") != std::string_view::npos;
    if (!begins_one && of_a_value && !entries.empty() && !setting_colons(entries.back()).empty())
      entries.back().append(",").append(piece);
    else
      entries.emplace_back(piece);
  }
  return entries;
}

Variables environment_of(const Allocator &allocator) {
  Variables variables;
  if (!allocator.library.empty()) {
    const std::string before = variable("LD_PRELOAD");
    variables.emplace_back("LD_PRELOAD", before.empty() ? allocator.library.string()
                                                        : fmt::format("{}:{}", allocator.library.string(), before));
  }
  for (const auto &[name, value] : allocator.settings) {
    const std::string before = name == "GLIBC_TUNABLES" ? variable("GLIBC_TUNABLES") : std::string();
    variables.emplace_back(name, before.empty() ? value : fmt::format("{}:{}", before, value));
  }
  return variables;
}

}  // namespace crossheap::measure
