// SPDX-License-Identifier: MIT OR Apache-2.0
#include "check/loader_log.h"

#include <gtest/gtest.h>

#include <string>

namespace crossheap::check {
namespace {

constexpr const char *kPreload = "/usr/lib/libother.so.2";
constexpr const char *kPlugin = "/nowhere/plugin.so";

/// What the loader writes when a program starts.
std::string start(bool with_preload) {
  std::string log;
  if (with_preload)
    log =
        "      7429:\tfile=/usr/lib/libother.so.2 [0];  needed by /bin/sh [0]\n"
        "      7429:\tfile=/usr/lib/libother.so.2 [0];  generating link map\n";
  return log + "      7429:\tinitialize program: /bin/sh\n      7429:\ttransferring control: /bin/sh\n";
}

std::string opening(const std::string &file) {
  return "      7429:\tfile=" + file + " [0];  generating link map\n      7429:\topening file=" + file +
         " [0]; direct_opencount=1\n";
}

TEST(LoaderLog, TellsThatThePluginWasOpenedBesideThePreload) {
  const LoaderSaid said = read_loader_log(start(true) + opening(kPlugin), kPlugin, kPreload);
  EXPECT_TRUE(said.opened);
  EXPECT_TRUE(said.preloaded);
}

TEST(LoaderLog, OfAnotherFileSaysNothingOfThePlugin) {
  EXPECT_FALSE(read_loader_log(start(true) + opening("/nowhere/other.so"), kPlugin, kPreload).opened);
}

TEST(LoaderLog, OfAProgramThatExecutedItselfWithoutThePreloadDoesNotSayItWasThere) {
  const LoaderSaid said = read_loader_log(start(true) + start(false) + opening(kPlugin), kPlugin, kPreload);
  EXPECT_TRUE(said.opened);
  EXPECT_FALSE(said.preloaded);
}

TEST(LoaderLog, OfAScriptThatExecutesTheHostSaysThatBothHadThePreload) {
  EXPECT_TRUE(read_loader_log(start(true) + start(true) + opening(kPlugin), kPlugin, kPreload).preloaded);
}

TEST(LoaderLog, OfALibraryThatIsOpenedLaterDoesNotCountAsPreloaded) {
  EXPECT_FALSE(read_loader_log(start(false) + opening(kPreload) + opening(kPlugin), kPlugin, kPreload).preloaded);
}

TEST(LoaderLog, OfAPluginThatAConstructorOpensBeforeTheProgramRunsCountsToo) {
  const std::string mapped = "  1:\tfile=/usr/lib/libother.so.2 [0];  generating link map\n";
  EXPECT_TRUE(read_loader_log(mapped + opening(kPlugin), kPlugin, kPreload).preloaded);
}

TEST(LoaderLog, NeedsNoPreloadWhereNoneWasAskedFor) {
  EXPECT_TRUE(read_loader_log(start(false) + opening(kPlugin), kPlugin, "").preloaded);
}

}  // namespace
}  // namespace crossheap::check
