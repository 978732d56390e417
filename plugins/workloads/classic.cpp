// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The workloads that papers on allocators measure with, recreated from their descriptions:
//
//   larson           Larson and Krishnan, Memory Allocation for Long-Running Server Applications (1998)
//   xmalloc          Lever and Boreham, malloc() Performance in a Multithreaded Linux Environment (2000)
//   cache-*          Berger et al., Hoard (2000): active and passive false sharing
//   mstress          Leijen et al., Mimalloc (2019): a mix of sizes, of which some stay, passed between threads
//   alloc-test       a Pareto-like mix of sizes over a large live set, without other work
//   glibc-*          glibc's own: batches of one size, and threads that replace random blocks of falling sizes
#include <sched.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <new>
#include <thread>

#include "workloads/second_heap.h"
#include "workloads/workload.h"

namespace crossheap::workload {

namespace {

// operator delete(void *, size_t), called by its name: an expression would leave the size to the compiler.
struct Sized {
  static unsigned char *allocate(std::size_t size) { return static_cast<unsigned char *>(::operator new(size)); }
  static void release(unsigned char *block, std::size_t size) { ::operator delete(block, size); }
};

struct Plain {
  static unsigned char *allocate(std::size_t size) {
    auto *const block = static_cast<unsigned char *>(std::malloc(size));
    if (block == nullptr) throw std::bad_alloc();
    return block;
  }
  static void release(unsigned char *block, std::size_t) { std::free(block); }
};

template <class Heap>
Block take(std::size_t size, std::uint32_t key) {
  const Block block{Heap::allocate(size), static_cast<std::uint32_t>(size), key};
  stamp(block);
  return block;
}

template <class Heap>
void give(Block &block) {
  check(block);
  Heap::release(block.at, block.size);
  block.at = nullptr;
}

// A server whose threads end: each thread replaces random blocks of a set, and hands the set to its successor.
template <class Heap>
Result larson(const Setup &setup) {
  constexpr unsigned kGenerations = 10;
  const unsigned threads = setup.threads_or(2);
  const std::size_t live = setup.live_or(5000);
  const std::size_t smallest = setup.smallest_or(10);
  const std::size_t largest = setup.largest_or(500);
  const std::uint64_t operations =
      std::max<std::uint64_t>(1, setup.scaled(6'000'000) / (std::uint64_t{threads} * kGenerations));
  std::vector<std::vector<Block>> sets(threads, std::vector<Block>(live));
  for (unsigned generation = 0; generation < kGenerations; ++generation)
    on_threads(threads, [&](unsigned index) {
      Random random(setup.seed + std::uint64_t{index} * 1000 + generation);
      std::vector<Block> &blocks = sets[index];
      if (generation == 0)
        for (Block &block : blocks)
          block = take<Heap>(random.between(smallest, largest), static_cast<std::uint32_t>(random.next()));
      for (std::uint64_t i = 0; i < operations; ++i) {
        Block &block = blocks[random.below(live)];
        give<Heap>(block);
        block = take<Heap>(random.between(smallest, largest), static_cast<std::uint32_t>(random.next()));
      }
    });
  for (std::vector<Block> &blocks : sets)
    for (Block &block : blocks) give<Heap>(block);
  const std::uint64_t all = operations * threads * kGenerations;
  return {.operations = all, .checked = all + live * threads, .figures = {}};
}

Result larson_plain(const Setup &setup) { return larson<Plain>(setup); }
Result larson_sized(const Setup &setup) { return larson<Sized>(setup); }

// Blocks of mixed sizes: most are released at once, some stay for long, some are exchanged for another thread's.
Result mstress(const Setup &setup) {
  constexpr std::size_t kShared = 1000;
  const unsigned threads = setup.threads_or(4);
  const std::uint64_t operations = std::max<std::uint64_t>(1, setup.scaled(2'000'000) / threads);
  // An exchange moves a block with its key, so the shared places hold pointers to such pairs.
  std::vector<std::atomic<Block *>> shared(kShared);
  std::atomic<std::uint64_t> checked = 0;
  const auto drop = [&](Block *held) {
    if (held == nullptr) return;
    release(*held);
    delete held;
    checked.fetch_add(1, std::memory_order_relaxed);
  };
  on_threads(threads, [&](unsigned index) {
    Random random(setup.seed * 31 + index);
    std::vector<Block *> recent;
    std::vector<Block *> retained;
    for (std::uint64_t i = 0; i < operations; ++i) {
      // One in a hundred is much larger.
      const std::size_t size = random.below(100) == 0 ? random.between(2048, 32768) : random.between(8, 512);
      auto held = std::make_unique<Block>(allocate(size, static_cast<std::uint32_t>(random.next())));
      const std::uint64_t fate = random.below(10);
      if (fate == 0) {
        drop(shared[random.below(kShared)].exchange(held.release()));
      } else if (fate == 1 && retained.size() < 5000) {
        retained.push_back(held.release());
      } else {
        recent.push_back(held.release());
      }
      if (recent.size() >= 100)
        for (int released = 0; released < 50; ++released) {
          std::swap(recent[random.below(recent.size())], recent.back());
          drop(recent.back());
          recent.pop_back();
        }
    }
    for (Block *one : recent) drop(one);
    for (Block *one : retained) drop(one);
  });
  for (std::atomic<Block *> &place : shared) drop(place.exchange(nullptr));
  if (checked != operations * threads) throw Nonsense("a block was lost on its way between threads");
  return {.operations = operations * threads, .checked = checked, .figures = {}};
}

// A ring between one thread that writes and one that reads.
class Ring {
public:
  void push(const Block &block) {
    const std::size_t at = written_.load(std::memory_order_relaxed);
    while (at - read_.load(std::memory_order_acquire) == places_.size()) ::sched_yield();
    places_[at % places_.size()] = block;
    written_.store(at + 1, std::memory_order_release);
  }
  Block pop() {
    const std::size_t at = read_.load(std::memory_order_relaxed);
    while (written_.load(std::memory_order_acquire) == at) ::sched_yield();
    const Block block = places_[at % places_.size()];
    read_.store(at + 1, std::memory_order_release);
    return block;
  }

private:
  std::array<Block, 4096> places_;
  alignas(64) std::atomic<std::size_t> written_ = 0;
  alignas(64) std::atomic<std::size_t> read_ = 0;
};

// Half of the threads allocate, the other half release: no block is released where it was allocated.
Result pass_blocks(const Setup &setup, std::uint64_t amount, std::size_t smallest, std::size_t largest) {
  const unsigned pairs = std::max(1u, setup.threads_or(2) / 2);
  const std::uint64_t operations = std::max<std::uint64_t>(1, setup.scaled(amount) / pairs);
  std::vector<std::unique_ptr<Ring>> rings;
  for (unsigned i = 0; i < pairs; ++i) rings.push_back(std::make_unique<Ring>());
  on_threads(2 * pairs, [&](unsigned index) {
    Ring &ring = *rings[index / 2];
    if (index % 2 == 0) {
      Random random(setup.seed * 17 + index);
      for (std::uint64_t i = 0; i < operations; ++i)
        ring.push(allocate(random.between(smallest, largest), static_cast<std::uint32_t>(i)));
      return;
    }
    for (std::uint64_t i = 0; i < operations; ++i) {
      Block block = ring.pop();
      const bool in_order = block.key == static_cast<std::uint32_t>(i);
      release(block);
      if (!in_order) throw Nonsense("a block came out of its order");
    }
  });
  return {.operations = operations * pairs, .checked = operations * pairs, .figures = {}};
}

Result xmalloc(const Setup &setup) {
  return pass_blocks(setup, 2'000'000, setup.smallest_or(64), setup.largest_or(64));
}

Result producer_consumer(const Setup &setup) {
  return pass_blocks(setup, 1'500'000, setup.smallest_or(16), setup.largest_or(1024));
}

// Sizes of a Pareto law: a few large ones among very many small ones.
std::size_t pareto(Random &random, std::size_t smallest, std::size_t largest) {
  const double uniform = static_cast<double>(random.next() >> 11) / 9007199254740992.0;
  const double size = static_cast<double>(smallest) / std::pow(1.0 - uniform, 1.0 / 1.2);
  return std::min(largest, static_cast<std::size_t>(size));
}

Result alloc_test(const Setup &setup) {
  const unsigned threads = setup.threads_or(1);
  const std::size_t live = setup.live_or(100'000);
  const std::uint64_t operations = std::max<std::uint64_t>(1, setup.scaled(4'000'000) / threads);
  on_threads(threads, [&](unsigned index) {
    Random random(setup.seed * 13 + index);
    std::vector<std::uint32_t> sizes(4096);  // the law's power costs more than an allocation
    for (std::uint32_t &size : sizes)
      size = static_cast<std::uint32_t>(pareto(random, setup.smallest_or(16), setup.largest_or(16384)));
    std::vector<Block> blocks(live);
    for (std::uint64_t i = 0; i < operations; ++i) {
      Block &block = blocks[random.below(live)];
      if (block.at != nullptr)
        release(block);
      else
        block = allocate(sizes[random.below(sizes.size())], static_cast<std::uint32_t>(random.next()));
    }
    for (Block &block : blocks) release(block);
  });
  return {.operations = operations * threads, .checked = operations * threads, .figures = {}};
}

// Each thread writes to a small block of its own; where two share a cache line, it goes from processor to processor.
Result false_sharing(const Setup &setup, bool passive) {
  constexpr std::uint64_t kWrites = 1000;
  const unsigned threads = setup.threads_or(2);
  const std::size_t size = setup.smallest_or(8);
  const std::uint64_t rounds = std::max<std::uint64_t>(1, setup.scaled(150'000) / threads);
  std::vector<Block> given(threads);
  if (passive)
    for (Block &block : given) block = allocate(size, 7);
  on_threads(threads, [&](unsigned index) {
    if (passive) release(given[index]);  // what one thread allocated together comes back on each thread's list
    for (std::uint64_t round = 0; round < rounds; ++round) {
      Block block = allocate(size, static_cast<std::uint32_t>(round));
      volatile unsigned char *const byte = block.at;
      unsigned char expected = *byte;
      for (std::uint64_t i = 0; i < kWrites; ++i) *byte = static_cast<unsigned char>(*byte + 1);
      expected = static_cast<unsigned char>(expected + kWrites);
      if (*byte != expected) throw Nonsense("two threads write to one block");
      stamp(block);
      release(block);
    }
  });
  return {.operations = rounds * threads, .checked = rounds * threads, .figures = {}};
}

Result cache_thrash(const Setup &setup) { return false_sharing(setup, false); }
Result cache_scratch(const Setup &setup) { return false_sharing(setup, true); }

template <void *(*Allocate)(std::size_t), void (*Release)(void *)>
Result replace(const Setup &setup) {
  const unsigned threads = setup.threads_or(1);
  const std::size_t live = setup.live_or(1000);
  const std::size_t smallest = setup.smallest_or(16);
  const std::size_t largest = setup.largest_or(1024);
  const std::uint64_t operations = std::max<std::uint64_t>(1, setup.scaled(8'000'000) / threads);
  on_threads(threads, [&](unsigned index) {
    Random random(setup.seed * 7 + index);
    std::vector<Block> blocks(live);
    const auto take_one = [&](Block &block) {
      block.size = static_cast<std::uint32_t>(random.between(smallest, largest));
      block.key = static_cast<std::uint32_t>(random.next());
      block.at = static_cast<unsigned char *>(Allocate(block.size));
      if (block.at == nullptr) throw std::bad_alloc();
      stamp(block);
    };
    for (Block &block : blocks) take_one(block);
    for (std::uint64_t i = 0; i < operations; ++i) {
      Block &block = blocks[random.below(live)];
      check(block);
      Release(block.at);
      take_one(block);
    }
    for (Block &block : blocks) {
      check(block);
      Release(block.at);
    }
  });
  return {.operations = operations * threads, .checked = operations * threads, .figures = {}};
}

Result random_replacement(const Setup &setup) { return replace<std::malloc, std::free>(setup); }
Result prefixed_replacement(const Setup &setup) { return replace<second_allocate, second_release>(setup); }

Result glibc_simple(const Setup &setup) {
  const std::size_t size = setup.smallest_or(64);
  const std::size_t batch = setup.live_or(400);
  const std::uint64_t rounds = std::max<std::uint64_t>(1, setup.scaled(8'000'000) / batch);
  std::vector<Block> blocks(batch);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < batch; ++i) blocks[i] = allocate(size, static_cast<std::uint32_t>(round * batch + i));
    for (Block &block : blocks) release(block);
  }
  return {.operations = rounds * batch, .checked = rounds * batch, .figures = {}};
}

// Sizes from 4 to 32,768 whose number falls with the size's power.
Result glibc_thread(const Setup &setup) {
  const unsigned threads = setup.threads_or(2);
  const std::size_t live = setup.live_or(1024);
  const std::uint64_t operations = std::max<std::uint64_t>(1, setup.scaled(3'000'000) / threads);
  on_threads(threads, [&](unsigned index) {
    Random random(setup.seed * 3 + index);
    std::vector<std::uint32_t> sizes(2048);
    for (std::uint32_t &size : sizes)
      size = static_cast<std::uint32_t>(pareto(random, setup.smallest_or(4), setup.largest_or(32768)));
    std::vector<Block> blocks(live);
    for (std::uint64_t i = 0; i < operations; ++i) {
      Block &block = blocks[random.below(live)];
      release(block);
      block = allocate(sizes[random.below(sizes.size())], static_cast<std::uint32_t>(random.next()));
    }
    for (Block &block : blocks) release(block);
  });
  return {.operations = operations * threads, .checked = operations * threads, .figures = {}};
}

// Blocks of megabytes in a small live set; a byte of every page is written, as a program would.
Result large_blocks(const Setup &setup) {
  constexpr std::size_t kPage = 4096;
  const unsigned threads = setup.threads_or(1);
  const std::size_t live = setup.live_or(20);
  const std::size_t smallest = setup.smallest_or(std::size_t{1} << 20);
  const std::size_t largest = setup.largest_or(std::size_t{5} << 20);
  // The amount of memory that is written is what costs, so it is what stays the same.
  const std::uint64_t operations = std::max<std::uint64_t>(
      1, setup.scaled((std::uint64_t{12} << 30) / (smallest + (largest - smallest) / 2)) / threads);
  on_threads(threads, [&](unsigned index) {
    Random random(setup.seed * 5 + index);
    std::vector<Block> blocks(live);
    for (std::uint64_t i = 0; i < operations; ++i) {
      Block &block = blocks[random.below(live)];
      release(block);
      block = allocate(random.between(smallest, largest), static_cast<std::uint32_t>(random.next()));
      for (std::size_t at = kPage; at + kPage < block.size; at += kPage) block.at[at] = 1;
    }
    for (Block &block : blocks) release(block);
  });
  return {.operations = operations * threads, .checked = operations * threads, .figures = {}};
}

// A block that grows by half again and again, as a vector or a string without a size does.
Result growing(const Setup &setup) {
  const std::size_t largest = setup.largest_or(std::size_t{1} << 20);
  const std::uint64_t rounds = setup.scaled(20'000);
  std::uint64_t moved = 0;
  std::uint64_t grown = 0;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    Block block = allocate(setup.smallest_or(64), static_cast<std::uint32_t>(round));
    while (block.size < largest) {
      check(block);
      const std::size_t size = block.size + block.size / 2;
      const auto old = reinterpret_cast<std::uintptr_t>(block.at);
      auto *const larger = static_cast<unsigned char *>(std::realloc(block.at, size));
      if (larger == nullptr) throw std::bad_alloc();
      if (reinterpret_cast<std::uintptr_t>(larger) != old) ++moved;
      ++grown;
      std::uint32_t first = 0;
      std::copy_n(larger, sizeof first, reinterpret_cast<unsigned char *>(&first));
      if (first != block.key) throw Nonsense("realloc lost the contents of a block");
      block = {larger, static_cast<std::uint32_t>(size), block.key};
      stamp(block);
    }
    release(block);
  }
  return {.operations = grown,
          .checked = grown,
          .figures = {{"moved_of_100", 100.0 * static_cast<double>(moved) / static_cast<double>(grown)}}};
}

constexpr std::array kWorkloads{
    Workload{"larson", "a server: threads replace random blocks and hand them to their successors", larson_plain},
    Workload{"larson-sized", "the same with the size given to operator delete", larson_sized},
    Workload{"mstress", "mixed sizes; some blocks stay, some go to other threads", mstress},
    Workload{"xmalloc", "one thread allocates blocks of one size, another releases them", xmalloc},
    Workload{"producer-consumer", "the same with blocks of 16 to 1,024 bytes", producer_consumer},
    Workload{"alloc-test", "a live set of 100,000 blocks, a few large among many small", alloc_test},
    Workload{"cache-thrash", "threads write to small blocks of their own: active false sharing", cache_thrash},
    Workload{"cache-scratch", "the same with blocks that one thread allocated together: passive false sharing",
             cache_scratch},
    Workload{"random-replacement", "a random one of the live blocks is replaced each time", random_replacement},
    Workload{"prefixed-replacement", "the same on the second allocator of the process, where it has one",
             prefixed_replacement},
    Workload{"glibc-simple", "batches of 400 blocks of 64 bytes", glibc_simple},
    Workload{"glibc-thread", "threads replace random blocks of 4 to 32,768 bytes, most of them small", glibc_thread},
    Workload{"large-blocks", "blocks of 1 to 5 MiB, written page by page", large_blocks},
    Workload{"growing", "realloc to half as much again, up to 1 MiB", growing},
};

}  // namespace

std::span<const Workload> classic_workloads() { return kWorkloads; }

}  // namespace crossheap::workload
