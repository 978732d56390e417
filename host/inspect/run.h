// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Inspects files and whole folders, several at a time, and hands out the results in the order of the walk. Memory does
// not grow with the number of files.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "inspect/inspection.h"

namespace crossheap::inspect {

/// An ELF file that is not inspected, and why: "holds the debug information of another file".
struct Skipped {
  std::string reason;
};
/// A file in a folder that is neither ELF nor an archive.
struct Ignored {};

struct Outcome {
  std::string file;
  bool named = false;  ///< on the command line, rather than found in a folder
  std::variant<Inspection, Skipped, Ignored, Error> result = Ignored{};
};

struct Order {
  std::vector<std::filesystem::path> paths;  ///< files and folders
  Policy policy;
  unsigned jobs = 0;  ///< threads; 0: as many as the machine has processors
};

/// Calls `done` for every file, one call at a time but on any thread. Within folders files come in the order of their
/// names; symbolic links there are not followed, and /proc and its like are not entered. What goes wrong with a file is
/// its outcome; what `done` throws ends the run and is thrown on.
void run(const Order &order, const std::function<void(const Outcome &)> &done);

}  // namespace crossheap::inspect
