// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Workloads that are about memory and not about time: what stays resident when the sizes change, when a burst is over,
// when the load moves from one allocator of a process to the other; and a process that hardly lives.
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>

#include "workloads/http_client.h"
#include "workloads/second_heap.h"
#include "workloads/workload.h"

extern char **environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace crossheap::workload {

namespace {

double mebibytes(double bytes) { return bytes / 1024 / 1024; }
double resident_mib() { return static_cast<double>(resident_kib()) / 1024; }

// A live set that stays at the same number of bytes while the mix of its sizes changes three times. What is resident
// beyond the live bytes is what the holes of the old sizes cost.
Result fragmentation(const Setup &setup) {
  struct Mix {
    std::size_t smallest;
    std::size_t largest;
  };
  constexpr std::array<Mix, 4> kMixes{{{16, 128}, {256, 1024}, {24, 96}, {1500, 6000}}};
  const std::size_t wanted = setup.live_or(std::size_t{48} << 20);  // bytes here, not blocks
  Random random(setup.seed);
  std::vector<Block> blocks;
  std::size_t live = 0;
  std::uint64_t operations = 0;
  const double before = resident_mib();
  double worst = 0;
  Result result;
  for (std::size_t phase = 0; phase < kMixes.size(); ++phase) {
    // Random old blocks make room for new ones until most of the set is of the new mix.
    const std::uint64_t turnover = setup.scaled(wanted * 5 / 2);
    for (std::uint64_t bytes = 0; bytes < turnover;) {
      while (live >= wanted) {
        std::swap(blocks[random.below(blocks.size())], blocks.back());
        live -= blocks.back().size;
        release(blocks.back());
        blocks.pop_back();
      }
      const std::size_t size = random.between(kMixes[phase].smallest, kMixes[phase].largest);
      blocks.push_back(allocate(size, static_cast<std::uint32_t>(random.next())));
      // A program writes what it allocates; without it, large blocks would not be resident at all.
      std::fill(blocks.back().at + 4, blocks.back().at + size - 4, static_cast<unsigned char>(1));
      live += size;
      bytes += size;
      ++operations;
    }
    const double held = resident_mib() - before - mebibytes(static_cast<double>(blocks.capacity() * sizeof(Block)));
    const double ratio = held / mebibytes(static_cast<double>(std::max<std::size_t>(live, 1)));
    result.figures.emplace_back("resident_to_live_" + std::to_string(phase + 1), ratio);
    worst = std::max(worst, ratio);
  }
  for (Block &block : blocks) release(block);
  result.figures.emplace_back("resident_to_live", worst);
  result.operations = operations;
  result.checked = operations;
  return result;
}

// Bursts with idle times between them. One block in a hundred outlives its burst, as a cache's do. The growth that
// people report is that the resident size after each burst does not come back.
Result burst_idle(const Setup &setup) {
  constexpr unsigned kBursts = 6;
  const unsigned threads = setup.threads_or(2);
  const auto blocks_of_a_burst = static_cast<std::size_t>(setup.scaled(setup.live_or(250'000)) / threads);
  std::vector<std::vector<Block>> kept(threads);
  const double before = resident_mib();
  double first_idle = 0;
  double idle = 0;
  double burst = 0;
  std::uint64_t operations = 0;
  for (unsigned round = 0; round < kBursts; ++round) {
    std::vector<std::vector<Block>> all(threads);
    on_threads(threads, [&](unsigned index) {
      Random random(setup.seed * 11 + std::uint64_t{round} * 100 + index);
      std::vector<Block> &blocks = all[index];
      blocks.reserve(blocks_of_a_burst);
      for (std::size_t i = 0; i < blocks_of_a_burst; ++i)
        blocks.push_back(allocate(random.between(16, round % 2 == 0 ? 512 : 768), static_cast<std::uint32_t>(i)));
    });
    burst = std::max(burst, resident_mib() - before);
    on_threads(threads, [&](unsigned index) {
      std::vector<Block> &blocks = all[index];
      for (std::size_t i = 0; i < blocks.size(); ++i) {
        if (i % 100 == 0)
          kept[index].push_back(blocks[i]);
        else
          release(blocks[i]);
      }
    });
    all.clear();
    operations += blocks_of_a_burst * threads;
    idle = resident_mib() - before;
    if (round == 0) first_idle = idle;
  }
  std::size_t live = 0;
  for (std::vector<Block> &blocks : kept)
    for (Block &block : blocks) {
      live += block.size;
      release(block);
    }
  return {.operations = operations,
          .checked = operations,
          .figures = {{"burst_mib", burst},
                      {"idle_mib", idle},
                      {"first_idle_mib", first_idle},
                      {"idle_of_burst", idle / std::max(burst, 0.01)},
                      {"live_mib", mebibytes(static_cast<double>(live))}}};
}

struct Heap {
  void *(*allocate)(std::size_t);
  void (*release)(void *);
};
constexpr Heap kFirst{std::malloc, std::free};
constexpr Heap kSecond{second_allocate, second_release};

Block take(const Heap &heap, std::size_t size, std::uint32_t key) {
  const Block block{static_cast<unsigned char *>(heap.allocate(size)), static_cast<std::uint32_t>(size), key};
  if (block.at == nullptr) throw std::bad_alloc();
  stamp(block);
  return block;
}

void give(const Heap &heap, Block &block) {
  check(block);
  heap.release(block.at);
  block.at = nullptr;
}

// The whole load sits on the first allocator, goes away, and comes back on the second one. What the first keeps for
// later is of no use to the second.
Result phase_shift(const Setup &setup) {
  constexpr unsigned kShifts = 4;
  const auto live = static_cast<std::size_t>(setup.scaled(setup.live_or(300'000)));
  const double before = resident_mib();
  std::vector<Block> blocks(live);
  double most = 0;
  for (unsigned shift = 0; shift < kShifts; ++shift) {
    const Heap &heap = shift % 2 == 0 ? kFirst : kSecond;
    Random random(setup.seed + shift);
    for (Block &block : blocks) block = take(heap, random.between(16, 1024), static_cast<std::uint32_t>(random.next()));
    most = std::max(most, resident_mib() - before);
    // One block in two hundred stays until the end of the phase after this one would need its memory: it goes last.
    for (std::size_t i = 0; i < live; ++i)
      if (i % 200 != 0) give(heap, blocks[i]);
    for (std::size_t i = 0; i < live; i += 200) give(heap, blocks[i]);
  }
  return {.operations = std::uint64_t{live} * kShifts,
          .checked = std::uint64_t{live} * kShifts,
          .figures = {{"peak_mib", most}, {"after_mib", resident_mib() - before}}};
}

// Half of a steady load on each allocator: random blocks of both are replaced.
Result two_heaps(const Setup &setup) {
  const std::size_t live = setup.live_or(200'000);
  const std::uint64_t operations = setup.scaled(2'000'000);
  const double before = resident_mib();
  Random random(setup.seed);
  std::vector<Block> blocks(live);
  const auto heap_of = [](std::size_t place) -> const Heap & { return place % 2 == 0 ? kFirst : kSecond; };
  for (std::uint64_t i = 0; i < operations + live; ++i) {
    const std::size_t place = i < live ? static_cast<std::size_t>(i) : static_cast<std::size_t>(random.below(live));
    if (blocks[place].at != nullptr) give(heap_of(place), blocks[place]);
    blocks[place] = take(heap_of(place), random.between(16, 1024), static_cast<std::uint32_t>(random.next()));
  }
  const double held = resident_mib() - before;
  for (std::size_t place = 0; place < live; ++place) give(heap_of(place), blocks[place]);
  return {.operations = operations + live, .checked = operations + live, .figures = {{"peak_mib", held}}};
}

// A program that starts, allocates a little and ends, again and again: what an allocator's start costs.
Result short_lived(const Setup &setup) {
  const std::uint64_t processes = setup.scaled(150);
  std::string program = setup.program;
  std::string word = "--nothing";
  const std::array<char *, 3> arguments{program.data(), word.data(), nullptr};
  for (std::uint64_t i = 0; i < processes; ++i) {
    pid_t child = 0;
    const int failed = ::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ);
    if (failed != 0) throw std::system_error(failed, std::generic_category(), program);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
      if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "waitpid");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw Nonsense("a short-lived process did not end well");
  }
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval &time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {.operations = processes,
          .checked = processes,
          .figures = {},
          .children_processor_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)};
}

constexpr std::array kWorkloads{
    Workload{"fragmentation", "a live set of the same bytes whose mix of sizes changes", fragmentation},
    Workload{"burst-idle", "bursts, after each of which one block in a hundred stays", burst_idle},
    Workload{"phase-shift", "the load moves between the two allocators of the process, where it has two", phase_shift},
    Workload{"two-heaps", "half of a steady load on each of the two allocators of the process", two_heaps},
    Workload{"short-lived", "processes that allocate a little and end", short_lived},
};

}  // namespace

int short_lived_child() {
  Random random(1);
  std::vector<Block> blocks;
  for (std::uint32_t i = 0; i < 1000; ++i) blocks.push_back(allocate(random.between(16, 512), i));
  for (Block &block : blocks) release(block);
  return 0;
}

std::span<const Workload> memory_workloads() { return kWorkloads; }

}  // namespace crossheap::workload
