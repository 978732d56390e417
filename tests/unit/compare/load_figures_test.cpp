// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the load tools print, as they print it.
#include "compare/load_figures.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace crossheap::compare {
namespace {

TEST(LoadFigures, WrkTellsThroughputAndLatencies) {
  const auto figures = load_figures_in(
      "Running 30s test @ http://127.0.0.1:8080/index.html\n  12 threads and 400 connections\n"
      "  Thread Stats   Avg      Stdev     Max   +/- Stdev\n    Latency   635.91us    0.89ms  12.92ms   93.69%\n"
      "    Req/Sec    56.20k     8.07k   62.00k    86.54%\n  Latency Distribution\n     50%  250.00us\n"
      "     75%  491.00us\n     90%  700.00us\n     99%    5.80ms\n  22464657 requests in 30.00s, 17.76GB read\n"
      "Requests/sec: 748868.53\nTransfer/sec:    606.33MB\n");
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->tool, "wrk");
  EXPECT_DOUBLE_EQ(figures->throughput, 748868.53);
  EXPECT_DOUBLE_EQ(figures->p50.value(), 0.25);
  EXPECT_DOUBLE_EQ(figures->p99.value(), 5.8);
  EXPECT_FALSE(figures->p999);
}

TEST(LoadFigures, HeyTellsThroughputAndLatencies) {
  const auto figures = load_figures_in(
      "\nSummary:\n  Total:\t0.0517 secs\n  Requests/sec:\t3866.4163\n\nResponse time histogram:\n  0.000 [1]\t|\n\n"
      "Latency distribution:\n  10%% in 0.0017 secs\n  50%% in 0.0101 secs\n  99%% in 0.0360 secs\n");
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->tool, "hey");
  EXPECT_DOUBLE_EQ(figures->throughput, 3866.4163);
  EXPECT_NEAR(figures->p50.value(), 10.1, 1e-9);
  EXPECT_NEAR(figures->p99.value(), 36, 1e-9);
}

TEST(LoadFigures, AbTellsThroughputAndLatencies) {
  const auto figures = load_figures_in(
      "This is ApacheBench, Version 2.3 <$Revision: 1903618 $>\nRequests per second:    8410.43 [#/sec] (mean)\n"
      "Time per request:       1.189 [ms] (mean)\nPercentage of the requests served within a certain time (ms)\n"
      "  50%      1\n  66%      1\n  99%      4\n 100%      9 (longest request)\n");
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->tool, "ab");
  EXPECT_DOUBLE_EQ(figures->throughput, 8410.43);
  EXPECT_DOUBLE_EQ(figures->p50.value(), 1);
  EXPECT_DOUBLE_EQ(figures->p99.value(), 4);
}

TEST(LoadFigures, RedisBenchmarkTellsThemInBothItsForms) {
  const auto whole = load_figures_in(
      "====== SET ======\n  100000 requests completed in 1.00 seconds\n\nLatency by percentile distribution:\n"
      "99.805% <= 0.700 milliseconds (cumulative count 99810)\n99.902% <= 0.900 milliseconds (cumulative count 99910)\n"
      "99.951% <= 1.100 milliseconds (cumulative count 99960)\n\nCumulative distribution of latencies:\n"
      "99.930% <= 1.007 milliseconds (cumulative count 99930)\n\nSummary:\n"
      "  throughput summary: 100000.00 requests per second\n  latency summary (msec):\n"
      "          avg       min       p50       p95       p99       max\n"
      "        0.250     0.080     0.240     0.400     0.500     1.500\n"
      "====== GET ======\n  throughput summary: 40000.00 requests per second\n  latency summary (msec):\n"
      "          avg       min       p50       p95       p99       max\n"
      "        0.250     0.080     0.060     0.400     0.500     1.500\n");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->tool, "redis-benchmark");
  EXPECT_NEAR(whole->throughput, 63245.55, 0.01);  // the geometric mean
  EXPECT_NEAR(whole->p50.value(), 0.12, 1e-9);
  EXPECT_NEAR(whole->p99.value(), 0.5, 1e-9);
  EXPECT_NEAR(whole->p999.value(), 0.9, 1e-9);
  const auto quiet = load_figures_in("SET: 52356.02 requests per second, p50=0.455 msec\n");
  ASSERT_TRUE(quiet);
  EXPECT_DOUBLE_EQ(quiet->throughput, 52356.02);
  EXPECT_DOUBLE_EQ(quiet->p50.value(), 0.455);
}

TEST(LoadFigures, PgbenchTellsTransactionsAndItsAverageIsNoMedian) {
  const auto figures = load_figures_in(
      "pgbench (15.3)\ntransaction type: <builtin: TPC-B (sort of)>\nlatency average = 11.013 ms\n"
      "initial connection time = 7.722 ms\ntps = 896.967014 (without initial connection time)\n");
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->tool, "pgbench");
  EXPECT_DOUBLE_EQ(figures->throughput, 896.967014);
  EXPECT_FALSE(figures->p50);
}

TEST(LoadFigures, MemtierTellsItsTotalsByTheNamesOfItsColumns) {
  const auto figures = load_figures_in(
      "ALL STATS\n===\n"
      "Type         Ops/sec     Hits/sec   Misses/sec    Avg. Latency     p50 Latency     p99 Latency   p99.9 Latency "
      "      KB/sec\n---\n"
      "Sets         9187.22          ---          ---         0.50000         0.45000         1.20000         3.00000 "
      "      707.00\n"
      "Totals     101063.00        10.00     91865.00         0.49500         0.48700         0.99900         2.51100 "
      "     4287.00\n");
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->tool, "memtier");
  EXPECT_DOUBLE_EQ(figures->throughput, 101063);
  EXPECT_DOUBLE_EQ(figures->p50.value(), 0.487);
  EXPECT_DOUBLE_EQ(figures->p99.value(), 0.999);
  EXPECT_DOUBLE_EQ(figures->p999.value(), 2.511);
}

TEST(LoadFigures, WhatNoToolPrintsIsNoFigure) {
  EXPECT_FALSE(load_figures_in(""));
  EXPECT_FALSE(load_figures_in("Requests/sec: 12\n"));
  EXPECT_FALSE(load_figures_in("This is ApacheBench\nRequests per second: nan [#/sec]\n"));
}

TEST(Metric, TheLastMatchCountsAndCommasAreLeftOut) {
  EXPECT_DOUBLE_EQ(Metric("--metric", "rate: ([0-9,.]+)").in("rate: 1\nrate: 1,234.5\n"), 1234.5);
  EXPECT_DOUBLE_EQ(Metric("--metric", "[0-9]+").in("a 3 b 42 c"), 42);
  EXPECT_DOUBLE_EQ(Metric("--metric", "(?i)RATE=(\\S+)").in("rate=1e-3"), 0.001);
}

TEST(Metric, WhatIsNoNumberOrNotThereIsAnErrorThatSaysSo) {
  EXPECT_THROW(Metric("--metric", "rate: (\\w+)").in("rate: fast"), Error);
  EXPECT_THROW(Metric("--metric", "rate: (\\w+)").in("rate: nan"), Error);
  EXPECT_THROW(Metric("--metric", "rate: (\\w+)").in(""), Error);
  EXPECT_THROW(Metric("--metric", "rate: ((").in(""), Error);
  // Matches nothing everywhere: it must end.
  EXPECT_THROW(Metric("--metric", "x*").in("aaa"), Error);
}

}  // namespace
}  // namespace crossheap::compare
