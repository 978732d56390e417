// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Preloads come from measure::allocators_here. The others are builds of one workload, one row each in kLinked, which
// must name the files that plugins/workloads/CMakeLists.txt makes. A build that is not there is missing, with what adds
// it.
//
// A version is asked for where it is kept: in the bytes of the program, in the shared library that it links, from the
// program itself where it was built from Rust's crates, from musl's loader.
#include "bench/ways.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/installation.h"
#include "base/text.h"
#include "bench/process.h"
#include "elf/file.h"
#include "inspect/inspection.h"

namespace crossheap::bench {

namespace fs = std::filesystem;

namespace {

// The builds that plugins/workloads/CMakeLists.txt makes.
struct Linked {
  std::string_view name;
  std::string_view file;
  std::string_view about;
  Family family;
  std::string_view serves;  ///< as in Way; "=": the program itself
  std::string_view adds;
};

constexpr std::array kLinked{
    Linked{"jemalloc-static", "jemalloc", "linked statically", Family::Jemalloc, "=", "the package libjemalloc-dev"},
    Linked{"jemalloc-shared", "jemalloc-shared", "linked as a shared library", Family::Jemalloc, "libjemalloc",
           "the package libjemalloc-dev"},
    Linked{"jemalloc-prefixed", "jemalloc-prefixed", "under je_ names, beside libc's malloc", Family::Jemalloc, "",
           "the package libjemalloc-dev"},
    Linked{"tcmalloc-static", "tcmalloc", "linked statically", Family::Tcmalloc, "=",
           "the package libgoogle-perftools-dev"},
    Linked{"tcmalloc-shared", "tcmalloc-shared", "linked as a shared library", Family::Tcmalloc, "libtcmalloc",
           "the package libgoogle-perftools-dev"},
    Linked{"mimalloc-shared", "mimalloc-shared", "linked as a shared library", Family::Mimalloc, "libmimalloc",
           "the package libmimalloc-dev"},
    Linked{"mimalloc3-static", "mimalloc", "linked statically", Family::Mimalloc, "=",
           "a build of crossheap with Rust's crates"},
    Linked{"snmalloc-static", "snmalloc", "linked statically", Family::Snmalloc, "=",
           "a build of crossheap with Rust's crates"},
    Linked{"c-glibc", "c-glibc", "glibc, the workload in C", Family::Glibc, "libc", ""},
    Linked{"c-musl", "c-musl", "musl, the workload in C", Family::Unknown, "libc", "the package musl-tools"},
};

fs::path build_of(std::string_view file) { return library_folder() / "bench" / file; }

std::string version_inside(const fs::path &file, Family family) {
  const inspect::Inspection inspection = inspect::inspect_file(elf::File(elf::Source::open(file)));
  for (const inspect::AllocatorInside &inside : inspection.allocators)
    if (inside.family == family) return inside.version;
  return "";
}

std::string first_line(const std::string &text) { return text.substr(0, text.find('\n')); }

Way preloaded(const measure::Allocator &allocator, const fs::path &plain) {
  Way way;
  way.name = allocator.name;
  way.version = allocator.version;
  way.about = allocator.library.empty()
                  ? (allocator.settings.empty() ? std::string("libc's own") : "libc's own, with a setting")
                  : fmt::format("by LD_PRELOAD of {}", allocator.library.filename().string());
  way.program = plain;
  way.variables = measure::environment_of(allocator);
  way.serves = allocator.library.filename().string();
  return way;
}

Way linked(const Linked &row, const std::vector<measure::Allocator> &shared) {
  Way way;
  way.name = row.name;
  way.about = row.about;
  way.program = build_of(row.file);
  way.linked = true;
  way.serves = row.serves == "=" ? std::string(row.file) : std::string(row.serves);
  if (row.family == Family::Glibc) {
    way.version = shared.empty() ? "" : shared.front().version;
  } else if (row.family != Family::Unknown) {
    way.version = version_inside(way.program, row.family);
    // A shared library's version stands in the library, which is the one that LD_PRELOAD would take.
    if (way.version.empty() && row.serves != "=")
      for (const measure::Allocator &one : shared)
        if (one.family == row.family && way.version.empty()) way.version = one.version;
    // What was built from sources says nothing in its bytes; the build knows.
    if (way.version.empty())
      way.version = first_line(measure::run(launch_of({way.program.string(), "--allocator-version"})).output);
  } else {
    // musl's loader, run by itself, says "Version 1.2.3" and how it is used.
    const elf::File program(elf::Source::open(way.program));
    const std::string loader(program.interpreter());
    const std::string said = fs::exists(loader) ? measure::run(launch_of({loader})).errors : "";
    const std::size_t at = said.find("Version ");
    if (at != std::string::npos) way.version = first_line(said.substr(at + 8));
  }
  return way;
}

}  // namespace

Ways ways_of_this_machine() {
  Ways ways;
  const fs::path plain = library_file("bench/system");
  const std::vector<measure::Allocator> allocators = measure::allocators_here();
  for (const measure::Allocator &allocator : allocators) ways.here.push_back(preloaded(allocator, plain));
  for (const measure::Absent &absent : measure::allocators_absent())
    ways.missing.push_back({std::string(absent.name), fmt::format("{} brings it", absent.adds)});
  for (const Linked &row : kLinked) {
    if (fs::exists(build_of(row.file)))
      ways.here.push_back(linked(row, allocators));
    else
      ways.missing.push_back({std::string(row.name), fmt::format("{} brings it", row.adds)});
  }
  return ways;
}

Way way_named(const Ways &ways, std::string_view typed) {
  const auto found =
      std::find_if(ways.here.begin(), ways.here.end(), [typed](const Way &way) { return way.name == typed; });
  if (found != ways.here.end()) return *found;
  for (const Missing &missing : ways.missing)
    if (missing.name == typed) throw Error(Blame::Usage, typed, "is not on this machine", missing.reason);
  // What is neither: settings, the path of a library, or a mistake, which measure names.
  if (typed.find_first_of(":/") == std::string_view::npos) {
    std::vector<std::string_view> names;
    names.reserve(ways.here.size());
    for (const Way &way : ways.here) names.push_back(way.name);
    const std::string_view near = nearest(typed, names);
    throw Error(Blame::Usage, typed, "is no allocator that crossheap knows",
                near.empty() ? "`crossheap bench --list` names them" : fmt::format("did you mean {}?", near));
  }
  return preloaded(measure::allocator_named(typed), library_file("bench/system"));
}

}  // namespace crossheap::bench
