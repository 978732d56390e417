// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a hostile program may leave behind goes, and what its links lead to stays.
#include "base/remove_tree.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "base/owned_fd.h"
#include "base/temporary_folder.h"

namespace crossheap {
namespace {

namespace fs = std::filesystem;

TEST(RemoveTree, FollowsNoLink) {
  const TemporaryFolder world("test");
  const fs::path tree = world.path() / "tree";
  const fs::path others = world.path() / "others";
  fs::create_directories(tree / "inside");
  fs::create_directory(others);
  std::ofstream(others / "file") << "kept";
  fs::create_directory_symlink(others, tree / "inside" / "link");
  fs::create_symlink(others / "file", tree / "file");
  remove_tree(tree);
  EXPECT_FALSE(fs::exists(tree));
  EXPECT_TRUE(fs::exists(others / "file"));
}

TEST(RemoveTree, ALinkItselfGoesAndNotWhatItLeadsTo) {
  const TemporaryFolder world("test");
  fs::create_directory(world.path() / "others");
  std::ofstream(world.path() / "others" / "file") << "kept";
  fs::create_directory_symlink("others", world.path() / "link");
  remove_tree(world.path() / "link");
  EXPECT_FALSE(fs::exists(fs::symlink_status(world.path() / "link")));
  EXPECT_TRUE(fs::exists(world.path() / "others" / "file"));
}

TEST(RemoveTree, EntersWhatMayNotBeListedOrChanged) {
  const TemporaryFolder world("test");
  const fs::path tree = world.path() / "tree";
  for (const char *const name : {"not listed", "not changed", "not entered"}) {
    fs::create_directories(tree / name / "inside");
    std::ofstream(tree / name / "file") << "gone";
  }
  ::chmod((tree / "not listed").c_str(), 0300);
  ::chmod((tree / "not changed").c_str(), 0500);
  ::chmod((tree / "not entered").c_str(), 0);
  remove_tree(tree);
  EXPECT_FALSE(fs::exists(tree));
}

TEST(RemoveTree, DepthTakesNoDescriptors) {
  const TemporaryFolder world("test");
  const fs::path tree = world.path() / "tree";
  fs::create_directory(tree);
  OwnedFd at(::open(tree.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int depth = 0; depth < 300; ++depth) {
    ASSERT_EQ(::mkdirat(at.get(), "folder", 0700), 0);
    at = OwnedFd(::openat(at.get(), "folder", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(at);
  }
  at.reset();
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few{64, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  remove_tree(tree);
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_FALSE(fs::exists(tree));
}

}  // namespace
}  // namespace crossheap
