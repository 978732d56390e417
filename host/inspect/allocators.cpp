// SPDX-License-Identifier: MIT OR Apache-2.0
//
// No single trace proves an allocator. A wrapper defines malloc and has no heap; a program may print "jemalloc"; a
// library may look whether mallctl is there. So traces are gathered by family, and a family counts where they agree
// (is_convincing):
//
//     symbols mallctl, malloc ... and texts of jemalloc        jemalloc, by name
//     no symbols, two texts of which one is a message          jemalloc, hidden and stripped
//     one symbol mallctl, no text of jemalloc's                a probe or a stub: nothing
//     malloc and free, and no traces of a family               an unknown allocator, or a wrapper: that asks dlsym
//
// Constants are searched only in files that may carry an allocator: those that ask the kernel for memory, are static,
// or have a trace already. That keeps a folder of thousands of libraries quick.
//
// Operators come in pairs, and each form that a file does not replace ends in another one, by way of libstdc++. So
// new[] ends in malloc or in the file's own new, and delete[] must end on the same heap (split_operators).
#include "inspect/allocators.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "allocator/functions.h"
#include "allocator/names.h"
#include "allocator/operators.h"
#include "base/text.h"
#include "elf/symbols.h"

namespace crossheap::inspect {

namespace {

// Sections of constants: in memory, neither written nor executed, and not one of those the compiler makes for itself.
bool holds_constants(const elf::Section &section) {
  constexpr std::string_view kMadeByTools[] = {".eh_frame", ".gcc_except_table", ".interp", ".note", ".gopclntab",
                                               ".typelink", ".itablink",         ".dyn",    ".gnu",  ".rel"};
  if (section.type != SHT_PROGBITS || (section.flags & SHF_ALLOC) == 0) return false;
  if ((section.flags & (SHF_WRITE | SHF_EXECINSTR)) != 0) return false;
  return std::none_of(std::begin(kMadeByTools), std::end(kMadeByTools),
                      [&](std::string_view start) { return section.name.starts_with(start); });
}

// The bytes in which texts may stand: by sections, or without them whatever is mapped and not written.
std::vector<std::string_view> constants(const elf::File &file) {
  std::vector<std::string_view> areas;
  for (const elf::Section &section : file.sections())
    if (holds_constants(section)) areas.push_back(file.contents(section).text());
  if (!file.sections().empty()) return areas;
  for (const elf::Segment &segment : file.segments())
    if (segment.type == PT_LOAD && (segment.flags & PF_W) == 0)
      areas.push_back(file.bytes().slice(segment.in_file, "a segment").text());
  return areas;
}

// Whether "malloc" is a text of its own, as dlsym takes it, and no part of another.
bool holds_malloc_as_text(std::string_view area) {
  constexpr std::string_view kText("malloc", sizeof "malloc");
  for (std::size_t at = area.find(kText); at != std::string_view::npos; at = area.find(kText, at + 1))
    if (at == 0 || area[at - 1] == '\0') return true;
  return false;
}

// Whether a text ends in it: linkers let "malloc" be the end of "mi_malloc".
bool holds_malloc_as_end(std::string_view area) {
  constexpr std::string_view kText("malloc", sizeof "malloc");
  return area.find(kText) != std::string_view::npos;
}

bool may_carry_allocator(const elf::File &file, const Traces &traces) {
  return traces.obtains_memory || !file.is_dynamic() ||
         std::any_of(traces.marks.begin(), traces.marks.end(), [](const auto &of) { return of.second.any(); });
}

// glibc provides these of Interface::Standard from its own heap; cfree left it in 2.26, the sized forms of C23 are not
// in it yet, and its reallocarray calls whoever provides realloc.
bool is_provided_by_glibc(const Function &function) {
  return function.interface == Interface::Standard && function.name != "cfree" && function.name != "free_sized" &&
         function.name != "free_aligned_sized" && function.name != "reallocarray";
}

template <typename Wanted>
std::vector<std::string> missing(const Inspection &inspection, Wanted wanted) {
  std::vector<std::string> names;
  for (const Function &function : kFunctions)
    if (wanted(function) && inspection.definition(function.name) == nullptr) names.emplace_back(function.name);
  return names;
}

// A few of `names` and how many more, as evidence. Plain names first: they tell a reader more than mangled ones.
std::string some_of(std::vector<std::string> names) {
  constexpr std::size_t kEnough = 4;
  std::sort(names.begin(), names.end(), [](const std::string &a, const std::string &b) {
    const bool a_mangled = a.starts_with("_Z");
    const bool b_mangled = b.starts_with("_Z");
    return a_mangled != b_mangled ? b_mangled : a < b;
  });
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kEnough; ++i) text += (i > 0 ? ", " : "") + printable(names[i]);
  if (names.size() > kEnough) text += fmt::format(" and {} more", names.size() - kEnough);
  return text;
}

// The prefixes of whole copies: those that stand before a function that allocates and one that releases. A name that
// only happens to continue a prefix (duckdb_je_ and je_free_sized) is none.
std::vector<std::string> prefixes_of_copies(const FamilyMarks &marks, const Inspection &inspection) {
  std::set<std::string_view> defined;
  if (!marks.prefixes.empty())
    for (const Definition &definition : inspection.definitions) defined.insert(definition.name);
  const auto defines_any = [&](const std::string &prefix, std::initializer_list<std::string_view> names) {
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view name) { return defined.contains(prefix + std::string(name)); });
  };
  std::vector<std::string> prefixes;
  for (const std::string &prefix : marks.prefixes)
    if (defines_any(prefix, {"malloc", "mallocx", "calloc", "mi_malloc"}) &&
        defines_any(prefix, {"free", "dallocx", "mi_free"}))
      prefixes.push_back(prefix);
  if (prefixes.empty() && !marks.prefixes.empty())
    prefixes.push_back(*std::min_element(marks.prefixes.begin(), marks.prefixes.end(),
                                         [](const auto &a, const auto &b) { return a.size() < b.size(); }));
  return prefixes;
}

