// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the experiment's results say, counted: the question first (does ownership pass safely, and under which
// contract), then where it does not, then what nobody would have expected.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "matrix/agreement.h"
#include "matrix/run.h"

namespace crossheap::matrix {

struct Count {
  std::uint64_t safe = 0;  ///< survived, contents verified, in every run
  std::uint64_t cases = 0;

  void add(const CaseResult &result) {
    ++cases;
    if (matrix::safe(result)) ++safe;
  }
};

struct ContractSummary {
  char contract = '?';
  Count all;
  Count crossing;      ///< the observed bindings say that the block crosses
  Count not_crossing;  ///< they say that it does not
  std::map<std::string, Count, std::less<>> by_mode;
  std::map<std::string, std::uint64_t, std::less<>> endings;  ///< kind -> cases
};

/// A thing to tell in words, with one case that shows it.
struct Surprise {
  std::string sentence;
  std::string example;  ///< a case's name for --explain, or ""
};

struct Summary {
  std::vector<ContractSummary> contracts;  ///< in the order of their letters
  std::uint64_t loads = 0;
  std::uint64_t refused_by_default = 0;
  std::uint64_t opened_with_more_static_tls = 0;
  std::uint64_t refused = 0;  ///< also after that
  std::vector<Surprise> surprises;
  /// Contract (a): host -> plugin -> the modes in which a case did not survive.
  std::map<std::string, std::map<std::string, std::vector<std::string>, std::less<>>, std::less<>> unsafe_modes;
  std::optional<Agreement> agreement;  ///< where the cases were played under the agent
};

Summary summarise(const Results &results);

/// The exit status of the experiment: 0 when every case of contracts (b), (c) and (d) that was run survived and was
/// verified, and the agent agrees with all that was played under it.
int exit_status(const Results &results);

}  // namespace crossheap::matrix
