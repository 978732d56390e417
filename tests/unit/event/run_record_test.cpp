// SPDX-License-Identifier: MIT OR Apache-2.0
#include "event/run_record.h"

#include <gtest/gtest.h>

#include <cstring>

namespace crossheap::event {
namespace {

constexpr std::uint64_t kToken = 0x1234567890abcdef;

void append(std::vector<std::byte> &bytes, RunStep step, std::string_view text, std::uint32_t sequence,
            std::uint64_t token = kToken) {
  RunRecordHeader header{kRunRecordMagic, step, static_cast<std::uint16_t>(text.size()), token, sequence, 0};
  header.checksum = run_record_checksum(header, text.data());
  const auto *raw = reinterpret_cast<const std::byte *>(&header);
  bytes.insert(bytes.end(), raw, raw + sizeof header);
  const auto *letters = reinterpret_cast<const std::byte *>(text.data());
  bytes.insert(bytes.end(), letters, letters + text.size());
}

std::vector<std::byte> two_records() {
  std::vector<std::byte> bytes;
  append(bytes, RunStep::Opening, "", 0);
  append(bytes, RunStep::Wrong, "the block is not what it was", 1);
  return bytes;
}

TEST(RunStream, GivesBackWhatWasWritten) {
  const RunStream stream = read_run_stream(two_records(), kToken);
  EXPECT_FALSE(stream.damaged);
  ASSERT_EQ(stream.records.size(), 2u);
  EXPECT_EQ(stream.records[0].step, RunStep::Opening);
  EXPECT_EQ(stream.records[1].step, RunStep::Wrong);
  EXPECT_EQ(stream.records[1].text, "the block is not what it was");
}

TEST(RunStream, OfAProcessThatSaidNothingIsEmptyAndNotDamaged) {
  const RunStream stream = read_run_stream({}, kToken);
  EXPECT_TRUE(stream.records.empty());
  EXPECT_FALSE(stream.damaged);
}

TEST(RunStream, KeepsTheRecordsBeforeGarbageAndIsDamaged) {
  std::vector<std::byte> bytes = two_records();
  bytes.insert(bytes.end(), 100, std::byte{0xff});
  const RunStream stream = read_run_stream(bytes, kToken);
  EXPECT_TRUE(stream.damaged);
  EXPECT_EQ(stream.records.size(), 2u);
}

TEST(RunStream, CutShortAnywhereIsDamagedOrShorterButNeverOther) {
  const std::vector<std::byte> whole = two_records();
  const std::size_t first = sizeof(RunRecordHeader);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const RunStream stream = read_run_stream(std::span(whole).first(length), kToken);
    EXPECT_EQ(stream.records.size(), length >= first ? 1u : 0u) << length;
    EXPECT_EQ(stream.damaged, length != 0 && length != first) << length;
  }
}

TEST(RunStream, WithAnyByteChangedLosesThatRecord) {
  const std::vector<std::byte> whole = two_records();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::vector<std::byte> bytes = whole;
    bytes[at] ^= std::byte{0x40};
    const RunStream stream = read_run_stream(bytes, kToken);
    EXPECT_TRUE(stream.damaged) << at;
    EXPECT_EQ(stream.records.size(), at < sizeof(RunRecordHeader) ? 0u : 1u) << at;
  }
}

TEST(RunStream, DoesNotBelieveTheTokenOfAnotherRun) {
  std::vector<std::byte> bytes;
  append(bytes, RunStep::Verified, "", 0, kToken + 1);
  const RunStream stream = read_run_stream(bytes, kToken);
  EXPECT_TRUE(stream.damaged);
  EXPECT_TRUE(stream.records.empty());
}

TEST(RunStream, DoesNotBelieveARecordThatIsRepeated) {
  std::vector<std::byte> bytes;
  append(bytes, RunStep::Opening, "", 0);
  append(bytes, RunStep::Verified, "", 0);
  const RunStream stream = read_run_stream(bytes, kToken);
  EXPECT_TRUE(stream.damaged);
  EXPECT_EQ(stream.records.size(), 1u);
}

}  // namespace
}  // namespace crossheap::event
