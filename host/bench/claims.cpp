// SPDX-License-Identifier: MIT OR Apache-2.0
//
// How a figure in a claim becomes a range: an effect of X is taken as three quarters to five quarters of its logarithm,
// since nobody who says "30 % faster" means 29 or 31. A claim of a direction alone ends at 1. "Slightly" is at most 10
// %.
#include "bench/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace crossheap::bench {

namespace {

constexpr std::string_view kContainers = "comparison of allocators in containers";
constexpr std::string_view kQueryEngine = "decision record of a query engine";
constexpr std::string_view kRouter = "decision record of a router";
constexpr std::string_view kEssay = "Rust allocator essay, 2014";
constexpr std::string_view kOwn = "question of crossheap's own (docs/abi.md)";

constexpr double kInfinity = std::numeric_limits<double>::infinity();

constexpr std::array kSmall{
    ClaimPart{"mimalloc needs less time than glibc", "random-replacement", "--size 16-1023", "processor_seconds",
              "mimalloc", "glibc", 0, 1},
    ClaimPart{"mimalloc needs less time than tcmalloc", "random-replacement", "--size 16-1023", "processor_seconds",
              "mimalloc", "tcmalloc", 0, 1},
    ClaimPart{"mimalloc needs less time than jemalloc", "random-replacement", "--size 16-1023", "processor_seconds",
              "mimalloc", "jemalloc", 0, 1},
    ClaimPart{"jemalloc needs more time than tcmalloc", "random-replacement", "--size 16-1023", "processor_seconds",
              "jemalloc", "tcmalloc", 1, kInfinity},
};
constexpr std::array kLarge{
    ClaimPart{"tcmalloc needs less time than mimalloc", "random-replacement", "--size 32769-262144 --scale 0.05",
              "processor_seconds", "tcmalloc", "mimalloc", 0, 1},
    ClaimPart{"jemalloc needs less time than mimalloc", "random-replacement", "--size 32769-262144 --scale 0.05",
              "processor_seconds", "jemalloc", "mimalloc", 0, 1},
};
constexpr std::array kFourMebibytes{
    // 50 to the powers of 0.75 and 1.25.
    ClaimPart{"glibc needs about 50 times the time of tcmalloc", "random-replacement",
              "--size 4194304-4194304 --live 8 --scale 0.01", "processor_seconds", "glibc", "tcmalloc", 18.8, 133},
    ClaimPart{"glibc needs more time than tcmalloc", "random-replacement",
              "--size 4194304-4194304 --live 8 --scale 0.01", "processor_seconds", "glibc", "tcmalloc", 1, kInfinity},
};
constexpr std::array kSixtyFour{
    ClaimPart{"tcmalloc needs less time than jemalloc", "glibc-simple", "--size 64-64", "processor_seconds", "tcmalloc",
              "jemalloc", 0, 1},
    // 1/1.22 to the powers of 1.25 and 0.75.
    ClaimPart{"and that by about 22 %", "glibc-simple", "--size 64-64", "processor_seconds", "tcmalloc", "jemalloc",
              0.780, 0.861},
};
constexpr std::array kManyThreads{
    ClaimPart{"jemalloc needs less time than tcmalloc with 8 threads", "larson", "--threads 8", "seconds", "jemalloc",
              "tcmalloc", 0, 1},
    // 1/1.3 to the powers of 1.25 and 0.75.
    ClaimPart{"and that by about 30 %", "larson", "--threads 8", "seconds", "jemalloc", "tcmalloc", 0.720, 0.821},
};
constexpr std::array kTwiceTheMemory{
    ClaimPart{"glibc's peak is about twice mimalloc's when the sizes change", "fragmentation", "", "peak_kib", "glibc",
              "mimalloc", 1.68, 2.38},
    ClaimPart{"glibc's peak is about twice jemalloc's when the sizes change", "fragmentation", "", "peak_kib", "glibc",
              "jemalloc", 1.68, 2.38},
    ClaimPart{"glibc's peak is about twice tcmalloc's when the sizes change", "fragmentation", "", "peak_kib", "glibc",
              "tcmalloc", 1.68, 2.38},
};
constexpr std::array kServerMemory{
    ClaimPart{"glibc holds about 2.0 times what mimalloc holds (512 to 256 MB)", "http-server", "", "resident_mib",
              "glibc", "mimalloc", 1.68, 2.38},
    ClaimPart{"glibc holds about 1.8 times what jemalloc holds (512 to 280 MB)", "http-server", "", "resident_mib",
              "glibc", "jemalloc", 1.57, 2.13},
    ClaimPart{"glibc holds about 1.6 times what tcmalloc holds (512 to 320 MB)", "http-server", "", "resident_mib",
              "glibc", "tcmalloc", 1.42, 1.80},
};
constexpr std::array kServerLatency{
    ClaimPart{"glibc's p99 is about 3.8 times mimalloc's (45 to 12 ms)", "http-server", "", "p99_us", "glibc",
              "mimalloc", 2.70, 5.22},
    ClaimPart{"glibc's p99 is about 3.0 times jemalloc's (45 to 15 ms)", "http-server", "", "p99_us", "glibc",
              "jemalloc", 2.28, 3.95},
    ClaimPart{"glibc's p99 is about 2.5 times tcmalloc's (45 to 18 ms)", "http-server", "", "p99_us", "glibc",
              "tcmalloc", 1.99, 3.14},
};
constexpr std::array kMusl{
    ClaimPart{"musl needs more time than glibc with one thread", "random-replacement", "--threads 1 --scale 0.5",
              "seconds", "c-musl", "c-glibc", 1, kInfinity},
    ClaimPart{"musl needs 7 to 10 times the time of glibc with two threads", "random-replacement",
              "--threads 2 --scale 0.5", "seconds", "c-musl", "c-glibc", 7, 10},
};
constexpr std::array kPreload{
    ClaimPart{"jemalloc by LD_PRELOAD needs more time than linked statically", "random-replacement", "",
              "processor_seconds", "jemalloc", "jemalloc-static", 1, kInfinity},
    ClaimPart{"but at most 10 % more", "random-replacement", "", "processor_seconds", "jemalloc", "jemalloc-static", 0,
              1.1},
    ClaimPart{"tcmalloc by LD_PRELOAD needs more time than linked statically", "random-replacement", "",
              "processor_seconds", "tcmalloc", "tcmalloc-static", 1, kInfinity},
    ClaimPart{"but at most 10 % more", "random-replacement", "", "processor_seconds", "tcmalloc", "tcmalloc-static", 0,
              1.1},
    ClaimPart{"jemalloc by LD_PRELOAD needs what it needs as a linked shared library, within 5 %", "random-replacement",
              "", "processor_seconds", "jemalloc", "jemalloc-shared", 0.95, 1.05},
};
constexpr std::array kSnmallocMemory{
    ClaimPart{"snmalloc's peak is 10 to 20 % below jemalloc's in an aggregation", "columnar", "", "peak_kib",
              "snmalloc-static", "jemalloc-static", 0.8, 0.9},
    ClaimPart{"snmalloc's peak is 10 to 20 % below mimalloc's in an aggregation", "columnar", "", "peak_kib",
              "snmalloc-static", "mimalloc3-static", 0.8, 0.9},
    ClaimPart{"snmalloc's peak is 10 to 20 % below jemalloc's when the sizes change", "fragmentation", "", "peak_kib",
              "snmalloc-static", "jemalloc-static", 0.8, 0.9},
    ClaimPart{"snmalloc's peak is 10 to 20 % below mimalloc's when the sizes change", "fragmentation", "", "peak_kib",
              "snmalloc-static", "mimalloc3-static", 0.8, 0.9},
};
constexpr std::array kSnmallocGrowth{
    ClaimPart{"snmalloc holds less than glibc after bursts", "burst-idle", "", "idle_mib", "snmalloc-static", "glibc",
              0, 1},
    ClaimPart{"jemalloc holds less than glibc after bursts", "burst-idle", "", "idle_mib", "jemalloc-static", "glibc",
              0, 1},
};
constexpr std::array kRouterSpeed{
    ClaimPart{"jemalloc needs less time than glibc", "message-router", "", "processor_seconds", "jemalloc-static",
              "glibc", 0, 1},
    ClaimPart{"jemalloc needs less time than tcmalloc", "message-router", "", "processor_seconds", "jemalloc-static",
              "tcmalloc-static", 0, 1},
    ClaimPart{"jemalloc needs less time than mimalloc", "message-router", "", "processor_seconds", "jemalloc-static",
              "mimalloc3-static", 0, 1},
};
constexpr std::array kSized{
    ClaimPart{"jemalloc: sized release gains with a cold live set", "abi jemalloc-static, 100k live", "", "ns",
              "direct, sized release", "direct", 0, 1},
    ClaimPart{"jemalloc: sized release gains hot", "abi jemalloc-static, hot", "", "ns", "direct, sized release",
              "direct", 0, 1},
    ClaimPart{"tcmalloc: sized release gains with a cold live set", "abi tcmalloc-static, 100k live", "", "ns",
              "direct, sized release", "direct", 0, 1},
    ClaimPart{"tcmalloc: sized release gains hot", "abi tcmalloc-static, hot", "", "ns", "direct, sized release",
              "direct", 0, 1},
};
constexpr std::array kInPlace{
    ClaimPart{"jemalloc: growing with realloc gains over allocating, copying and releasing",
              "abi jemalloc-static, growing", "", "ns", "realloc", "allocate, copy, release", 0, 1},
    ClaimPart{"glibc: growing with realloc gains over allocating, copying and releasing", "abi system, growing", "",
              "ns", "realloc", "allocate, copy, release", 0, 1},
    ClaimPart{"jemalloc: asking for growth in place first gains over realloc", "abi jemalloc-static, growing", "", "ns",
              "ABI, in place first", "realloc", 0, 1},
};
constexpr std::array kIndirection{
    ClaimPart{"a call through the PLT costs more than one through the GOT alone (-fno-plt)", "abi system, hot", "",
              "ns", "direct", "direct, no PLT", 1, kInfinity},
    ClaimPart{"jemalloc: a call from a shared library through the PLT costs more than a direct one",
              "abi jemalloc-static, hot", "", "ns", "direct, in a shared library", "direct", 1, kInfinity},
    ClaimPart{"jemalloc: a call through a table of functions costs more than a direct one", "abi jemalloc-static, hot",
              "", "ns", "function table", "direct", 1, kInfinity},
};
constexpr std::array kTwoAllocators{
    ClaimPart{"a steady load takes about twice the memory on two allocators", "two-heaps", "", "peak_mib",
              "jemalloc-prefixed", "glibc", 1.68, 2.38},
    ClaimPart{"a load that moves takes about twice the memory on two allocators, next to glibc alone", "phase-shift",
              "", "peak_mib", "jemalloc-prefixed", "glibc", 1.68, 2.38},
    ClaimPart{"a load that moves takes about twice the memory on two allocators, next to jemalloc alone", "phase-shift",
              "", "peak_mib", "jemalloc-prefixed", "jemalloc-static", 1.68, 2.38},
};
constexpr std::array kPrefixed{
    ClaimPart{"the prefixed jemalloc needs the time of the unprefixed one, within 5 %", "prefixed-replacement", "",
              "processor_seconds", "jemalloc-prefixed", "jemalloc-static", 0.95, 1.05},
};

constexpr std::array kClaims{
    ClaimRow{"small-blocks",
             "Below 1 KiB mimalloc is the fastest, and jemalloc the slowest of the specialised allocators", kContainers,
             kSmall},
    ClaimRow{"large-blocks", "Above 32 KiB tcmalloc and jemalloc beat mimalloc", kContainers, kLarge},
    ClaimRow{"4-mebibytes", "At 4 MiB tcmalloc is 50 times as fast as glibc", kContainers, kFourMebibytes},
    ClaimRow{"64-bytes", "At 64 bytes and one thread tcmalloc is 22 % faster than jemalloc", kContainers, kSixtyFour},
    ClaimRow{"many-threads", "With many threads jemalloc is 30 % faster than tcmalloc", kContainers, kManyThreads},
    ClaimRow{"twice-the-memory", "glibc needs twice the memory under load", kContainers, kTwiceTheMemory},
    ClaimRow{"server-memory", "An HTTP server holds 512, 256, 280 and 320 MB on glibc, mimalloc, jemalloc and tcmalloc",
             kContainers, kServerMemory},
    ClaimRow{"server-latency",
             "An HTTP server has a p99 of 45, 12, 15 and 18 ms on glibc, mimalloc, jemalloc and tcmalloc", kContainers,
             kServerLatency},
    ClaimRow{"musl", "musl's malloc is 7 to 10 times slower with several threads", kContainers, kMusl},
    ClaimRow{"preload", "LD_PRELOAD is slightly slower than static linking", kContainers, kPreload},
    ClaimRow{"snmalloc-memory", "snmalloc saves 10 to 20 % of the memory against jemalloc and mimalloc", kQueryEngine,
             kSnmallocMemory},
    ClaimRow{"snmalloc-growth", "snmalloc stops a growth that glibc shows", kQueryEngine, kSnmallocGrowth},
    ClaimRow{"router-speed", "Linking jemalloc speeds a message router more than tcmalloc or mimalloc, untuned",
             kRouter, kRouterSpeed},
    ClaimRow{"sized-release", "Sized release gains measurably in micro-benchmarks", kEssay, kSized},
    ClaimRow{"in-place", "Resizing in place gains measurably in micro-benchmarks", kEssay, kInPlace},
    ClaimRow{"indirection", "Indirection through libc's malloc costs", kEssay, kIndirection},
    ClaimRow{"two-allocators", "Two allocators in one process cost the memory twice", kEssay, kTwoAllocators},
    ClaimRow{"prefix", "A prefix on the allocator's functions costs nothing", kOwn, kPrefixed},
};

measure::Estimate divided(const measure::Estimate &estimate, double by) {
  measure::Estimate scaled = estimate;
  scaled.value /= by;
  scaled.interval.low /= by;
  scaled.interval.high /= by;
  return scaled;
}

}  // namespace

