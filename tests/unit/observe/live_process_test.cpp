// SPDX-License-Identifier: MIT OR Apache-2.0
//
// This very process is the one that is read: what it holds is known from inside.
#include "observe/live_process.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "binding/ownership.h"

namespace crossheap::observe {
namespace {

std::string object_of(const void *address) {
  Dl_info info{};
  return ::dladdr(address, &info) == 0 ? std::string() : std::filesystem::path(info.dli_fname).filename().string();
}

TEST(LiveProcess, ListsTheObjectsOfThisOne) {
  binding::ObjectFiles images(binding::is_of_malloc_family);
  const LiveProcess self(::getpid(), images);
  ASSERT_FALSE(self.objects().empty());
  EXPECT_EQ(self.objects().front().path, std::filesystem::read_symlink("/proc/self/exe"));
  const bool has_libc = std::any_of(self.objects().begin(), self.objects().end(),
                                    [](const LiveObject &object) { return object.path.filename() == "libc.so.6"; });
  EXPECT_TRUE(has_libc);
}

TEST(LiveProcess, FindsWhereAnAddressBelongs) {
  binding::ObjectFiles images(binding::is_of_malloc_family);
  const LiveProcess self(::getpid(), images);
  // SAFETY: only the number is used.
  const auto own = self.object_at(reinterpret_cast<std::uint64_t>(&object_of));
  ASSERT_TRUE(own);
  EXPECT_EQ(*own, 0U);
  EXPECT_FALSE(self.object_at(1));
}

TEST(Snapshot, BindsLibcsOwnMallocToWhatDlsymFinds) {
  binding::ObjectFiles images(binding::is_of_malloc_family);
  const LiveProcess self(::getpid(), images);
  const Seen seen = seen_in(self);
  const binding::Snapshot &snapshot = seen.snapshot;
  const std::string expected = object_of(::dlsym(RTLD_DEFAULT, "malloc"));
  std::size_t found = 0;
  for (const binding::Binding &bound : snapshot.bindings) {
    if (bound.symbol.name != "malloc" || !bound.definition) continue;
    if (snapshot.objects[bound.object].path.filename() != "libc.so.6") continue;
    ++found;
    EXPECT_EQ(snapshot.objects[bound.definition->object].path.filename(), expected);
  }
  EXPECT_GT(found, 0U);
}

TEST(LiveProcess, NamesAProcessThatIsNotThere) {
  binding::ObjectFiles images(binding::is_of_malloc_family);
  constexpr pid_t kBeyondTheLargest = 4'194'305;
  try {
    const LiveProcess nobody(kBeyondTheLargest, images);
    FAIL() << "a process that is not there was read";
  } catch (const Error &error) {
    EXPECT_NE(std::string(error.what()).find("process 4194305"), std::string::npos);
  }
}

}  // namespace
}  // namespace crossheap::observe
