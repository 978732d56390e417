// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Who stands behind the seven symbols is decided by the type of the artifact that is linked, through static libraries,
// chains of them and object libraries. The identity tells the truth in every load mode. One program per choice of the
// executable's allocator; expected.h says which one this is.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "artifact.h"
#include "expected.h"

namespace {

struct Module {
  explicit Module(void *opened) : handle(opened, dlclose) {}

  crossheap_artifact_answers answers() const {
    crossheap_artifact_answers result{};
    // SAFETY: the module defines module_answers with this type (artifact.h).
    reinterpret_cast<void (*)(crossheap_artifact_answers *)>(dlsym(handle.get(), "module_answers"))(&result);
    return result;
  }

  std::unique_ptr<void, int (*)(void *)> handle;
};

crossheap_artifact_answers executable() {
  crossheap_artifact_answers result{};
  executable_answers(&result);
  return result;
}

crossheap_artifact_answers shared() {
  crossheap_artifact_answers result{};
  shared_answers(&result);
  return result;
}

void expect_one_provider(const crossheap_artifact_answers &answers, const char *family) {
  EXPECT_STREQ(answers.own->family, family);
  EXPECT_EQ(answers.object_library, answers.own);
  EXPECT_EQ(answers.static_library, answers.own);
  EXPECT_EQ(answers.chained_static_library, answers.own);
}

TEST(Artifacts, ExecutableAndTheLibrariesInItAreOnTheChosenAllocator) {
  expect_one_provider(executable(), crossheap_expected_family);
}

TEST(Artifacts, SharedLibraryAndTheLibrariesInItAreOnMalloc) {
  expect_one_provider(shared(), "system");
  EXPECT_STREQ(shared().own->resolution, "malloc");
}

TEST(Artifacts, ModuleAndTheLibrariesInItAreOnMalloc) {
  const Module module(dlopen(CROSSHEAP_MODULE, RTLD_NOW));
  ASSERT_TRUE(module.handle) << dlerror();
  expect_one_provider(module.answers(), "system");
  EXPECT_NE(module.answers().own, shared().own);
}

TEST(Artifacts, SystemTellsGlibcsVersionOnlyWhereMallocIsGlibcs) {
  EXPECT_EQ(std::string(shared().own->version).empty(), crossheap_expected_overrides != 0);
}

void expect_same_heap(const crossheap_artifact_answers &other, bool same) {
  const crossheap_artifact_answers mine = executable();
  EXPECT_EQ(crossheap_same_heap(mine.own, other.own) != 0, same);
  EXPECT_EQ(crossheap_same_heap(other.own, mine.own) != 0, same);
  // A block goes back the short way on one heap, to its owner otherwise.
  void *block = other.allocate(1000, 64);
  ASSERT_NE(block, nullptr);
  std::memset(block, 1, 1000);
  (same ? mine : other).deallocate(block, 1000, 64);
}

bool is_on_system() { return std::string_view(crossheap_expected_family) == "system"; }

TEST(Identity, IsOneHeapWithLibraryAndModuleWhereTheExecutableReplacesMallocOrUsesIt) {
  expect_same_heap(shared(), crossheap_expected_overrides != 0 || is_on_system());
  const Module module(dlopen(CROSSHEAP_MODULE, RTLD_NOW | RTLD_LOCAL));
  ASSERT_TRUE(module.handle) << dlerror();
  expect_same_heap(module.answers(), crossheap_expected_overrides != 0 || is_on_system());
}

TEST(Identity, IsAnotherHeapUnderDeepbindUnlessTheExecutableIsOnTheSystemsMalloc) {
  const Module module(dlopen(CROSSHEAP_MODULE, RTLD_NOW | RTLD_DEEPBIND));
  ASSERT_TRUE(module.handle) << dlerror();
  expect_same_heap(module.answers(), is_on_system());
}

TEST(Identity, IsAnotherHeapInAnotherNamespace) {
  const Module module(dlmopen(LM_ID_NEWLM, CROSSHEAP_MODULE, RTLD_NOW));
  ASSERT_TRUE(module.handle) << dlerror();
  expect_same_heap(module.answers(), false);
}

TEST(Artifacts, TheSevenSymbolsStayInsideTheArtifact) {
  const Module module(dlopen(CROSSHEAP_MODULE, RTLD_NOW));
  ASSERT_TRUE(module.handle) << dlerror();
  for (const char *name :
       {"crossheap_allocate", "crossheap_allocate_zeroed", "crossheap_deallocate", "crossheap_reallocate",
        "crossheap_resize_in_place", "crossheap_usable_size", "crossheap_provider"}) {
    EXPECT_EQ(dlsym(module.handle.get(), name), nullptr) << name;
    EXPECT_EQ(dlsym(RTLD_DEFAULT, name), nullptr) << name;
  }
}

TEST(Artifacts, StaticLibraryLeavesTheSymbolsUndefined) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE *)> nm(popen("nm '" CROSSHEAP_ARCHIVE "'", "r"), pclose);
  ASSERT_NE(nm, nullptr);
  std::string listing;
  char part[4096];
  while (std::fgets(part, sizeof(part), nm.get()) != nullptr) listing += part;
  EXPECT_NE(listing.find(" U crossheap_provider"), std::string::npos) << listing;
  EXPECT_EQ(listing.find(" T crossheap_"), std::string::npos) << listing;
}

}  // namespace
