// SPDX-License-Identifier: MIT OR Apache-2.0
//
// operator new and delete over the allocation ABI, hidden: how a C++ plugin puts all its objects on the heap that the
// link rule chose, whichever operators the process has. Every form is here, because a set replaced in part splits its
// blocks between two heaps (XH207). The Itanium C++ ABI gives no size to the unsized forms, and the ABI's release wants
// one. The provider of a shared object releases by address alone, and any size from 1 on is right for it.
#include <crossheap/allocator.h>

#include <new>

namespace {

constexpr std::size_t kDefaultAlign = __STDCPP_DEFAULT_NEW_ALIGNMENT__;
constexpr std::size_t kUnknownSize = 1;

void *allocate(std::size_t size, std::size_t align) noexcept { return crossheap_allocate(size == 0 ? 1 : size, align); }

void *allocate_or_throw(std::size_t size, std::size_t align) {
  while (true) {
    if (void *block = allocate(size, align)) return block;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

void release(void *block, std::size_t size, std::size_t align) noexcept {
  if (block != nullptr) crossheap_deallocate(block, size, align);
}

std::size_t bytes(std::align_val_t align) { return static_cast<std::size_t>(align); }

}  // namespace

void *operator new(std::size_t size) { return allocate_or_throw(size, kDefaultAlign); }
void *operator new[](std::size_t size) { return allocate_or_throw(size, kDefaultAlign); }
void *operator new(std::size_t size, std::align_val_t align) { return allocate_or_throw(size, bytes(align)); }
void *operator new[](std::size_t size, std::align_val_t align) { return allocate_or_throw(size, bytes(align)); }
void *operator new(std::size_t size, const std::nothrow_t &) noexcept { return allocate(size, kDefaultAlign); }
void *operator new[](std::size_t size, const std::nothrow_t &) noexcept { return allocate(size, kDefaultAlign); }
void *operator new(std::size_t size, std::align_val_t align, const std::nothrow_t &) noexcept {
  return allocate(size, bytes(align));
}
void *operator new[](std::size_t size, std::align_val_t align, const std::nothrow_t &) noexcept {
  return allocate(size, bytes(align));
}

void operator delete(void *block) noexcept { release(block, kUnknownSize, kDefaultAlign); }
void operator delete[](void *block) noexcept { release(block, kUnknownSize, kDefaultAlign); }
void operator delete(void *block, std::size_t size) noexcept { release(block, size, kDefaultAlign); }
void operator delete[](void *block, std::size_t size) noexcept { release(block, size, kDefaultAlign); }
void operator delete(void *block, std::align_val_t align) noexcept { release(block, kUnknownSize, bytes(align)); }
void operator delete[](void *block, std::align_val_t align) noexcept { release(block, kUnknownSize, bytes(align)); }
void operator delete(void *block, std::size_t size, std::align_val_t align) noexcept {
  release(block, size, bytes(align));
}
void operator delete[](void *block, std::size_t size, std::align_val_t align) noexcept {
  release(block, size, bytes(align));
}
void operator delete(void *block, const std::nothrow_t &) noexcept { release(block, kUnknownSize, kDefaultAlign); }
void operator delete[](void *block, const std::nothrow_t &) noexcept { release(block, kUnknownSize, kDefaultAlign); }
void operator delete(void *block, std::align_val_t align, const std::nothrow_t &) noexcept {
  release(block, kUnknownSize, bytes(align));
}
void operator delete[](void *block, std::align_val_t align, const std::nothrow_t &) noexcept {
  release(block, kUnknownSize, bytes(align));
}
