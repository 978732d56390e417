// SPDX-License-Identifier: MIT OR Apache-2.0
#include "measure/allocators.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/error.h"

namespace crossheap::measure {
namespace {

std::string refusal(std::string_view typed) {
  try {
    allocator_named(typed);
  } catch (const Error &error) {
    EXPECT_EQ(error.blame(), Blame::Usage);
    return error.what();
  }
  return "";
}

TEST(Allocators, TheBaselineIsTheFirstAndNeedsNoPreload) {
  const std::vector<Allocator> here = allocators_here();
  ASSERT_FALSE(here.empty());
  EXPECT_EQ(here.front().name, kBaseline);
  EXPECT_TRUE(here.front().library.empty());
  EXPECT_FALSE(here.front().version.empty());
}

TEST(Allocators, WhatIsBuiltWithIsFoundWithItsFamilyAndVersion) {
  const Allocator jemalloc = allocator_named("jemalloc");
  EXPECT_EQ(jemalloc.family, Family::Jemalloc);
  EXPECT_TRUE(std::filesystem::exists(jemalloc.library));
  EXPECT_EQ(jemalloc.version.substr(0, 2), "5.");
}

TEST(Allocators, ASettingMakesAVariantAndKeepsItsColonsAndCommas) {
  const Allocator variant = allocator_named("jemalloc:MALLOC_CONF=narenas:2,dirty_decay_ms:0:LD_BIND_NOW=1");
  EXPECT_EQ(variant.settings, (Variables{{"MALLOC_CONF", "narenas:2,dirty_decay_ms:0"}, {"LD_BIND_NOW", "1"}}));
}

TEST(Allocators, ASettingWithoutAValueIsAUsageError) {
  EXPECT_EQ(refusal("jemalloc:MALLOC_CONF"),
            "jemalloc:MALLOC_CONF: has a setting without a value\n  next: write jemalloc:NAME=VALUE");
}

TEST(Allocators, ACommaInsideASettingDoesNotBeginAnEntry) {
  EXPECT_EQ(split_list("glibc,jemalloc:MALLOC_CONF=narenas:2,dirty_decay_ms:0,mimalloc"),
            (std::vector<std::string>{"glibc", "jemalloc:MALLOC_CONF=narenas:2,dirty_decay_ms:0", "mimalloc"}));
  EXPECT_EQ(split_list("glibc,jemaloc:X"), (std::vector<std::string>{"glibc", "jemaloc:X"}));
}

TEST(Allocators, AnUnknownNameIsAUsageErrorThatNamesTheNearest) {
  EXPECT_EQ(
      refusal("jemaloc"),
      "jemaloc: is no allocator that crossheap knows\n  next: did you mean jemalloc? A library is given by its path");
  EXPECT_EQ(refusal("./no.so"),
            "./no.so: is not there, or is no file\n  next: give the path of a shared library, or a name");
  EXPECT_NE(refusal("/proc/self/exe"), "");
}

TEST(Allocators, TheUsersOwnPreloadAndTunablesStay) {
  ::setenv("LD_PRELOAD", "", 1);
  ::setenv("GLIBC_TUNABLES", "glibc.rtld.nns=5", 1);
  EXPECT_EQ(environment_of(allocator_named("glibc-no-tcache")),
            (Variables{{"GLIBC_TUNABLES", "glibc.rtld.nns=5:glibc.malloc.tcache_count=0"}}));
  ::setenv("LD_PRELOAD", "libmine.so", 1);
  const Allocator jemalloc = allocator_named("jemalloc");
  EXPECT_EQ(environment_of(jemalloc), (Variables{{"LD_PRELOAD", jemalloc.library.string() + ":libmine.so"}}));
  ::unsetenv("LD_PRELOAD");
  ::unsetenv("GLIBC_TUNABLES");
}

}  // namespace
}  // namespace crossheap::measure
