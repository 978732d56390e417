// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Findings a user does not want to hear of, from a file of patterns in the form Valgrind users know:
//
//   {
//     a name of the user's own
//     XH201
//     fun:free
//     fun:plugin_*
//     obj:*/libplugin.so
//     ...
//   }
//
// The second line is the hazard (a glob). The others stand for the frames of the release stack from the innermost, with
// the watched function itself as the first; "..." stands for any number of frames. Patterns match from the start of the
// stack; frames beyond them are free. A line that starts with # is a comment.
#pragma once

#include <istream>
#include <string>
#include <vector>

#include "trace/trace.h"

namespace crossheap::trace {

struct Suppression {
  std::string name;
  std::string hazard;
  std::vector<std::string> frames;
};

/// Throws Error, naming `file` and the line, where it is not of that form.
std::vector<Suppression> read_suppressions(std::istream &from, const std::string &file);

bool matches(const Suppression &suppression, const Incident &incident);

/// Takes the suppressed crossings out of the trace and counts them.
void suppress(Trace &trace, const std::vector<Suppression> &suppressions);

/// A suppression that matches this crossing, for a user to start from.
std::string suggest(const Incident &incident);

}  // namespace crossheap::trace
