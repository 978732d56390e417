// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Facts first, conclusions last. Header, symbols, constants and runtimes add what they see; only `conclude` decides
// what it means together, because each decision needs several of them. For an archive all members are read before that:
// what one member refers to, another one may define, and then it is no reference of the archive.
//
// Definitions and references are put into the order of the table of functions, so that two builds of one library are
// reported alike whatever their linkers did.
#include "inspect/inspection.h"

#include <fmt/format.h>

#include <algorithm>

#include "allocator/names.h"
#include "elf/archive.h"
#include "inspect/allocators.h"
#include "inspect/rules.h"
#include "inspect/runtimes.h"
#include "inspect/symbol_facts.h"

namespace crossheap::inspect {

namespace {

std::optional<std::string> copied(const std::optional<std::string_view> &text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

Artifact artifact_of(elf::Kind kind) {
  switch (kind) {
    case elf::Kind::Executable:
      return Artifact::Executable;
    case elf::Kind::SharedLibrary:
      return Artifact::SharedLibrary;
    default:
      return Artifact::Object;
  }
}

void add_header_facts(const elf::File &file, Inspection &inspection) {
  const elf::Dynamic &dynamic = file.dynamic();
  inspection.artifact = artifact_of(file.kind());
  inspection.header = file.header();
  inspection.pie = file.is_pie();
  inspection.stripped = file.is_stripped();
  inspection.interpreter = file.interpreter();
  inspection.is_static = file.kind() == elf::Kind::Executable && dynamic.needed.empty() && file.interpreter().empty();
  inspection.secure_mode = file.source().starts_in_secure_mode();
  inspection.soname = copied(dynamic.soname);
  inspection.needed.assign(dynamic.needed.begin(), dynamic.needed.end());
  inspection.rpath = copied(dynamic.rpath);
  inspection.runpath = copied(dynamic.runpath);
  inspection.build_id = file.build_id();
  inspection.symbolic = dynamic.symbolic();
  inspection.bind_now = dynamic.bind_now();
  inspection.no_delete = dynamic.no_delete();
  inspection.executable_stack = file.wants_executable_stack();
  inspection.static_tls = dynamic.static_tls();
  inspection.tls = file.thread_local_storage().value_or(elf::ThreadLocal{});
}

// The order of the ONE table for its functions; the others behind them, by name.
template <typename Entry>
bool stands_before(const Entry &one, const Entry &other) {
  const auto place = [](const std::string &name) {
    const auto split = split_prefix(name);
    return split ? split->function - std::begin(kFunctions) : std::ssize(kFunctions);
  };
  return std::pair(place(one.name), std::string_view(one.name)) <
         std::pair(place(other.name), std::string_view(other.name));
}

// What the gathered facts mean together; to be called when all symbols and constants are in.
void conclude(const Traces &traces, const Policy &policy, Inspection &inspection) {
  conclude_runtimes(traces, inspection);
  std::stable_sort(inspection.definitions.begin(), inspection.definitions.end(), stands_before<Definition>);
  std::stable_sort(inspection.references.begin(), inspection.references.end(), stands_before<Reference>);
  inspection.obtains_memory = traces.obtains_memory;
  inspection.allocators = allocators_inside(inspection, traces);
  inspection.findings = findings_of(inspection, policy);
}

}  // namespace

Inspection inspect_file(const elf::File &file, const Policy &policy) {
  Inspection inspection;
  Traces traces;
  inspection.file = file.name();
  add_header_facts(file, inspection);
  inspection.damage.add(file.damage());
  if (file.is_dynamic()) add_dynamic_symbols(file, inspection, traces);
  add_static_symbols(file, {}, inspection, traces);
  add_constants(file, inspection, traces);
  add_runtimes(file, traces, inspection);
  conclude(traces, policy, inspection);
  return inspection;
}

Inspection inspect_archive(const std::shared_ptr<const elf::Source> &archive, const std::filesystem::path &directory,
                           const Policy &policy) {
  Inspection inspection;
  Traces traces;
  inspection.file = archive->name();
  inspection.artifact = Artifact::StaticLibrary;
  inspection.stripped = true;
  std::vector<elf::File> files;
  for (const elf::Member &member : elf::members(archive, directory)) {
    if (!elf::File::is_elf(member.source->bytes())) continue;  // a Rust library's metadata, LLVM bitcode
    const std::size_t before = files.size();
    inspection.damage.part(member.name, [&] { files.emplace_back(member.source); });
    if (files.size() == before) continue;
    const elf::File &file = files.back();
    if (inspection.members++ == 0) inspection.header = file.header();
    inspection.stripped = inspection.stripped && file.is_stripped();
    inspection.damage.add(file.damage());
    add_static_symbols(file, member.name, inspection, traces);
  }
  // What one member refers to and another defines is no reference of the archive.
  std::erase_if(inspection.references, [&](const Reference &reference) { return inspection.exports(reference.name); });
  for (const elf::File &file : files) {
    add_constants(file, inspection, traces);
    add_runtimes(file, traces, inspection);
  }
  conclude(traces, policy, inspection);
  return inspection;
}

const Reference *Inspection::reference(std::string_view name) const noexcept {
  const auto found =
      std::find_if(references.begin(), references.end(), [name](const Reference &r) { return r.name == name; });
  return found == references.end() ? nullptr : &*found;
}

bool Inspection::imports(std::string_view name) const noexcept {
  const Reference *const found = reference(name);
  return found != nullptr && !found->defined_here;
}

const Definition *Inspection::definition(std::string_view name) const noexcept {
  const auto found =
      std::find_if(definitions.begin(), definitions.end(), [name](const Definition &d) { return d.name == name; });
  return found == definitions.end() ? nullptr : &*found;
}

bool Inspection::exports(std::string_view name) const noexcept {
  return std::any_of(definitions.begin(), definitions.end(),
                     [name](const Definition &d) { return d.exported && d.name == name; });
}

bool Inspection::needs(Family family) const noexcept {
  return std::any_of(needed.begin(), needed.end(),
                     [family](const std::string &n) { return family_of_library(n) == family; });
}

std::string Inspection::libc_in_words() const {
  if (libc == Family::Unknown) return {};
  return is_static ? fmt::format("{}, static", name_of(libc)) : std::string(name_of(libc));
}

Family Inspection::own_family() const noexcept {
  if (artifact != Artifact::SharedLibrary) return Family::Unknown;
  // musl's library has no soname of its own, and may be called libc.so or as its loader.
  if (is_libc && libc == Family::Musl) return Family::Musl;
  if (soname) return family_of_library(*soname);
  return family_of_library(std::filesystem::path(file).filename().native());
}

std::string_view name_of(Artifact artifact) noexcept {
  switch (artifact) {
    case Artifact::Object:
      return "object file";
    case Artifact::StaticLibrary:
      return "static library";
    case Artifact::SharedLibrary:
      return "shared library";
    case Artifact::Executable:
      break;
  }
  return "executable";
}

std::string_view name_of(Presence presence) noexcept {
  switch (presence) {
    case Presence::Exported:
      return "exported";
    case Presence::Hidden:
      return "hidden";
    case Presence::Nameless:
      break;
  }
  return "hidden and stripped";
}

bool has_findings(const Inspection &inspection) noexcept {
  return std::any_of(inspection.findings.begin(), inspection.findings.end(),
                     [](const Finding &finding) { return finding.level != Level::Note; });
}

}  // namespace crossheap::inspect
