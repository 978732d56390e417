// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the allocation ABI costs, by paired measurement in one process: in each round every variant runs one
// block of operations on the same heap, in shuffled order, and is compared with the direct call's time of
// that round. The median of those ratios resolves what separate runs cannot; "direct, again" is the same code as
// "direct" and shows the resolution.
//
//   abi_bench [ROUNDS]    one line a workload and variant, separated by tabs:
//                         workload variant ns-a-pair ratio low high added-ns  (low, high: 95 % bootstrap interval)
//
// One program per way to resolve an allocator; abi_table.sh runs them all.
#include <crossheap/plugin.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <utility>
#include <vector>

#include "loops.h"
#include "through_library.h"
#if defined(CROSSHEAP_BENCH_JEMALLOC)
#include <jemalloc/jemalloc.h>
#ifdef JEMALLOC_NO_RENAME
#define DIRECT(name) je_##name
#else
#define DIRECT(name) name
#endif
#elif defined(CROSSHEAP_BENCH_MIMALLOC)
#include <mimalloc.h>
#define DIRECT(name) mi_##name
#elif defined(CROSSHEAP_BENCH_TCMALLOC)
#include <gperftools/tcmalloc.h>
#define DIRECT(name) tc_##name
#else
#define DIRECT(name) name
#endif
#if defined(CROSSHEAP_BENCH_SNMALLOC)
extern "C" void sn_rust_dealloc(void *block, std::size_t align, std::size_t size);
#endif

namespace crossheap::bench {
namespace {

constexpr std::size_t kOperations = 16384;
constexpr std::size_t kLive = 100'000;

struct Direct {
  static void *allocate(std::size_t size) { return DIRECT(malloc)(size); }
  static void release(void *block, std::size_t) { DIRECT(free)(block); }
};

struct DirectSized {
  static void *allocate(std::size_t size) { return DIRECT(malloc)(size); }
#if defined(CROSSHEAP_BENCH_JEMALLOC)
  static void release(void *block, std::size_t size) { DIRECT(sdallocx)(block, size, 0); }
#elif defined(CROSSHEAP_BENCH_MIMALLOC)
  static void release(void *block, std::size_t size) { mi_free_size(block, size); }
#elif defined(CROSSHEAP_BENCH_TCMALLOC)
  static void release(void *block, std::size_t size) { tc_free_sized(block, size); }
#elif defined(CROSSHEAP_BENCH_SNMALLOC)
  static void release(void *block, std::size_t size) { sn_rust_dealloc(block, 8, size); }
#else
  static void release(void *block, std::size_t) { free(block); }
#endif
};

struct Abi {
  static void *allocate(std::size_t size) { return crossheap_allocate(size, 8); }
  static void release(void *block, std::size_t size) { crossheap_deallocate(block, size, 8); }
};

// Behind a pointer that the compiler cannot see through, as a plugin has it.
crossheap_party table_party = {.struct_size = sizeof(crossheap_party),
                               .abi_version = CROSSHEAP_PLUGIN_ABI_VERSION,
                               .name = "bench",
                               .provider = ::crossheap_provider,
                               .allocate = crossheap_allocate,
                               .reallocate = crossheap_reallocate,
                               .release = crossheap_deallocate};
const crossheap_party *volatile table = &table_party;

struct Table {
  static void *allocate(std::size_t size) { return table->allocate(size, 8); }
  static void release(void *block, std::size_t size) { table->release(block, size, 8); }
};

double nanoseconds_a_pair(Loop loop, const Work &work) {
  const auto start = std::chrono::steady_clock::now();
  loop(work);
  const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - start;
  return elapsed.count() / static_cast<double>(work.operations);
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// The 95 % interval of the median, from 1,000 samples with replacement.
std::pair<double, double> bootstrap(const std::vector<double> &values, std::mt19937 &random) {
  std::uniform_int_distribution<std::size_t> pick(0, values.size() - 1);
  std::vector<double> medians;
  for (int sample = 0; sample < 1000; ++sample) {
    std::vector<double> drawn;
    for (std::size_t index = 0; index < values.size(); ++index) drawn.push_back(values[pick(random)]);
    medians.push_back(median(std::move(drawn)));
  }
  std::sort(medians.begin(), medians.end());
  return {medians[25], medians[974]};
}

void compare(const char *workload, Loop Variant::*loop, const std::vector<Variant> &variants, Work &work,
             std::size_t rounds, std::mt19937 &random) {
  std::uniform_int_distribution<std::uint32_t> size(16, 1024);
  std::uniform_int_distribution<std::uint32_t> place(0, kLive - 1);
  std::vector<std::uint32_t> sizes(kOperations);
  std::vector<std::uint32_t> places(kOperations);
  std::vector<std::size_t> order(variants.size());
  for (std::size_t index = 0; index < order.size(); ++index) order[index] = index;
  std::vector<std::vector<double>> times(variants.size());
  for (std::size_t round = 0; round < rounds + 2; ++round) {
    for (std::uint32_t &one : sizes) one = size(random);
    for (std::uint32_t &one : places) one = place(random);
    work.sizes = sizes.data();
    work.places = places.data();
    std::shuffle(order.begin(), order.end(), random);
    for (std::size_t index : order) {
      const double time = nanoseconds_a_pair(variants[index].*loop, work);
      if (round >= 2) times[index].push_back(time);  // two rounds of warming up
    }
  }
  for (std::size_t index = 0; index < variants.size(); ++index) {
    std::vector<double> ratios;
    std::vector<double> added;
    for (std::size_t round = 0; round < rounds; ++round) {
      ratios.push_back(times[index][round] / times[0][round]);
      added.push_back(times[index][round] - times[0][round]);
    }
    const auto [low, high] = bootstrap(ratios, random);
    std::printf("%s\t%s\t%.3f\t%.4f\t%.4f\t%.4f\t%+.3f\n", workload, variants[index].name, median(times[index]),
                median(ratios), low, high, median(added));
  }
}

}  // namespace
}  // namespace crossheap::bench

int main(int count, char **arguments) {
  using namespace crossheap::bench;
  const std::size_t rounds = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 200;
  if (rounds == 0) {
    std::fprintf(stderr, "abi_bench: '%s' is not a number of rounds. Give one above 0.\n", arguments[1]);
    return 2;
  }
  std::vector<Variant> variants = {variant<Direct>("direct"), variant<Direct>("direct, again"),
                                   variant<DirectSized>("direct, sized release"), variant<Abi>("ABI, static"),
                                   variant<Table>("ABI, function table")};
  // The library is on the process's malloc: the same heap only where that is the chosen allocator's.
#ifndef JEMALLOC_NO_RENAME
  variants.push_back(direct_in_a_library());
  variants.push_back(abi_in_a_library());
#endif
  std::mt19937 random(std::random_device{}());
  std::vector<void *> slots(kLive);
  std::vector<std::uint32_t> held(kLive, 64);
  Work work{nullptr, nullptr, kOperations, slots.data(), held.data()};
  compare("hot", &Variant::hot, variants, work, rounds, random);
  for (void *&slot : slots) slot = Direct::allocate(64);
  compare("100k live", &Variant::cold, variants, work, rounds, random);
  for (void *slot : slots) Direct::release(slot, 0);
  return 0;
}
