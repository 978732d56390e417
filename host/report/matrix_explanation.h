// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One case of the experiment, told whole: what is played, who is bound to what, what happened at which step, and how to
// repeat it by hand.
#pragma once

#include <iosfwd>

#include "matrix/run.h"

namespace crossheap::report {

/// Runs the case anew and writes about it. Whether it survived. Throws Error (Blame::Usage) where the case does not
/// exist.
bool explain_case(std::ostream &out, const matrix::Builds &builds, sandbox::Supervisor &supervisor,
                  const matrix::Case &one);

}  // namespace crossheap::report
