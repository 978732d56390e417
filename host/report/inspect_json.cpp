// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One file is one JSON object on one line, because a folder's document is written while the walk goes on: the command
// line prints what stands around the objects (cli/inspect.cpp). Keys are documented in docs/inspect.md and only ever
// added.
#include "report/inspect_json.h"

#include <nlohmann/json.hpp>

#include "inspect/rules.h"
#include "report/finding_json.h"

namespace crossheap::report {

namespace {

using inspect::AllocatorInside;
using inspect::Definition;
using inspect::Ignored;
using inspect::Inspection;
using inspect::Outcome;
using inspect::Reference;
using inspect::Runtime;
using inspect::Skipped;

using Json = nlohmann::ordered_json;

Json or_null(const std::optional<std::string> &text) { return text ? Json(*text) : Json(); }

std::string_view visibility_name(std::uint8_t visibility) {
  switch (visibility) {
    case STV_PROTECTED:
      return "protected";
    case STV_HIDDEN:
      return "hidden";
    case STV_INTERNAL:
      return "internal";
    default:
      return "default";
  }
}

Json to_json(const AllocatorInside &allocator) {
  return {{"family", name_of(allocator.family)},
          {"version", allocator.version},
          {"prefixes", allocator.prefixes},
          {"presence", name_of(allocator.presence)},
          {"provides_malloc", allocator.serves_malloc},
          {"missing", allocator.missing},
          {"evidence", allocator.evidence}};
}

Json to_json(const Definition &definition) {
  return {{"symbol", definition.name},
          {"version", definition.version},
          {"exported", definition.exported},
          {"binding", definition.weak ? "weak" : "global"},
          {"visibility", visibility_name(definition.visibility)},
          {"ifunc", definition.indirect},
          {"member", definition.member}};
}

Json to_json(const Reference &reference) {
  Json kinds = Json::array();
  for (const elf::RelocationKind kind : reference.relocations) kinds.push_back(elf::name_of(kind));
  return {{"symbol", reference.name},
          {"version", reference.version},
          {"version_file", reference.version_file},
          {"binding", reference.weak ? "weak" : "global"},
          {"defined_here", reference.defined_here},
          {"relocations", std::move(kinds)}};
}

Json to_json(const Runtime &runtime) { return {{"language", runtime.language}, {"detail", runtime.detail}}; }

Json to_json(const Finding &finding) { return finding_json(finding); }

template <typename Entry>
Json all_to_json(const std::vector<Entry> &entries) {
  Json array = Json::array();
  for (const Entry &entry : entries) array.push_back(to_json(entry));
  return array;
}

Json to_json(const Inspection &file) {
  return {{"file", file.file},
          {"artifact", name_of(file.artifact)},
          {"machine", elf::machine_name(file.header)},
          {"bits", file.header.encoding.wide ? 64 : 32},
          {"elf_type", file.header.type},
          {"pie", file.pie},
          {"static", file.is_static},
          {"stripped", file.stripped},
          {"libc", file.libc_in_words()},
          {"interpreter", file.interpreter},
          {"soname", or_null(file.soname)},
          {"needed", file.needed},
          {"rpath", or_null(file.rpath)},
          {"runpath", or_null(file.runpath)},
          {"build_id", file.build_id},
          {"symbolic", file.symbolic},
          {"bind_now", file.bind_now},
          {"nodelete", file.no_delete},
          {"executable_stack", file.executable_stack},
          {"unique_symbols", file.unique_symbols},
          {"members", file.members},
          {"tls",
           {{"size", file.tls.size},
            {"align", file.tls.align},
            {"static", file.static_tls},
            {"fits_default_dlopen", inspect::fits_static_tls(file)}}},
          {"languages", all_to_json(file.runtimes)},
          {"allocators", all_to_json(file.allocators)},
          {"definitions", all_to_json(file.definitions)},
          {"references", all_to_json(file.references)},
          {"libc_blocks", file.libc_blocks},
          {"loading", file.loading},
          {"weak_probes", file.weak_probes},
          {"configuration", file.configuration},
          {"not_read", file.damage.parts()},
          {"findings", all_to_json(file.findings)}};
}

struct Entry {
  const Outcome &outcome;
  Json operator()(const Inspection &inspection) const { return to_json(inspection); }
  Json operator()(const Skipped &skipped) const { return {{"file", outcome.file}, {"skipped", skipped.reason}}; }
  Json operator()(const Ignored &) const { return {{"file", outcome.file}}; }
  Json operator()(const Error &error) const {
    return {{"file", outcome.file}, {"error", {{"reason", error.reason()}, {"next_step", error.next_step()}}}};
  }
};

}  // namespace

std::string json_text(const inspect::Outcome &outcome) {
  return std::visit(Entry{outcome}, outcome.result).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace crossheap::report
