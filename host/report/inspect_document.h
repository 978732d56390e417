// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What inspection found, collected file by file for the forms that are written at the end.
#pragma once

#include "inspect/run.h"
#include "report/document.h"

namespace crossheap::report {

/// Adds the outcome's file, findings or problem. What is skipped or ignored is no subject.
void add(Document &document, const inspect::Outcome &outcome);

}  // namespace crossheap::report
