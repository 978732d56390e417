// SPDX-License-Identifier: MIT OR Apache-2.0
#include "matrix/case.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace crossheap::matrix {
namespace {

TEST(CaseName, IsReadBackAsTheSameCase) {
  const Case one{"jemalloc", "system", "global+deepbind-lazy", "malloc", "to-host"};
  EXPECT_EQ(name_of(one), "jemalloc/system/global+deepbind-lazy/malloc/to-host");
  EXPECT_EQ(parse_case(name_of(one)), one);
}

TEST(CaseName, KeepsTheSlashesOfAPluginsPath) {
  const Case one{"system", "./build/my plugin.so", "local", "strdup", "inside"};
  EXPECT_EQ(parse_case(name_of(one)), one);
}

TEST(CaseName, WithFewerThanFivePartsIsNone) {
  for (const char *name : {"", "a", "a/b", "a/b/c", "a/b/c/d", "/b/c/d/e", "a/b/c/d/"})
    EXPECT_THROW(parse_case(name), Error) << name;
}

class Prediction : public ::testing::Test {
protected:
  Load load_ = [] {
    Load load;
    load.instances = {{"host malloc", "host"},        {"host free", "host"},        {"host realloc", "host"},
                      {"plugin malloc", "libc.so.6"}, {"plugin free", "libc.so.6"}, {"plugin realloc", "libc.so.6"},
                      {"plugin libc", "host"}};
    return load;
  }();

  static Offer offer(std::string acquired_by, std::vector<std::string> released_by) {
    Offer one;
    one.acquired_by = std::move(acquired_by);
    one.released_by = std::move(released_by);
    return one;
  }
};

TEST_F(Prediction, ABlockCrossesWhenGiverAndTakerAreOnTwoInstances) {
  EXPECT_EQ(predict_crossing(load_, offer("malloc", {"free"}), "to-host"), Crossing::Yes);
  EXPECT_EQ(predict_crossing(load_, offer("malloc", {"free"}), "to-plugin"), Crossing::Yes);
  EXPECT_EQ(predict_crossing(load_, offer("malloc", {"free"}), "inside"), Crossing::No);
}

TEST_F(Prediction, AStringOfLibcBelongsToTheProcessesMallocAndNotToThePluginsFree) {
  EXPECT_EQ(predict_crossing(load_, offer("libc", {"free"}), "to-host"), Crossing::No);
  EXPECT_EQ(predict_crossing(load_, offer("libc", {"free"}), "inside"), Crossing::Yes);
}

TEST_F(Prediction, EveryFunctionTheTakerUsesMustBeTheOwners) {
  load_.instances["plugin realloc"] = "host";
  EXPECT_EQ(predict_crossing(load_, offer("malloc", {"realloc", "free"}), "to-plugin"), Crossing::Yes);
  load_.instances["plugin free"] = "host";
  EXPECT_EQ(predict_crossing(load_, offer("malloc", {"realloc", "free"}), "to-plugin"), Crossing::No);
}

TEST_F(Prediction, ABlockThatGoesHomeByContractDoesNotCross) {
  for (const char *by : {"owner", "host", "abi"})
    EXPECT_EQ(predict_crossing(load_, offer("malloc", {by}), "to-host"), Crossing::No);
}

TEST_F(Prediction, IsUnknownWhereASideDoesNotTellItsBindings) {
  EXPECT_EQ(predict_crossing(Load{}, offer("malloc", {"free"}), "to-host"), Crossing::Unknown);
}

TEST(CaseResultWords, TellHowOftenACaseSurvived) {
  CaseResult result;
  result.runs = 5;
  result.survived = 3;
  result.outcome = {Crashed{11}, "", ""};
  EXPECT_EQ(in_words(result), "survived 3 of 5, else crashed SIGSEGV");
  EXPECT_FALSE(safe(result));
}

}  // namespace
}  // namespace crossheap::matrix
