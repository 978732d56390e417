// SPDX-License-Identifier: MIT OR Apache-2.0
//
// C++ over the allocation ABI, C++17 and later: allocator<T> for containers, memory_resource for std::pmr, and
// owned<T>, a std::unique_ptr whose deleter knows the block's size and alignment and its owner.
//
// Everything here has hidden visibility, and so has every template that takes one of these types as an
// argument: std::vector<T, crossheap::allocator<T>> of a plugin and of its host are functions of their own.
// With default visibility the loader would merge them (vague linkage, XH114) and one side's code would call the other
// side's heap. Hence the rule for users: such a container stays within its artifact. An owned<T> may
// cross: it carries the release function of the artifact that made it.
//
// The names are in the style of the standard library, whose requirements they meet. Exhausted memory is
// std::bad_alloc, and ends the program with std::abort() where exceptions are switched off (-fno-exceptions); a zero
// size is asked for as one byte. [any-thread]
#ifndef CROSSHEAP_ALLOCATOR_HPP
#define CROSSHEAP_ALLOCATOR_HPP

#include <crossheap/allocator.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <memory_resource>
#include <new>
#include <type_traits>
#include <utility>

// NOLINTBEGIN(readability-identifier-naming)
#pragma GCC visibility push(hidden)
namespace crossheap {

namespace allocator_detail {

inline std::size_t at_least_one(std::size_t size) noexcept { return size == 0 ? 1 : size; }

template <class Exception>
[[noreturn]] void fail() {
#if defined(__cpp_exceptions)
  throw Exception();
#else
  std::abort();
#endif
}

inline void *allocate_or_throw(std::size_t size, std::size_t align) {
  void *block = crossheap_allocate(at_least_one(size), align);
  if (block == nullptr) fail<std::bad_alloc>();
  return block;
}

/// A block that goes back unless release() takes it: what a throwing constructor leaves behind.
class guarded_block {
public:
  guarded_block(void *block, std::size_t size, std::size_t align) noexcept
      : block_(block), size_(size), align_(align) {}
  guarded_block(const guarded_block &) = delete;
  guarded_block &operator=(const guarded_block &) = delete;
  ~guarded_block() {
    if (block_ != nullptr) crossheap_deallocate(block_, size_, align_);
  }

  void *get() const noexcept { return block_; }
  void *release() noexcept { return std::exchange(block_, nullptr); }

private:
  void *block_;
  std::size_t size_;
  std::size_t align_;
};

template <class T>
std::size_t bytes_of(std::size_t count) {
  if (count > std::numeric_limits<std::size_t>::max() / sizeof(T)) fail<std::bad_array_new_length>();
  return count * sizeof(T);
}

}  // namespace allocator_detail

/// A stateless allocator (named requirement Allocator): any two of one artifact are equal.
template <class T>
class allocator {
public:
  using value_type = T;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using is_always_equal = std::true_type;
  using propagate_on_container_move_assignment = std::true_type;

  constexpr allocator() noexcept = default;
  template <class Other>
  constexpr allocator(const allocator<Other> &) noexcept {}

  /// Uninitialised memory for `count` objects. \throws std::bad_array_new_length, std::bad_alloc
  [[nodiscard]] T *allocate(std::size_t count) {
    return static_cast<T *>(allocator_detail::allocate_or_throw(allocator_detail::bytes_of<T>(count), alignof(T)));
  }

#if defined(__cpp_lib_allocate_at_least)
  /// As allocate, and says how many objects the block can really take.
  [[nodiscard]] std::allocation_result<T *> allocate_at_least(std::size_t count) {
    T *block = allocate(count);
    const std::size_t size = allocator_detail::at_least_one(count * sizeof(T));
    return {block, crossheap_usable_size(size, alignof(T)) / sizeof(T)};
  }
#endif

  /// `count` is what allocate was asked for, or any number up to what allocate_at_least answered.
  void deallocate(T *block, std::size_t count) noexcept {
    crossheap_deallocate(block, allocator_detail::at_least_one(count * sizeof(T)), alignof(T));
  }
};

template <class One, class Other>
constexpr bool operator==(const allocator<One> &, const allocator<Other> &) noexcept {
  return true;
}
template <class One, class Other>
constexpr bool operator!=(const allocator<One> &, const allocator<Other> &) noexcept {
  return false;
}

/// The artifact's allocator for std::pmr containers. Two of them are equal when both artifacts are on one
/// allocator instance, so that a block of one may be released by the other.
class memory_resource final : public std::pmr::memory_resource {
  const struct crossheap_provider *provider_ = crossheap_provider();

