// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The renderings of an Inspection, of one made by hand so that every part of it is known.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/inspect_json.h"
#include "report/inspect_text.h"

namespace crossheap::report {
namespace {

inspect::Inspection plugin() {
  inspect::Inspection inspection;
  inspection.file = "plugin.so";
  inspection.artifact = inspect::Artifact::SharedLibrary;
  inspection.header.machine = EM_X86_64;
  inspection.header.type = ET_DYN;
  inspection.stripped = true;
  inspection.libc = Family::Glibc;
  inspection.soname = "libplugin\xff.so";
  inspection.needed = {"libm.so.6", "libc.so.6"};
  inspection.bind_now = true;
  inspection.static_tls = true;
  inspection.tls = {2632, 16};
  inspection.allocators.push_back({.family = Family::Jemalloc,
                                   .version = "5.3.0",
                                   .prefixes = {"je_"},
                                   .presence = inspect::Presence::Hidden,
                                   .serves_malloc = false,
                                   .missing = {},
                                   .evidence = {"hidden symbols je_mallctl"}});
  inspection.references.push_back({.name = "free",
                                   .version = "GLIBC_2.2.5",
                                   .version_file = "libc.so.6",
                                   .weak = true,
                                   .defined_here = false,
                                   .relocations = {elf::RelocationKind::JumpSlot, elf::RelocationKind::Absolute}});
  inspection.definitions.push_back({.name = "je_free", .version = "", .exported = false, .member = ""});
  inspection.runtimes.push_back({"Rust", "rustc 1.70.0"});
  inspection.findings.push_back({.hazard = HazardId::AllocatorUnloaded,
                                 .level = Level::Warning,
                                 .subject = "plugin.so",
                                 .summary = "carries jemalloc 5.3.0 and may be unloaded under it",
                                 .evidence = {"DF_1_NODELETE is not set"},
                                 .because = {},
                                 .next_step = "keep it",
                                 .places = {}});
  inspection.findings.push_back({.hazard = HazardId::AllocatorInTable,
                                 .level = Level::Note,
                                 .subject = "plugin.so",
                                 .summary = "keeps the address of free in a table",
                                 .evidence = {},
                                 .because = {},
                                 .next_step = {},
                                 .places = {}});
  return inspection;
}

TEST(FullText, TellsEverythingAndEscapesWhatATerminalMustNotSee) {
  EXPECT_EQ(full_text(plugin()),
            "plugin.so\n"
            "  kind        shared library, x86-64, glibc, stripped\n"
            "  soname      libplugin\\xff.so\n"
            "  needs       libm.so.6, libc.so.6\n"
            "  binding     bind now\n"
            "  tls         2,632 bytes, static, does not fit a default dlopen\n"
            "  languages   Rust (rustc 1.70.0)\n"
            "  allocator   jemalloc 5.3.0, prefix je_, hidden\n"
            "    seen by   hidden symbols je_mallctl\n"
            "  defines     je_free (hidden)\n"
            "  uses        free@GLIBC_2.2.5 (JUMP_SLOT data weak)\n"
            "  XH301 warning, allocator unloaded: carries jemalloc 5.3.0 and may be unloaded under it\n"
            "        DF_1_NODELETE is not set\n"
            "        fix: keep it\n"
            "  XH115 note, allocator in a table: keeps the address of free in a table\n");
}

TEST(BriefText, LeavesOutNotesAndFactsAndFilesWithoutEither) {
  EXPECT_EQ(brief_text(plugin()),
            "plugin.so\n"
            "  allocator   jemalloc 5.3.0, prefix je_, hidden\n"
            "  XH301 warning, allocator unloaded: carries jemalloc 5.3.0 and may be unloaded under it\n"
            "        DF_1_NODELETE is not set\n"
            "        fix: keep it\n");
  inspect::Inspection dull = plugin();
  dull.allocators.clear();
  dull.findings.erase(dull.findings.begin());
  EXPECT_EQ(brief_text(dull), "");
}

nlohmann::json parsed(const inspect::Outcome &outcome) { return nlohmann::json::parse(json_text(outcome)); }

TEST(JsonText, CarriesWhatTextIsMadeFrom) {
  const auto json = parsed({.file = "plugin.so", .named = true, .result = plugin()});
  EXPECT_EQ(json["artifact"], "shared library");
  EXPECT_EQ(json["soname"], "libplugin\xef\xbf\xbd.so");
  EXPECT_EQ(json["rpath"], nullptr);
  EXPECT_EQ(json["tls"]["fits_default_dlopen"], false);
  EXPECT_EQ(json["allocators"][0]["family"], "jemalloc");
  EXPECT_EQ(json["references"][0]["relocations"], (nlohmann::json{"JUMP_SLOT", "data"}));
  EXPECT_EQ(json["references"][0]["binding"], "weak");
  EXPECT_EQ(json["findings"][0]["id"], "XH301");
  EXPECT_EQ(json["findings"][0]["fix"], "keep it");
  EXPECT_EQ(json["findings"][1]["fix"],
            "Fill both halves of a table in one module, from one provider, and document who releases.");
}

TEST(JsonText, SaysWhyAFileIsSkippedOrUnreadable) {
  EXPECT_EQ(parsed({.file = "a.debug", .named = false, .result = inspect::Skipped{"is dull"}}),
            (nlohmann::json{{"file", "a.debug"}, {"skipped", "is dull"}}));
  EXPECT_EQ(parsed({.file = "b.so", .named = true, .result = Error(Blame::Usage, "b.so", "is cut", "copy it again")}),
            (nlohmann::json{{"file", "b.so"}, {"error", {{"reason", "is cut"}, {"next_step", "copy it again"}}}}));
}

}  // namespace
}  // namespace crossheap::report
