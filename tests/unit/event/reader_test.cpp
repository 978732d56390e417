// SPDX-License-Identifier: MIT OR Apache-2.0
#include "event/reader.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "base/error.h"
#include "event/log_file.h"

namespace crossheap::event {
namespace {

/// A log in memory, to which a test writes what a traced process might.
class Bytes {
public:
  Bytes() : bytes_(kRecordsOffset) {
    header_ = {.magic = kMagic,
               .version = kVersion,
               .header_bytes = kRecordsOffset,
               .capacity = kLogBytes,
               .settings = {},
               .used = kRecordsOffset,
               .lost = 0,
               .images = 1,
               .functions = kFunctionTable};
  }

  void add(RecordHead head, const void *body, std::size_t body_bytes) {
    head.bytes = head.bytes != 0 ? head.bytes : static_cast<std::uint32_t>((sizeof head + body_bytes + 7) / 8 * 8);
    const std::size_t at = bytes_.size();
    bytes_.resize(at + (sizeof head + body_bytes + 7) / 8 * 8);
    std::memcpy(bytes_.data() + at, &head, sizeof head);
    std::memcpy(bytes_.data() + at + sizeof head, body, body_bytes);
    header_.used = bytes_.size();
  }
  Log read() {
    std::memcpy(bytes_.data(), &header_, sizeof header_);
    return read_log(bytes_);
  }
  Header &header() { return header_; }
  std::vector<std::byte> &raw() { return bytes_; }

private:
  Header header_;
  std::vector<std::byte> bytes_;
};

RecordHead head_of(Kind kind) {
  return {.tag = kRecordTag,
          .bytes = 0,
          .kind = kind,
          .complete = 1,
          .pid = 7,
          .tid = 8,
          .parent = 1,
          .image = 1,
          .zero = 0};
}

FindingBody finding_with(std::uint16_t frames) {
  FindingBody body{};
  body.hazard = HazardId::CrossingFree;
  body.release_frames = frames;
  return body;
}

TEST(Reader, ARecordComesBackAsItWasWritten) {
  Bytes log;
  struct {
    UnloadBody body;
  } const unload{{.object = 5, .zero = 0}};
  log.add(head_of(Kind::Unload), &unload, sizeof unload);
  const Log got = log.read();
  ASSERT_EQ(got.records.size(), 1u);
  EXPECT_EQ(got.records[0].pid, 7u);
  EXPECT_EQ(std::get<Unload>(got.records[0].what).body.object, 5u);
}

TEST(Reader, ARecordWhoseWriterDiedIsSkippedAndTheNextOneIsRead) {
  Bytes log;
  const ExitBody exit{.status = 3, .zero = 0};
  RecordHead unfinished = head_of(Kind::Exit);
  unfinished.complete = 0;
  log.add(unfinished, &exit, sizeof exit);
  RecordHead without_a_length = head_of(Kind::Exit);
  without_a_length.tag = 0;
  log.add(without_a_length, &exit, sizeof exit);
  log.add(head_of(Kind::Exit), &exit, sizeof exit);
  const Log got = log.read();
  EXPECT_EQ(got.records.size(), 1u);
  EXPECT_EQ(got.incomplete, 2u) << "the one that says so, and the one of unknown length";
}

TEST(Reader, ALengthBeyondTheRecordIsNoText) {
  Bytes log;
  const ProcessBody process{.text_bytes = 1'000'000, .zero = 0};
  log.add(head_of(Kind::Process), &process, sizeof process);
  EXPECT_EQ(log.read().records.size(), 0u);
}

TEST(Reader, MoreFramesThanThereAreBytesMakeNoFinding) {
  Bytes log;
  for (const std::uint16_t frames : {std::uint16_t{1}, std::uint16_t{64}, std::uint16_t{0xffff}}) {
    const FindingBody body = finding_with(frames);
    log.add(head_of(Kind::Finding), &body, sizeof body);
  }
  EXPECT_EQ(log.read().records.size(), 0u);
}

TEST(Reader, AGroupThatDoesNotExistMakesNoFinding) {
  Bytes log;
  FindingBody body = finding_with(0);
  body.group = kGroups;
  log.add(head_of(Kind::Finding), &body, sizeof body);
  EXPECT_EQ(log.read().records.size(), 0u);
}

TEST(Reader, AUsedCountBeyondTheFileReadsNoFurtherThanTheFile) {
  Bytes log;
  log.header().used = UINT64_MAX;
  EXPECT_EQ(log.read().records.size(), 0u);
}

TEST(Reader, WhatIsNoLogIsAnError) {
  EXPECT_THROW(read_log({}), Error);
  EXPECT_THROW(read_log(std::vector<std::byte>(kRecordsOffset)), Error);
}

// The log names functions by their rows: read by another table, it would name other functions.
TEST(Reader, ALogOfAnotherFunctionTableIsRefusedAndNotMisread) {
  Bytes log;
  log.header().functions ^= 1;
  EXPECT_THROW(log.read(), Error);
}

TEST(Reader, AFindingOfAHazardOrDetailThatIsNotKnownMakesNoFinding) {
  for (const bool in_hazard : {true, false}) {
    Bytes log;
    FindingBody body = finding_with(0);
    if (in_hazard)
      body.hazard = static_cast<HazardId>(999);
    else
      body.detail = static_cast<Detail>(77);
    log.add(head_of(Kind::Finding), &body, sizeof body);
    const Log got = log.read();
    EXPECT_TRUE(got.records.empty());
    EXPECT_EQ(got.incomplete, 1u);
  }
}

TEST(Reader, ArbitraryBytesBehindTheHeaderAreSurvived) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 200; ++round) {
    Bytes log;
    log.raw().resize(kRecordsOffset + 4096);
    for (std::size_t at = kRecordsOffset; at < log.raw().size(); at += 8) {
      const std::uint64_t word = random() % 3 == 0 ? kRecordTag | (random() % 512) << 32 : random() % 70'000;
      std::memcpy(log.raw().data() + at, &word, sizeof word);
    }
    log.header().used = log.raw().size();
    EXPECT_LE(log.read().records.size(), 512u);
  }
}

}  // namespace
}  // namespace crossheap::event
