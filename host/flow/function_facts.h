// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What is known of single functions besides the flows: what a comparison of two files asks where no flow answers.
#pragma once

#include "flow/block_flow.h"
#include "flow/call_targets.h"
#include "flow/code.h"
#include "flow/ends.h"
#include "flow/file_symbols.h"

namespace crossheap::flow {

/// Adds to `result`, whose flows must be known.
void note_function_facts(const Code &code, const FileSymbols &symbols, CallTargets &targets, Ends &ends,
                         BlockFlow &result);

}  // namespace crossheap::flow
