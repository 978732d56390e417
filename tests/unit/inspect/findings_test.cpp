// SPDX-License-Identifier: MIT OR Apache-2.0
//
// For each file the findings it must have, and no others.
#include <gtest/gtest.h>

#include "fixture.h"

namespace crossheap::inspect {
namespace {

struct Expected {
  const char *file;
  const char *findings;  // ids with the first letter of their level
};
// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest looks for this name
void PrintTo(const Expected &expected, std::ostream *out) { *out << expected.file; }

std::string ids_of(const Inspection &inspection) {
  std::string ids;
  for (const Finding &finding : inspection.findings)
    ids +=
        (ids.empty() ? "" : " ") + name_of(finding.hazard).substr(2) + std::string(name_of(finding.level).substr(0, 1));
  return ids;
}

class Findings : public testing::TestWithParam<Expected> {};

TEST_P(Findings, AreThoseOfTheFileAndNoOthers) { EXPECT_EQ(ids_of(inspected(GetParam().file)), GetParam().findings); }

INSTANTIATE_TEST_SUITE_P(
    Files, Findings,
    testing::Values(Expected{"clean.so", ""}, Expected{"clean.a", ""}, Expected{"clean.o", ""},
                    Expected{"program_plain", ""}, Expected{"small_tls.so", ""}, Expected{"core.a", ""},
                    Expected{"extended.so", "103w 105w"}, Expected{"extended_first.so", "105n"},
                    Expected{"program_exporting", "104w"}, Expected{"unversioned.so", "106w"},
                    Expected{"bump.so", "104w 107w 108n 301w 402w"}, Expected{"plugin.so", "109w 301w 401w"},
                    Expected{"plugin_stripped.so", "109w 301w 401w"}, Expected{"plugin_nodelete.so", "109w 401w"},
                    Expected{"program_hiding", "110w"}, Expected{"program_hiding_stripped", "110w"},
                    Expected{"configured", "111w"}, Expected{"prefixed", "112w"}, Expected{"probe.so", "113n"},
                    Expected{"unique.so", "114n"}, Expected{"table.so", "115n"}, Expected{"shim.so", "107n 108n 116w"},
                    Expected{"program_secure", "117n"}, Expected{"program_static", "117n"},
                    Expected{"operators.so", ""}, Expected{"operators_own.so", "107w 108n"},
                    Expected{"operators_half.so", "107w 108n 207w"}, Expected{"versioned.so", ""},
                    Expected{"resizer.so", ""}, Expected{"asks_dlsym.so", "104w 107w 108n 301w"},
                    Expected{"queries.so", ""}, Expected{"nested", ""}, Expected{"pinned.so", "107w 108n 114n"},
                    Expected{"program_musl", "117n"}, Expected{"fills.so", "109n 301w 401w"},
                    Expected{"tls.so", "401w"}, Expected{"program_twice", "110w 403w"},
                    Expected{"static_runtime.so", "404n"}, Expected{"two_runtimes.so", "404w"},
                    Expected{"shims.so", "405w"}, Expected{"musl", "406n"}));

class ArtifactRule : public testing::TestWithParam<Expected> {};

TEST_P(ArtifactRule, IsBrokenByTheFileOrNot) {
  const Inspection inspection = inspected(GetParam().file, {.artifact = true});
  std::string summaries;
  for (const Finding &finding : inspection.findings)
    if (finding.hazard == HazardId::ArtifactRule) summaries += finding.summary;
  EXPECT_EQ(summaries, GetParam().findings);
}

INSTANTIATE_TEST_SUITE_P(
    Files, ArtifactRule,
    testing::Values(
        Expected{"clean.so", ""}, Expected{"clean.a", ""}, Expected{"core.a", ""}, Expected{"module.so", ""},
        Expected{"program_plain", ""}, Expected{"program_exporting", ""},
        Expected{"allocator.a", "is a static library and carries jemalloc 5.3.0"},
        Expected{"plugin_stripped.so", "is a shared library and carries jemalloc 5.3.0"},
        Expected{"bump.so", "is a shared library and carries an unknown allocator"},
        Expected{"operators.so", "is a shared library and defines 2 forms of operator new and delete"},
        Expected{"core_resolved.a", "is a static library and defines the allocation ABI's crossheap_allocate"},
        Expected{"module_exporting.so", "is a shared library and exports the allocation ABI's crossheap_allocate"},
        Expected{"program_hiding",
                 "claims an override of malloc that nobody gets: runs on jemalloc 5.3.0, but does not export malloc: "
                 "libraries and plugins get libc's"},
        Expected{"configured",
                 "claims an override of malloc that nobody gets: is configured for jemalloc and contains none: its "
                 "archive was dropped from the link"}));

TEST(Findings, SystemLibrariesThatBelongToLibcAreNoHazard) {
  const std::string folder = "/lib/x86_64-linux-gnu/";
  EXPECT_EQ(ids_of(inspected_path(folder + "libc.so.6")), "");
  EXPECT_EQ(ids_of(inspected_path(folder + "libm.so.6")), "");
}

TEST(Findings, OfAnAllocatorsOwnLibraryAreMildThoughItsGapsAreNot) {
  const Inspection jemalloc = inspected_path("/usr/lib/x86_64-linux-gnu/libjemalloc.so.2");
  EXPECT_EQ(ids_of(jemalloc), "104w 107n 108n 301n 401w");
  EXPECT_EQ(jemalloc.findings[0].summary, "exports malloc, but not pvalloc: these stay libc's");
}

TEST(Findings, HalvesOfAPairOfOperatorsAreNamedAsCppWritesThem) {
  const Inspection inspection = inspected("operators_half.so");
  const auto &evidence = inspection.findings.back().evidence;
  ASSERT_FALSE(evidence.empty());
  EXPECT_EQ(evidence.front(), "operator new(unsigned long) is its own, operator delete(void*) is libc's free");
}

TEST(Findings, MuslsOwnLibraryIsALibc) {
  EXPECT_EQ(ids_of(inspected_path("/usr/lib/x86_64-linux-musl/libc.so")), "");
  EXPECT_EQ(inspected_path("/usr/lib/x86_64-linux-musl/libc.so").own_family(), Family::Musl);
}

TEST(HasFindings, NotesAreNone) {
  EXPECT_FALSE(has_findings(inspected("probe.so")));
  EXPECT_TRUE(has_findings(inspected("plugin.so")));
}

}  // namespace
}  // namespace crossheap::inspect
