// SPDX-License-Identifier: MIT OR Apache-2.0
//
// How the results of `crossheap bench` leave: for the command itself and for `crossheap merge`.
#pragma once

#include "bench/results.h"
#include "cli/command.h"

namespace crossheap::cli {

void write_bench(const FormatOptions &options, Reports &reports, const bench::Results &results);

}  // namespace crossheap::cli
