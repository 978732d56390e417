// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Completion in bash, zsh and fish, and the examples of each verb's help.
#pragma once

#include "cli/command.h"

namespace crossheap::cli {

/// Declares the verb `completions`. What it answers is read from `app`, when everything else is declared.
void add_completions(CLI::App &app, Work &chosen);

/// Puts examples into the help of each verb. To be called when all verbs are declared.
void add_examples(CLI::App &app);

}  // namespace crossheap::cli
