// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The programs of tests/fixtures as jobs, and endings in words, so that a failed test says what happened.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sandbox/sandbox.h"

namespace crossheap::sandbox {

/// A job that runs tests/fixtures/`name`, with a deadline no honest run comes near.
Job fixture(std::string_view name, std::vector<std::string> arguments = {});

/// The same with a deadline short enough to wait for.
Job hanging_fixture(std::string_view name, std::chrono::milliseconds deadline = std::chrono::milliseconds(300));

/// "exited 0", "killed 11", "timed out", "refused", "not started: execve: No such file or directory"
std::string in_words(const Ending &ending);

/// How a run of `job` ended, in words.
std::string ending_of(const Job &job);

/// Whether no process, alive or waiting to be reaped, is in the group.
bool group_is_gone(pid_t group);

}  // namespace crossheap::sandbox
