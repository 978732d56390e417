// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A fact is a heading and a list of words, broken where a line is full, so that a library with 60 allocation functions
// stays readable:
//
//   uses        free@GLIBC_2.2.5 (JUMP_SLOT), malloc@GLIBC_2.2.5 (JUMP_SLOT), 12 forms of operator new and delete
//
// The C functions are named one by one. The many forms of the operators and of an allocator's own interface are
// counted, unless they are few.
#include "report/inspect_text.h"

#include <fmt/format.h>

#include <map>

#include "allocator/names.h"
#include "base/text.h"
#include "inspect/rules.h"

namespace crossheap::report {

namespace {

using inspect::AllocatorInside;
using inspect::Artifact;
using inspect::Definition;
using inspect::Inspection;
using inspect::Reference;
using inspect::Runtime;

constexpr std::size_t kLineWidth = 110;
constexpr std::string_view kFactIndent = "              ";  // as wide as the heading of a fact

// `words` as a list, broken between words where a line is full.
std::string wrapped(const std::vector<std::string> &words, std::string_view indent) {
  std::string text;
  std::size_t column = indent.size();
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = printable_name(words[i]) + (i + 1 < words.size() ? "," : "");
    if (i > 0 && column + 1 + word.size() > kLineWidth) {
      text += fmt::format("\n{}", indent);
      column = indent.size();
    } else if (i > 0) {
      text += ' ';
      ++column;
    }
    text += word;
    column += word.size();
  }
  return text;
}

std::string fact(std::string_view heading, const std::vector<std::string> &words) {
  if (words.empty()) return {};
  return fmt::format("  {:<11} {}\n", heading, wrapped(words, kFactIndent));
}

std::string fact(std::string_view heading, std::string_view text) {
  return fact(heading, std::vector<std::string>{std::string(text)});
}

std::string kind_line(const Inspection &file) {
  std::vector<std::string> words{std::string(name_of(file.artifact)), elf::machine_name(file.header)};
  if (file.artifact == Artifact::Executable) words.emplace_back(file.pie ? "position independent" : "fixed address");
  if (file.is_static) words.emplace_back("statically linked");
  if (file.libc != Family::Unknown) words.push_back(file.libc_in_words());
  words.emplace_back(file.stripped ? "stripped" : "with symbols");
  if (file.members > 0) words.push_back(fmt::format("{} members", with_commas(file.members)));
  return fact("kind", words);
}

std::string loading_lines(const Inspection &file) {
  std::string text;
  if (file.soname) text += fact("soname", *file.soname);
  if (!file.build_id.empty()) text += fact("build id", file.build_id);
  if (!file.interpreter.empty()) text += fact("interpreter", file.interpreter);
  text += fact("needs", file.needed);
  if (file.rpath) text += fact("rpath", *file.rpath);
  if (file.runpath) text += fact("runpath", *file.runpath);
  std::vector<std::string> flags;
  if (file.symbolic) flags.emplace_back("symbolic (binds to itself first)");
  if (file.bind_now) flags.emplace_back("bind now");
  if (file.no_delete) flags.emplace_back("nodelete");
  if (file.executable_stack) flags.emplace_back("executable stack");
  if (file.unique_symbols > 0) flags.push_back(fmt::format("{} unique symbols", with_commas(file.unique_symbols)));
  text += fact("binding", flags);
  if (file.tls.size > 0)
    text += fact("tls", fmt::format("{} bytes, {}", with_commas(file.tls.size),
                                    !file.static_tls                 ? "dynamic"
                                    : inspect::fits_static_tls(file) ? "static, fits a default dlopen"
                                                                     : "static, does not fit a default dlopen"));
  return text;
}

std::string allocator_lines(const Inspection &file) {
  std::string text;
  for (const AllocatorInside &allocator : file.allocators) {
    text += fact("allocator", in_words(allocator));
    if (!allocator.missing.empty()) text += fact("  lacks", allocator.missing);
    for (const std::string &evidence : allocator.evidence) text += fact("  seen by", evidence);
  }
  return text;
}

// "free@GLIBC_2.2.5 (JUMP_SLOT, data; weak)"
std::string in_words(const Reference &reference) {
  std::string text = reference.name;
  if (!reference.version.empty()) text += "@" + reference.version;
  std::vector<std::string> details;
  for (const elf::RelocationKind kind : reference.relocations) details.emplace_back(elf::name_of(kind));
  if (reference.weak) details.emplace_back("weak");
  if (reference.defined_here) details.emplace_back("its own");
  return details.empty() ? text : fmt::format("{} ({})", text, fmt::join(details, " "));
}

std::string_view name_of_many(Interface interface) {
  switch (interface) {
    case Interface::Operators:
      return "forms of operator new and delete";
    case Interface::GlibcAlias:
      return "__libc_ names";
    case Interface::Jemalloc:
      return "functions of jemalloc's own interface";
    case Interface::Mimalloc:
      return "mi_ functions";
    case Interface::Tcmalloc:
      return "tc_ functions";
    case Interface::Snmalloc:
      return "sn_ functions";
    case Interface::Tbbmalloc:
      return "scalable_ functions";
    case Interface::Rpmalloc:
      return "rp functions";
    case Interface::Mozjemalloc:
      return "moz_arena_ functions";
    case Interface::Standard:
      break;
  }
  return "functions";
}

std::string in_words(const Definition &definition) {
  std::string text = definition.name;
  if (!definition.version.empty()) text += "@" + definition.version;
  std::vector<std::string> details;
  if (!definition.exported) details.emplace_back("hidden");
  if (definition.weak) details.emplace_back("weak");
  if (definition.indirect) details.emplace_back("ifunc");
  if (definition.exported && definition.visibility == STV_PROTECTED) details.emplace_back("protected");
  if (!definition.member.empty()) details.push_back("in " + definition.member);
  return details.empty() ? text : fmt::format("{} ({})", text, fmt::join(details, " "));
}

// The C functions one by one; of the many forms of the operators and of an allocator's own interface how many.
template <typename Entry>
std::vector<std::string> described_all(const std::vector<Entry> &entries) {
  constexpr std::size_t kSmall = 4;
  std::vector<std::string> words;
  std::map<Interface, std::vector<std::string>> many;
  for (const Entry &entry : entries) {
    const auto split = split_prefix(entry.name);
    const bool one_of_many = split && split->function->interface != Interface::Standard && split->prefix.empty();
    (one_of_many ? many[split->function->interface] : words).push_back(in_words(entry));
  }
  for (auto &[interface, names] : many) {
    if (names.size() <= kSmall)
      words.insert(words.end(), names.begin(), names.end());
    else
      words.push_back(fmt::format("{} {}", names.size(), name_of_many(interface)));
  }
  return words;
}

std::string memory_lines(const Inspection &file) {
  std::string text = fact("defines", described_all(file.definitions));
  text += fact("uses", described_all(file.references));
  text += fact("libc blocks", file.libc_blocks);
  text += fact("loads by", file.loading);
  text += fact("configures", file.configuration);
  return text;
}

std::string runtime_line(const Inspection &file) {
  std::vector<std::string> words;
  for (const Runtime &runtime : file.runtimes)
    words.push_back(runtime.detail.empty() ? runtime.language
                                           : fmt::format("{} ({})", runtime.language, runtime.detail));
  return fact("languages", words);
}

std::string finding_lines(const Finding &finding) {
  const Hazard &hazard = hazard_of(finding.hazard);
  std::string text = fmt::format("  {} {}, {}: {}\n", name_of(finding.hazard), name_of(finding.level), hazard.name,
                                 printable_name(finding.summary));
  for (const std::string &evidence : finding.evidence) text += fmt::format("        {}\n", printable_name(evidence));
  if (finding.level != Level::Note) text += fmt::format("        fix: {}\n", printable_name(advice_of(finding)));
  return text;
}

}  // namespace