AllocatorInside allocator_inside(Family family, const FamilyMarks &marks, const Inspection &inspection) {
  AllocatorInside allocator;
  allocator.family = family;
  allocator.version = marks.version;
  allocator.prefixes = prefixes_of_copies(marks, inspection);
  allocator.presence = !marks.exported.empty() ? Presence::Exported
                       : !marks.hidden.empty() ? Presence::Hidden
                                               : Presence::Nameless;
  if (!marks.exported.empty()) allocator.evidence.push_back("exported symbols " + some_of(marks.exported));
  if (!marks.hidden.empty()) allocator.evidence.push_back("hidden symbols " + some_of(marks.hidden));
  if (!marks.sections.empty()) allocator.evidence.push_back("sections " + some_of(marks.sections));
  if (!marks.texts.empty()) allocator.evidence.push_back("texts " + some_of(marks.texts));
  return allocator;
}

bool is_convincing(Family family, const FamilyMarks &marks, const Inspection &inspection) {
  // glibc's and musl's own names and messages are in every static executable and in libc itself, nowhere else.
  const bool is_libc = family == Family::Glibc || family == Family::Musl;
  const bool may_hold_libc = inspection.is_static || inspection.artifact == Artifact::StaticLibrary;
  if (is_libc && !may_hold_libc && inspection.own_family() != family) return false;
  const std::size_t texts = marks.texts.size() + marks.sections.size();
  const std::size_t symbols = marks.exported.size() + marks.hidden.size();
  // A wrapper, or a library that asks whether an allocator is there, defines a few of a family's functions; it has none
  // of the family's texts.
  constexpr std::size_t kMoreThanStubs = 3;
  if (has_text_marks(family) && texts == 0 && (asks_dlsym(inspection) || symbols < kMoreThanStubs)) return false;
  return symbols > 0 || (texts >= kEnoughTextMarks && (marks.has_message || !marks.sections.empty()));
}

