// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The process has a whole allocator: every function that hands out, changes or takes back a block of the
// malloc heap is the chosen allocator's, whatever libc and libstdc++ offer under the same name (XH104, XH110,
// XH111). One program per way that replaces malloc.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <new>
#include <set>
#include <string>

#include "allocator/functions.h"
#if defined(CROSSHEAP_TEST_JEMALLOC)
#include <jemalloc/jemalloc.h>
#elif defined(CROSSHEAP_TEST_MIMALLOC)
#include <mimalloc.h>
#elif defined(CROSSHEAP_TEST_TCMALLOC)
#include <gperftools/malloc_extension_c.h>
#endif

extern "C" {
void cfree(void *block);
void free_sized(void *block, std::size_t size);
void free_aligned_sized(void *block, std::size_t align, std::size_t size);
void *__libc_malloc(std::size_t size);
void *__libc_calloc(std::size_t count, std::size_t size);
void *__libc_realloc(void *block, std::size_t size);
void *__libc_memalign(std::size_t align, std::size_t size);
void *__libc_valloc(std::size_t size);
void *__libc_pvalloc(std::size_t size);
void __libc_free(void *block);
}

namespace {

// The chosen allocator's own word on whether it handed the block out. jemalloc has no safe question: its
// look-up of a foreign block answers no or crashes, and the test fails either way.
bool owns(void *block) {
#if defined(CROSSHEAP_TEST_JEMALLOC)
  unsigned arena = 0;
  std::size_t length = sizeof(arena);
  return mallctl("arenas.lookup", &arena, &length, &block, sizeof(block)) == 0;
#elif defined(CROSSHEAP_TEST_MIMALLOC)
  return mi_is_in_heap_region(block);
#elif defined(CROSSHEAP_TEST_SNMALLOC)
  return malloc_usable_size(block) != 0;  // of what is not its own it says 0
#else
  return MallocExtension_GetOwnership(block) == MallocExtension_kOwned;
#endif
}

// A compiler that sees both ends of a block may leave the block out.
void *kept(void *block) {
  asm volatile("" : "+r"(block) : : "memory");
  return block;
}

const std::size_t kPage = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
volatile std::size_t huge = SIZE_MAX;

using Acquire = std::function<void *()>;
using Release = std::function<void(void *)>;

void expect_owned(
    const char *name, const Acquire &acquire, const Release &release = [](void *block) { free(block); }) {
  SCOPED_TRACE(name);
  void *block = kept(acquire());
  ASSERT_NE(block, nullptr);
  EXPECT_TRUE(owns(block)) << name;
  EXPECT_GE(malloc_usable_size(block), 48u);
  std::memset(block, 0x5a, 48);
  release(block);
}

TEST(Override, OwnsTellsOwnBlocksFromOthers) {
#ifndef CROSSHEAP_TEST_JEMALLOC
  int on_stack = 0;
  EXPECT_FALSE(owns(&on_stack));
#endif
  void *block = kept(malloc(48));
  EXPECT_TRUE(owns(block));
  free(block);
}

TEST(Override, BlocksOfEveryCFunctionBelongToTheAllocatorAndFreeTakesThem) {
  expect_owned("malloc", [] { return malloc(48); });
  expect_owned("calloc", [] { return calloc(6, 8); });
  expect_owned("realloc of null", [] { return realloc(nullptr, 48); });
  expect_owned("realloc", [] { return realloc(malloc(8), 48); });
  expect_owned("reallocarray of null", [] { return reallocarray(nullptr, 6, 8); });
  expect_owned("reallocarray", [] { return reallocarray(malloc(8), 6, 8); });
  expect_owned("aligned_alloc", [] { return aligned_alloc(64, 64); });
  expect_owned("memalign", [] { return memalign(64, 48); });
  expect_owned("valloc", [] { return valloc(48); });
  expect_owned("pvalloc", [] { return pvalloc(48); });
  expect_owned("posix_memalign", [] {
    void *block = nullptr;
    return posix_memalign(&block, 64, 48) == 0 ? block : nullptr;
  });
  expect_owned("__libc_malloc", [] { return __libc_malloc(48); });
  expect_owned("__libc_calloc", [] { return __libc_calloc(6, 8); });
  expect_owned("__libc_realloc", [] { return __libc_realloc(nullptr, 48); });
  expect_owned("__libc_memalign", [] { return __libc_memalign(64, 48); });
  expect_owned("__libc_valloc", [] { return __libc_valloc(48); });
  expect_owned("__libc_pvalloc", [] { return __libc_pvalloc(48); });
  expect_owned("strdup", [] { return strdup("a string long enough to hold the forty-eight bytes that are written"); });
}

TEST(Override, EveryReleaseFunctionTakesItsBlocks) {
  expect_owned(
      "cfree", [] { return malloc(48); }, [](void *block) { cfree(block); });
  expect_owned(
      "free_sized", [] { return malloc(48); }, [](void *block) { free_sized(block, 48); });
  expect_owned(
      "free_aligned_sized", [] { return aligned_alloc(64, 64); },
      [](void *block) { free_aligned_sized(block, 64, 64); });
  expect_owned(
      "__libc_free", [] { return malloc(48); }, [](void *block) { __libc_free(block); });
}

TEST(Override, BlocksOfEveryOperatorNewBelongToTheAllocatorAndItsDeleteTakesThem) {
  constexpr std::align_val_t kAlign{64};
  expect_owned(
      "new", [] { return ::operator new(48); }, [](void *block) { ::operator delete(block); });
  expect_owned(
      "new, sized", [] { return ::operator new(48); }, [](void *block) { ::operator delete(block, 48); });
  expect_owned(
      "new nothrow", [] { return ::operator new(48, std::nothrow); },
      [](void *block) { ::operator delete(block, std::nothrow); });
  expect_owned(
      "new aligned", [] { return ::operator new(48, kAlign); }, [](void *block) { ::operator delete(block, kAlign); });
  expect_owned(
      "new aligned, sized", [] { return ::operator new(48, kAlign); },
      [](void *block) { ::operator delete(block, 48, kAlign); });
  expect_owned(
      "new aligned nothrow", [] { return ::operator new(48, kAlign, std::nothrow); },
      [](void *block) { ::operator delete(block, kAlign, std::nothrow); });
  expect_owned(
      "new[]", [] { return ::operator new[](48); }, [](void *block) { ::operator delete[](block); });
  expect_owned(
      "new[], sized", [] { return ::operator new[](48); }, [](void *block) { ::operator delete[](block, 48); });
  expect_owned(
      "new[] nothrow", [] { return ::operator new[](48, std::nothrow); },
      [](void *block) { ::operator delete[](block, std::nothrow); });
  expect_owned(
      "new[] aligned", [] { return ::operator new[](48, kAlign); },
      [](void *block) { ::operator delete[](block, kAlign); });
  expect_owned(
      "new[] aligned, sized", [] { return ::operator new[](48, kAlign); },
      [](void *block) { ::operator delete[](block, 48, kAlign); });
  expect_owned(
      "new[] aligned nothrow", [] { return ::operator new[](48, kAlign, std::nothrow); },
      [](void *block) { ::operator delete[](block, kAlign, std::nothrow); });
}

TEST(Override, PvallocGivesWholePages) {
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, kPage, kPage + 1}) {
#ifdef CROSSHEAP_TEST_SNMALLOC
    if (size == 0) continue;  // snmalloc's own hands out its smallest block
#endif
    void *block = kept(pvalloc(size));
    ASSERT_NE(block, nullptr) << size;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % kPage, 0u) << size;
    EXPECT_GE(malloc_usable_size(block), size <= kPage ? kPage : 2 * kPage) << size;
    free(block);
  }
}

