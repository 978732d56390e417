// SPDX-License-Identifier: MIT OR Apache-2.0
//
// How a case ended: a closed set. It is decided from two witnesses, the operating system (how the process ended) and
// the runner's records (how far it came and what it found). The process may lie in the second, so only the first can
// make a case good that the second calls good.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "event/run_record.h"
#include "sandbox/sandbox.h"

namespace crossheap::matrix {

struct Survived {};  ///< and the contents were verified
struct WrongContents {};
struct Aborted {};  ///< SIGABRT: usually an allocator that noticed
struct Crashed {
  int signal;
};
struct RefusedToLoad {};  ///< by the loader
struct Hung {};           ///< the deadline passed
struct LeftByExit {       ///< ended by itself before everything was done
  int status;
};
struct RefusedBySandbox {};  ///< it asked for what no plugin may do or have
struct NotStarted {};        ///< its process, or a thread that it needs, could not be made

using Ending = std::variant<Survived, WrongContents, Aborted, Crashed, RefusedToLoad, Hung, LeftByExit,
                            RefusedBySandbox, NotStarted>;

struct Outcome {
  Ending ending;
  std::string during;   ///< the step it ended in, where it did not come to its end: "while the host released"; else ""
  std::string message;  ///< the allocator's, the loader's or the scenario's words, one line; else ""
};

/// The kind's name in JSON and in --expect files: "survived", "wrong-contents", "aborted", "crashed",
/// "refused-to-load", "hung", "left-by-exit", "refused-by-sandbox", "not-started".
std::string_view kind(const Ending &ending);

/// The kind, with the signal's name or the exit status where it has one: "crashed SIGSEGV".
std::string name_of(const Ending &ending);

/// The inverse of name_of(); throws Error (Blame::Usage) about `object` where it is none.
Ending parse_ending(std::string_view text, std::string_view object);

inline bool survived(const Outcome &outcome) { return std::holds_alternative<Survived>(outcome.ending); }

/// Decides.
Outcome judge(const sandbox::Observation &observation, const event::RunStream &stream);

/// The line of a program's output in which an allocator or the C library says why it ends the process, or "".
std::string allocator_message(std::string_view output);

}  // namespace crossheap::matrix
