// SPDX-License-Identifier: MIT OR Apache-2.0
//
// How bench runs programs: as measure/process.h does, with standard error apart, since a workload's figures are its
// standard output.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "measure/process.h"

namespace crossheap::bench {

/// \param command  the program's path first
measure::Launch launch_of(std::vector<std::string> command);

/// "NAME=value" of a table, as a variable of a launch.
std::pair<std::string, std::string> variable_of(std::string_view entry);

/// Why the run does not count, with the last line that the program complained with: "exited with 1: no memory". ""
/// where it counts.
std::string failure_of(const measure::Ran &ran);

/// The program that the shell would run; Debian's own first, since what else stands in PATH may be a script that starts
/// it. "" where there is none.
std::string path_of(std::string_view command);

/// Whether the user wants no more (measure::Interrupts): the run that was under way does not count.
inline bool interrupted() noexcept { return measure::Interrupts::came(); }

}  // namespace crossheap::bench