// Which of the allocators inside the file's own `malloc` belongs to: the library's own family, else one without a
// prefix.
AllocatorInside *server_of(std::vector<AllocatorInside> &allocators, Family own) {
  AllocatorInside *server = nullptr;
  for (AllocatorInside &allocator : allocators) {
    if (allocator.family == own && own != Family::Unknown) return &allocator;
    if (allocator.prefixes.empty() && server == nullptr) server = &allocator;
  }
  return server;
}

}  // namespace

void add_constants(const elf::File &file, Inspection &inspection, Traces &traces) {
  for (const elf::Section &section : file.sections())
    if (const Family family = family_of_section(section.name); family != Family::Unknown)
      add_once(traces.marks[family].sections, section.name);
  const bool may_wrap = inspection.exports("malloc") && asks_dlsym(inspection);
  if (!may_wrap && !inspection.is_libc && !may_carry_allocator(file, traces)) return;
  const auto areas = constants(file);
  if (may_wrap)
    inspection.names_malloc = inspection.names_malloc ||
                              std::any_of(areas.begin(), areas.end(), holds_malloc_as_text) ||
                              (!traces.obtains_memory && std::any_of(areas.begin(), areas.end(), holds_malloc_as_end));
  for (const std::string_view area : areas)
    for (const TextMark &mark : text_marks_in(area)) {
      FamilyMarks &marks = traces.marks[mark.family];
      add_once(marks.texts, fmt::format("\"{}\"", mark.start));
      marks.has_message = marks.has_message || !mark.is_name;
    }
  for (auto &[family, marks] : traces.marks)
    for (const std::string_view area : areas)
      if (marks.version.empty()) marks.version = version_in(family, area);
  if (FamilyMarks &marks = traces.marks[Family::Mimalloc]; marks.version.empty() && marks.any())
    marks.version = mimalloc_version(file);
}

std::vector<AllocatorInside> allocators_inside(const Inspection &inspection, const Traces &traces) {
  std::vector<AllocatorInside> allocators;
  for (const auto &[family, marks] : traces.marks)
    if (marks.any() && is_convincing(family, marks, inspection))
      allocators.push_back(allocator_inside(family, marks, inspection));

  if (inspection.definition("malloc") == nullptr || inspection.definition("free") == nullptr) return allocators;
  // The texts of musl are those of its libc. Where symbols show another's malloc, musl's own was never linked.
  const bool another_serves = std::any_of(allocators.begin(), allocators.end(), [](const AllocatorInside &allocator) {
    return allocator.family != Family::Musl && allocator.presence != Presence::Nameless && allocator.prefixes.empty();
  });
  if (another_serves)
    std::erase_if(allocators, [](const AllocatorInside &allocator) {
      return allocator.family == Family::Musl && allocator.presence == Presence::Nameless;
    });
  AllocatorInside *server = server_of(allocators, inspection.own_family());
  if (server == nullptr) {
    AllocatorInside unknown;
    unknown.family = inspection.own_family();  // by the name of the library: a proxy of tbbmalloc
    unknown.presence = inspection.exports("malloc") ? Presence::Exported : Presence::Hidden;
    unknown.evidence.emplace_back(asks_dlsym_for_malloc(inspection)
                                      ? "defines malloc and free, and asks dlsym for another malloc"
                                      : "defines malloc and free, and nothing that tells a family");
    server = &allocators.emplace_back(std::move(unknown));
  }
  server->serves_malloc = true;
  if (inspection.exports("malloc")) server->presence = Presence::Exported;
  server->missing = missing_from_c_family(inspection);
  return allocators;
}

