// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The claims that people repeat about allocators, as data: each with its source, and with parts that a figure can
// answer. Nothing here says what is true. A part names a ratio and the range in which the claim puts it; the answer
// follows from the measured interval by one rule (answer_of).
#pragma once

#include <limits>
#include <span>
#include <string_view>

#include "bench/results.h"

namespace crossheap::bench {

struct ClaimPart {
  std::string_view says;
  std::string_view load;       ///< a workload; "abi PROVIDER, HEADING" for a figure of --abi
  std::string_view arguments;  ///< of the workload
  std::string_view metric;
  std::string_view of;  ///< the ways, or the variants of --abi, whose ratio it is
  std::string_view base;
  double low = 0;  ///< the range of the ratio that the claim says
  double high = std::numeric_limits<double>::infinity();
};

struct ClaimRow {
  std::string_view id;
  std::string_view text;    ///< the claim, as people tell it
  std::string_view source;  ///< who does
  std::span<const ClaimPart> parts;
};

std::span<const ClaimRow> claim_table() noexcept;

/// Holds where the ratio is inside the range and farther from each end than the machine's resolution `same`; does not
/// hold where it is that far outside of one end; cannot tell otherwise.
Answer answer_of(const measure::Estimate &ratio, const measure::Estimate &same, double low, double high) noexcept;

/// A claim holds when all its parts do, and does not hold when one does not.
Answer answer_of(std::span<const Part> parts) noexcept;

/// "below 1", "from 7 to 10", "0.6 or more".
std::string range_in_words(double low, double high);

}  // namespace crossheap::bench
