// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What `crossheap compare --profile` counted, as a report.
#pragma once

#include "compare/profile.h"
#include "report/document.h"

namespace crossheap::report {

/// Its facts have the schema crossheap.profile/1 (docs/compare.md).
Document document_of(const compare::Profile &profile);

}  // namespace crossheap::report
