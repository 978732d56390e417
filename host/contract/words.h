// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A contract as words of a command line, for the program that makes its calls. That program runs in a plugin's process,
// where TOML has no place.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "contract/contract.h"

namespace crossheap::contract {

std::vector<std::string> to_words(const Contract &contract);

/// The inverse; nothing where the words are not what to_words() makes.
std::optional<Contract> from_words(std::span<char *const> words);

}  // namespace crossheap::contract
