// SPDX-License-Identifier: MIT OR Apache-2.0
#include "elf/file.h"

#include <gtest/gtest.h>

#include "fixture.h"

namespace crossheap::elf {
namespace {

TEST(File, TellsKindsApart) {
  EXPECT_EQ(fixture("executable").kind(), Kind::Executable);
  EXPECT_EQ(fixture("pie").kind(), Kind::Executable);
  EXPECT_EQ(fixture("static").kind(), Kind::Executable);
  EXPECT_EQ(fixture("libreferences.so").kind(), Kind::SharedLibrary);
  EXPECT_EQ(fixture("executable.o").kind(), Kind::Object);
  EXPECT_EQ(fixture("libversions.debug").kind(), Kind::DebugFile);
}

TEST(File, LibcIsALibraryThoughItHasAnInterpreter) {
  const File libc = File::open("/lib/x86_64-linux-gnu/libc.so.6");
  EXPECT_FALSE(libc.interpreter().empty());
  EXPECT_EQ(libc.kind(), Kind::SharedLibrary);
}

TEST(File, KnowsAPieFromAPositionDependentExecutable) {
  EXPECT_TRUE(fixture("pie").is_pie());
  EXPECT_FALSE(fixture("executable").is_pie());
  EXPECT_FALSE(fixture("static").is_dynamic());
}

TEST(File, ReadsTheDynamicSectionInTheOrderOfTheFile) {
  const File file = fixture("libreferences.so");
  const Dynamic &dynamic = file.dynamic();
  ASSERT_GE(dynamic.needed.size(), 3U);
  EXPECT_EQ(dynamic.needed[0], "libversions.so.1");
  EXPECT_EQ(dynamic.needed[1], "libm.so.6");
  EXPECT_EQ(dynamic.needed[2], "libc.so.6");
  EXPECT_EQ(dynamic.runpath, "/nowhere/$ORIGIN");
  EXPECT_EQ(dynamic.rpath, std::nullopt);
  EXPECT_EQ(dynamic.auxiliaries, std::vector<std::string_view>{"libauxiliary.so"});
  EXPECT_TRUE(dynamic.symbolic());
  EXPECT_TRUE(dynamic.bind_now());
  EXPECT_TRUE(dynamic.no_delete());
  EXPECT_FALSE(dynamic.static_tls());
}

TEST(File, ReadsWhatTheOtherLibraryAsksFor) {
  const File file = fixture("libold.so");
  const Dynamic &dynamic = file.dynamic();
  EXPECT_EQ(dynamic.rpath, "/nowhere");
  EXPECT_EQ(dynamic.runpath, std::nullopt);
  EXPECT_EQ(dynamic.filters, std::vector<std::string_view>{"libfiltee.so"});
  EXPECT_FALSE(dynamic.symbolic());
  EXPECT_FALSE(dynamic.no_delete());
  EXPECT_TRUE(dynamic.static_tls());
  EXPECT_TRUE(file.wants_executable_stack());
  EXPECT_FALSE(fixture("libreferences.so").wants_executable_stack());
}

TEST(File, ReadsSonameBuildIdAndThreadLocalStorage) {
  const File file = fixture("libversions-gnu.so");
  EXPECT_EQ(file.dynamic().soname, "libversions.so.1");
  EXPECT_EQ(file.build_id(), "0123456789abcdef");
  ASSERT_TRUE(file.thread_local_storage().has_value());
  EXPECT_EQ(file.thread_local_storage()->size, 4U);
  EXPECT_EQ(file.thread_local_storage()->align, 4U);
  EXPECT_FALSE(fixture("pie").thread_local_storage().has_value());
}

TEST(File, ADebugFileHasTheBuildIdButNoDynamicSection) {
  const File file = fixture("libversions.debug");
  EXPECT_EQ(file.build_id(), "0123456789abcdef");
  EXPECT_FALSE(file.is_dynamic());
}

TEST(File, StrippedMeansWithoutTheLinkersSymbols) {
  EXPECT_FALSE(fixture("libversions-gnu.so").is_stripped());
  EXPECT_TRUE(fixture("libversions-stripped.so").is_stripped());
}

TEST(File, BytesAtAnAddressComeFromTheSegmentThatFillsIt) {
  const File file = fixture("libversions-gnu.so");
  const Section *comment = file.section_named(".comment");
  ASSERT_NE(comment, nullptr);
  EXPECT_NE(file.contents(*comment).text().find("GCC"), std::string_view::npos);
  const Section *names = file.section_named(".dynstr");
  ASSERT_NE(names, nullptr);
  EXPECT_EQ(file.at({names->address, names->in_file.size}, "strings").text(), file.contents(*names).text());
  EXPECT_THROW(file.at({0x7fffffff, 1}, "nothing"), Error);
}

TEST(File, SaysOfATextThatItIsNoElfFile) {
  EXPECT_EQ(
      error_of([] { fixture("versions.c"); }),
      fixture_path("versions.c") + ": is not an ELF file\n  next: name an executable, a library or an object file");
}

TEST(Source, SaysWhyAFileCannotBeOpened) {
  EXPECT_EQ(error_of([] { Source::open("/nowhere/at/all"); }),
            "/nowhere/at/all: does not exist\n  next: check the path");
  EXPECT_EQ(error_of([] { Source::open(CROSSHEAP_FIXTURES); }),
            CROSSHEAP_FIXTURES ": is no regular file\n  next: name a file");
}

}  // namespace
}  // namespace crossheap::elf
