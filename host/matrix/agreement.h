// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Whether the agent and the experiment agree: every case that fails because a block crosses is reported, no good case
// is, and what survives although a block crosses is known by name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "matrix/run.h"

namespace crossheap::matrix {

/// What a case that was played under the agent is.
enum class Verdict : std::uint8_t {
  Good,        ///< survives, no crossing reported
  Reported,    ///< fails, and a crossing is reported
  Luck,        ///< survives although a crossing is reported
  OtherCause,  ///< fails, and no block crosses
};

/// "good", "reported", "luck", "other-cause".
std::string_view name_of(Verdict verdict);

/// `result.traced` has a value.
Verdict verdict_on(const CaseResult &result);

/// Whether no block crosses, and the case survived each time alone and not under the agent. `result.traced` has a
/// value.
bool fails_only_under_agent(const CaseResult &result);

/// Where the agent is contradicted by the prediction or by how the case ends without it; "" where all agree.
std::string contradiction_in(const CaseResult &result);

struct Contradiction {
  std::string of;  ///< the case's name
  std::string words;
};

struct Agreement {
  std::uint64_t good = 0;
  std::uint64_t reported = 0;
  std::uint64_t other_cause = 0;
  std::vector<std::string> by_luck;          ///< names of cases
  std::vector<std::string> beyond_bindings;  ///< of cases with a crossing that the bindings cannot show
  std::uint64_t routed = 0;                  ///< cases played with each block handed to its owner
  std::uint64_t routed_survived = 0;
  std::vector<Contradiction> contradictions;
};

/// Counts the cases that were played under the agent.
Agreement agreement_of(const Results &results);

}  // namespace crossheap::matrix
