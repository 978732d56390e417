// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The rules of the loader are tested in tests/bind, against the loader. Here is what needs no second process.
#include "binding/process.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "binding/modes.h"
#include "binding/ownership.h"

namespace crossheap::binding {
namespace {

const std::filesystem::path kSelf = std::filesystem::read_symlink("/proc/self/exe");

TEST(Process, KnowsTheObjectsOfThisProgram) {
  ObjectFiles images(is_of_malloc_family);
  const Process process(images, kSelf, {}, {});
  EXPECT_TRUE(process.problems().empty());
  const bool has_libc = std::any_of(process.objects().begin(), process.objects().end(),
                                    [](const Object &object) { return object.path.filename() == "libc.so.6"; });
  EXPECT_TRUE(has_libc);
}

TEST(Process, PassesAPreloadOverThatIsNotThereAndSaysSo) {
  ObjectFiles images(is_of_malloc_family);
  const Process process(images, kSelf, {}, {"libnothing-is-called-so.so"});
  ASSERT_EQ(process.warnings().size(), 1U);
  EXPECT_NE(process.warnings().front().find("libnothing-is-called-so.so"), std::string::npos);
  EXPECT_TRUE(process.problems().empty());
}

TEST(Process, RefusesWhatIsNotFound) {
  ObjectFiles images(is_of_malloc_family);
  Process process(images, kSelf, {}, {});
  EXPECT_FALSE(process.find("libnothing-is-called-so.so").ended());
  EXPECT_EQ(process.open("libnothing-is-called-so.so", {}), kNoObject);
  EXPECT_EQ(process.problems().size(), 1U);
}

TEST(Process, MapsAFileOnceHoweverItIsNamed) {
  ObjectFiles images(is_of_malloc_family);
  Process process(images, kSelf, {}, {});
  const std::size_t before = process.objects().size();
  const ObjectIndex libc = process.open("libc.so.6", {});
  ASSERT_NE(libc, kNoObject);
  EXPECT_EQ(process.open(process.objects()[libc].path.string(), {}), libc);
  EXPECT_EQ(process.objects().size(), before);
}

TEST(Process, GivesANamespaceALibcOfItsOwnAndOneLoader) {
  ObjectFiles images(is_of_malloc_family);
  Process process(images, kSelf, {}, {});
  const ObjectIndex libc = process.open("libm.so.6", {.new_namespace = true});
  ASSERT_NE(libc, kNoObject);
  EXPECT_EQ(process.objects()[libc].link_namespace, 1U);
  const Ownership ownership(process.snapshot());
  ASSERT_TRUE(ownership.instance_of_libc(1));
  EXPECT_EQ(process.objects()[ownership.instance_of_libc(1)->object].link_namespace, 1U);
}

TEST(Modes, AreFoundByNameAndOnlyDlopensOwnTwice) {
  for (const LoadMode &mode : load_modes()) {
    EXPECT_EQ(find_load_mode(mode.name)->call, mode.call);
    EXPECT_EQ(open_mode_named(mode.name).has_value(), !mode.preload());
  }
  EXPECT_EQ(find_load_mode("lokal"), nullptr);
  EXPECT_TRUE(open_mode_named("global+noload")->no_load);
}

}  // namespace
}  // namespace crossheap::binding
