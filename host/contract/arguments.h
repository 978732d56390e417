// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A contract as arguments of a command line, for the program that makes its calls. That program runs in a plugin's
// process, where TOML has no place.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "contract/contract.h"

namespace crossheap::contract {

std::vector<std::string> as_arguments(const Contract &contract);

/// The inverse; nothing where the arguments are not what as_arguments() makes.
std::optional<Contract> from_arguments(std::span<char *const> words);

}  // namespace crossheap::contract
