// SPDX-License-Identifier: MIT OR Apache-2.0
#include "drill/inside/handed_allocator.h"

#include <dlfcn.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "drill/inside/tell.h"

namespace crossheap::drill::handed {

namespace {

// The blocks that it handed out and that are alive, in a table that takes no memory of the heap it watches. It has no
// lock: a thread may be inside when another one forks, and the child, which has only a copy of what that thread had
// done, must not wait for it. A plugin would be blamed for that.
class Handed {
public:
  void add(const void *block) {
    if (block == nullptr) return;
    for (std::size_t at = slot_of(block);; at = (at + 1) % kSlots) {
      const void *there = slots_[at];
      if (there == nullptr && used_ > kSlots / 2) {
        full_ = true;
        return;
      }
      if (there != nullptr && there != gone()) continue;
      if (slots_[at].compare_exchange_strong(there, block)) {
        if (there == nullptr) ++used_;
        return;
      }
    }
  }
  /// False where it is no block of ours.
  bool remove(const void *block) {
    const void *there = nullptr;
    for (std::size_t at = slot_of(block); (there = slots_[at]) != nullptr; at = (at + 1) % kSlots)
      if (there == block && slots_[at].compare_exchange_strong(there, gone())) return true;
    return full_;  // nobody knows
  }

private:
  static constexpr std::size_t kSlots = std::size_t{1} << 17;
  const void *gone() const { return &used_; }  // the address of no block
  static std::size_t slot_of(const void *block) {
    return (reinterpret_cast<std::uint64_t>(block) >> 4) * 0x9e3779b97f4a7c15U >> 47;
  }

  std::array<std::atomic<const void *>, kSlots> slots_{};
  std::atomic<std::size_t> used_{0};  // slots that are not empty
  std::atomic<bool> full_{false};
};
Handed handed_out;
std::atomic<std::uint64_t> foreign_count{0};

using Asked = int (*)(const void *);
Asked was_early = nullptr;

bool from_before_the_handshake(const void *block) { return was_early != nullptr && was_early(block) != 0; }

void check_handed_out(const char *function, const void *block) {
  if (handed_out.remove(block)) return;
  if (foreign_count++ < 4)
    tell(kForeign, std::string(function) + (from_before_the_handshake(block) ? "|early" : "|unknown"));
}

}  // namespace

void find_witness() {
  // SAFETY: witness.c defines it so.
  was_early = reinterpret_cast<Asked>(::dlsym(RTLD_DEFAULT, "crossheap_witness_was_early"));
}

void *malloc(std::size_t size) {
  void *block = std::malloc(size);
  handed_out.add(block);
  return block;
}

void *calloc(std::size_t count, std::size_t size) {
  void *block = std::calloc(count, size);
  handed_out.add(block);
  return block;
}

void free(void *block) {
  if (block != nullptr) check_handed_out("free", block);
  std::free(block);
}

void *realloc(void *block, std::size_t size) {
  if (block != nullptr) check_handed_out("realloc", block);
  void *moved = std::realloc(block, size);
  handed_out.add(moved == nullptr && size != 0 ? block : moved);
  return moved;
}

}  // namespace crossheap::drill::handed
