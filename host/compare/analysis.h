// SPDX-License-Identifier: MIT OR Apache-2.0
//
// From figures to an answer: how each allocator compares with the baseline, which to take, and how sure that is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compare/result.h"
#include "measure/statistics.h"

namespace crossheap::compare {

/// One allocator in one quantity.
struct Compared {
  measure::Estimate value;                                        ///< as measured
  measure::Estimate ratio;                                        ///< to the baseline's runs in the same rounds
  measure::Difference difference = measure::Difference::Unknown;  ///< at the level that makes the table sure
  bool better = false;
  bool worse = false;
};

/// The second baseline against the first: what this machine cannot tell apart.
measure::Estimate resolution(const Result &result, Quantity quantity);

/// Variant `index` in `quantity`; of the quantities that only watched runs have there is no ratio by rounds, and so no
/// difference.
Compared compared(const Result &result, std::size_t index, Quantity quantity);

/// Whether any run has a figure of it.
bool is_measured(const Result &result, Quantity quantity);

/// The answer.
struct Answer {
  enum class State : std::uint8_t {
    Better,        ///< `best` is better than the baseline
    NoDifference,  ///< none that may be recommended is
    Unknown,       ///< too few rounds, or nothing to compare
  };
  State state = State::Unknown;
  std::size_t best = 0;            ///< index of a variant
  std::vector<std::size_t> equal;  ///< others that may be recommended and cannot be told from it
  std::string sentence;
};
std::string_view name_of(Answer::State state) noexcept;
Answer answer_of(const Result &result);

/// One way to make the program use an allocator.
struct Adoption {
  std::string where;               ///< "systemd, a drop-in"
  std::vector<std::string> lines;  ///< to be put there
};
std::vector<Adoption> adoptions(const Result &result, const measure::Allocator &allocator);

/// How a variant compares with an earlier result.
struct Change {
  std::string name;
  measure::Estimate then;  ///< ratio to the baseline
  measure::Estimate now;
  measure::Estimate change;  ///< now / then
  measure::Difference difference = measure::Difference::Unknown;
};
struct Against {
  std::string incomparable;  ///< why the machines are no comparison; "" where they are
  std::vector<Change> changes;
  std::vector<std::string> missing;  ///< variants that only one of the results has
};
/// Throws Error (Blame::Usage) where the results are of different commands or quantities.
Against against(const Result &now, const Result &then);

/// Puts shards together. Throws Error (Blame::Usage) where they are not parts of one comparison.
Result merged(std::vector<Result> parts);

/// "1.23 s", "45.1 MiB", "12,345".
std::string in_words(double value, Unit unit);
/// "7.1 % less", "2.3 times as much".
std::string change_in_words(double ratio);

}  // namespace crossheap::compare