TEST(Override, ReallocarrayRefusesAProductThatWrapsAndKeepsTheBlock) {
  void *block = kept(malloc(48));
  errno = 0;
  EXPECT_EQ(kept(reallocarray(kept(block), huge / 2, 3)), nullptr);
  EXPECT_TRUE(errno == ENOMEM || errno == EOVERFLOW) << errno;  // the latter is mimalloc 3's word
  EXPECT_TRUE(owns(block));
  free(block);
}

#ifdef CROSSHEAP_TEST_JEMALLOC
// Ours; mimalloc's own does not set errno, and tcmalloc's own wraps and hands out a small block.
TEST(Override, PvallocRefusesASizeThatWraps) {
  errno = 0;
  EXPECT_EQ(kept(pvalloc(huge)), nullptr);
  EXPECT_EQ(errno, ENOMEM);
}
#endif

// What the dynamic linker gives whoever asks for a name of the family: nothing, or not libc's and not the
// C++ runtime's.
TEST(Override, NoNameOfTheFamilyLeadsToTheCLibraryOrTheCxxRuntime) {
  for (const crossheap::Function &function : crossheap::kFunctions) {
    using crossheap::Interface;
    if (function.interface != Interface::Standard && function.interface != Interface::Operators &&
        function.interface != Interface::GlibcAlias)
      continue;
    // Private to glibc's own libraries (GLIBC_PRIVATE), and it ends in the process's realloc.
    if (function.name == "__libc_reallocarray") continue;
    void *address = dlsym(RTLD_DEFAULT, std::string(function.name).c_str());
    if (address == nullptr) continue;
    Dl_info object{};
    ASSERT_NE(dladdr(address, &object), 0);
    const std::string file = object.dli_fname;
    EXPECT_EQ(file.find("libc.so"), std::string::npos) << function.name << " is in " << file;
    EXPECT_EQ(file.find("libstdc++"), std::string::npos) << function.name << " is in " << file;
  }
}

#ifdef CROSSHEAP_TEST_STATIC
TEST(Override, TheExecutableExportsTheWholeFamily) {
  char path[PATH_MAX] = {};
  ASSERT_GT(readlink("/proc/self/exe", path, sizeof(path) - 1), 0);
  const std::string command = "nm -D --defined-only --no-demangle '" + std::string(path) + "'";
  const std::unique_ptr<std::FILE, int (*)(std::FILE *)> nm(popen(command.c_str(), "r"), pclose);
  ASSERT_NE(nm, nullptr);
  std::set<std::string> exported;
  char name[512];
  while (std::fscanf(nm.get(), "%*x %*c %511s", name) == 1) exported.insert(name);
  for (const char *required :
       {"malloc", "free", "calloc", "realloc", "aligned_alloc", "posix_memalign", "memalign", "valloc", "pvalloc",
        "reallocarray", "malloc_usable_size", "cfree", "free_sized", "free_aligned_sized"})
    EXPECT_EQ(exported.count(required), 1u) << required << " is not in .dynsym";
  for (const crossheap::Function &function : crossheap::kFunctions)
    if (function.interface == crossheap::Interface::Operators) {
      EXPECT_EQ(exported.count(std::string(function.name)), 1u) << function.name << " is not in .dynsym";
    }
}
#endif

}  // namespace
