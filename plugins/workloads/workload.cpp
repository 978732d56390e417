// SPDX-License-Identifier: MIT OR Apache-2.0
#include "workloads/workload.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <thread>

namespace crossheap::workload {

std::uint64_t Setup::scaled(std::uint64_t operations) const {
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::llround(scale * static_cast<double>(operations))));
}

void stamp(const Block &block) {
  const std::size_t part = std::min<std::size_t>(sizeof block.key, block.size);
  std::memcpy(block.at, &block.key, part);
  std::memcpy(block.at + block.size - part, &block.key, part);
}

void check(const Block &block) {
  const std::size_t part = std::min<std::size_t>(sizeof block.key, block.size);
  // A block shorter than its two keys carries the second one over the first.
  const bool first = block.size < 2 * part || std::memcmp(block.at, &block.key, part) == 0;
  if (!first || std::memcmp(block.at + block.size - part, &block.key, part) != 0)
    throw Nonsense("a block of " + std::to_string(block.size) + " bytes does not hold what was written to it");
}

Block allocate(std::size_t size, std::uint32_t key) {
  Block block{static_cast<unsigned char *>(std::malloc(size)), static_cast<std::uint32_t>(size), key};
  if (block.at == nullptr) throw std::bad_alloc();
  stamp(block);
  return block;
}

void release(Block &block) {
  if (block.at == nullptr) return;
  check(block);
  std::free(block.at);
  block.at = nullptr;
}

void on_threads(unsigned threads, const std::function<void(unsigned)> &body) {
  std::vector<std::thread> running;
  for (unsigned index = 0; index < threads; ++index)
    running.emplace_back([&, index] {
      try {
        body(index);
      } catch (const std::exception &error) {
        // Another thread may wait for ever for what this one would have done, so this is the end of all.
        const bool nonsense = dynamic_cast<const Nonsense *>(&error) != nullptr;
        std::fprintf(stderr, "workloads: %s%s\n", nonsense ? "computed nonsense: " : "", error.what());
        std::_Exit(nonsense ? 1 : 3);
      }
    });
  for (std::thread &one : running) one.join();
}

long resident_kib() {
  std::FILE *const file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return -1;
  long pages = -1;
  if (std::fscanf(file, "%*d %ld", &pages) != 1) pages = -1;
  std::fclose(file);
  return pages < 0 ? -1 : pages * (::sysconf(_SC_PAGESIZE) / 1024);
}

long peak_kib() {
  std::FILE *const file = std::fopen("/proc/self/status", "re");
  if (file == nullptr) return -1;
  long peak = -1;
  std::array<char, 256> line{};
  while (std::fgets(line.data(), static_cast<int>(line.size()), file) != nullptr)
    if (std::sscanf(line.data(), "VmHWM: %ld kB", &peak) == 1) break;
  std::fclose(file);
  return peak;
}

}  // namespace crossheap::workload
