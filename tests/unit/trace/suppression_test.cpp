// SPDX-License-Identifier: MIT OR Apache-2.0
#include "trace/suppression.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/error.h"

namespace crossheap::trace {
namespace {

Incident incident() {
  Incident one;
  one.hazard = HazardId::CrossingFree;
  one.function = "free";
  one.releaser.object = "/lib/libc.so.6";
  for (const char *function : {"plugin_release", "shutdown", "main"}) {
    Frame frame;
    frame.function = function;
    frame.object = "/opt/plugin.so";
    one.release_stack.push_back(frame);
  }
  return one;
}

bool is_suppressed(const std::string &lines) {
  std::istringstream text("{\n name\n" + lines + "}\n");
  return matches(read_suppressions(text, "file").front(), incident());
}

std::string mistake_in(const std::string &file) {
  std::istringstream text(file);
  try {
    read_suppressions(text, "file");
  } catch (const Error &error) {
    return error.object() + ": " + error.reason();
  }
  return "none";
}

TEST(Suppression, TheHazardAloneMatchesEveryStack) {
  EXPECT_TRUE(is_suppressed("XH201\n"));
  EXPECT_TRUE(is_suppressed("XH2*\n"));
  EXPECT_FALSE(is_suppressed("XH202\n"));
}

TEST(Suppression, FramesMatchFromTheWatchedFunctionOutwards) {
  EXPECT_TRUE(is_suppressed("XH201\nfun:free\nfun:plugin_*\n"));
  EXPECT_TRUE(is_suppressed("XH201\nobj:*/libc.so.6\nobj:*/plugin.so\nfun:shutdown\nfun:main\n"));
  EXPECT_FALSE(is_suppressed("XH201\nfun:plugin_*\n"));
  EXPECT_FALSE(is_suppressed("XH201\nfun:free\nfun:plugin_*\nfun:shutdown\nfun:main\nfun:*\n"));
}

TEST(Suppression, DotsStandForAnyNumberOfFrames) {
  EXPECT_TRUE(is_suppressed("XH201\n...\nfun:main\n"));
  EXPECT_TRUE(is_suppressed("XH201\nfun:free\n...\nfun:plugin_release\n"));
  EXPECT_FALSE(is_suppressed("XH201\n...\nfun:somewhere\n"));
}

TEST(Suppression, OfManyDotsTakesNoLongerThanTheProductOfTheLengths) {
  Incident deep = incident();
  deep.release_stack.assign(2'000, deep.release_stack.front());
  std::string lines = "XH201\n";
  for (int i = 0; i < 500; ++i) lines += "...\nfun:plugin_release\n";
  std::istringstream text("{\n name\n" + lines + "fun:nowhere\n}\n");
  EXPECT_FALSE(matches(read_suppressions(text, "file").front(), deep));  // for ever is the failure
}

TEST(Suppression, WhatIsSuggestedMatches) {
  std::istringstream text(suggest(incident()));
  EXPECT_TRUE(matches(read_suppressions(text, "file").front(), incident()));
}

TEST(Suppression, AMistakeIsNamedWithItsLine) {
  EXPECT_EQ(mistake_in("# a comment\n\nrubbish\n"), "file:3: a suppression starts with {");
  EXPECT_EQ(mistake_in("{\n name\n XH201\n free\n}\n"), "file:4: a frame is \"fun:NAME\", \"obj:PATH\" or \"...\"");
  EXPECT_EQ(mistake_in("{\n name\n XH201\n"), "file:3: the closing } is missing");
}

}  // namespace
}  // namespace crossheap::trace