std::string mimalloc_version(const elf::File &file) {
  if (file.header().machine != EM_X86_64) return {};
  std::string version;
  const elf::DynamicSymbols symbols(file);
  symbols.find(elf::HashedName("mi_version"), [&](const elf::Symbol &symbol) {
    if (!symbol.defined()) return false;
    // [endbr64] mov $number, %eax; ret
    std::string_view code;
    elf::Damage ignored;
    ignored.part("the code of mi_version", [&] { code = file.from(symbol.value, "it").text().substr(0, 10); });
    if (code.starts_with("\xf3\x0f\x1e\xfa")) code.remove_prefix(4);
    if (code.size() < 6 || code[0] != '\xb8' || code[5] != '\xc3') return true;
    unsigned number = 0;
    for (std::size_t i = 4; i > 0; --i) number = number << 8 | static_cast<unsigned char>(code[i]);
    // 209 is 2.0.9; since 2.2 it is 20200, two digits a part.
    version = number < 1000 ? fmt::format("{}.{}.{}", number / 100, number / 10 % 10, number % 10)
                            : fmt::format("{}.{}.{}", number / 10000, number / 100 % 100, number % 100);
    return true;
  });
  return version;
}

std::vector<std::string> missing_from_c_family(const Inspection &inspection) {
  return missing(inspection, is_provided_by_glibc);
}

namespace {

bool is_of_arrays(std::string_view name) { return name[3] == 'a'; }
bool is_aligned(std::string_view name) { return name.find("align_val_t") != std::string_view::npos; }
bool allocates(std::string_view name) { return name.starts_with("_Zn"); }

// Where a call of the form ends: at one that the file defines, or at a function of libc.
std::string_view end_of(std::string_view name, const Inspection &inspection) {
  while (inspection.definition(name) == nullptr) {
    const std::string_view called = operator_calls(name);
    if (called.empty()) break;
    name = called;
  }
  return name;
}

// Whether somebody calls both halves: the file itself, or others where its own half is exported.
// \param end_here  the form in which the file's own half ends
bool is_in_use(std::string_view own_half, std::string_view other_half, std::string_view end_here,
               const Inspection &inspection) {
  const bool own = inspection.definition(own_half) != nullptr || inspection.imports(own_half);
  return own && (inspection.imports(other_half) || inspection.exports(end_here));
}

}  // namespace

std::vector<SplitPair> split_operators(const Inspection &inspection) {
  std::vector<SplitPair> pairs;
  for (const OperatorForward &of_new : kOperatorForwards)
    for (const OperatorForward &of_delete : kOperatorForwards) {
      const std::string_view taken = of_new.name;
      const std::string_view released = of_delete.name;
      if (!allocates(taken) || allocates(released) || is_of_arrays(taken) != is_of_arrays(released) ||
          is_aligned(taken) != is_aligned(released))
        continue;
      const std::string_view end_of_new = end_of(taken, inspection);
      const std::string_view end_of_delete = end_of(released, inspection);
      const bool new_here = end_of_new.starts_with("_Z");
      const bool delete_here = end_of_delete.starts_with("_Z");
      if (new_here == delete_here) continue;
      const std::string_view libc_function = new_here ? end_of_delete : end_of_new;
      if (inspection.definition(libc_function) != nullptr) continue;  // the same object's
      const bool used = new_here ? is_in_use(taken, released, end_of_new, inspection)
                                 : is_in_use(released, taken, end_of_delete, inspection);
      if (!used) continue;
      pairs.push_back({taken, released, new_here, libc_function});
    }
  return pairs;
}

bool asks_dlsym_for_malloc(const Inspection &inspection) { return asks_dlsym(inspection) && inspection.names_malloc; }

bool may_wrap_malloc(const Inspection &inspection) {
  const auto serving = std::find_if(inspection.allocators.begin(), inspection.allocators.end(),
                                    [](const AllocatorInside &allocator) { return allocator.serves_malloc; });
  return serving != inspection.allocators.end() && serving->family == Family::Unknown && inspection.exports("malloc") &&
         asks_dlsym(inspection);
}

bool wraps_malloc(const Inspection &inspection) {
  return may_wrap_malloc(inspection) && asks_dlsym_for_malloc(inspection);
}

bool asks_dlsym(const Inspection &inspection) {
  return std::any_of(inspection.loading.begin(), inspection.loading.end(),
                     [](const std::string &name) { return name == "dlsym" || name == "dlvsym"; });
}

}  // namespace crossheap::inspect
