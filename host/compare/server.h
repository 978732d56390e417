// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One run of a server: start it, wait until it answers, load it, read it, stop it.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "compare/load_figures.h"
#include "compare/run.h"
#include "measure/process.h"

namespace crossheap::compare {

struct Served {
  Sample sample;
  std::string failure;  ///< what went wrong, as a clause with "the server" or "the load" as its subject; "" for nothing
  bool interrupted = false;
  std::vector<std::pair<double, double>> rss_over_time;
};

/// \param launch   what starts the server
/// \param metric   null: one of the readers knows the load tool's output
/// \param at_work  called for each process of the server when the load is over; may be empty
/// Throws Error (Blame::Usage) where something answers at `ready` before the server runs, and where the load tool's
/// output has no figure.
Served serve(const Server &server, const measure::Launch &launch, const Metric *metric,
             const std::function<void(pid_t)> &at_work);

}  // namespace crossheap::compare
