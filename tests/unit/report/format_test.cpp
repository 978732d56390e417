// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/format.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace crossheap::report {
namespace {

using Json = nlohmann::json;

Place place(const std::string &object, const std::string &function, const std::string &file, int line) {
  Place one;
  one.object = object;
  one.function = function;
  one.file = file;
  one.line = line;
  return one;
}

Finding finding(HazardId hazard, Level level, const std::string &subject, const std::string &summary) {
  Finding one;
  one.hazard = hazard;
  one.level = level;
  one.subject = subject;
  one.summary = summary;
  return one;
}

std::string written(std::string_view format, const Document &document) {
  std::ostringstream to;
  find_format(format)->write(to, document);
  return to.str();
}

Json sarif_of(const Document &document) { return Json::parse(written("sarif", document)); }

std::string fingerprint_of(const Finding &one) {
  Document document;
  document.findings.push_back(one);
  return sarif_of(document)["runs"][0]["results"][0]["partialFingerprints"]["crossheap/v1"];
}

TEST(Formats, HaveNamesAndExtensionsOfTheirOwn) {
  std::set<std::string_view> names;
  std::set<std::string_view> extensions;
  for (const Format &format : formats()) {
    EXPECT_TRUE(names.insert(format.name).second) << format.name;
    EXPECT_TRUE(extensions.insert(format.extension).second) << format.extension;
    EXPECT_TRUE(format.extension.starts_with('.')) << format.extension;
    EXPECT_EQ(find_format(format.name), &format);
    EXPECT_EQ(format_of_file("folder.d/report" + std::string(format.extension)), &format);
  }
  EXPECT_EQ(find_format("pdf"), nullptr);
  EXPECT_EQ(format_of_file("report"), nullptr);
  EXPECT_EQ(format_of_file("json"), nullptr);
}

TEST(Formats, WriteADocumentThatHoldsNothing) {
  Document nothing;
  nothing.verb = "inspect";
  EXPECT_EQ(written("text", nothing), "");
  EXPECT_EQ(written("json", nothing), "");
  EXPECT_EQ(written("markdown", nothing), "## crossheap inspect: nothing found\n");
  EXPECT_EQ(sarif_of(nothing)["runs"][0]["results"], Json::array());
  EXPECT_NE(written("junit", nothing).find("tests=\"0\""), std::string::npos);
}

TEST(Sarif, PointsToTheFirstSourceLineThatIsKnown) {
  Document document;
  document.findings.push_back(finding(HazardId::CrossingFree, Level::Error, "/opt/plugin.so", "it crosses"));
  document.findings[0].places = {place("/lib/libc.so.6", "free", "", 0),
                                 place("/opt/plugin.so", "give back()", "src/give back.cpp", 12)};
  const Json result = sarif_of(document)["runs"][0]["results"][0];
  const Json location = result["locations"][0];
  EXPECT_EQ(location["physicalLocation"]["artifactLocation"]["uri"], "src/give%20back.cpp");
  EXPECT_EQ(location["physicalLocation"]["region"]["startLine"], 12);
  EXPECT_EQ(location["logicalLocations"][0]["fullyQualifiedName"], "give back()");
  EXPECT_EQ(result["stacks"][0]["frames"].size(), 2U);
  EXPECT_EQ(result["stacks"][0]["frames"][0]["location"]["physicalLocation"]["artifactLocation"]["uri"],
            "file:///lib/libc.so.6");
}

TEST(Sarif, LeavesTheNamesInItsMessageAsTheyAre) {
  Document document;
  document.findings.push_back(finding(HazardId::CrossingFree, Level::Error, "plugin.so", "plugin.so frees a block"));
  document.findings[0].because = "libc.so.6 comes first";
  const std::string message = sarif_of(document)["runs"][0]["results"][0]["message"]["text"];
  EXPECT_TRUE(message.starts_with("plugin.so frees a block. libc.so.6 comes first.\nNext: ")) << message;
}

TEST(Sarif, TakesTheFileWhereNoSourceLineIsKnown) {
  Document document;
  document.findings.push_back(finding(HazardId::NeededOrder, Level::Note, "build:1/plugin.so", "x"));
  const Json location = sarif_of(document)["runs"][0]["results"][0]["locations"][0];
  EXPECT_EQ(location["physicalLocation"]["artifactLocation"]["uri"], "build%3A1/plugin.so");
  EXPECT_FALSE(location["physicalLocation"].contains("region"));
}

TEST(Sarif, KeepsTheFingerprintWhenOnlyNumbersFoldersAndLinesChange) {
  Finding one = finding(HazardId::StaticTlsExhausted, Level::Warning, "/build/1/plugin.so",
                        "carries jemalloc 5.3.0 and needs 2,632 bytes");
  one.places = {place("/build/1/plugin.so", "f", "f.c", 10)};
  Finding other =
      finding(HazardId::StaticTlsExhausted, Level::Error, "plugin.so", "carries jemalloc 5.4 and needs 12,640 bytes");
  other.places = {place("plugin.so", "f", "f.c", 99)};
  other.count = 7;
  EXPECT_EQ(fingerprint_of(one), fingerprint_of(other));
}

TEST(Sarif, HasAnotherFingerprintForAnotherHazardFileFunctionOrSentence) {
  Finding one = finding(HazardId::CrossingFree, Level::Error, "plugin.so", "a block of jemalloc");
  one.places = {place("plugin.so", "f", "", 0)};
  std::set<std::string> prints{fingerprint_of(one)};
  for (const auto &change : std::initializer_list<void (*)(Finding &)>{
           [](Finding &f) { f.hazard = HazardId::CrossingRealloc; }, [](Finding &f) { f.subject = "other.so"; },
           [](Finding &f) { f.places[0].function = "g"; }, [](Finding &f) { f.summary = "a block of mimalloc"; }}) {
    Finding changed = one;
    change(changed);
    EXPECT_TRUE(prints.insert(fingerprint_of(changed)).second) << changed.summary;
  }
}

TEST(Sarif, TellsEqualResultsOfOneReportApart) {
  Document document;
  document.findings.assign(2, finding(HazardId::TwoInstances, Level::Warning, "plugin.so", "carries 2 copies"));
  const Json results = sarif_of(document)["runs"][0]["results"];
  EXPECT_NE(results[0]["partialFingerprints"], results[1]["partialFingerprints"]);
}

TEST(Sarif, SurvivesNamesThatAreNoUtf8) {
  Document document;
  document.findings.push_back(
      finding(HazardId::NeededOrder, Level::Warning, "a\xff\xc0\x80\n.so", "\xed\xa0\x80 \x01"));
  const Json whole = sarif_of(document);
  EXPECT_EQ(whole["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            "a%FF%C0%80%0A.so");
}

TEST(Junit, FailsASubjectOnceForEachHazardThatIsMoreThanANote) {
  Document document;
  document.verb = "inspect";
  document.subjects = {"good.so", "bad.so"};
  document.findings = {finding(HazardId::TwoInstances, Level::Warning, "bad.so", "first"),
                       finding(HazardId::TwoInstances, Level::Warning, "bad.so", "second"),
                       finding(HazardId::NeededOrder, Level::Error, "bad.so", "third"),
                       finding(HazardId::WeakProbe, Level::Note, "good.so", "only a note")};
  document.problems = {{"broken.so", "is no \x01 ELF file", ""}};
  const std::string xml = written("junit", document);
  EXPECT_NE(xml.find(R"(tests="4" failures="2" errors="1")"), std::string::npos) << xml;
  EXPECT_NE(xml.find(R"(<testcase classname="crossheap.inspect" name="good.so" />)"), std::string::npos) << xml;
  EXPECT_NE(xml.find("bad.so: XH403 two instances of one family"), std::string::npos) << xml;
  EXPECT_EQ(xml.find("only a note"), std::string::npos) << xml;
  EXPECT_EQ(xml.find('\x01'), std::string::npos);
}

TEST(Markdown, CountsByLevelAndFoldsTheEvidence) {
  Document document;
  document.verb = "bind";
  document.findings = {finding(HazardId::DeepBoundPlugin, Level::Warning, "a_b|c.so", "crosses"),
                       finding(HazardId::DeepBoundPlugin, Level::Warning, "d.so", "crosses"),
                       finding(HazardId::WeakProbe, Level::Note, "d.so", "asks")};
  document.findings[0].evidence = {"free: found in `libc.so.6`"};
  EXPECT_EQ(written("markdown", document), R"(## crossheap bind: 2 warnings and 1 note

| | hazard | where | what |
|---|---|---|---|
| warning | XH101 deep-bound plugin | a\_b\|c.so | crosses |
| warning | XH101 deep-bound plugin | d.so | crosses |
| note | XH113 weak probe | d.so | asks |

<details><summary>XH101 a_b|c.so: crosses</summary>

- free: found in \`libc.so.6\`

Next: Load without RTLD\_DEEPBIND, or release every block through the module that handed it out. A plugin cannot undo the host's flag.

</details>

<details><summary>XH101 d.so: crosses</summary>


Next: Load without RTLD\_DEEPBIND, or release every block through the module that handed it out. A plugin cannot undo the host's flag.

</details>
)");
}

TEST(Html, KeepsAStrangersNamesInsideItsJson) {
  Document document;
  document.verb = "inspect";
  const std::string evil = "</script><script>alert(1)</script><!--\xff\xe2\x80\xa8&\"";
  document.subjects = {evil};
  document.findings.push_back(finding(HazardId::CrossingFree, Level::Error, evil, evil));
  document.problems.push_back({evil, evil, evil});
  document.facts = Json{{"schema", "crossheap.inspect/1"}, {"files", {"</script>"}}}.dump();
  document.text = evil;
  const std::string page = written("html", document);
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_EQ(page.find("<!--\\xff"), std::string::npos);
  const std::string begin = "id=\"report\">";
  const std::size_t from = page.find(begin) + begin.size();
  const Json json = Json::parse(page.substr(from, page.find("</script>", from) - from));
  EXPECT_EQ(json["findings"][0]["id"], "XH201");
  EXPECT_EQ(json["facts"]["files"][0], "</script>");
  EXPECT_NE(json["hazards"]["XH201"]["what"], "");
}

TEST(Html, SaysThatItLeavesOutFactsThatAreTooMany) {
  Document document;
  document.verb = "bind";
  std::string host;
  host.resize(20'000'000, 'x');
  document.facts = Json{{"schema", "crossheap.bind/1"}, {"host", host}}.dump();
  const std::string page = written("html", document);
  EXPECT_LT(page.size(), 1'000'000U);
  EXPECT_NE(page.find("too many for a page"), std::string::npos);
}

}  // namespace
}  // namespace crossheap::report
