// SPDX-License-Identifier: MIT OR Apache-2.0
#include "trace/trace.h"

#include <gtest/gtest.h>

#include "allocator/functions.h"

namespace crossheap::trace {
namespace {

constexpr std::uint32_t kPid = 100;
constexpr std::uint64_t kPluginBase = 0x10000;

std::uint16_t row_of(std::string_view name) {
  for (std::size_t row = 0; row < kFunctionCount; ++row)
    if (kFunctions[row].name == name) return static_cast<std::uint16_t>(row);
  return event::kNoFunction;
}

/// A program on two allocators, and a plugin that gives blocks back.
class Told {
public:
  explicit Told(std::uint32_t pid = kPid) : pid_(pid) {
    say(event::Process{.path = "/bin/program"});
    object(1, "/lib/owner.so", 0x30000);
    object(2, "/lib/releaser.so", 0x50000);
    object(3, "/opt/plugin.so", kPluginBase);
  }

  Told &finding(HazardId hazard, event::Detail detail, std::uint64_t times, std::uint64_t from = kPluginBase + 0x100) {
    event::Finding one;
    one.body = {.block = 0x1234,
                .size = 64,
                .given = 32,
                .group = 0,
                .owner = 1,
                .releaser = 2,
                .hazard = hazard,
                .function = row_of("free"),
                .allocated_by = row_of("malloc"),
                .release_frames = 1,
                .allocation_frames = 0,
                .detail = detail,
                .is_by_pointer = 0,
                .zero = 0};
    one.count = times;
    one.release_stack = {from};
    return say(one);
  }

  template <typename What>
  Told &say(What what) {
    log.records.push_back({.pid = pid_, .tid = pid_, .parent = 1, .image = 1, .what = std::move(what)});
    return *this;
  }

  Told &as(std::uint32_t pid) {
    pid_ = pid;
    return *this;
  }

  Trace understood(const std::optional<trace::Run> &run = std::nullopt) const {
    return understand(log, run, Names::Leave);
  }

  event::Log log;

private:
  void object(std::uint32_t number, const std::string &path, std::uint64_t base) {
    event::Object one;
    one.path = path;
    one.body = {.base = base,
                .begin = base,
                .end = base + 0x1000,
                .object = number,
                .opened_by = 0,
                .link_namespace = 0,
                .text_bytes = 0,
                .zero = 0};
    say(one);
  }

  std::uint32_t pid_;
};

TEST(Understand, MakesOneIncidentOfTheSameFindingInSeveralProcesses) {
  Told told;
  told.finding(HazardId::CrossingFree, event::Detail::None, 3)
      .as(101)
      .finding(HazardId::CrossingFree, event::Detail::None, 4);
  const Trace trace = told.understood();
  ASSERT_EQ(trace.incidents.size(), 1U);
  EXPECT_EQ(trace.incidents[0].count, 7U);
  EXPECT_EQ(trace.incidents[0].pids, (std::vector<std::uint32_t>{100, 101}));
}

TEST(Understand, KeepsHazardsDetailsAndPlacesApart) {
  Told told;
  told.finding(HazardId::CrossingFree, event::Detail::None, 1)
      .finding(HazardId::CrossingRealloc, event::Detail::None, 1)
      .finding(HazardId::CrossingFree, event::Detail::Routed, 1)
      .finding(HazardId::CrossingFree, event::Detail::None, 1, kPluginBase + 0x200);
  EXPECT_EQ(told.understood().incidents.size(), 4U);
}

TEST(Understand, PutsTheMostFrequentFirst) {
  Told told;
  told.finding(HazardId::CrossingFree, event::Detail::None, 2).finding(HazardId::CrossingQuery, event::Detail::None, 9);
  const Trace trace = told.understood();
  EXPECT_EQ(trace.incidents[0].hazard, HazardId::CrossingQuery);
  EXPECT_EQ(trace.incidents[1].hazard, HazardId::CrossingFree);
}

TEST(Understand, NamesFunctionsPartiesAndOffsets) {
  Told told;
  told.finding(HazardId::CrossingFree, event::Detail::None, 1);
  const Incident one = told.understood().incidents.at(0);
  EXPECT_EQ(one.function, "free");
  EXPECT_EQ(one.allocated_by, "malloc");
  EXPECT_EQ(one.size, 64U);
  EXPECT_EQ(one.given_size, std::nullopt);
  EXPECT_EQ(one.owner.object, "/lib/owner.so");
  EXPECT_EQ(one.releaser.object, "/lib/releaser.so");
  EXPECT_EQ(one.release_stack.at(0).object, "/opt/plugin.so");
  EXPECT_EQ(one.release_stack.at(0).offset, 0x100U);
}

TEST(Understand, SaysTheSizeOfAReleaseOnlyWhereItIsWhatIsWrong) {
  Told told;
  told.finding(HazardId::WrongSize, event::Detail::WrongSize, 1);
  EXPECT_EQ(told.understood().incidents.at(0).given_size, 32U);
}

TEST(Understand, TellsAProcessThatIsNotWatchedFromAFunction) {
  Told told;
  told.say(event::Unwatched{.body = {.object = 2, .refusal = event::Refusal::TooShort, .text_bytes = 0, .zero = 0},
                            .function = "valloc"});
  told.say(event::Unwatched{.body = {.object = 0, .refusal = event::Refusal::StaticProgram, .text_bytes = 0, .zero = 0},
                            .function = "/bin/static"});
  const Trace trace = told.understood();
  ASSERT_EQ(trace.unwatched.size(), 2U);
  EXPECT_FALSE(trace.unwatched[0].is_process);
  EXPECT_EQ(trace.unwatched[0].function, "valloc");
  EXPECT_TRUE(trace.unwatched[1].is_process);
  EXPECT_EQ(trace.unwatched[1].object, "/bin/static");
}

TEST(Understand, BelievesTheSupervisorAboutTheEndOfItsOwnChild) {
  Told told;
  told.say(event::Exit{.status = 0});
  const Trace trace = told.understood(trace::Run{.pid = kPid, .ending = Killed{11}});
  ASSERT_EQ(trace.processes.size(), 1U);
  EXPECT_EQ(std::get<Killed>(trace.processes[0].ending.value()).signal, 11);
}

}  // namespace
}  // namespace crossheap::trace