std::string in_words(const AllocatorInside &allocator) {
  std::string text(name_of(allocator.family));
  if (!allocator.version.empty()) text += " " + allocator.version;
  if (!allocator.prefixes.empty()) text += fmt::format(", prefix {}", printable_name(enumeration(allocator.prefixes)));
  text += fmt::format(", {}", name_of(allocator.presence));
  if (allocator.serves_malloc) text += ", provides malloc";
  return text;
}

std::string full_text(const inspect::Inspection &inspection) {
  std::string text = printable_name(inspection.file) + "\n";
  text += kind_line(inspection);
  text += loading_lines(inspection);
  text += runtime_line(inspection);
  text += allocator_lines(inspection);
  text += memory_lines(inspection);
  for (const std::string &part : inspection.damage.parts()) text += fact("not read", part);
  for (const Finding &finding : inspection.findings) text += finding_lines(finding);
  return text;
}

std::string brief_text(const inspect::Inspection &inspection) {
  if (inspection.allocators.empty() && !inspect::has_findings(inspection)) return {};
  std::string text = printable_name(inspection.file) + "\n";
  for (const AllocatorInside &allocator : inspection.allocators) text += fact("allocator", in_words(allocator));
  for (const Finding &finding : inspection.findings)
    if (finding.level != Level::Note) text += finding_lines(finding);
  return text;
}

}  // namespace crossheap::report
