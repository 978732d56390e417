// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Three kinds of traces, from certain to weak: what NEEDED says, what compilers and Go leave (.comment, .go.buildinfo),
// and what symbols and texts suggest. A static C++ runtime is the hard one, since its symbols are hidden as a rule. It
// is told by what it prints before it aborts, and only in a file that has code which catches and does not import the
// runtime for it.
//
// glibc and musl are told by the interpreter or NEEDED. A static program has neither: there the texts of the two
// decide.
#include "inspect/runtimes.h"

#include <fmt/format.h>

#include <algorithm>

#include "allocator/families.h"
#include "base/text.h"

namespace crossheap::inspect {

namespace {

struct SharedRuntime {
  std::string_view start;  // of the soname
  std::string_view language;
  std::string_view name;
};
constexpr SharedRuntime kSharedRuntimes[] = {
    {"libstdc++.so", "C++", "libstdc++"},
    {"libc++.so", "C++", "libc++"},
    {"libgfortran.so", "Fortran", "libgfortran"},
    {"libflang", "Fortran", "libflang"},
    {"libgnat-", "Ada", "libgnat"},
    {"libphobos2", "D", "libphobos2"},
    {"libgphobos", "D", "libgphobos"},
    {"libgdruntime", "D", "libgdruntime"},
    {"libdruntime-ldc", "D", "libdruntime"},
    {"libasmrun", "OCaml", "libasmrun"},
    {"libcamlrun", "OCaml", "libcamlrun"},
    {"libswiftCore.so", "Swift", "libswiftCore"},
    {"libHSrts", "Haskell", "libHSrts"},
    {"libgo.so", "Go", "libgo (gccgo)"},
    {"libobjc.so", "Objective-C", "libobjc"},
    {"libstd-", "Rust", "libstd"},
};

// What the static C++ runtimes print before they abort.
struct RuntimeText {
  std::string_view text;
  std::string_view name;
};
constexpr RuntimeText kStaticCppTexts[] = {{"terminate called after throwing an instance", "libstdc++"},
                                           {"libc++abi: terminating", "libc++"}};

bool is_cpp_runtime_itself(const Inspection &inspection) {
  const std::string_view soname = inspection.soname ? std::string_view(*inspection.soname) : std::string_view();
  return soname.starts_with("libstdc++.so") || soname.starts_with("libc++.so") || soname.starts_with("libc++abi.so");
}

void add_shared(Inspection &inspection) {
  for (const std::string &needed : inspection.needed)
    for (const SharedRuntime &runtime : kSharedRuntimes)
      if (std::string_view(needed).starts_with(runtime.start))
        add_runtime(inspection, runtime.language, fmt::format("{}, shared", runtime.name));
}

// .comment holds one NUL-terminated line for each compiler that contributed.
void add_compilers(const elf::File &file, Inspection &inspection) {
  const elf::Section *comment = file.section_named(".comment");
  if (comment == nullptr) return;
  for (std::string_view line : split(file.contents(*comment).text(), '\0')) {
    constexpr std::string_view kRustc = "rustc version ";
    if (!line.starts_with(kRustc)) continue;
    line.remove_prefix(kRustc.size());
    add_runtime(inspection, "Rust", fmt::format("rustc {}", printable(line.substr(0, line.find(' ')))));
  }
}

// Code that catches and neither imports the runtime for it nor defines it by name brings a hidden one, or is no C++.
bool may_hold_cpp_runtime(const elf::File &file, const Traces &traces) {
  return traces.defines_cpp_runtime ||
         (!traces.imports_cpp_runtime && file.section_named(".gcc_except_table") != nullptr);
}

void add_static_cpp(const elf::File &file, const Traces &traces, Inspection &inspection) {
  if (is_cpp_runtime_itself(inspection) || !may_hold_cpp_runtime(file, traces)) return;
  for (const elf::Section &section : file.sections()) {
    if (section.type != SHT_PROGBITS || !section.name.starts_with(".rodata")) continue;
    for (const RuntimeText &runtime : kStaticCppTexts) {
      if (file.contents(section).text().find(runtime.text) == std::string_view::npos) continue;
      inspection.static_cpp_runtime = true;
      add_runtime(inspection, "C++", fmt::format("{}, static", runtime.name));
    }
  }
}

Family libc_of(const Inspection &inspection, const Traces &traces) {
  const auto needs = [&](auto matches) {
    return std::any_of(inspection.needed.begin(), inspection.needed.end(), matches);
  };
  const auto is_musl = [](std::string_view soname) { return libc_called(soname) == Family::Musl; };
  const auto is_glibc = [](std::string_view soname) { return libc_called(soname) == Family::Glibc; };
  const Family by_loader = libc_of_loader(inspection.interpreter);
  if (by_loader == Family::Musl || needs(is_musl)) return Family::Musl;
  if (by_loader == Family::Glibc || needs(is_glibc) || inspection.own_family() == Family::Glibc) return Family::Glibc;
  // musl's own library needs nothing and has no interpreter.
  if (!inspection.is_static && !inspection.is_libc) return Family::Unknown;
  for (const Family family : {Family::Glibc, Family::Musl}) {
    const auto found = traces.marks.find(family);
    if (found != traces.marks.end() && found->second.any()) return family;
  }
  return Family::Unknown;
}

}  // namespace

void add_runtime(Inspection &inspection, std::string_view language, std::string_view detail) {
  const bool known = std::any_of(inspection.runtimes.begin(), inspection.runtimes.end(), [&](const Runtime &runtime) {
    return runtime.language == language && (runtime.detail == detail || detail.empty());
  });
  if (!known) inspection.runtimes.push_back({std::string(language), std::string(detail)});
}

void conclude_runtimes(const Traces &traces, Inspection &inspection) {
  if (inspection.static_cpp_runtime || !traces.defines_cpp_runtime || is_cpp_runtime_itself(inspection)) return;
  inspection.static_cpp_runtime = true;
  add_runtime(inspection, "C++", "static");
}

void add_runtimes(const elf::File &file, const Traces &traces, Inspection &inspection) {
  add_shared(inspection);
  add_static_cpp(file, traces, inspection);
  add_compilers(file, inspection);
  if (const elf::Section *build_info = file.section_named(".go.buildinfo"))
    add_runtime(inspection, "Go", go_version(file.contents(*build_info)));
  for (const std::string &language : traces.languages) add_runtime(inspection, language, "");
  inspection.libc = libc_of(inspection, traces);
}

// The magic, a byte for the size of pointers, a byte of flags; with flag 2 the version follows at offset 32, its length
// in front as a varint (one byte, for versions are short).
std::string go_version(elf::ByteView build_info) {
  constexpr std::string_view kMagic("\xff Go buildinf:", 14);
  constexpr std::uint64_t kFlagsAt = 15;
  constexpr std::uint64_t kVersionAt = 32;
  if (!build_info.text().starts_with(kMagic) || build_info.size() <= kVersionAt) return {};
  if ((build_info.read<std::uint8_t>(kFlagsAt) & 2) == 0) return {};
  const auto length = build_info.read<std::uint8_t>(kVersionAt);
  if (length >= 0x80 || !build_info.contains({kVersionAt + 1, length})) return {};
  return printable(build_info.slice({kVersionAt + 1, length}, "the version of Go").text());
}

}  // namespace crossheap::inspect
