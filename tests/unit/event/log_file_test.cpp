// SPDX-License-Identifier: MIT OR Apache-2.0
#include "event/log_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "event/reader.h"

namespace crossheap::event {
namespace {

constexpr std::uint64_t kBytes = std::uint64_t{1} << 20;

TEST(SealedLog, IsAnEmptyLogForWhoeverInheritsIt) {
  const LogFile log = create_sealed_log({}, kBytes);
  const Log read = read_log_file(log.fd(), log.path().string());
  EXPECT_TRUE(read.records.empty());
  EXPECT_EQ(read.lost, 0u);
  const OwnedFd again(::open(log.path().c_str(), O_RDWR | O_CLOEXEC));
  EXPECT_TRUE(again);
}

TEST(SealedLog, KeepsItsSizeSoThatReadingItCannotFault) {
  const LogFile log = create_sealed_log({}, kBytes);
  EXPECT_EQ(::ftruncate(log.fd(), 0), -1);
  EXPECT_EQ(errno, EPERM);
  EXPECT_EQ(::ftruncate(log.fd(), static_cast<off_t>(2 * kBytes)), -1);
  struct stat status {};
  ASSERT_EQ(::fstat(log.fd(), &status), 0);
  EXPECT_EQ(static_cast<std::uint64_t>(status.st_size), kBytes);
}

}  // namespace
}  // namespace crossheap::event