  void *do_allocate(std::size_t size, std::size_t align) override {
    return allocator_detail::allocate_or_throw(size, align);
  }
  void do_deallocate(void *block, std::size_t size, std::size_t align) override {
    crossheap_deallocate(block, allocator_detail::at_least_one(size), align);
  }
  bool do_is_equal(const std::pmr::memory_resource &other) const noexcept override {
    if (this == &other) return true;
#if defined(__cpp_rtti)
    const auto *same = dynamic_cast<const memory_resource *>(&other);
    return same != nullptr && crossheap_same_heap(provider_, same->provider_) != 0;
#else
    return false;
#endif
  }
};

/// The artifact's one resource. Never destroyed, so it serves static destructors too.
inline memory_resource *artifact_resource() noexcept {
  union Immortal {
    memory_resource resource;
    Immortal() : resource() {}
    ~Immortal() {}  // NOLINT(modernize-use-equals-default): that would delete it
  };
  static Immortal immortal;
  return &immortal.resource;
}

/// Destroys an object and gives its block back to the artifact that allocated it, wherever it is called: the
/// release function travels with it. That artifact must still be loaded.
template <class T>
class owned_deleter {
public:
  /// Deletes nothing; what an empty owned<T> has.
  constexpr owned_deleter() noexcept = default;

  /// Owns `block`, allocated here with crossheap_allocate(size, align).
  owned_deleter(void *block, std::size_t size, std::size_t align) noexcept
      : release_(&crossheap_deallocate), block_(block), size_(size), align_(align) {}

  /// From a derived class: the block may start elsewhere than the base within it.
  template <class Derived, class = std::enable_if_t<std::is_convertible_v<Derived *, T *>>>
  owned_deleter(const owned_deleter<Derived> &other) noexcept
      : release_(other.release_), block_(other.block_), size_(other.size_), align_(other.align_) {
    static_assert(std::is_same_v<std::remove_cv_t<Derived>, std::remove_cv_t<T>> || std::has_virtual_destructor_v<T>,
                  "an owned<Base> destroys through the base: it needs a virtual destructor");
  }

  void operator()(T *object) const noexcept {
    object->~T();
    release_(block_, size_, align_);
  }

  std::size_t size() const noexcept { return size_; }    ///< of the block, in bytes
  std::size_t align() const noexcept { return align_; }  ///< of the block, in bytes

private:
  template <class>
  friend class owned_deleter;

  void (*release_)(void *, std::size_t, std::size_t) = nullptr;
  void *block_ = nullptr;
  std::size_t size_ = 0;
  std::size_t align_ = 0;
};

/// For arrays: the number of elements is that of the block.
template <class T>
class owned_deleter<T[]> {
public:
  constexpr owned_deleter() noexcept = default;

  /// Owns `count` objects in a block allocated here with crossheap_allocate(at least one byte, alignof(T)).
  explicit owned_deleter(std::size_t count) noexcept : release_(&crossheap_deallocate), count_(count) {}

  void operator()(T *objects) const noexcept {
    std::destroy_n(objects, count_);
    release_(objects, allocator_detail::at_least_one(count_ * sizeof(T)), alignof(T));
  }

  std::size_t count() const noexcept { return count_; }  ///< of elements

private:
  void (*release_)(void *, std::size_t, std::size_t) = nullptr;
  std::size_t count_ = 0;
};

/// One owner of one object, or of an array for owned<T[]>.
template <class T>
using owned = std::unique_ptr<T, owned_deleter<T>>;

/// An object made from `arguments`. \throws std::bad_alloc and what T's constructor throws
template <class T, class... Arguments>
[[nodiscard]] std::enable_if_t<!std::is_array_v<T>, owned<T>> make_owned(Arguments &&...arguments) {
  allocator_detail::guarded_block block(allocator_detail::allocate_or_throw(sizeof(T), alignof(T)), sizeof(T),
                                        alignof(T));
  T *object = ::new (block.get()) T(std::forward<Arguments>(arguments)...);
  return owned<T>(object, owned_deleter<T>(block.release(), sizeof(T), alignof(T)));
}

/// `count` objects, value-initialised. \throws as above, and std::bad_array_new_length
template <class T>
[[nodiscard]] std::enable_if_t<std::is_array_v<T> && std::extent_v<T> == 0, owned<T>> make_owned(std::size_t count) {
  using Element = std::remove_extent_t<T>;
  const std::size_t size = allocator_detail::at_least_one(allocator_detail::bytes_of<Element>(count));
  allocator_detail::guarded_block block(allocator_detail::allocate_or_throw(size, alignof(Element)), size,
                                        alignof(Element));
  auto *objects = static_cast<Element *>(block.get());
  std::uninitialized_value_construct_n(objects, count);
  block.release();
  return owned<T>(objects, owned_deleter<T>(count));
}

}  // namespace crossheap
#pragma GCC visibility pop
// NOLINTEND(readability-identifier-naming)
#endif
