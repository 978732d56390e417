// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Real programs of Debian as workloads. Each is a shell script that runs in an empty folder, does its work, and prints
// "right" where it finds in its result what must be there.
#pragma once

#include <span>
#include <string_view>

namespace crossheap::bench {

struct Program {
  std::string_view name;
  std::string_view about;
  std::string_view command;      ///< that must be in PATH, and in which malloc must be the way's
  std::string_view package;      ///< that brings it
  std::string_view script;       ///< for sh; $SCALE is a whole number, 100 for the full amount of work; prints "right"
  std::string_view environment;  ///< "NAME=value" or ""
};

std::span<const Program> programs() noexcept;

}  // namespace crossheap::bench
