// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What every workload is made of. A workload is an ordinary program's use of malloc, recreated from a published
// description: it takes a fixed amount of work, so that two allocators do the same, and it checks what it computes. A
// block carries a key at both ends from its allocation to its release: an allocator that hands one address to two
// owners, or loses contents, makes the workload fail and not fast.
//
// The program is linked once for each allocator (CMakeLists.txt) and calls malloc by its name. What serves it is the
// linker's, the loader's or LD_PRELOAD's choice, and is part of the answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace crossheap::workload {

/// What the command line says; 0 where it says nothing and the workload's own value counts.
struct Setup {
  double scale = 1.0;  ///< of the amount of work, not of the live set
  unsigned threads = 0;
  std::size_t smallest = 0;  ///< bytes of a block
  std::size_t largest = 0;
  std::size_t live = 0;  ///< blocks at a time
  std::uint64_t seed = 1;
  std::string program;  ///< our own file

  unsigned threads_or(unsigned otherwise) const { return threads != 0 ? threads : otherwise; }
  std::size_t smallest_or(std::size_t otherwise) const { return smallest != 0 ? smallest : otherwise; }
  std::size_t largest_or(std::size_t otherwise) const { return largest != 0 ? largest : otherwise; }
  std::size_t live_or(std::size_t otherwise) const { return live != 0 ? live : otherwise; }
  std::uint64_t scaled(std::uint64_t operations) const;
};

struct Result {
  std::uint64_t operations = 0;  ///< of the workload's own kind: pairs of calls, messages, requests
  std::uint64_t checked = 0;     ///< blocks, keys or answers that were compared with what they must be
  std::vector<std::pair<std::string, double>> figures;  ///< beyond time and memory
  double seconds = 0;                     ///< where the workload measures a part of itself; 0: all of it counts
  double children_processor_seconds = 0;  ///< of processes that belong to the work
};

struct Workload {
  const char *name;
  const char *about;
  Result (*run)(const Setup &setup);
};

/// The tables, one for each file of workloads.
std::span<const Workload> classic_workloads();
std::span<const Workload> memory_workloads();
std::span<const Workload> application_workloads();
std::span<const Workload> server_workloads();

/// What a workload computed is not what it must be. main() says so and ends with 1.
class Nonsense : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// xorshift64*, because a random number must cost less than an allocation.
class Random {
public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 0x2545F4914F6CDD1Du) {}
  std::uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545F4914F6CDD1Du;
  }
  /// 0 to `bound` - 1; bound is below 2^32.
  std::uint64_t below(std::uint64_t bound) { return ((next() >> 32) * bound) >> 32; }
  std::size_t between(std::size_t smallest, std::size_t largest) {
    return smallest + static_cast<std::size_t>(below(largest - smallest + 1));
  }

private:
  std::uint64_t state_;
};

/// A block and the key that it carries.
struct Block {
  unsigned char *at = nullptr;
  std::uint32_t size = 0;
  std::uint32_t key = 0;
};

/// Writes the key to both ends.
void stamp(const Block &block);
/// Throws Nonsense where an end does not carry the key.
void check(const Block &block);

/// malloc and a stamp. Throws std::bad_alloc.
Block allocate(std::size_t size, std::uint32_t key);
/// A check and free. Nothing where the block is none.
void release(Block &block);

/// Runs `body(index)` on `threads` threads. What one of them throws ends the program: with 1 where it is Nonsense.
void on_threads(unsigned threads, const std::function<void(unsigned)> &body);

/// The resident size now, in KiB.
long resident_kib();
/// The largest since the program was executed. Not getrusage's, which starts with the size of the process that executed
/// us.
long peak_kib();

}  // namespace crossheap::workload
