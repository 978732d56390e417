// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A group's files are commands; here they are plain files, which hold the last command that was written.
#include "sandbox/control_group.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/temporary_folder.h"
#include "sandbox/kernel_file.h"

namespace crossheap::sandbox {
namespace {

namespace fs = std::filesystem;

/// A folder like that of a group which hands `handed_on` to the groups below.
class Folder {
public:
  explicit Folder(const std::string &handed_on) { std::ofstream(file()) << handed_on; }
  const fs::path &path() const { return folder_.path(); }
  std::string last_command() const { return read_kernel_file(file()); }

private:
  fs::path file() const { return path() / "cgroup.subtree_control"; }
  TemporaryFolder folder_{"control-group-test"};
};

TEST(ControlGroups, HandOnWhatIsMissingAndTakeItBackAtTheEnd) {
  const Folder own("pids\n");
  auto groups = ControlGroups::make(own.path());
  ASSERT_NE(groups, nullptr);
  EXPECT_EQ(own.last_command(), "+memory");
  groups.reset();
  EXPECT_EQ(own.last_command(), "-memory");
}

TEST(ControlGroups, LeaveWhatSomebodyElseHandedOn) {
  const Folder own("memory pids\n");
  ControlGroups::make(own.path()).reset();
  EXPECT_EQ(own.last_command(), "memory pids\n");
}

TEST(ControlGroups, TakeNothingBackWhileAnotherGroupIsThere) {
  const Folder own("pids\n");
  auto groups = ControlGroups::make(own.path());
  fs::create_directory(own.path() / "of-somebody-else");
  groups.reset();
  EXPECT_EQ(own.last_command(), "+memory");
}

TEST(ControlGroups, LeaveNoFolderBehind) {
  const Folder own("memory pids\n");
  {
    const auto groups = ControlGroups::make(own.path());
    const auto group = groups->make_group({});
    EXPECT_NE(group, nullptr);
  }
  for (const fs::directory_entry &entry : fs::directory_iterator(own.path())) EXPECT_FALSE(entry.is_directory());
}

TEST(ControlGroups, AreNoneWhereThereIsNoHierarchy) { EXPECT_EQ(ControlGroups::make({}), nullptr); }

}  // namespace
}  // namespace crossheap::sandbox
