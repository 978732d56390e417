// SPDX-License-Identifier: MIT OR Apache-2.0
//
// THE table of which folder may include which. The order of the host's layers is that of docs/design.md; two of
// them run inside other people's processes and have rules of their own.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "house/include_rules.h"

namespace crossheap::house {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kTops{"abi", "host", "plugins", "examples", "tests"};

const std::vector<Row> kTable{
    {"abi", {}},
    // No source at all: the headers from elsewhere that are compiled once.
    {"host/precompiled", {}},
    {"host/base", {kEveryRowAbove}},
    {"host/allocator", {kEveryRowAbove}},
    {"host/elf", {kEveryRowAbove}},
    {"host/flow", {kEveryRowAbove}},
    {"host/catalog", {kEveryRowAbove}},
    {"host/inspect", {kEveryRowAbove}},
    {"host/binding", {kEveryRowAbove}},
    {"host/event", {kEveryRowAbove}},
    {"host/sandbox", {kEveryRowAbove}},
    {"host/observe", {kEveryRowAbove}},
    // Linked to one allocator a build: it uses nothing that would bring allocations of its own.
    // It can be forked for each run, and then does by itself what the supervisor does around execve.
    {"host/runner",
     {"abi", "host/allocator/libc_names.h", "host/allocator/marks.h", "host/base/load_modes.h", "host/event",
      "host/sandbox/child.h", "host/sandbox/serve.h", "plugins/scenarios"}},
    // Lives in the traced process without a C++ runtime.
    {"host/agent",
     {"host/allocator/functions.h", "host/allocator/interfaces.h", "host/allocator/libc_names.h",
      "host/allocator/marks.h", "host/allocator/names.h", "host/allocator/tail_filter.h", "host/catalog/ids.h",
      "host/event/format.h"}},
    {"host/trace", {kEveryRowAbove}},
    {"host/matrix", {kEveryRowAbove, "plugins/scenarios/experiment.h"}},
    {"host/contract", {kEveryRowAbove}},
    {"host/drill", {kEveryRowAbove}},
    {"host/measure", {kEveryRowAbove}},
    {"host/profile", {kEveryRowAbove}},
    {"host/check", {kEveryRowAbove}},
    {"host/compare", {kEveryRowAbove}},
    {"host/bench", {kEveryRowAbove}},
    {"host/report", {kEveryRowAbove}},
    {"host/cli", {kEveryRowAbove}},
    // What users write: they have the installed headers and nothing else.
    {"plugins", {"abi"}},
    {"examples", {"abi"}},
    {"tests", {"abi", "host", "plugins"}},
};

// A small tree in a directory of its own, removed at the end.
class TreeOnDisk {
public:
  TreeOnDisk() {
    std::string pattern = (fs::temp_directory_path() / "crossheap-layers-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
    root_ = pattern;
  }
  TreeOnDisk(const TreeOnDisk &) = delete;
  TreeOnDisk &operator=(const TreeOnDisk &) = delete;
  ~TreeOnDisk() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }

  void add(const std::string &file, const std::string &text) const {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }

  std::vector<Violation> violations() const { return house::violations(root_, kTops, kTable); }

private:
  fs::path root_;
};

// The indented names with a slash behind them, below the line "host/".
std::vector<std::string> host_layers_of_the_design() {
  std::ifstream stream(fs::path(CROSSHEAP_SOURCE_DIR) / "docs/design.md");
  std::vector<std::string> layers;
  std::string text;
  while (std::getline(stream, text) && text != "host/") continue;
  while (std::getline(stream, text) && text.starts_with("  "))
    layers.push_back("host/" + text.substr(2, text.find('/') - 2));
  return layers;
}

TEST(Layers, EveryIncludeKeepsTheirOrder) {
  for (const Violation &violation : violations(CROSSHEAP_SOURCE_DIR, kTops, kTable))
    ADD_FAILURE_AT(violation.file.c_str(), violation.line) << violation.reason;
}

TEST(Layers, TheTableHasTheOrderOfTheDesign) {
  std::vector<std::string> layers;
  for (const Row &row : kTable)
    if (row.folder.starts_with("host/")) layers.push_back(row.folder);
  EXPECT_EQ(layers, host_layers_of_the_design());
}

TEST(IncludeRules, AnIncludeOfALayerFurtherUpIsNamedByFileAndLine) {
  const TreeOnDisk tree;
  tree.add("host/elf/image.h", "");
  tree.add("host/base/text.h", "// one line\n#include \"elf/image.h\"\n");
  const auto found = tree.violations();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].file, "host/base/text.h");
  EXPECT_EQ(found[0].line, 2);
  EXPECT_EQ(found[0].reason, "host/base may not include host/elf/image.h");
}

TEST(IncludeRules, AnIncludeOfALayerFurtherDownIsAllowed) {
  const TreeOnDisk tree;
  tree.add("host/base/text.h", "");
  tree.add("host/elf/image.cpp", "#include \"base/text.h\"\n#include \"image.h\"\n#include <vector>\n");
  tree.add("host/elf/image.h", "");
  EXPECT_TRUE(tree.violations().empty());
}

TEST(IncludeRules, AHeaderThatIsAllowedDoesNotBringOneThatIsNot) {
  const TreeOnDisk tree;
  tree.add("host/base/text.h", "");
  tree.add("host/allocator/functions.h", "#include \"base/text.h\"\n");
  tree.add("host/agent/hooks.c", "#include \"allocator/functions.h\"\n");
  const auto found = tree.violations();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].file, "host/allocator/functions.h");
  EXPECT_EQ(found[0].reason, "host/agent may not include host/base/text.h (reached from host/agent/hooks.c)");
}

TEST(IncludeRules, AngleBracketsHideNothing) {
  const TreeOnDisk tree;
  tree.add("host/base/text.h", "");
  tree.add("plugins/scenarios/plain.c", "#include <base/text.h>\n");
  const auto found = tree.violations();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].reason, "plugins may not include host/base/text.h");
}

TEST(IncludeRules, AFolderThatTheTableDoesNotHaveIsAViolation) {
  const TreeOnDisk tree;
  tree.add("host/misc/things.h", "");
  const auto found = tree.violations();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].file, "host/misc/things.h");
}

TEST(IncludeRules, AQuotedIncludeOfNoFileOfTheTreeIsAViolation) {
  const TreeOnDisk tree;
  tree.add("host/base/text.cpp", "#include \"base/txt.h\"\n");
  const auto found = tree.violations();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].reason, "\"base/txt.h\" is no file of this tree");
}

}  // namespace
}  // namespace crossheap::house
