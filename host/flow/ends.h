// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Where a value may come from: it is followed back to calls out of the file, to parameters and to variables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "flow/block_flow.h"
#include "flow/call_targets.h"
#include "flow/code.h"
#include "flow/shared_variables.h"

namespace crossheap::flow {

/// A parameter that a function hands on as it is.
struct Passed {
  std::int8_t parameter;
  std::int8_t argument;
  std::uint64_t site;
};

/// Which part of a value is asked for: nullopt is the value itself, a number what stands that far behind where it
/// points to, FlowEnd::kAnywhere all that stands there.
using Inside = std::optional<std::int16_t>;

/// What of a value is followed: where it does not end in a release only fresh blocks, and parameters. Passing those on
/// to others is what most calls do; they are followed only where the other one is unknown.
enum class Following : std::uint8_t { All, Fresh, FreshOrGiven };

class Ends {
public:
  /// Finds the functions that may give a fresh block. All must outlive this.
  Ends(const Code &code, CallTargets &targets, const SharedVariables &variables);

  /// Where `value` may come from. One value is asked for once for every sink behind it: `value` is one of a CallSite.
  const std::vector<FlowEnd> &of(const CodeFunction &function, const Value &value, Inside inside, Following following);

  /// The ends of what in `value` may be a fresh block. With variables also of what was loaded from one.
  enum class Variables : bool { No, Yes };
  std::vector<FlowEnd> of_fresh(const CodeFunction &function, std::span<const Atom> value, Variables variables);

  /// All ends of `value`, and whether there were more than are followed.
  struct Traced {
    std::vector<FlowEnd> ends;
    bool lost = false;
  };
  Traced of_all(const CodeFunction &function, std::span<const Atom> value);

  /// The parameters that `function` hands on.
  const std::vector<Passed> &passed_on_by(const CodeFunction &function);

  /// Whether there were more ways than are followed in one file.
  bool exhausted() const noexcept { return steps_ > kStepsAtMost; }

private:
  static constexpr std::uint64_t kStepsAtMost = 4'000'000;  // of one file

  struct Query {
    std::vector<FlowEnd> ends;
    std::uint64_t steps = 0;
    std::int64_t moved = 0;   ///< how far the value that was asked for lies behind the one that is looked at
    std::string_view set_by;  ///< of a call on the way, as in FlowEnd
    bool lost = false;        ///< there was more than is followed
  };
  // What of() was asked.
  struct Asked {
    const void *value;
    Inside inside;
    Following following;
    bool operator==(const Asked &) const = default;
  };
  struct AskedHash {
    std::size_t operator()(const Asked &asked) const noexcept {
      return std::hash<const void *>()(asked.value) * 8 + static_cast<std::size_t>(asked.following) * 2 +
             (asked.inside ? 1 + static_cast<std::uint16_t>(*asked.inside) * std::size_t{64} : 0);
    }
  };

  struct Answer {
    std::vector<FlowEnd> ends;
    std::uint64_t steps = 0;  // that it took
  };

  // What Memory was asked: what stands where an atom was loaded from.
  struct Loaded {
    const CodeFunction *function;
    Atom atom;
    int depth;
    bool operator==(const Loaded &) const = default;
  };
  struct LoadedHash {
    std::size_t operator()(const Loaded &loaded) const noexcept {
      return hashed(std::hash<const void *>()(loaded.function) + static_cast<std::size_t>(loaded.depth), loaded.atom);
    }
  };

  void find_givers();
  Answer answer(const CodeFunction &function, const Value &value, Inside inside, Following following);
  const std::vector<Held> &contents_of(const CodeFunction &function, const Atom &atom, int depth);
  bool may_be_fresh(const CodeFunction &function, const Atom &atom);
  bool may_go_on(Query &query);
  static void add(Query &query, FlowEnd end);
  void expand(const CodeFunction &function, const Atom &atom, bool inside, const Entered *context, int depth,
              Query &query);
  void expand_moved(const CodeFunction &function, Atom atom, const Entered *context, int depth, Query &query);
  void expand_contents(const CodeFunction &function, const Atom &atom, bool inside, const Entered *context, int depth,
                       Query &query);
  void expand_global(const Atom &atom, bool inside, int depth, Query &query);
  void expand_argument(const Entered &context, std::size_t index, bool within, int depth, Query &query);
  void expand_call(const CodeFunction &function, const Atom &atom, bool inside, const Entered *context, int depth,
                   Query &query);
  void enter_call(const CodeFunction &function, const CallSite &site, const CodeFunction &callee, const Atom &atom,
                  bool within, const Entered *context, int depth, Query &query);
  bool scans_no_block(const CallSite &site, const Target &target) const;
  void add_call_out(const CodeFunction &function, const CallSite &site, const Target &target, const Atom &atom,
                    bool inside, const Entered *context, int depth, Query &query);

  const Code &code_;
  CallTargets &targets_;
  const SharedVariables &variables_;
  std::unordered_set<std::uint64_t> gives_fresh_;
  std::unordered_map<std::uint64_t, std::vector<Passed>> passed_;
  // Most calls of a function are given what its other calls are given as well: equal values have one answer, and each
  // of them counts as if it had been followed by itself.
  std::unordered_map<Asked, Answer, AskedHash> answers_;                         // by what equal values share
  std::unordered_map<Asked, const std::vector<FlowEnd> *, AskedHash> answered_;  // by where the value stands
  std::deque<Answer> cut_off_;                                                   // where the file's bound was reached
  std::unordered_map<Loaded, std::vector<Held>, LoadedHash> contents_;
  std::uint64_t steps_ = 0;
};

}  // namespace crossheap::flow
