// SPDX-License-Identifier: MIT OR Apache-2.0
#include "matrix/experiment.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "base/error.h"

namespace crossheap::matrix {
namespace {

namespace fs = std::filesystem;

class PluginFile : public ::testing::Test {
protected:
  PluginFile() {
    std::string pattern = (fs::temp_directory_path() / "crossheap-plugin-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~PluginFile() override { fs::remove_all(folder_); }

  fs::path file(std::string_view bytes) const {
    fs::path path = folder_ / "plugin.so";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  static std::string header(unsigned char elf_class, Elf64_Half machine, Elf64_Half type, Elf64_Half segments = 0) {
    Elf64_Ehdr header{};
    std::copy_n(ELFMAG, SELFMAG, header.e_ident);
    header.e_ident[EI_CLASS] = elf_class;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_machine = machine;
    header.e_type = type;
    header.e_ehsize = sizeof header;
    header.e_phoff = segments == 0 ? 0 : sizeof header;
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = segments;
    return {reinterpret_cast<const char *>(&header), sizeof header};
  }

  // What is said of a plugin of these bytes, without the folder's name.
  std::string refusal(const fs::path &path) const {
    try {
      plugin_at(path);
    } catch (const Error &error) {
      EXPECT_EQ(error.blame(), Blame::Usage);
      EXPECT_EQ(error.object(), path.string());
      EXPECT_FALSE(error.next_step().empty());
      return error.reason();
    }
    return "accepted";
  }

  fs::path folder_;
};

TEST_F(PluginFile, ThatIsMissingIsSaidToBe) { EXPECT_EQ(refusal(folder_ / "none.so"), "no such plugin file"); }
TEST_F(PluginFile, ThatIsAFolderIsSaidToBe) { EXPECT_EQ(refusal(folder_), "is a folder, not a plugin"); }
TEST_F(PluginFile, ThatIsEmptyIsSaidToBe) { EXPECT_EQ(refusal(file("")), "is empty"); }
TEST_F(PluginFile, ThatIsTextIsNotElf) { EXPECT_EQ(refusal(file("INPUT(libplugin.so.1)\n")), "is not an ELF file"); }
TEST_F(PluginFile, ThatEndsInItsHeaderIsTruncated) {
  EXPECT_TRUE(refusal(file("\177ELF\2\1\1")).starts_with("is malformed or truncated: "));
}
TEST_F(PluginFile, OfAnotherMachineIsRefused) {
  EXPECT_EQ(refusal(file(header(ELFCLASS64, EM_AARCH64, ET_DYN))), "is for aarch64, and this program is for x86-64");
  EXPECT_EQ(refusal(file(header(ELFCLASS32, EM_386, ET_DYN))), "is for i386, and this program is for x86-64");
}
TEST_F(PluginFile, ThatIsAnObjectFileIsNoSharedObject) {
  EXPECT_EQ(refusal(file(header(ELFCLASS64, EM_X86_64, ET_REL))), "is not a shared object");
}
TEST_F(PluginFile, WhoseSegmentsEndBehindItIsTruncated) {
  Elf64_Phdr code{};
  code.p_type = PT_LOAD;
  code.p_filesz = code.p_memsz = 100'000;
  const std::string segment(reinterpret_cast<const char *>(&code), sizeof code);
  EXPECT_EQ(refusal(file(header(ELFCLASS64, EM_X86_64, ET_DYN, 1) + segment)),
            "is malformed or truncated: a segment of 100000 bytes at offset 0 ends outside the file's 120 bytes");
}
// The loader needs no section headers: sstrip removes them.
TEST_F(PluginFile, WithoutSectionHeadersIsAccepted) {
  EXPECT_EQ(refusal(file(header(ELFCLASS64, EM_X86_64, ET_DYN))), "accepted");
}

TEST(Host, WithOneBuildToOpenOpensThatAndWhatTheUserBrings) {
  HostBuild host;
  const PluginBuild c{"c", {}, {}, {}};
  const PluginBuild go{"go", {}, {}, {}};
  const PluginBuild of_the_user{"./mine.so", {}, {}, {}};
  EXPECT_TRUE(opens(host, c) && opens(host, go) && opens(host, of_the_user));
  host.only_plugin = "c";
  EXPECT_TRUE(opens(host, c) && opens(host, of_the_user));
  EXPECT_FALSE(opens(host, go));
}

TEST(Host, OfAnotherLibcOpensOnlyThePluginThatIsItsOwn) {
  HostBuild musl;
  musl.name = "musl";
  musl.family = "musl";
  musl.only_plugin = "c-musl";
  PluginBuild its_own{"c-musl", {}, {}, {}};
  its_own.only_host = "musl";
  const PluginBuild of_the_user{"./mine.so", {}, {}, {}};
  EXPECT_TRUE(opens(musl, its_own));
  EXPECT_FALSE(opens(musl, of_the_user));
  EXPECT_FALSE(opens(HostBuild{}, its_own));
}

class ListOfBuilds : public ::testing::Test {
protected:
  ListOfBuilds() {
    std::string pattern = (fs::temp_directory_path() / "crossheap-builds-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~ListOfBuilds() override { fs::remove_all(folder_); }

  Builds read(std::string_view json) const {
    std::ofstream(folder_ / "experiment.json") << json;
    std::ofstream(folder_ / "script") << "#!/bin/sh\n";
    return read_builds(folder_);
  }

  fs::path folder_;
};

TEST_F(ListOfBuilds, FindsWhatAnInterpreterIsGivenBesideItAndLeavesItsOptionsAlone) {
  const Builds builds = read(
      R"({"hosts": [{"name": "lua", "file": "/bin/sh", "preload": "", "family": "system", "about": "",
                     "before": ["-x", "./script"], "only_plugin": "c"}],
          "plugins": [], "left_out": [{"what": "plugin go", "reason": "there is no Go here"}]})");
  ASSERT_EQ(builds.hosts.size(), 1u);
  EXPECT_EQ(builds.hosts[0].runner, "/bin/sh");
  EXPECT_EQ(builds.hosts[0].before, (std::vector<std::string>{"-x", (folder_ / "script").string()}));
  EXPECT_EQ(builds.hosts[0].only_plugin, "c");
  ASSERT_EQ(builds.left_out.size(), 1u);
  EXPECT_EQ(builds.left_out[0].reason, "there is no Go here");
}

TEST_F(ListOfBuilds, WithoutOneHostIsAnError) {
  EXPECT_THROW(read(R"({"hosts": [{"name": "lua", "file": "/bin/sh", "preload": "", "family": "system", "about": "",
                                   "before": ["./none"]}], "plugins": [], "left_out": []})"),
               Error);
}

TEST_F(ListOfBuilds, LeavesOutWhatIsNotThereAndSaysItOnce) {
  const Builds builds = read(
      R"({"hosts": [{"name": "sh", "file": "/bin/sh", "preload": "", "family": "system", "about": ""},
                    {"name": "a", "file": "./a", "preload": "", "family": "system", "about": ""},
                    {"name": "b", "file": "./b", "preload": "", "family": "system", "about": ""}],
          "plugins": [{"name": "script", "file": "script", "family": "system", "about": ""},
                      {"name": "for-b", "file": "script", "family": "system", "about": "", "only_host": "b"},
                      {"name": "pascal", "file": "plugins/pascal.so", "family": "system", "about": ""}],
          "left_out": []})");
  ASSERT_EQ(builds.hosts.size(), 1u);
  ASSERT_EQ(builds.plugins.size(), 1u) << "nobody is left to open for-b";
  EXPECT_EQ(builds.plugins[0].name, "script");
  ASSERT_EQ(builds.left_out.size(), 2u);
  EXPECT_EQ(builds.left_out[0].what, "hosts a, b");
  EXPECT_EQ(builds.left_out[0].reason, "not built (a is not there): ./run matrix in the checkout builds all of them");
  EXPECT_EQ(builds.left_out[1].what, "plugin pascal");
  EXPECT_EQ(builds.left_out[1].reason, "not built (pascal.so is not there): ./run matrix in the checkout builds it");
}

TEST(Offer, IsReadFromTheRunnersWords) {
  const auto offer = parse_offer("realloc|7|0|0|a|malloc|realloc,free|A block is grown.");
  ASSERT_TRUE(offer.has_value());
  EXPECT_EQ(offer->name, "realloc");
  EXPECT_EQ(offer->directions, 7u);
  EXPECT_EQ(offer->contract, 'a');
  EXPECT_EQ(offer->released_by, (std::vector<std::string>{"realloc", "free"}));
}

TEST(Offer, OfAnotherFormIsNone) {
  for (const char *text :
       {"", "realloc", "realloc|x|0|0|a|m|f|s", "realloc|7|0|0|ab|m|f|s", "|7|0|0|a|m|f|s", "r|7|0|0|a|m|f|s|more"})
    EXPECT_FALSE(parse_offer(text).has_value()) << text;
}

}  // namespace
}  // namespace crossheap::matrix
