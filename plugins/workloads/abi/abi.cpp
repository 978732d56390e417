// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the allocation ABI costs, by paired measurement in one process: in each round every variant runs one
// block of operations on the same heap, in shuffled order, and is compared with the base's time of that round. The
// median of those ratios resolves what separate runs cannot; the base's second row is the same code once more, and
// shows the resolution.
//
//   abi-PROVIDER [ROUNDS]    one line a load and variant, separated by tabs:
//                            load variant base|again ns-an-operation ratio low high added-ns  (95 % bootstrap interval)
//
// One program for each way to resolve an allocator; `crossheap bench --abi` runs them all.
#include <crossheap/plugin.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "direct.h"
#include "loops.h"
#include "resolutions.h"
#include "through_library.h"

namespace crossheap::bench {
namespace {

constexpr std::size_t kOperations = 16384;
constexpr std::size_t kLive = 100'000;

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

struct AbiTable {
  static void *allocate(std::size_t size) { return table->allocate(size, 8); }
  static void release(void *block, std::size_t size) { table->release(block, size, 8); }
};

struct Functions {
  void *(*allocate)(std::size_t);
  void (*release)(void *);
};
Functions own_functions = {DIRECT(malloc), DIRECT(free)};
const Functions *volatile functions = &own_functions;

struct Table {
  static void *allocate(std::size_t size) { return functions->allocate(size); }
  static void release(void *block, std::size_t) { functions->release(block); }
};

struct Weak {
  static void *allocate(std::size_t size) {
    return &crossheap_bench_weak_allocate != nullptr ? crossheap_bench_weak_allocate(size) : DIRECT(malloc)(size);
  }
  static void release(void *block, std::size_t) {
    if (&crossheap_bench_weak_release != nullptr)
      crossheap_bench_weak_release(block);
    else
      DIRECT(free)(block);
  }
};

struct Ifunc {
  static void *allocate(std::size_t size) { return crossheap_bench_ifunc_allocate(size); }
  static void release(void *block, std::size_t) { crossheap_bench_ifunc_release(block); }
};

#ifdef CROSSHEAP_BENCH_ALIAS
struct Alias {
  static void *allocate(std::size_t size) { return crossheap_bench_alias_allocate(size); }
  static void release(void *block, std::size_t) { crossheap_bench_alias_release(block); }
};
#endif

struct Copying : Direct {
  static void *grow(void *block, std::size_t from, std::size_t to) {
    void *const larger = allocate(to);
    std::memcpy(larger, block, from);
    release(block, from);
    return larger;
  }
};
struct Realloc : Direct {
  static void *grow(void *block, std::size_t, std::size_t to) { return DIRECT(realloc)(block, to); }
};
struct AbiReallocate : Abi {
  static void *grow(void *block, std::size_t from, std::size_t to) { return crossheap_reallocate(block, from, 8, to); }
};
struct InPlaceFirst : Abi {
  static void *grow(void *block, std::size_t from, std::size_t to) {
    const std::size_t held = crossheap_resize_in_place(block, from, 8, to);
    if (held >= to) return block;
    void *const larger = crossheap_allocate(to, 8);
    std::memcpy(larger, block, from);
    crossheap_deallocate(block, held, 8);
    return larger;
  }
};

struct Cleared : Direct {
  static void *allocate(std::size_t size) { return DIRECT(calloc)(1, size); }
};
struct Memset : Direct {
  static void *allocate(std::size_t size) {
    void *const block = Direct::allocate(size);
    std::memset(block, 0, size);
    // The compiler would make calloc of the two.
    asm volatile("" ::"r"(block) : "memory");
    return block;
  }
};
struct AbiCleared : Abi {
  static void *allocate(std::size_t size) { return crossheap_allocate_zeroed(size, 8); }
};

double nanoseconds(Loop loop, const Work &work) {
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

struct Timed {
  const char *name;
  Loop loop;
};

// Sizes of blocks, and how many operations a block of a round has.
struct Sizes {
  std::uint32_t smallest;
  std::uint32_t largest;
  std::size_t operations;
};

void compare(const char *load, std::vector<Timed> variants, Work &work, const Sizes &sizes_of, std::size_t rounds,
             std::mt19937 &random) {
  variants.push_back(variants.front());  // once more
  std::uniform_int_distribution<std::uint32_t> size(sizes_of.smallest, sizes_of.largest);
  std::uniform_int_distribution<std::uint32_t> place(0, kLive - 1);
  std::vector<std::uint32_t> sizes(sizes_of.operations);
  std::vector<std::uint32_t> places(sizes_of.operations);
  std::vector<std::size_t> order(variants.size());
  for (std::size_t index = 0; index < order.size(); ++index) order[index] = index;
  std::vector<std::vector<double>> times(variants.size());
  work.operations = sizes_of.operations;
  for (std::size_t round = 0; round < rounds + 2; ++round) {
    for (std::uint32_t &one : sizes) one = size(random);
    for (std::uint32_t &one : places) one = place(random);
    work.sizes = sizes.data();
    work.places = places.data();
    std::shuffle(order.begin(), order.end(), random);
    for (std::size_t index : order) {
      const double time = nanoseconds(variants[index].loop, work);
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
    const bool again = index + 1 == variants.size();
    std::printf("%s\t%s\t%s\t%.3f\t%.4f\t%.4f\t%.4f\t%+.3f\n", load, variants[index].name,
                again ? "again" : variants[0].name, median(times[index]), median(ratios), low, high, median(added));
  }
}

std::vector<Timed> loops_of(const std::vector<Variant> &variants, Loop Variant::*loop) {
  std::vector<Timed> all;
  all.reserve(variants.size());
  for (const Variant &one : variants) all.push_back({one.name, one.*loop});
  return all;
}

void measure(std::size_t rounds) {
  std::vector<Variant> variants = {variant<Direct>("direct"),
                                   variant<DirectSized>("direct, sized release"),
                                   no_plt(),
#ifdef CROSSHEAP_BENCH_ALIAS
                                   variant<Alias>("alias"),
#endif
                                   variant<Weak>("weak reference"),
                                   variant<Ifunc>("IFUNC"),
                                   variant<Table>("function table"),
                                   variant<Abi>("ABI, static"),
                                   link_time_optimised(),
                                   variant<AbiTable>("ABI, function table")};
  // The library is on the process's malloc: the same heap only where that is the chosen allocator's.
#ifndef JEMALLOC_NO_RENAME
  variants.push_back(direct_in_a_library());
  variants.push_back(no_plt_in_a_library());
  variants.push_back(abi_in_a_library());
#endif
  std::mt19937 random(std::random_device{}());
  std::vector<void *> slots(kLive);
  std::vector<std::uint32_t> held(kLive, 64);
  Work work{nullptr, nullptr, kOperations, slots.data(), held.data()};
  constexpr Sizes kSizes{16, 1024, kOperations};
  compare("hot", loops_of(variants, &Variant::hot), work, kSizes, rounds, random);
  for (void *&slot : slots) slot = Direct::allocate(64);
  compare("100k live", loops_of(variants, &Variant::cold), work, kSizes, rounds, random);
  for (void *slot : slots) Direct::release(slot, 0);
  const std::size_t fewer = std::max<std::size_t>(5, rounds / 4);
  compare("growing",
          {{"allocate, copy, release", growths<Copying>},
           {"realloc", growths<Realloc>},
           {"ABI, reallocate", growths<AbiReallocate>},
           {"ABI, in place first", growths<InPlaceFirst>}},
          work, {16, 1024, 4 * kBatch * 14}, fewer, random);
  const std::vector<Timed> cleared{
      {"calloc", batches<Cleared>}, {"malloc and memset", batches<Memset>}, {"ABI, zeroed", batches<AbiCleared>}};
  compare("zeroed, 16 to 1,024 bytes", cleared, work, kSizes, fewer, random);
  compare("zeroed, 64 to 256 KiB", cleared, work, {64u << 10, 256u << 10, 4 * kBatch}, fewer, random);
}

}  // namespace
}  // namespace crossheap::bench

int main(int count, char **arguments) {
  char *end = nullptr;
  const std::size_t rounds = count > 1 ? std::strtoul(arguments[1], &end, 10) : 200;
  if (rounds == 0 || (end != nullptr && *end != '\0')) {
    std::fprintf(stderr, "abi: '%s' is not a number of rounds. Give one above 0.\n", arguments[1]);
    return 2;
  }
  crossheap::bench::measure(rounds);
  return std::fflush(stdout) == 0 ? 0 : 3;
}
