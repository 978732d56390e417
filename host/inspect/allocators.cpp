// SPDX-License-Identifier: MIT OR Apache-2.0
#include "inspect/allocators.h"

#include <fmt/format.h>

#include <algorithm>

#include "allocator/functions.h"
#include "allocator/names.h"
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

bool may_carry_allocator(const elf::File &file, const Traces &traces) {
  return traces.obtains_memory || !file.is_dynamic() ||
         std::any_of(traces.marks.begin(), traces.marks.end(), [](const auto &of) { return of.second.any(); });
}

// glibc provides these of Interface::Standard; cfree left it in 2.26, the sized forms of C23 are not in it yet.
bool is_provided_by_glibc(const Function &function) {
  return function.interface == Interface::Standard && function.name != "cfree" && function.name != "free_sized" &&
         function.name != "free_aligned_sized";
}

template <typename Wanted>
std::vector<std::string> missing(const Inspection &inspection, Wanted wanted) {
  std::vector<std::string> names;
  for (const Function &function : kFunctions)
    if (wanted(function) && inspection.definition(function.name) == nullptr) names.emplace_back(function.name);
  return names;
}

bool is_operator(const Function &function) { return function.interface == Interface::Operators; }

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

AllocatorInside described(Family family, const FamilyMarks &marks) {
  AllocatorInside allocator;
  allocator.family = family;
  allocator.version = marks.version;
  allocator.prefixes = marks.prefixes;
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
  // A wrapper defines a family's functions and asks dlsym for the real ones; it has none of the family's texts.
  if (has_text_marks(family) && marks.texts.empty() && marks.sections.empty() && asks_dlsym(inspection)) return false;
  return !marks.exported.empty() || !marks.hidden.empty() ||
         marks.texts.size() + marks.sections.size() >= kEnoughTextMarks;
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

void add_constants(const elf::File &file, Traces &traces) {
  for (const elf::Section &section : file.sections())
    if (const Family family = family_of_section(section.name); family != Family::Unknown)
      add_once(traces.marks[family].sections, section.name);
  if (!may_carry_allocator(file, traces)) return;
  const auto areas = constants(file);
  for (const std::string_view area : areas)
    for (const TextMark &mark : text_marks_in(area))
      add_once(traces.marks[mark.family].texts, fmt::format("\"{}\"", mark.start));
  for (auto &[family, marks] : traces.marks)
    for (const std::string_view area : areas)
      if (marks.version.empty()) marks.version = version_in(family, area);
  if (FamilyMarks &marks = traces.marks[Family::Mimalloc]; marks.version.empty() && marks.any())
    marks.version = mimalloc_version(file);
}

std::vector<AllocatorInside> allocators_inside(const Inspection &inspection, const Traces &traces) {
  std::vector<AllocatorInside> allocators;
  for (const auto &[family, marks] : traces.marks)
    if (marks.any() && is_convincing(family, marks, inspection)) allocators.push_back(described(family, marks));

  if (inspection.definition("malloc") == nullptr || inspection.definition("free") == nullptr) return allocators;
  AllocatorInside *server = server_of(allocators, inspection.own_family());
  if (server == nullptr) {
    AllocatorInside unknown;
    unknown.presence = inspection.exports("malloc") ? Presence::Exported : Presence::Hidden;
    unknown.evidence.emplace_back(asks_dlsym(inspection) ? "defines malloc and free, and asks dlsym for others"
                                                         : "defines malloc and free, and nothing that tells a family");
    server = &allocators.emplace_back(std::move(unknown));
  }
  server->serves_malloc = true;
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

std::vector<std::string> missing_operators(const Inspection &inspection) { return missing(inspection, is_operator); }

bool asks_dlsym(const Inspection &inspection) {
  return std::any_of(inspection.loading.begin(), inspection.loading.end(),
                     [](const std::string &name) { return name == "dlsym" || name == "dlvsym"; });
}

bool defines_operators(const Inspection &inspection) {
  return std::any_of(inspection.definitions.begin(), inspection.definitions.end(), [](const Definition &definition) {
    const Function *const function = find_function(definition.name);
    return function != nullptr && is_operator(*function);
  });
}

}  // namespace crossheap::inspect
