// SPDX-License-Identifier: MIT OR Apache-2.0
//
// crossheap/allocator.hpp, compiled as C++17 and as C++20, on jemalloc and on malloc.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <crossheap/allocator.hpp>

#include <cstdint>
#include <list>
#include <map>
#include <memory_resource>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

// Exported where the program exports what it can: the header's hidden visibility ends with it.
extern "C" __attribute__((noinline)) int crossheap_what_comes_after() { return 1; }

namespace {

struct alignas(128) Wide {
  int value = 7;
};

struct Counted {
  static int living;
  static int fail_at;
  Counted() {
    if (living == fail_at) throw std::runtime_error("no more");
    ++living;
  }
  ~Counted() { --living; }
};
int Counted::living = 0;
int Counted::fail_at = -1;

struct Left {
  virtual ~Left() = default;
  long left = 1;
};
struct Right {
  virtual ~Right() = default;
  long right = 2;
};
struct Both : Left, Right {
  explicit Both(int &gone) : gone_(gone) {}
  Both(const Both &) = delete;
  Both &operator=(const Both &) = delete;
  ~Both() override { ++gone_; }

private:
  int &gone_;
};

static_assert(std::allocator_traits<crossheap::allocator<int>>::is_always_equal::value);
static_assert(noexcept(std::declval<crossheap::allocator<int> &>().deallocate(nullptr, 1)));
static_assert(!noexcept(std::declval<crossheap::allocator<int> &>().allocate(1)));
static_assert(std::is_nothrow_default_constructible_v<crossheap::owned<int>>);
static_assert(std::is_nothrow_move_constructible_v<crossheap::owned<int>>);
static_assert(noexcept(std::declval<crossheap::owned_deleter<int>>()(nullptr)));
static_assert(std::is_convertible_v<crossheap::owned<Both>, crossheap::owned<Right>>);
static_assert(!std::is_convertible_v<crossheap::owned<Right>, crossheap::owned<Both>>);

TEST(Allocator, ServesTheStandardContainers) {
  std::vector<std::string, crossheap::allocator<std::string>> texts;
  texts.reserve(10);  // and grows beyond
  for (int number = 0; number < 1000; ++number) texts.push_back("text number " + std::to_string(number));
  EXPECT_EQ(texts[999], "text number 999");
  std::map<int, int, std::less<>, crossheap::allocator<std::pair<const int, int>>> squares;
  for (int number = 0; number < 1000; ++number) squares[number] = number * number;
  EXPECT_EQ(squares[31], 961);
  std::list<Wide, crossheap::allocator<Wide>> wide(10);
  for (const Wide &one : wide) EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&one) % 128, 0u);
  EXPECT_TRUE(crossheap::allocator<int>() == crossheap::allocator<Wide>());
}

TEST(Allocator, ThrowsBadAllocWhenMemoryIsExhausted) {
  crossheap::allocator<char> chars;
  EXPECT_THROW((void)chars.allocate(PTRDIFF_MAX), std::bad_alloc);
  crossheap::allocator<Wide> wide;
  EXPECT_THROW((void)wide.allocate(SIZE_MAX / 64), std::bad_array_new_length);
}

TEST(Allocator, TakesACountOfZero) {
  crossheap::allocator<int> ints;
  int *none = ints.allocate(0);
  EXPECT_NE(none, nullptr);
  ints.deallocate(none, 0);
}

TEST(MemoryResource, ServesPmrContainers) {
  std::pmr::vector<std::pmr::string> texts(crossheap::artifact_resource());
  for (int number = 0; number < 1000; ++number) texts.emplace_back("a text that is too long to be kept inside");
  EXPECT_EQ(texts.back().get_allocator().resource(), crossheap::artifact_resource());
}

TEST(MemoryResource, KeepsAlignmentsAndTakesASizeOfZero) {
  std::pmr::memory_resource *resource = crossheap::artifact_resource();
  void *wide = resource->allocate(100, 256);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(wide) % 256, 0u);
  resource->deallocate(wide, 100, 256);
  void *none = resource->allocate(0, 1);
  EXPECT_NE(none, nullptr);
  resource->deallocate(none, 0, 1);
}

TEST(MemoryResource, EqualsAnotherOfTheSameHeapAndNoOtherKind) {
  const crossheap::memory_resource another;
  EXPECT_TRUE(crossheap::artifact_resource()->is_equal(another));
  EXPECT_FALSE(crossheap::artifact_resource()->is_equal(*std::pmr::new_delete_resource()));
}

TEST(MemoryResource, ThrowsBadAllocWhenMemoryIsExhausted) {
  EXPECT_THROW((void)crossheap::artifact_resource()->allocate(PTRDIFF_MAX, 8), std::bad_alloc);
}

TEST(Owned, KnowsSizeAndAlignmentOfItsBlock) {
  const crossheap::owned<Wide> wide = crossheap::make_owned<Wide>();
  EXPECT_EQ(wide->value, 7);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(wide.get()) % 128, 0u);
  EXPECT_EQ(wide.get_deleter().size(), sizeof(Wide));
  EXPECT_EQ(wide.get_deleter().align(), 128u);
}

TEST(Owned, ReleasesADerivedObjectThroughABaseThatDoesNotStartTheBlock) {
  int gone = 0;
  {
    crossheap::owned<Right> right = crossheap::make_owned<Both>(gone);
    EXPECT_EQ(right->right, 2);
    EXPECT_EQ(right.get_deleter().size(), sizeof(Both));
    const crossheap::owned<Right> elsewhere = std::move(right);
    EXPECT_EQ(gone, 0);
  }
  EXPECT_EQ(gone, 1);
}

TEST(Owned, DestroysEveryElementOfAnArray) {
  {
    const crossheap::owned<Counted[]> many = crossheap::make_owned<Counted[]>(100);
    EXPECT_EQ(Counted::living, 100);
    EXPECT_EQ(many.get_deleter().count(), 100u);
  }
  EXPECT_EQ(Counted::living, 0);
  EXPECT_NE(crossheap::make_owned<Counted[]>(0), nullptr);
}

TEST(Owned, LeavesNothingBehindWhenAConstructorThrows) {
  Counted::fail_at = 0;
  EXPECT_THROW((void)crossheap::make_owned<Counted>(), std::runtime_error);
  Counted::fail_at = 5;
  EXPECT_THROW((void)crossheap::make_owned<Counted[]>(100), std::runtime_error);
  EXPECT_EQ(Counted::living, 0);
  Counted::fail_at = -1;
}

TEST(Header, LeavesTheVisibilityOfWhatComesAfterAlone) {
  EXPECT_NE(dlsym(RTLD_DEFAULT, "crossheap_what_comes_after"), nullptr);
}

}  // namespace