std::span<const ClaimRow> claim_table() noexcept { return kClaims; }

Answer answer_of(const measure::Estimate &ratio, const measure::Estimate &same, double low, double high) noexcept {
  using measure::Difference;
  const Difference from_low = low > 0 ? measure::difference(divided(ratio, low), same) : Difference::More;
  const Difference from_high = std::isfinite(high) ? measure::difference(divided(ratio, high), same) : Difference::Less;
  if (from_low == Difference::Less || from_high == Difference::More) return Answer::DoesNotHold;
  return from_low == Difference::More && from_high == Difference::Less ? Answer::Holds : Answer::CannotTell;
}

Answer answer_of(std::span<const Part> parts) noexcept {
  const auto any = [parts](Answer answer) {
    return std::any_of(parts.begin(), parts.end(), [answer](const Part &part) { return part.answer == answer; });
  };
  if (any(Answer::DoesNotHold)) return Answer::DoesNotHold;
  return parts.empty() || any(Answer::CannotTell) ? Answer::CannotTell : Answer::Holds;
}

std::string range_in_words(double low, double high) {
  if (low <= 0) return fmt::format("below {:.3g}", high);
  if (!std::isfinite(high)) return fmt::format("above {:.3g}", low);
  return fmt::format("from {:.3g} to {:.3g}", low, high);
}

}  // namespace crossheap::bench
