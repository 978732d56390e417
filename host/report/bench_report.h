// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The results of `crossheap bench` as reports. The pages docs/claims.md, docs/abi.md and docs/performance.md have their
// tables from bench_markdown(), made of the results in docs/measured. So a page cannot say what was not measured.
#pragma once

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "bench/results.h"
#include "report/document.h"

namespace crossheap::report {

/// Schema crossheap.bench/1, with a newline at its end.
std::string bench_json(const bench::Results &results);
/// What bench_json wrote. Throws Error (Blame::Usage) where `file` is something else.
bench::Results read_bench_json(std::istream &from, std::string_view file);
bench::Results bench_results_from(const nlohmann::ordered_json &whole, std::string_view file);

std::string bench_text(const bench::Results &results);
std::string bench_markdown(const bench::Results &results);

Document document_of(const bench::Results &results);

// What text and markdown share.

/// "1.02 (1.01 to 1.04)", or "-" where nothing was estimated.
std::string ratio_words(const measure::Estimate &ratio);
/// "12.3 ms", "4.5 MiB": a value of `metric`.
std::string value_words(const std::string &metric, double value);
/// "processor time": a metric for people.
std::string metric_words(const std::string &metric);
/// Sentences: the processor, the kernel, when, and the load before and after.
std::string machine_words(const bench::Results &results);
/// One sentence: how many claims hold, or how many loads were measured.
std::string bench_sentence(const bench::Results &results);

}  // namespace crossheap::report
