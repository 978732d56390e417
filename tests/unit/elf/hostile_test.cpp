// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Damaged files: each is read whole or refused with an Error, and never anything else. The `asan` preset is where
// these tests have their teeth; the fuzzer goes on from here.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/owned_fd.h"
#include "fixture.h"
#include "fuzz/read_everything.h"

namespace crossheap::elf {
namespace {

// Whether the bytes were read without an Error.
bool readable(std::vector<std::byte> bytes) {
  return error_of([&] { read_everything(Source::from_memory("damaged", std::move(bytes))); }).empty();
}

class Damaged : public testing::TestWithParam<const char *> {};
INSTANTIATE_TEST_SUITE_P(Files, Damaged,
                         testing::Values("foreign-aarch64-linux-gnu.so", "foreign-i386-linux-gnu.so",
                                         "foreign-s390x-linux-gnu.o", "executable.o"));

TEST_P(Damaged, WholeFileIsReadable) { EXPECT_TRUE(readable(fixture_bytes(GetParam()))); }

TEST_P(Damaged, EveryPrefixIsReadOrRefused) {
  const std::vector<std::byte> whole = fixture_bytes(GetParam());
  std::size_t refused = 0;
  for (std::size_t size = 0; size < whole.size(); ++size)
    if (!readable({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)})) ++refused;
  EXPECT_GT(refused, 64U);  // at least those that end inside the ELF header
}

TEST_P(Damaged, EveryFlippedByteIsReadOrRefused) {
  const std::vector<std::byte> whole = fixture_bytes(GetParam());
  std::size_t refused = 0;
  for (const std::byte flip : {std::byte{0xff}, std::byte{0x80}, std::byte{0x01}})
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::vector<std::byte> damaged = whole;
      damaged[at] ^= flip;
      if (!readable(std::move(damaged))) ++refused;
    }
  EXPECT_GT(refused, 4U);  // at least those without the magic number
}

TEST(DamagedArchive, EveryPrefixAndFlippedByteIsReadOrRefused) {
  std::vector<std::byte> whole = fixture_bytes("regular.a");
  whole.resize(4096);  // the index, the first member and the names; the rest is as good as cut off
  for (std::size_t size = 0; size < whole.size(); ++size)
    readable({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
  for (std::size_t at = 0; at < 1024; ++at) {
    std::vector<std::byte> damaged = whole;
    damaged[at] ^= std::byte{0x7f};
    readable(std::move(damaged));
  }
  EXPECT_FALSE(readable({whole.begin(), whole.begin() + 10}));
}

TEST(Truncated, LibrarySaysWhatIsMissing) {
  std::vector<std::byte> bytes = fixture_bytes("libversions-stripped.so");
  bytes.resize(bytes.size() / 2);
  const std::string message = error_of([&] { File(Source::from_memory("half.so", std::move(bytes))); });
  EXPECT_EQ(message.find("half.so: is malformed or truncated: "), 0U) << message;
}

TEST(Truncated, SectionHeadersThatAreCutOffAreAProblemThatALoaderWouldNotSee) {
  std::vector<std::byte> bytes = fixture_bytes("libversions-gnu.so");
  bytes.resize(bytes.size() - 64);
  const File file(Source::from_memory("cut.so", std::move(bytes)));
  EXPECT_TRUE(file.sections().empty());
  ASSERT_EQ(file.damage().parts().size(), 1U);
  EXPECT_EQ(file.damage().parts()[0].find("the sections: the section header table"), 0U) << file.damage().parts()[0];
  EXPECT_EQ(file.dynamic().soname, "libversions.so.1");
}

// Shrinks a mapped file under its reader, in a process of its own because of the signal handler.
TEST(TruncatedWhileReadDeathTest, IsAnErrorInsteadOfASignal) {
  const auto act = [] {
    guard_against_truncation();
    char path[] = "/tmp/crossheap-shrinking-XXXXXX";
    const OwnedFd fd(::mkstemp(path));
    if (!fd || ::ftruncate(fd.get(), 1 << 20) != 0) ::_exit(1);
    const auto source = Source::open(path);
    ::unlink(path);
    if (::ftruncate(fd.get(), 4096) != 0) ::_exit(1);
    if (source->bytes().read<std::uint64_t>(1 << 19) != 0) ::_exit(1);
    const std::string message = error_of([&] { source->verify_unchanged(); });
    const std::string expected = std::string(path) +
                                 ": became shorter while it was read\n"
                                 "  next: inspect it again when nobody writes to it";
    ::_exit(message == expected ? 0 : 2);
  };
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(act(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace crossheap::elf
